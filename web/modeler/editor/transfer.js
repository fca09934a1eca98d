// Files in and out of the editor. What leaves is what is drawn now, saved or not.
import { fit, openDiagram } from "./drawing.js";

export function makeTransfer(studio, element) {
  const input = element.querySelector("[data-import]");

  function hand(name, content, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function exportDiagram() {
    const { diagram } = await studio.content();
    hand(`${studio.about.key}.bpmn`, diagram, "application/xml");
  }

  // The zip is packed by the server from what is saved, so what is drawn is saved first.
  async function exportAll() {
    try {
      await studio.save();
      location.assign(studio.urls.zip);
    } catch (error) {
      studio.say(error.message, "late");
    }
  }

  async function exportPicture() {
    const { svg } = await studio.modeler.saveSVG();
    hand(`${studio.about.key}.svg`, svg, "image/svg+xml");
  }

  async function bring(file) {
    const form = new FormData();
    form.append("file", file);
    try {
      const read = await studio.call(studio.urls.read, { method: "POST", form });
      const before = await studio.content();
      try {
        const opened = await openDiagram(studio.modeler, read.diagram);
        const isZip = file.name.toLowerCase().endsWith(".zip");
        studio.load(isZip ? { forms: read.forms, decisions: read.decisions } : {});
        fit(studio.modeler);
        studio.changed("diagram");
        studio.say(opened.sentence || `Đã nhập ${file.name} vào bản nháp.`, "soon", { label: "Lấy lại sơ đồ trước", run: () => takeBack(before) });
      } catch (error) {
        await openDiagram(studio.modeler, before.diagram);
        studio.say(`Không mở được sơ đồ trong tệp: ${error.message}`, "late");
      }
    } catch (error) {
      studio.say(error.message, "late");
    }
  }

  async function takeBack({ diagram, forms, decisions }) {
    await openDiagram(studio.modeler, diagram);
    studio.load({ forms, decisions });
    fit(studio.modeler);
    studio.changed("diagram");
  }

  input?.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file) bring(file);
  });
  return { import: () => input.click(), "export-diagram": exportDiagram, "export-all": exportAll, "export-picture": exportPicture };
}
