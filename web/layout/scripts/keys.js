// Keyboard and menus of every page. Never acts while an input method composes Vietnamese.
const typing = (target) => target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null;
const rowLinks = () => [...document.querySelectorAll("[data-rows] .row-link")];

function move(step) {
  const links = rowLinks();
  if (links.length === 0) return false;
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = links[Math.min(links.length - 1, Math.max(0, at === -1 ? 0 : at + step))];
  next.focus();
  next.closest("tr").scrollIntoView({ block: "nearest" });
  return true;
}

// “?” shows only the keys that do something here.
function showKeys(dialog) {
  for (const line of dialog?.querySelectorAll("[data-needs]") ?? []) line.hidden = !document.querySelector(line.dataset.needs);
  dialog?.showModal();
}

// The form that is to be filled in: its first field, and its button from wherever one types.
const asked = () => document.querySelector("main form[data-form]");

function begin() {
  const field = [...(asked()?.elements ?? [])].find((each) => !["hidden", "fieldset"].includes(each.type) && !each.disabled && each.checkVisibility());
  field?.focus();
  return Boolean(field);
}

function send(from, onwards) {
  const form = from.closest("form[data-form]") ?? asked();
  const button = form?.querySelector(onwards ? "[data-secondary]" : "[data-primary], .button-primary");
  if (!button || button.disabled) return false;
  form.requestSubmit(button);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.altKey) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (!document.querySelector("dialog[open]") && send(event.target, event.shiftKey)) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const onRow = event.target.closest("[data-rows]") !== null;
  if (event.key === "/") {
    document.querySelector("[data-search]")?.focus();
  } else if (event.key === "?") {
    showKeys(document.getElementById("keys"));
  } else if (event.key === "f") {
    if (!begin()) return;
  } else if (event.key === "j" || (event.key === "ArrowDown" && onRow)) {
    if (!move(1)) return;
  } else if (event.key === "k" || (event.key === "ArrowUp" && onRow)) {
    if (!move(-1)) return;
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A form is sent once, however often its button is pressed; save where a file comes back and the page stays.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || "again" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});
