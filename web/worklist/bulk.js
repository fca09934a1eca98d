// Marking rows of the inbox: x, Shift+x, *, b; the bar offers what every marked row allows.
const bar = document.querySelector("[data-bulk]");
const boxes = () => [...document.querySelectorAll(".inbox .pick input")];
let last = null; // the row a range begins at

function say() {
  const chosen = boxes().filter((box) => box.checked);
  bar.querySelector("[data-count]").textContent = bar.dataset.words.replace("{count}", chosen.length);
  let offered = 0;
  for (const button of bar.querySelectorAll("button[name=do]")) {
    button.hidden = chosen.length === 0 || !chosen.every((box) => box.dataset.can.split(" ").includes(button.value));
    // one answer for several: of one step only, and for one alone its own page is better
    if (button.value === "answer") button.hidden ||= chosen.length < 2 || new Set(chosen.map((box) => box.dataset.step)).size > 1;
    offered += button.hidden ? 0 : 1;
  }
  bar.querySelector("[data-none]").hidden = offered > 0 || chosen.length === 0;
}

function mark(box, checked, range) {
  const all = boxes();
  const from = range && last ? all.indexOf(last) : all.indexOf(box);
  const to = all.indexOf(box);
  for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = checked;
  last = box;
  say();
}

function pressed(event) {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]')) return;
  const all = boxes();
  const box = event.target.closest("tr")?.querySelector(".pick input");
  if (event.key === "*") {
    const every = all.every((each) => each.checked);
    for (const each of all) each.checked = !every;
    say();
  } else if (event.key.toLowerCase() === "x" && box) {
    mark(box, event.shiftKey || !box.checked, event.shiftKey);
  } else if (event.key === "b") {
    bar.querySelector("button[name=do]:not([hidden])")?.focus();
  } else if (event.key === "Escape" && all.some((each) => each.checked) && !document.querySelector("[data-menu][open]")) {
    for (const each of all) each.checked = false;
    say();
  } else {
    return;
  }
  event.preventDefault();
}

if (bar) {
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    if (event.target.matches(".inbox .pick input")) mark(event.target, event.target.checked, event.shiftKey);
  });
  bar.addEventListener("reset", () => setTimeout(say));
  window.addEventListener("pageshow", say);
  say();
}

// Counts refresh by themselves, never under somebody's hand.
document.addEventListener("htmx:before:swap", (event) => {
  const shown = document.getElementById("facets");
  if (!shown || !(shown.contains(document.activeElement) || shown.matches(":hover") || shown.querySelector("[open]"))) return;
  const { tasks } = event.detail;
  const at = tasks.findIndex((each) => each.target === shown);
  if (at >= 0) tasks.splice(at, 1);
});
