// Ids that people can read: an element that still has the library's random id gets one made of its first name.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor";
import { fold } from "./fold.js";

const RANDOM = /^(Activity|Gateway|Event|Lane|Participant)_[0-9a-z]{7}$/;

export const slug = (name) => fold(name).replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 50).replace(/-+$/, "");

// The same with a number behind it when it is taken.
export function freeId(ids, name, element) {
  const wished = slug(name);
  if (!wished) return null;
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wished : `${wished}-${number}`;
    if (!ids.assigned(id) || ids.assigned(id) === element) return id;
  }
}

class Naming extends CommandInterceptor {
  constructor(eventBus, modeling, moddle, surroundings) {
    super(eventBus);
    this.postExecuted(["element.updateLabel", "element.updateProperties"], ({ context }) => {
      const element = context.element.labelTarget ?? context.element;
      const businessObject = getBusinessObject(element);
      const name = businessObject.get?.("name");
      // scenarios name elements by id: what they know keeps its id
      if (!name || !is(element, "bpmn:FlowNode") || !RANDOM.test(businessObject.id) || surroundings.isNamed(businessObject.id)) return;
      const id = freeId(moddle.ids, name, businessObject);
      if (id) modeling.updateProperties(element, { id });
    });
  }
}
Naming.$inject = ["eventBus", "modeling", "moddle", "surroundings"];

export const namingModule = { __init__: ["vanthuNaming"], vanthuNaming: ["type", Naming] };
