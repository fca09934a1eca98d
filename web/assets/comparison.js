// Diagrams side by side, read only, moved and zoomed together, with marks; a list of changes leads to the elements:
// <section data-panes> <div data-pane="/address/of.bpmn" data-marks='{"added": ["id"]}'></div> … <button data-element="id">
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import { word } from "../layout/scripts/words.js";

const symbols = { added: "+", removed: "−", changed: "≠", moved: "↔", conflict: "!" };

async function open(place) {
  place.dataset.paneState = "loading";
  const viewer = new NavigatedViewer({ container: place });
  try {
    await viewer.importXML(await drawing(place.dataset.pane));
    mark(viewer, JSON.parse(place.dataset.marks || "{}"), place.dataset);
    place.dataset.paneState = "shown";
    return viewer;
  } catch (error) {
    viewer.destroy();
    place.dataset.paneState = "failed";
    place.textContent = place.dataset.failed ?? word("noDiagram");
    console.error(error);
    return null;
  }
}

async function drawing(address) {
  // "#id": it came with the page, in a text field
  if (address.startsWith("#")) return document.querySelector(address).value;
  const answer = await fetch(address, { headers: { Accept: "application/xml" } });
  if (!answer.ok) throw new Error(`diagram answered ${answer.status}`);
  return answer.text();
}

function mark(viewer, marks, { paneSide, take }) {
  const canvas = viewer.get("canvas");
  const known = viewer.get("elementRegistry");
  for (const [kind, ids] of Object.entries(marks)) {
    for (const element of ids.map((id) => known.get(id)).filter(Boolean)) {
      canvas.addMarker(element, `seen-${kind}`);
      const choice = kind === "conflict" && paneSide;
      if (element.waypoints && !choice) continue;
      const symbol = document.createElement(choice ? "button" : "span");
      symbol.className = `seen-symbol seen-symbol-${kind}`;
      symbol.textContent = choice ? take : (symbols[kind] ?? "");
      if (choice) {
        symbol.type = "button";
        symbol.classList.add("button-take");
        Object.assign(symbol.dataset, { takeFor: element.id, takeSide: paneSide });
      }
      const position = kind === "conflict" ? { bottom: 4, left: -4 } : { top: -10, left: -10 };
      viewer.get("overlays").add(element, "seen", { position, html: symbol });
    }
  }
}

function together(viewers) {
  let leading = null;
  for (const viewer of viewers) {
    viewer.get("eventBus").on("canvas.viewbox.changed", ({ viewbox }) => {
      if (leading && leading !== viewer) return;
      leading = viewer;
      for (const other of viewers) {
        if (other === viewer) continue;
        const { width, height } = other.get("canvas").getSize();
        // the same middle and the same scale, whatever the size of the panes
        const across = width / viewbox.scale;
        const down = height / viewbox.scale;
        other.get("canvas").viewbox({
          x: viewbox.x + (viewbox.width - across) / 2,
          y: viewbox.y + (viewbox.height - down) / 2,
          width: across,
          height: down,
        });
      }
      leading = null;
    });
  }
}

function focus(viewers, id, said) {
  const holders = viewers.filter((viewer) => viewer.get("elementRegistry").get(id));
  for (const viewer of viewers) {
    const canvas = viewer.get("canvas");
    for (const element of viewer.get("elementRegistry").filter((each) => canvas.hasMarker(each, "seen-here"))) {
      canvas.removeMarker(element, "seen-here");
    }
  }
  for (const viewer of holders) viewer.get("canvas").addMarker(id, "seen-here");
  if (said) said.textContent = holders.length ? "" : word("notDrawn");
  const leader = holders[holders.length - 1];
  if (!leader) return;
  const canvas = leader.get("canvas");
  if (canvas.zoom() < 0.7) canvas.zoom(0.9);
  canvas.scrollToElement(leader.get("elementRegistry").get(id), { top: 90, bottom: 90, left: 110, right: 110 });
}

// Conflicts: taking a side on the diagram answers every question about that element, and the answers show on the diagram.
function conflicts(section, viewers) {
  const questions = (id) => [...section.querySelectorAll("[data-conflict]")].filter((each) => each.dataset.conflict === id);
  function show() {
    for (const button of section.querySelectorAll("[data-take-for]")) {
      const asked = questions(button.dataset.takeFor);
      const taken = asked.filter((each) => each.querySelector(`[data-side="${button.dataset.takeSide}"]:checked`));
      button.classList.toggle("taken", asked.length > 0 && taken.length === asked.length);
      button.setAttribute("aria-pressed", String(button.classList.contains("taken")));
    }
    for (const each of section.querySelectorAll("[data-conflict]")) {
      each.classList.toggle("undecided", !each.querySelector("[data-side]:checked"));
    }
  }
  section.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take-for]");
    if (!button) return;
    for (const each of questions(button.dataset.takeFor)) {
      each.querySelector(`[data-side="${button.dataset.takeSide}"]`).checked = true;
    }
    show();
  });
  section.addEventListener("change", show);
  for (const viewer of viewers) {
    viewer.get("eventBus").on("element.dblclick", ({ element }) => {
      questions(element.id)[0]?.querySelector("[data-side]")?.focus();
    });
  }
  show();
}

function zoom(viewers, how) {
  const canvas = viewers[0].get("canvas");
  if (how === "fit") canvas.zoom("fit-viewport", "auto");
  else canvas.zoom(canvas.zoom() * (how === "in" ? 1.25 : 0.8), "auto");
}

async function show(section) {
  const places = [...section.querySelectorAll("[data-pane]")];
  const viewers = (await Promise.all(places.map(open))).filter(Boolean);
  section.dataset.panesState = "shown";
  if (!viewers.length) return;
  together(viewers);
  zoom(viewers, "fit");
  conflicts(section, viewers);
  const said = section.querySelector("[data-said]");
  section.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-element], [data-zoom]");
    if (!asked) return;
    if (asked.dataset.zoom) zoom(viewers, asked.dataset.zoom);
    else {
      focus(viewers, asked.dataset.element, said);
      section.querySelector(".panes")?.scrollIntoView({ block: "nearest" });
    }
  });
}

for (const section of document.querySelectorAll("[data-panes]")) show(section);
