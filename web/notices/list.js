// Marking notices: r for the one in hand, Shift+r for all that are shown.
const list = document.querySelector("[data-notices]");

function pressed(event) {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "R") {
    document.querySelector("[data-read-all]")?.click();
  } else if (event.key === "r") {
    const row = event.target.closest("tr[id]");
    if (!row) return;
    const kept = row.querySelector(".row-link").id;
    document.addEventListener("htmx:after:swap", () => document.getElementById(kept)?.focus(), { once: true });
    row.querySelector("[data-read]").click();
  } else {
    return;
  }
  event.preventDefault();
}

if (list) document.addEventListener("keydown", pressed);
