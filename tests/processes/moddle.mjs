// Reads diagrams the way a stock Camunda modeler does; prints {file: [warnings]} as JSON. Run by test_moddle.py.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const find = createRequire(`${modules}/package.json`);
const { BpmnModdle } = await import(pathToFileURL(find.resolve("bpmn-moddle")));
const camunda = find("camunda-bpmn-moddle/resources/camunda.json");

const found = {};
for (const file of files) {
  const moddle = new BpmnModdle({ camunda });
  try {
    const { rootElement, warnings } = await moddle.fromXML(readFileSync(file, "utf8"));
    const { xml } = await moddle.toXML(rootElement, { format: true });
    const again = await moddle.fromXML(xml);
    const words = [...warnings, ...again.warnings].map((warning) => warning.message);
    const shapes = (rootElement.diagrams ?? []).flatMap((diagram) => diagram.plane?.planeElement ?? []);
    found[file] = { warnings: words, shapes: shapes.length, camunda: (xml.match(/(<|\s)camunda:\w+/g) ?? []).length };
  } catch (error) {
    found[file] = { warnings: [String(error.message), ...(error.warnings ?? []).map((each) => each.message)] };
  }
}
process.stdout.write(JSON.stringify(found));
