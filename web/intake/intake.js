// Intake: files dropped or chosen go one by one, each with its own line; a field shows where on the page it was read.
import { word } from "../layout/scripts/words.js";

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const megabytes = (bytes) => Math.floor(bytes / 1048576);

// --- A file too large is refused before it travels ---
function tooLarge(input) {
  const largest = Number(input.form?.dataset.largest ?? 0);
  return largest ? [...input.files].find((file) => file.size > largest) : undefined;
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.form?.dataset.largest || input.form.matches("[data-scan-drop]")) return;
  const found = tooLarge(input);
  const words = document.createElement("p");
  words.className = "field-error";
  words.setAttribute("role", "alert");
  const field = input.closest(".field") ?? input.parentElement;
  field.querySelector(".field-error")?.remove();
  field.classList.toggle("field-wrong", Boolean(found));
  if (!found) return;
  words.textContent = word("tooLarge", { name: found.name, size: megabytes(Number(input.form.dataset.largest)) });
  field.append(words);
  input.value = "";
});

// --- Scans ---
const drop = document.querySelector("[data-scan-drop]");

function line(text, tone) {
  const item = document.createElement("li");
  item.className = tone ? `tone-${tone}` : "";
  item.textContent = text;
  drop.querySelector("[data-progress]").append(item);
  return item;
}

async function send(files, together) {
  const item = line(fill(drop.dataset.sending, { name: files.map((file) => file.name).join(", ") }));
  const body = new FormData();
  body.set("csrf_token", drop.querySelector("[name=csrf_token]").value);
  body.set("together", together ? "pages" : "apart");
  for (const file of files) body.append("files", file);
  const name = files.length > 1 ? `${files[0].name} … ${files.at(-1).name}` : files[0].name;
  try {
    const answer = await fetch(drop.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const told = await answer.json();
    item.className = answer.ok ? "tone-done" : "tone-late";
    item.textContent = answer.ok ? fill(drop.dataset.sent, { name }) : told.message;
    return answer.ok;
  } catch {
    item.className = "tone-late";
    item.textContent = fill(drop.dataset.failed, { name });
    return false;
  }
}

async function sendAll(chosen) {
  const largest = Number(drop.dataset.largest);
  const files = [...chosen].sort((one, other) => one.name.localeCompare(other.name, "vi", { numeric: true }));
  const together = drop.querySelector("[name=together]:checked").value === "pages";
  const button = drop.querySelector("button");
  drop.querySelector("[data-progress]").textContent = "";
  button.disabled = true;
  let refused = 0;
  const right = files.filter((file) => {
    if (file.size <= largest) return true;
    refused += 1;
    line(fill(drop.dataset.tooLarge, { name: file.name, size: megabytes(largest) }), "late");
    return false;
  });
  let taken = 0;
  if (together && right.length && !refused) taken += await send(right, true);
  else if (!together) for (const file of right) taken += await send([file], false);
  button.disabled = false;
  // what was refused stays to be read; the list comes by itself only when nothing was
  if (taken && !refused && !drop.querySelector("[data-progress] .tone-late")) window.location.reload();
}

if (drop) {
  const input = drop.querySelector("input[type=file]");
  drop.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    sendAll(input.files);
  });
  for (const kind of ["dragover", "dragenter"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    if (event.dataTransfer.files.length) sendAll(event.dataTransfer.files);
  });
}

// --- Where a proposal was read ---
function show(proposed) {
  for (const old of document.querySelectorAll(".scan-page rect")) old.remove();
  const page = document.querySelector(`.scan-page[data-page="${proposed.dataset.page}"]`);
  if (!page) return;
  const [left, top, right, bottom] = proposed.dataset.box.split(" ").map(Number);
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const edge = 0.004;
  const place = { x: left - edge, y: top - edge, width: right - left + 2 * edge, height: bottom - top + 2 * edge };
  for (const [name, value] of Object.entries(place)) rect.setAttribute(name, value);
  page.querySelector("svg").append(rect);
  const roll = page.closest(".scan-roll");
  const wanted = page.offsetTop - roll.offsetTop + top * page.clientHeight - roll.clientHeight / 3;
  roll.scrollTo({ top: Math.max(0, wanted) });
}

document.addEventListener("focusin", (event) => {
  const proposed = event.target.closest?.("[data-proposed]");
  if (proposed) show(proposed);
});

// What was read can be put into the field by hand; never by itself over what somebody typed.
function compare(button) {
  const control = document.getElementById(button.dataset.for);
  button.hidden = !control || control.value.trim() === button.dataset.use.trim();
}

for (const button of document.querySelectorAll("[data-use]")) {
  compare(button);
  const control = document.getElementById(button.dataset.for);
  control?.addEventListener("input", () => compare(button));
  button.addEventListener("click", () => {
    control.value = button.dataset.use;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.focus();
  });
}
