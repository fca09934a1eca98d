// What the panels of the editor are given: the drawing, its content, saving, marks on elements, the drawer.
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";
import { call } from "./server.js";

export function makeStudio({ draftId, urls, drawer, notices }) {
  const listeners = new Set();
  const marks = [];
  let content = { forms: {}, decisions: {}, scenarios: {}, diagram: "" };
  let saving = null;

  const registry = () => studio.modeler.get("elementRegistry");
  const fire = (what) => {
    for (const each of listeners) each(what);
  };

  const studio = {
    draftId,
    urls,
    modeler: null,
    call,
    forms: () => content.forms,
    decisions: () => content.decisions,
    scenarios: () => content.scenarios,
    about: {},

    async content() {
      const { xml } = await studio.modeler.saveXML({ format: true });
      return { diagram: xml, forms: content.forms, decisions: content.decisions, scenarios: content.scenarios, edition: saving?.edition() };
    },
    save: () => saving.save(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed(part = "diagram") {
      saving?.changed();
      fire(part);
    },
    setForms(forms) {
      content = { ...content, forms };
      studio.changed("forms");
    },
    // An empty form named after the element that asks for it; its key.
    newForm(wished) {
      let key = wished;
      for (let number = 2; key in content.forms; number += 1) key = `${wished}-${number}`;
      studio.setForms({ ...content.forms, [key]: { type: "default", id: key, components: [] } });
      return key;
    },
    setDecisions(decisions) {
      content = { ...content, decisions };
      studio.changed("decisions");
    },
    // What a panel changed through the editor …
    setScenarios(scenarios) {
      content = { ...content, scenarios };
      studio.about.scenariosChanged = true;
      studio.changed("scenarios");
    },
    // … and what it saved by a route of its own, which made a new edition.
    adopt(edition, scenarios) {
      saving.adopt(edition);
      if (scenarios) content = { ...content, scenarios };
    },
    load(parts) {
      content = { ...content, ...parts };
    },
    attach(modeler, keeper) {
      studio.modeler = modeler;
      saving = keeper;
    },

    say(sentence, tone = "", { label, run } = {}) {
      const line = document.createElement("p");
      line.className = `notice${tone ? ` tone-${tone}` : ""}`;
      line.setAttribute("role", "status");
      line.append(Object.assign(document.createElement("span"), { textContent: sentence }));
      if (label) {
        const act = Object.assign(document.createElement("button"), { type: "button", className: "plain-button", textContent: label });
        act.addEventListener("click", () => {
          line.remove();
          run();
        });
        line.append(act);
      }
      const close = Object.assign(document.createElement("button"), { type: "button", className: "plain-button", textContent: "Đóng" });
      close.addEventListener("click", () => line.remove());
      line.append(close);
      for (const each of notices.children) if (each.textContent === line.textContent) each.remove();
      notices.append(line);
      if (!tone || tone === "done") setTimeout(() => line.remove(), 8000);
    },

    title(elementId) {
      const element = registry().get(elementId);
      if (!element) return elementId ? `Quy trình (${elementId})` : "Quy trình";
      return getBusinessObject(element).get("name")?.trim().replace(/\s+/g, " ") || elementId;
    },
    mark(elementId, className, kind = className) {
      if (!registry().get(elementId)) return;
      studio.modeler.get("canvas").addMarker(elementId, className);
      marks.push({ kind, className, elementId });
    },
    overlay(elementId, node, kind = node.dataset?.kind ?? "overlay", position = { top: -11, right: 11 }) {
      const element = registry().get(elementId);
      if (!element || element.parent === undefined || !element.parent) return;
      const overlays = studio.modeler.get("overlays");
      const id = overlays.add(elementId, `studio-${kind}`, { position, html: node, scale: { min: 0.6, max: 1 } });
      marks.push({ kind, overlay: id, elementId });
    },
    clear(kind) {
      const canvas = studio.modeler.get("canvas");
      for (const each of marks.splice(0)) {
        if (kind && each.kind !== kind && each.className !== kind) marks.push(each);
        else if (each.overlay) studio.modeler.get("overlays").remove(each.overlay);
        else if (registry().get(each.elementId)) canvas.removeMarker(each.elementId, each.className);
      }
    },
    focus(elementId) {
      const element = registry().get(elementId);
      if (!element) return;
      studio.showTab?.("diagram");
      const canvas = studio.modeler.get("canvas");
      const root = canvas.findRoot(element);
      if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
      if (element.parent) {
        if (canvas.zoom() < 0.6) canvas.zoom(0.9);
        canvas.scrollToElement(element, { top: 120, bottom: 120, left: 160, right: 160 });
      }
      studio.modeler.get("selection").select(element.parent ? element : []);
    },
    drawer: (key, title, mount) => drawer.add(key, title, mount),
    openDrawer: (key) => drawer.show(key),
  };
  return studio;
}
