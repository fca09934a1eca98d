// The decision tables of a draft in dmn-js, one file open at a time.
import DmnModeler from "dmn-js/lib/Modeler";
import { translate, TABLE_WORDS } from "../words.js";
import { blank, decisionsIn } from "./dmn.js";
import { makeShelf } from "./shelf.js";
import { speak } from "./speak.js";

const words = { additionalModules: [{ translate: ["value", translate] }] };

export async function mount(host, studio) {
  let editor = null;
  const names = () => Object.keys(studio.decisions()).sort();
  const shelf = makeShelf(host, {
    label: "Bảng quyết định", ending: ".dmn", fresh: "Tạo bảng quyết định…", names, open,
    about: (name) => decisionsIn(studio.decisions()[name]).map((each) => each.name).join(", "),
    create: (name) => {
      const id = name.replace(/\.dmn$/, "");
      studio.setDecisions({ ...studio.decisions(), [name]: blank(id, id) });
    },
    rename: (name, next) => {
      const { [name]: xml, ...rest } = studio.decisions();
      studio.setDecisions({ ...rest, [next]: xml });
    },
    remove: (name) => {
      const { [name]: _gone, ...rest } = studio.decisions();
      studio.setDecisions(rest);
    },
  });

  async function open(name) {
    editor?.destroy();
    editor = null;
    shelf.stage.replaceChildren();
    if (!name) return;
    const tabs = document.createElement("div");
    tabs.className = "table-tabs";
    const container = document.createElement("div");
    container.className = "table-stage";
    shelf.stage.append(tabs, container);
    const made = new DmnModeler({ container, drd: words, decisionTable: words, literalExpression: words, boxedExpression: words });
    editor = made;
    await made.importXML(studio.decisions()[name]);
    const table = made.getViews().find((view) => view.type === "decisionTable");
    if (table) await made.open(table);
    drawTabs(tabs, made);
    listen(made);
    made.on("views.changed", () => {
      drawTabs(tabs, made);
      listen(made);
    });
  }

  function drawTabs(tabs, made) {
    const views = made.getViews().filter((view) => view.type !== "drd");
    tabs.hidden = views.length < 2;
    tabs.replaceChildren(...views.map((view) => {
      const tab = Object.assign(document.createElement("button"), { type: "button", className: "shelf-name", textContent: view.element.name || view.element.id });
      if (view.element === made.getActiveView()?.element) tab.setAttribute("aria-current", "true");
      tab.addEventListener("click", () => made.open(view));
      return tab;
    }));
  }

  const heard = new WeakSet();
  function listen(made) {
    const viewer = made.getActiveViewer();
    if (!viewer || heard.has(viewer)) return;
    heard.add(viewer);
    viewer.on("commandStack.changed", async () => {
      const name = shelf.current();
      if (made !== editor || !name) return;
      const { xml } = await made.saveXML({ format: true });
      studio.setDecisions({ ...studio.decisions(), [name]: xml });
    });
  }

  speak(shelf.stage, TABLE_WORDS);
  await shelf.show(names()[0] ?? null);
  // A diagram names a decision by its id, the draft keeps it in a file.
  const holding = (wanted) => names().find((name) => name === wanted || decisionsIn(studio.decisions()[name]).some(({ id }) => id === wanted));
  return { open: (wanted) => shelf.show(holding(wanted) ?? wanted), editor: () => editor };
}
