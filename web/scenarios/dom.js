// Elements made in one line each; every text is set as text, never as HTML.
export function make(tag, about = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
  return node;
}

export const button = (text, onclick, about = {}) =>
  make("button", { type: "button", className: "button button-small", onclick, ...about }, text);

// Draws anew without taking the keyboard away: what goes by the same name afterwards has it again.
export function keepingFocus(place, redraw) {
  const name = (node) => node.dataset.name ?? node.getAttribute("aria-label") ?? node.textContent;
  const held = place.contains(document.activeElement) ? name(document.activeElement) : null;
  redraw();
  if (held === null || place.contains(document.activeElement)) return;
  [...place.querySelectorAll("button, input, summary")].find((each) => name(each) === held)?.focus();
}

// A menu that closes itself when something in it was chosen; arrow keys go from item to item.
export function menu(text, items) {
  const list = make("div", { className: "menu-list scenario-menu" });
  const menuOf = make("details", { className: "menu", data: { menu: "" } }, make("summary", { className: "button button-small" }, text), list);
  for (const [label, chosen] of items) {
    list.append(make("button", { type: "button", className: "menu-item", onclick: () => { menuOf.open = false; chosen(); } }, label));
  }
  menuOf.addEventListener("keydown", (event) => {
    const own = [...list.querySelectorAll("button")];
    if (event.key === "Escape" && menuOf.open) {
      menuOf.open = false;
      menuOf.querySelector("summary").focus();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && menuOf.open) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      own[(own.indexOf(document.activeElement) + step + own.length) % own.length]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return menuOf;
}
