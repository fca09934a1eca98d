// Token simulation: tokens move over the drawing to show its logic. Nothing of the platform is carried out. Fetched when switched on.
import { SIMULATION } from "../words.js";
import { speak } from "./speak.js";

export function makeSimulation(studio, place) {
  let viewer = null;
  let on = false;

  // In a viewer of its own, so that trying never changes the draft.
  async function toggle() {
    on = !on;
    document.querySelector('[data-do="simulate"]').setAttribute("aria-pressed", String(on));
    place.hidden = !on;
    document.querySelector("[data-canvas]").hidden = on;
    if (!on) {
      viewer?.destroy();
      viewer = null;
      studio.modeler.get("canvas").resized();
      return;
    }
    const [{ makeViewer }, { diagram }] = await Promise.all([import("./simulating.js"), studio.content()]);
    viewer = await makeViewer(place.querySelector("[data-simulation]"), diagram);
    speak(place, SIMULATION);
  }
  return { toggle, isOn: () => on };
}
