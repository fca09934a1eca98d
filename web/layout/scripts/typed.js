// What is typed into a form stays in this browser until the server has taken it, and is offered back after a reload, a
// crash or a lost session. Passwords, files and hidden fields are never kept; values are only ever set as values.
const PREFIX = "vanthu:typed:";
const LONGEST = 150_000; // signs of one form
const MOST = 30; // forms of one browser
const DAYS = 7;
const PAUSE = 300; // milliseconds after the last key
const NEVER = ["password", "file", "hidden", "submit", "button", "reset", "image"];

const person = document.body?.dataset.person;
const offer = document.getElementById("typed-offer");

function store(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null; // no storage, or it is full: the page works as it would without
  }
}

function hash(text) {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const sign of text) {
    high = Math.imul(high ^ sign.codePointAt(0), 2654435761);
    low = Math.imul(low ^ sign.codePointAt(0), 1597334677);
  }
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}

function groups(form) {
  const found = new Map();
  for (const control of form.elements) {
    if (!control.name || control.name.startsWith("_") || NEVER.includes(control.type) || control.type === "fieldset") continue;
    found.set(control.name, [...(found.get(control.name) ?? []), control]);
  }
  return found;
}

const marked = (control) => control.type === "checkbox" || control.type === "radio";

function answer(controls) {
  return controls.flatMap((control) => {
    if (marked(control)) return control.checked ? [control.value] : [];
    return control.multiple ? [...control.selectedOptions].map((option) => option.value) : [control.value];
  });
}

function put(controls, values) {
  controls.forEach((control, at) => {
    if (marked(control)) control.checked = values.includes(control.value);
    else if (control.multiple) for (const option of control.options) option.selected = values.includes(option.value);
    else if (control.tagName === "SELECT") {
      if ([...control.options].some((option) => option.value === values[at])) control.value = values[at];
    } else control.value = values[at] ?? "";
  });
  for (const kind of ["input", "change"]) controls[0].dispatchEvent(new Event(kind, { bubbles: true }));
}

const answers = (form) => new Map([...groups(form)].map(([name, controls]) => [name, answer(controls)]));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Where a form's typing is kept: by person, address and the questions it asks.
function name(form, seen) {
  const asks = [...groups(form)].map(([key, controls]) => `${key}:${controls[0].type}`).sort();
  const where = `${form.getAttribute("action") ?? location.pathname + location.search} ${asks.join(" ")}`;
  const nth = seen.get(where) ?? 0;
  seen.set(where, nth + 1);
  return hash(`${where} ${nth}`);
}

function read(key) {
  const found = store((kept) => JSON.parse(kept.getItem(key)));
  return found && typeof found.at === "number" && found.values && typeof found.values === "object" ? found : null;
}

const keys = () => store((kept) => Object.keys(kept).filter((key) => key.startsWith(PREFIX))) ?? [];

function tidy(room = MOST) {
  const kept = keys().map((key) => [key, read(key)?.at ?? 0]).sort((one, other) => other[1] - one[1]);
  const oldest = Date.now() - DAYS * 86_400_000;
  kept.forEach(([key, at], place) => {
    if (place >= room || at < oldest) store((all) => all.removeItem(key));
  });
}

function write(key, record) {
  const text = JSON.stringify(record);
  if (text.length > LONGEST) return;
  const keep = () => store((kept) => { kept.setItem(key, text); return true; });
  if (!keep()) {
    tidy(5);
    keep();
  }
}

function said(at) {
  const two = (number) => String(number).padStart(2, "0");
  const then = new Date(at);
  const clock = `${two(then.getHours())}:${two(then.getMinutes())}`;
  if (then.toDateString() === new Date().toDateString()) return clock;
  return `${clock} ${two(then.getDate())}/${two(then.getMonth() + 1)}/${then.getFullYear()}`;
}

class Typed {
  constructor(form, id) {
    this.form = form;
    this.id = id;
    this.key = `${PREFIX}${person}:${id}`;
    this.shown = answers(form);
    this.pending = null; // what is kept and not on the page
    this.field = "";
    const kept = read(this.key);
    if (kept && document.body.dataset.refused === id) this.pending = kept; // the page shows it again by itself
    else if (kept && this.differs(kept)) this.ask(kept);
    else if (kept) store((all) => all.removeItem(this.key));
    for (const kind of ["input", "change"]) form.addEventListener(kind, (event) => this.changed(event));
    form.addEventListener("submit", () => this.sent());
  }

  differs(kept) {
    const here = groups(this.form);
    return Object.entries(kept.values).some(([key, values]) => here.has(key) && !same(this.shown.get(key), values));
  }

  changed(event) {
    if (event.isTrusted && event.target.name) this.field = event.target.name;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  save() {
    clearTimeout(this.timer);
    this.timer = null;
    const values = { ...this.pending?.values };
    for (const [key, now] of answers(this.form)) if (!same(now, this.shown.get(key))) values[key] = now;
    if (Object.keys(values).length === 0) store((all) => all.removeItem(this.key));
    else write(this.key, { at: Date.now(), field: this.field, values });
  }

  flush() {
    if (this.timer) this.save();
  }

  sent() {
    this.flush();
    const mark = this.form.elements._typed ?? this.form.appendChild(document.createElement("input"));
    Object.assign(mark, { type: "hidden", name: "_typed", value: this.id });
  }

  ask(kept) {
    this.pending = kept;
    const banner = offer.content.firstElementChild.cloneNode(true);
    banner.querySelector("[data-said]").textContent = banner.dataset.words.replace("{at}", said(kept.at));
    banner.querySelector("[data-files]").hidden = !this.form.querySelector('input[type="file"]');
    banner.querySelector("[data-restore]").addEventListener("click", () => {
      banner.remove();
      this.restore(kept);
    });
    banner.querySelector("[data-drop]").addEventListener("click", () => {
      banner.remove();
      this.pending = null;
      this.save();
    });
    this.form.prepend(banner);
  }

  restore(kept) {
    const here = groups(this.form);
    for (const [key, values] of Object.entries(kept.values)) {
      const untouched = here.has(key) && same(answer(here.get(key)), this.shown.get(key));
      if (untouched && Array.isArray(values)) put(here.get(key), values.map(String));
    }
    this.pending = null;
    this.save();
    (here.get(kept.field) ?? here.values().next().value)?.[0].focus();
  }
}

const forms = new Map();

function prepare(root) {
  const seen = new Map();
  for (const form of root.querySelectorAll("form[data-form], form[data-keep]")) {
    if (form.method === "post" && !("again" in form.dataset) && !forms.has(form)) forms.set(form, new Typed(form, name(form, seen)));
  }
}

if (person && offer && store(() => true)) {
  const finished = document.body.dataset.finished;
  if (finished) store((all) => all.removeItem(`${PREFIX}${person}:${finished}`));
  tidy();
  prepare(document);
  document.addEventListener("htmx:after:process", (event) => prepare(event.target));
  window.addEventListener("pagehide", () => forms.forEach((typed) => typed.flush()));
  document.addEventListener("visibilitychange", () => forms.forEach((typed) => typed.flush()));
}
