/* Hides questions that the answers above make needless, filters long lists of choices, asks for files in our words.
   Conditions come as JSON in data-show-if: [sign, name, literal], ["and"|"or"|"not", …]. Nothing is evaluated as code. */
(function () {
  "use strict";

  // as words.js has it; this script also stands alone on pages without modules
  const said = (key) => JSON.parse(document.body.dataset.words || "{}")[key] ?? "";

  const number = (text) => {
    const plain = text.trim();
    if (!/^-?\d{1,15}([.,]\d+)*$/.test(plain)) return null;
    const usual = /,/.test(plain) || /^-?\d{1,3}(\.\d{3})+$/.test(plain) ? plain.replace(/\./g, "").replace(",", ".") : plain;
    return Number(usual);
  };

  // What a question answers now, typed like the literal it is compared with; a hidden question answers nothing.
  function answer(form, name, literal) {
    const controls = Array.from(form.elements).filter((control) => control.name === name && !control.matches(":disabled"));
    if (controls.length === 0) return null;
    if (typeof literal === "boolean" && controls[0].type === "checkbox") return controls[0].checked;
    const marked = controls.filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked);
    if (marked.length === 0 || marked[0].value.trim() === "") return null;
    const text = marked[0].value.trim().normalize("NFC");
    if (typeof literal === "number") return number(text);
    if (typeof literal === "boolean") return text === "true" ? true : text === "false" ? false : null;
    return text;
  }

  function holds(form, condition) {
    const [word, ...rest] = condition;
    if (word === "not") return !holds(form, rest[0]);
    if (word === "and") return rest.every((part) => part === true || (part !== false && holds(form, part)));
    if (word === "or") return rest.some((part) => part === true || (part !== false && holds(form, part)));
    const [name, literal] = rest;
    const found = answer(form, name, literal);
    if (word === "==") return found === literal;
    if (word === "!=") return found !== literal;
    if (found === null || literal === null || typeof literal === "boolean") return false;
    if (word === "<") return found < literal;
    if (word === "<=") return found <= literal;
    return word === ">" ? found > literal : found >= literal;
  }

  function refresh(form) {
    // from top to bottom, as the server decides: a question hidden here answers nothing for those below
    for (const part of form.querySelectorAll("[data-show-if]")) {
      const shown = holds(form, JSON.parse(part.dataset.showIf));
      part.hidden = !shown;
      if (part.tagName === "FIELDSET") part.disabled = !shown;
      else for (const control of part.querySelectorAll("input, select, textarea")) control.disabled = !shown;
    }
  }

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

  function filterBox(list, name) {
    list.dataset.filtered = "yes";
    const box = document.createElement("input");
    box.type = "search";
    box.className = "choices-filter";
    box.autocomplete = "off";
    box.setAttribute("aria-label", name);
    box.placeholder = name;
    return box;
  }

  function addFilter(list) {
    if (list.dataset.filtered) return;
    const box = filterBox(list, said("filter"));
    box.addEventListener("input", () => {
      const wanted = fold(box.value.trim());
      for (const choice of list.querySelectorAll(".choice, tbody tr")) {
        const name = choice.querySelector("th")?.textContent ?? choice.textContent;
        choice.hidden = wanted !== "" && !fold(name).includes(wanted) && !choice.querySelector(":checked");
      }
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) event.preventDefault(); });
    list.before(box);
  }

  const LONG_SELECT = 12;

  // A long choice is narrowed by what is typed, with or without diacritics; Enter takes the first that is left.
  function addSelectFilter(select) {
    if (select.dataset.filtered || select.options.length <= LONG_SELECT) return;
    const label = select.labels[0]?.textContent.trim() ?? "";
    const box = filterBox(select, select.dataset.filter || said("find"));
    box.setAttribute("aria-label", `${box.placeholder}: ${label}`);
    const everything = Array.from(select.children, (each) => each.cloneNode(true));
    const narrow = () => {
      const [wanted, chosen] = [fold(box.value.trim()), select.value];
      const kept = (option) => option.value === "" || option.value === chosen || fold(option.textContent).includes(wanted);
      const narrowed = everything.map((each) => each.cloneNode(true));
      for (const each of narrowed) for (const option of each.querySelectorAll("option")) if (!kept(option)) option.remove();
      select.replaceChildren(...narrowed.filter((each) => each.tagName === "OPTGROUP" ? each.children.length > 0 : kept(each)));
      select.value = chosen;
    };
    box.addEventListener("input", narrow);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const wanted = fold(box.value.trim());
      const first = Array.from(select.options).find((option) => option.value !== "" && fold(option.textContent).includes(wanted));
      if (!first || wanted === "") return;
      select.value = first.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      select.focus();
    });
    select.before(box);
  }

  // In a panel of lines a person or unit has one part: choosing another lets go of the first.
  function oneInARow(event) {
    const row = event.target.closest("tr");
    if (!row || !event.target.matches("input[type=radio], input[type=checkbox]") || !event.target.checked) return;
    for (const other of row.querySelectorAll("input[type=radio], input[type=checkbox]")) if (other !== event.target) other.checked = false;
  }

  // A file is asked for in our words, not the browser's; the control itself lies over them, as real as before.
  function giveFace(input) {
    const words = document.getElementById("file-face");
    if (!words || input.hidden || input.closest(".file-pick")) return;
    const frame = document.createElement("span");
    const face = document.createElement("span");
    frame.className = "file-pick";
    face.className = "file-face";
    face.setAttribute("aria-hidden", "true");
    face.append(words.content.cloneNode(true));
    const [button, name] = face.children;
    button.textContent = input.multiple ? button.dataset.several : button.dataset.one;
    const say = () => {
      name.textContent = [...input.files].map((file) => file.name).join(", ") || name.dataset.none;
      frame.classList.toggle("chosen", input.files.length > 0);
    };
    input.replaceWith(frame);
    frame.append(face, input);
    input.addEventListener("change", () => setTimeout(say)); // a file that is refused is taken out again
    input.form?.addEventListener("reset", () => setTimeout(say));
    say();
  }

  function prepare(root) {
    for (const input of root.querySelectorAll("main input[type=file]")) giveFace(input);
    for (const panel of root.querySelectorAll("[data-panel]")) {
      panel.addEventListener("change", oneInARow);
      if (panel.querySelectorAll("tbody tr").length > 12) addFilter(panel.querySelector(".line-scroll"));
    }
    for (const list of root.querySelectorAll(".choices-many")) addFilter(list);
    for (const select of root.querySelectorAll("select[data-filter]")) addSelectFilter(select);
    for (const part of root.querySelectorAll("[data-show-if]")) {
      const form = part.closest("form");
      if (!form || form.dataset.conditions) continue;
      form.dataset.conditions = "on";
      form.addEventListener("input", () => refresh(form));
      form.addEventListener("change", () => refresh(form));
      refresh(form);
    }
    const summary = root.querySelector(".error-summary");
    if (summary) summary.focus();
  }

  // called again by the page after it has put new HTML in place
  window.vanthuForms = { prepare };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => prepare(document));
  else prepare(document);
})();
