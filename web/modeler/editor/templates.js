// Element templates of the operation catalog, and the knowledge in them for the panel.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { freeId } from "./naming.js";

const byOperation = new Map();

// The facts of the operation that a service task names; undefined when it names none that is installed.
export function operationOf(element) {
  const named = is(element, "bpmn:ServiceTask") && getBusinessObject(element).get("camunda:topic");
  return named ? byOperation.get(named) : undefined;
}

export const operations = () => [...byOperation.values()];

export function offerTemplates(modeler, templates) {
  for (const each of templates) if (each.metadata?.operation) byOperation.set(each.metadata.operation, each);
  const known = modeler.get("elementTemplates");
  // A diagram names operations by topic; it needn't carry the modeler's own attribute for its template to be found.
  const idOf = known._getTemplateId.bind(known);
  const versionOf = known._getTemplateVersion.bind(known);
  known._getTemplateId = (element) => idOf(element) ?? operationOf(element)?.id;
  known._getTemplateVersion = (element) => (idOf(element) ? versionOf(element) : operationOf(element)?.version);
  known.createElement = (template) => createElement(modeler, template);
  modeler.get("elementTemplatesLoader").setTemplates(templates);
}

// An element as its template describes it. Parameters that may be left out are left out.
function createElement(modeler, template) {
  const factory = modeler.get("bpmnFactory");
  const id = freeId(modeler.get("moddle").ids, template.name);
  const businessObject = factory.create(template.elementType.value, { name: template.name, ...(id && { id }) });
  const text = factory.create("bpmn:Documentation", { text: template.description });
  text.$parent = businessObject;
  businessObject.get("documentation").push(text);
  const inputs = [];
  const properties = [];
  for (const { binding, type, value } of template.properties) {
    if (!type) continue;
    if (binding.type === "property") businessObject.set(binding.name, value);
    else if (binding.type === "camunda:inputParameter") inputs.push(factory.create("camunda:InputParameter", { name: binding.name, value }));
    else if (binding.type === "camunda:property") properties.push(factory.create("camunda:Property", { name: binding.name, value }));
  }
  businessObject.set("camunda:modelerTemplate", template.id);
  businessObject.set("camunda:modelerTemplateVersion", template.version);
  const values = [];
  if (properties.length) values.push(holding(factory, "camunda:Properties", "values", properties));
  if (inputs.length) values.push(holding(factory, "camunda:InputOutput", "inputParameters", inputs));
  if (values.length) {
    businessObject.extensionElements = holding(factory, "bpmn:ExtensionElements", "values", values);
    businessObject.extensionElements.$parent = businessObject;
  }
  return modeler.get("elementFactory").createShape({ type: template.elementType.value, businessObject });
}

function holding(factory, type, name, children) {
  const made = factory.create(type, { [name]: children });
  for (const child of children) child.$parent = made;
  return made;
}
