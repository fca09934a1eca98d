// Reads and writes camunda: extension elements of an element, each change one step of undo.
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";

const extensionsOf = (element) => getBusinessObject(element).get("extensionElements");
const find = (element, type) => (extensionsOf(element)?.get("values") ?? []).find((each) => each.$type === type);

const KINDS = {
  input: { box: "camunda:InputOutput", list: "inputParameters", item: "camunda:InputParameter" },
  property: { box: "camunda:Properties", list: "values", item: "camunda:Property" },
};

export function read(element, kind, name) {
  const { box, list } = KINDS[kind];
  const item = (find(element, box)?.get(list) ?? []).find((each) => each.get("name") === name);
  if (!item) return "";
  if (item.get("definition")) return "…"; // a list or map: shown among the inputs, not here
  return item.get("value") ?? "";
}

// An empty value takes the parameter or property away.
export function write(injector, element, kind, name, value) {
  const { box, list, item } = KINDS[kind];
  const factory = injector.get("bpmnFactory");
  const change = (moddleElement, properties) =>
    injector.get("commandStack").execute("element.updateModdleProperties", { element, moddleElement, properties });
  const create = (type, properties, parent) => {
    const made = factory.create(type, properties);
    made.$parent = parent;
    return made;
  };
  const holder = find(element, box);
  const found = holder?.get(list).find((each) => each.get("name") === name);
  if (found && !value) return change(holder, { [list]: holder.get(list).filter((each) => each !== found) });
  if (found) return change(found, kind === "input" ? { value, definition: undefined } : { value });
  if (!value) return undefined;
  if (holder) return change(holder, { [list]: [...holder.get(list), create(item, { name, value }, holder)] });
  const businessObject = getBusinessObject(element);
  const extensions = extensionsOf(element);
  const made = factory.create(box, {});
  made.set(list, [create(item, { name, value }, made)]);
  if (extensions) {
    made.$parent = extensions;
    return change(extensions, { values: [...extensions.get("values"), made] });
  }
  const fresh = create("bpmn:ExtensionElements", { values: [made] }, businessObject);
  made.$parent = fresh;
  return change(businessObject, { extensionElements: fresh });
}
