// The forms of a draft in form-js's editor, one open at a time.
import { FormEditor } from "@bpmn-io/form-js-editor";
import { makeShelf } from "./shelf.js";
import { FORMS } from "../words.js";
import { speak } from "./speak.js";

const blank = (id) => ({ type: "default", id, components: [] });

export async function mount(host, studio) {
  let editor = null;
  let opening = false;
  const names = () => Object.keys(studio.forms()).sort();
  const shelf = makeShelf(host, {
    label: "Biểu mẫu", fresh: "Tạo biểu mẫu…", names, open,
    about: (name) => shownBy(name).map((each) => each.businessObject.name).filter(Boolean).join(", "),
    create: (name) => studio.setForms({ ...studio.forms(), [name]: blank(name) }),
    rename: (name, next) => {
      const { [name]: schema, ...rest } = studio.forms();
      studio.setForms({ ...rest, [next]: { ...schema, id: next } });
      follow(name, next);
    },
    remove: (name) => {
      const { [name]: _gone, ...rest } = studio.forms();
      studio.setForms(rest);
    },
  });

  const shownBy = (name) => studio.modeler.get("elementRegistry")
    .filter((each) => !each.labelTarget && each.businessObject?.get?.("camunda:formRef") === name);

  // Elements that show the form keep showing it under its new name.
  function follow(name, next) {
    const modeling = studio.modeler.get("modeling");
    for (const element of shownBy(name)) modeling.updateProperties(element, { "camunda:formRef": next });
  }

  async function open(name) {
    editor?.destroy();
    editor = null;
    shelf.stage.replaceChildren();
    if (!name) return;
    const container = document.createElement("div");
    container.className = "form-stage";
    shelf.stage.append(container);
    editor = new FormEditor({ container });
    opening = true;
    try {
      await editor.importSchema(structuredClone(studio.forms()[name]));
    } finally {
      opening = false;
    }
    editor.on("changed", () => {
      if (!opening) studio.setForms({ ...studio.forms(), [shelf.current()]: editor.saveSchema() });
    });
  }

  speak(shelf.stage, FORMS);
  await shelf.show(names()[0] ?? null);
  return { open: shelf.show, editor: () => editor };
}
