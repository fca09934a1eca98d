// The part of the token simulation that is large: loaded only when somebody switches it on.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import SimulationModule from "bpmn-js-token-simulation/lib/viewer";
import { translate } from "../words.js";

export async function makeViewer(container, diagram) {
  const viewer = new NavigatedViewer({ container, additionalModules: [{ translate: ["value", translate] }, SimulationModule] });
  await viewer.importXML(diagram);
  viewer.get("canvas").zoom("fit-viewport", "auto");
  viewer.get("toggleMode").toggleMode(true);
  return viewer;
}
