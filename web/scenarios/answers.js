// From controls to what a step answers: forms of people, and contents of results, messages and outcomes.
import { make } from "./dom.js";

// The answers of a form made by layout/form.html: hidden questions are disabled and so not in it.
export function answersOf(form) {
  const found = {};
  for (const control of form.elements) {
    if (!control.name || control.matches(":disabled")) continue;
    if (control.type === "file") {
      const names = [...control.files].map((file) => file.name);
      if (names.length) found[control.name] = names;
    } else if (control.dataset.line !== undefined) {
      // a day of a line's own, beside the hidden field that names the line
      if (control.type === "text" && control.value !== "") found[control.name] = { ...found[control.name], [control.dataset.line]: control.value };
    } else if (control.closest(".field-checklist") || (control.type === "checkbox" && control.closest("[data-panel]"))) {
      found[control.name] ??= [];
      if (control.checked) found[control.name].push(control.value);
    } else if (!["radio", "checkbox"].includes(control.type) || control.checked) {
      if (control.value !== "") found[control.name] = control.value;
    }
  }
  return found;
}

// “88” is a number, “02” a code, “[1, 2]” a list: what nobody gave a type is read as people write it.
export function readValue(text, kind = "text") {
  const plain = text.trim();
  if (kind === "flag") return plain === "true";
  if (kind === "number") return plain === "" ? null : Number(plain.replace(",", "."));
  if (kind === "list" || kind === "data") {
    try {
      return JSON.parse(plain || (kind === "list" ? "[]" : "{}"));
    } catch {
      return kind === "list" ? plain.split(",").map((each) => readValue(each, "")).filter((each) => each !== "") : plain;
    }
  }
  if (kind === "text") return text;
  if (/^-?(0|[1-9]\d{0,14})$/.test(plain)) return Number(plain);
  if (plain === "true" || plain === "false") return plain === "true";
  if (/^[[{]/.test(plain)) return readValue(plain, "data");
  return text;
}

const shown = (value) => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

// Fields for the entries of a result, message or outcome; `read` gives the answer.
export function entriesForm(entries, prefix) {
  const fields = entries.map((entry, index) => {
    const id = `${prefix}-${index}`;
    const label = make("label", { htmlFor: id }, entry.name);
    let control;
    if (entry.kind === "flag") {
      control = make("select", { id }, make("option", { value: "true" }, "Đúng"), make("option", { value: "false" }, "Sai"));
      control.value = String(entry.value);
      return { entry, control, parts: [label, control] };
    }
    control = make("input", { id, type: "text", value: shown(entry.value), autocomplete: "off" });
    const list = entry.suggestions?.length
      ? make("datalist", { id: `${id}-list` }, entry.suggestions.map((each) => make("option", { value: shown(each) })))
      : null;
    if (list) control.setAttribute("list", list.id);
    return { entry, control, parts: [label, control, list] };
  });
  const read = () => Object.fromEntries(
    fields
      .filter(({ entry, control }) => control.value !== "" || entry.kind === "text")
      .map(({ entry, control }) => [entry.name, readValue(control.value, entry.kind === "text" && entry.value === "" ? "" : entry.kind)]),
  );
  return { node: make("div", { className: "scenario-entries" }, fields.map(({ parts }) => make("div", { className: "field" }, parts))), read };
}
