// What an earlier visit couldn't save is offered again, never put in place unasked.
import { fit, openDiagram } from "./drawing.js";

export async function offerLeftOver(studio, saving, content) {
  const left = await saving.leftOver();
  if (!left || !content.may_change) return;
  if (left.diagram === content.diagram && JSON.stringify([left.forms, left.decisions]) === JSON.stringify([content.forms, content.decisions])) {
    await saving.drop();
    return;
  }
  const dialog = document.querySelector("[data-leftover]");
  const when = new Date(left.at).toLocaleString("vi-VN", { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric" });
  const newer = left.edition !== content.edition ? ` Sau đó ${content.by || "người khác"} đã lưu bản nháp này lúc ${content.at}; nội dung khôi phục sẽ thay cho bản đó nếu bạn lưu.` : "";
  dialog.querySelector("[data-leftover-words]").textContent = `Trên máy này còn phần vẽ lúc ${when} chưa kịp lưu.${newer}`;
  await new Promise((resolve) => {
    dialog.querySelector('[data-leftover-do="restore"]').onclick = async () => {
      dialog.close();
      studio.load({ forms: left.forms, decisions: left.decisions });
      await openDiagram(studio.modeler, left.diagram);
      fit(studio.modeler);
      studio.changed("diagram");
      resolve();
    };
    dialog.querySelector('[data-leftover-do="drop"]').onclick = async () => {
      dialog.close();
      await saving.drop();
      resolve();
    };
    dialog.addEventListener("cancel", () => resolve(), { once: true });
    dialog.showModal();
  });
}
