// The BPMN modeler with everything an analyst needs around it, in Vietnamese.
import Modeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from "bpmn-js-properties-panel";
import { ElementTemplatesPropertiesProviderModule } from "bpmn-js-element-templates";
import ElementTemplateChooserModule from "@bpmn-io/element-template-chooser";
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from "bpmn-js-create-append-anything";
import CamundaPlatformBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-platform";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import MinimapModule from "diagram-js-minimap";
import { translate } from "../words.js";
import { offerTemplates } from "./templates.js";
import { namingModule } from "./naming.js";
import { panelModule } from "./panel.js";

export function makeModeler({ canvas, panel, templates, roles, surroundings }) {
  const modeler = new Modeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    moddleExtensions: { camunda },
    additionalModules: [
      { translate: ["value", translate] },
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
      ElementTemplatesPropertiesProviderModule, ElementTemplateChooserModule,
      CreateAppendAnythingModule, CreateAppendElementTemplatesModule,
      CamundaPlatformBehaviors, MinimapModule,
      { surroundings: ["value", { roles, ...surroundings }] },
      panelModule, namingModule,
    ],
    elementTemplates: [],
    minimap: { open: false },
  });
  offerTemplates(modeler, templates);
  return modeler;
}

const HAS_DRAWING = /<(?:\w+:)?BPMNShape\b/;

// A file without a diagram part is laid out; the answer says in words what happened to it.
export async function openDiagram(modeler, xml) {
  let text = xml;
  let laidOut = false;
  let sentence = "";
  if (!HAS_DRAWING.test(xml)) {
    try {
      const { layoutProcess } = await import("bpmn-auto-layout");
      text = await layoutProcess(xml);
      laidOut = true;
      sentence = "Tệp chưa có hình vẽ nên sơ đồ đã được tự sắp xếp. Kiểm tra lại vị trí các phần tử.";
    } catch (error) {
      console.error(error);
      sentence = "Tệp chưa có hình vẽ và không tự sắp xếp được. Vẽ lại các phần tử rồi lưu.";
    }
  }
  try {
    const { warnings } = await modeler.importXML(text);
    if (warnings.length && !sentence) sentence = `Sơ đồ mở được nhưng có ${warnings.length} chỗ không đọc hết: ${warnings[0].message}`;
  } catch (error) {
    if (!laidOut) throw error;
    laidOut = false;
    await modeler.importXML(xml);
    sentence = "Tệp chưa có hình vẽ và không tự sắp xếp được. Vẽ lại các phần tử rồi lưu.";
  }
  return { laidOut, sentence };
}

// The whole drawing beside the palette, never larger than drawn.
export function fit(modeler) {
  const canvas = modeler.get("canvas");
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const narrow = outer.width < 700;
  const margin = { left: narrow ? 16 : 118, right: narrow ? 16 : 24, top: 24, bottom: 30 };
  const room = { width: Math.max(outer.width - margin.left - margin.right, 80), height: Math.max(outer.height - margin.top - margin.bottom, 80) };
  const scale = Math.min(1, room.width / inner.width, room.height / inner.height);
  const spare = Math.max(0, room.width - inner.width * scale) / 2;
  canvas.viewbox({
    x: inner.x - (margin.left + spare) / scale,
    y: inner.y - (margin.top + Math.max(0, room.height - inner.height * scale) / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}
