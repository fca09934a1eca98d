// The editor page: opens the draft, wires the buttons, the tabs, the drawer and the keys.
import { makeConflict } from "./conflict.js";
import { makeDrawer } from "./drawer.js";
import { fit, makeModeler, openDiagram } from "./drawing.js";
import { wireKeys } from "./keyboard.js";
import { makeMoves } from "./moves.js";
import { makeProblems } from "./problems.js";
import { makeSaving } from "./saving.js";
import { call } from "./server.js";
import { makeSimulation } from "./simulation.js";
import { speak } from "./speak.js";
import { makeStudio } from "./studio.js";
import { sure } from "./shelf.js";
import { makeTabs } from "./tabs.js";
import { PANEL, missing } from "../words.js";
import { makeTransfer } from "./transfer.js";
import { offerLeftOver } from "./leftover.js";
import { tablesOf } from "./dmn.js";

const place = document.querySelector("[data-studio]");
if (place) begin(place).catch((error) => failed(place, error));

function failed(element, error) {
  console.error(error);
  const line = element.querySelector("[data-studio-opening]");
  line.hidden = false;
  line.classList.add("tone-late");
  line.textContent = error.message?.length ? `Chưa mở được bản nháp. ${error.message}` : "Chưa mở được bản nháp. Tải lại trang để thử lại.";
}

async function begin(element) {
  const { dataset } = element;
  const urls = JSON.parse(dataset.urls);
  const find = (name) => element.querySelector(`[data-${name}]`);
  const drawer = makeDrawer(find("drawer"));
  const studio = makeStudio({ draftId: Number(dataset.draft), urls, drawer, notices: find("notices") });
  element.studio = studio;
  studio.missingWords = missing;
  const [content, offer] = await Promise.all([call(urls.content), call(urls.templates)]);
  const draft = { edition: content.edition, mayChange: content.may_change, person: dataset.person };
  studio.about = Object.assign(draft, { key: content.key, name: content.name, roles: offer.roles });
  studio.load(content);
  const modeler = makeModeler({
    canvas: find("canvas"), panel: find("properties"), templates: offer.templates, roles: offer.roles,
    surroundings: {
      forms: () => Object.keys(studio.forms()).sort(),
      tables: () => tablesOf(studio.decisions()),
      procedures: () => content.procedures ?? [],
      isNamed: (id) => JSON.stringify(studio.scenarios()).includes(`"${id}"`),
      newForm: (id) => studio.newForm(id),
      openForm: (key) => studio.showTab("forms", key),
    },
  });
  speak(find("properties"), PANEL, { texts: false }); // some titles there can't be translated
  const status = find("saved");
  const show = (state, sentence) => {
    status.dataset.state = state;
    status.textContent = sentence;
    find("resolve").hidden = state !== "conflict";
  };
  const conflict = makeConflict(studio, dataset);
  const saving = makeSaving({ studio, draft, show, conflict: (error, mine) => conflict(error, mine, saving) });
  studio.attach(modeler, saving);
  find("studio-opening").hidden = true;
  const opened = await openDiagram(modeler, content.diagram);
  fit(modeler);
  show("saved", content.may_change ? `Đã lưu ${content.saved_at}` : "Chỉ xem");
  modeler.on("commandStack.changed", () => studio.changed("diagram"));
  // lists of forms and tables in the panel are drawn anew when those change
  studio.onChange((part) => part !== "diagram" && modeler.get("eventBus").fire("propertiesPanel.providersChanged"));
  if (opened.sentence) studio.say(opened.sentence, "soon");
  if (opened.laidOut) studio.changed("diagram");

  const problems = makeProblems(studio);
  const moves = makeMoves(studio);
  const tabs = makeTabs(element, studio);
  const simulation = makeSimulation(studio, find("simulate"));
  const transfer = makeTransfer(studio, element);
  const tools = { studio, moves, problems, tabs, simulation, transfer, saving };
  wireTools(element, tools);
  wireKeys(element, tools);
  const { panels } = await import("./panels.js");
  for (const { key, title, mount } of panels) drawer.add(key, title, (host) => mount(host, studio));
  await offerLeftOver(studio, saving, content);
  await problems.check();
  const follow = () => goTo(location.hash.slice(1), studio);
  follow();
  window.addEventListener("hashchange", follow);
  element.dataset.studioState = "ready";
  element.dispatchEvent(new CustomEvent("studio:ready", { bubbles: true, detail: studio }));
}

// what other screens point at: a part of the draft (#tab-tables) or an element (#verify-content)
function goTo(hash, studio) {
  let wanted;
  try {
    wanted = decodeURIComponent(hash);
  } catch {
    return; // typed by hand
  }
  const tab = wanted.match(/^tab-(diagram|forms|tables)$/)?.[1];
  if (tab) studio.showTab(tab);
  else if (wanted) studio.focus(wanted);
}

function wireTools(element, { studio, moves, problems, saving, simulation, transfer }) {
  const modeler = studio.modeler;
  const stack = modeler.get("commandStack");
  const actions = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    "zoom-in": () => modeler.get("zoomScroll").stepZoom(1),
    "zoom-out": () => modeler.get("zoomScroll").stepZoom(-1),
    fit: () => fit(modeler),
    minimap: () => modeler.get("minimap").toggle(),
    search: () => modeler.get("searchPad").toggle(),
    simulate: () => simulation.toggle(),
    "next-problem": () => problems.next(),
    resolve: () => saving.save(),
    properties: () => toggle(element, "properties-closed"),
    ...Object.fromEntries(["add", "connect", "attach", "changeLane", "replace", "goTo", "rename", "remove"].map((name) => [name, moves[name]])),
    ...transfer,
  };
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    button.closest("details")?.removeAttribute("open");
    actions[button.dataset.do]?.();
  });
  element.querySelector("[data-keys]").addEventListener("click", () => document.querySelector("[data-studio-keys]").showModal());
  const discard = element.querySelector("[data-discard]");
  discard?.addEventListener("submit", async (event) => {
    if (discard.dataset.agreed) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(await sure("Bỏ bản nháp này? Bản nháp rời khỏi danh sách; nội dung vẫn được lưu để tra cứu.", "Bỏ bản nháp"))) return;
    discard.dataset.agreed = "yes";
    saving.stop();
    discard.requestSubmit();
  });
  const refresh = () => {
    for (const button of element.querySelectorAll('[data-do="undo"]')) button.disabled = !stack.canUndo();
    for (const button of element.querySelectorAll('[data-do="redo"]')) button.disabled = !stack.canRedo();
  };
  modeler.on("commandStack.changed", refresh);
  modeler.on("import.done", refresh);
  modeler.on("minimap.toggle", ({ open }) => element.querySelector('[data-do="minimap"]')?.setAttribute("aria-pressed", String(open)));
  refresh();
  if (window.matchMedia("(max-width: 900px)").matches) toggle(element, "properties-closed", true);
  new ResizeObserver(() => modeler.get("canvas").resized()).observe(element.querySelector("[data-canvas]"));
}

function toggle(element, name, on = !element.classList.contains(name)) {
  element.classList.toggle(name, on);
  element.querySelector('[data-do="properties"]')?.setAttribute("aria-expanded", String(!on));
}
