// Shows a BPMN diagram, read only, with marks on elements:
// <div data-diagram="/address/of.bpmn" data-active="id id" data-passed="id id" data-trouble="id" data-focus></div>
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import { word } from "../layout/scripts/words.js";

const marks = { active: "token-here", passed: "token-passed", trouble: "token-trouble" };

// data-notes='{"id": {"text": "12 · 1 g", "title": "…", "heat": 1-4, "here": 2, "late": 1, "trouble": 0}}': figures on elements
function annotate(place, viewer, known) {
  for (const [id, note] of Object.entries(JSON.parse(place.dataset.notes || "{}"))) {
    const element = known.get(id);
    if (!element || element.waypoints) continue;
    if (note.heat) viewer.get("canvas").addMarker(id, `heat-${note.heat}`);
    const words = [note.text, note.here ? `● ${note.here}` : "", note.late ? `▲ ${note.late}` : "", note.trouble ? `! ${note.trouble}` : ""];
    const said = words.filter(Boolean).join("  ");
    if (!said) continue;
    const label = document.createElement("span");
    label.className = "figure-note";
    label.textContent = said;
    label.title = note.title ?? "";
    viewer.get("overlays").add(id, { position: { bottom: 4, left: 0 }, html: label, scale: { min: 0.7, max: 1 } });
  }
}

async function show(place) {
  place.dataset.diagramState = "loading";
  const viewer = new NavigatedViewer({ container: place });
  try {
    const answer = await fetch(place.dataset.diagram, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(`diagram answered ${answer.status}`);
    await viewer.importXML(await answer.text());
    const canvas = viewer.get("canvas");
    canvas.zoom("fit-viewport", "auto");
    const known = viewer.get("elementRegistry");
    for (const [kind, mark] of Object.entries(marks)) {
      for (const id of (place.dataset[kind] ?? "").split(/\s+/).filter(Boolean)) {
        if (known.get(id)) canvas.addMarker(id, mark);
      }
    }
    annotate(place, viewer, known);
    // data-focus: readable around where it stands now, rather than the whole drawing at once
    const here = (place.dataset.active ?? "").split(/\s+/).map((id) => known.get(id)).find(Boolean);
    if ("focus" in place.dataset && here && canvas.zoom() < 0.8) {
      canvas.zoom(0.8);
      canvas.scrollToElement(here, { top: 130, bottom: 130, left: 220, right: 220 });
    }
    place.dataset.diagramState = "shown";
  } catch (error) {
    viewer.destroy();
    place.dataset.diagramState = "failed";
    place.textContent = place.dataset.failed ?? word("noDiagram");
    console.error(error);
  }
}

function showAll(root) {
  for (const place of root.querySelectorAll("[data-diagram]:not([data-diagram-state])")) show(place);
}

showAll(document);
document.addEventListener("htmx:after:swap", () => showAll(document));
