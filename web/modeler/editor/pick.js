// One dialog to choose from a list by typing, by arrows or by mouse; what every drag has as its other way.
import { fold } from "./fold.js";

export function pick({ title, items, none = "Không có mục nào phù hợp." }) {
  const before = document.activeElement;
  const dialog = document.createElement("dialog");
  dialog.className = "pick";
  dialog.setAttribute("aria-label", title);
  const heading = document.createElement("h2");
  heading.textContent = title;
  const search = document.createElement("input");
  search.type = "search";
  search.placeholder = "Gõ để lọc";
  search.setAttribute("aria-label", `${title}: gõ để lọc`);
  const list = document.createElement("div");
  list.className = "pick-list";
  dialog.append(heading, search, list);
  document.body.append(dialog);

  return new Promise((resolve) => {
    let chosen;
    const choose = (item) => {
      chosen = item;
      dialog.close();
    };
    const fill = () => {
      const wanted = fold(search.value).split(/\s+/).filter(Boolean);
      const shown = items.filter((each) => wanted.every((word) => fold(`${each.label} ${each.group ?? ""} ${each.detail ?? ""} ${each.search ?? ""}`).includes(word)));
      list.replaceChildren(...rows(shown, choose));
      if (!shown.length) list.append(Object.assign(document.createElement("p"), { className: "quiet", textContent: none }));
    };
    const move = (step) => {
      const buttons = [...list.querySelectorAll("button")];
      const at = buttons.indexOf(document.activeElement);
      if (at + step < 0) search.focus();
      else buttons[Math.min(buttons.length - 1, at + step)]?.focus();
    };
    search.addEventListener("input", fill);
    dialog.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Enter" && document.activeElement === search) list.querySelector("button")?.click();
      else return;
      event.preventDefault();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(chosen);
    });
    fill();
    dialog.showModal();
    search.focus();
  });
}

function rows(items, choose) {
  const made = [];
  let group;
  for (const item of items) {
    if (item.group && item.group !== group) {
      group = item.group;
      made.push(Object.assign(document.createElement("h3"), { textContent: group }));
    }
    const button = document.createElement("button");
    button.type = "button";
    button.append(Object.assign(document.createElement("b"), { textContent: item.label }));
    if (item.detail) button.append(Object.assign(document.createElement("span"), { textContent: item.detail }));
    button.addEventListener("click", () => choose(item));
    made.push(button);
  }
  return made;
}
