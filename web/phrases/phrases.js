// Alt+M in a field of a task's form opens the phrases; typing narrows, Enter puts one in, Escape goes back to the field.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
let known = null; // asked once per page
let open = null;

function put(field, text) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const before = value.slice(0, from);
  const gap = before && !/\s$/.test(before) ? " " : "";
  field.focus();
  field.setSelectionRange(from, to);
  // as if typed, so that it can be undone with Ctrl+Z and is kept like everything typed
  if (!document.execCommand("insertText", false, gap + text)) {
    field.setRangeText(gap + text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const gapAt = text.indexOf("…");
  if (gapAt >= 0) field.setSelectionRange(from + gap.length + gapAt, from + gap.length + gapAt + 1);
}

class Box {
  constructor(field, words) {
    Object.assign(this, { field, words, at: 0 });
    this.root = document.createElement("div");
    this.root.className = "phrase-box";
    this.search = document.createElement("input");
    Object.assign(this.search, { type: "text", autocomplete: "off", placeholder: words.find });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-label": words.find, "aria-expanded": "true", "aria-controls": "phrase-choices", "aria-autocomplete": "list" })) this.search.setAttribute(name, value);
    this.list = document.createElement("ul");
    this.list.id = "phrase-choices";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words.title);
    this.foot = document.createElement("div");
    this.foot.className = "phrase-foot";
    this.root.append(this.search, this.list, this.foot);
    field.closest(".field").append(this.root);
    this.search.addEventListener("input", () => { this.at = 0; this.draw(); });
    this.search.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("li[data-at]");
      if (item) { this.at = Number(item.dataset.at); this.choose(); }
    });
    this.footer();
    this.draw();
    this.search.focus();
  }

  footer() {
    const keep = document.createElement("button");
    Object.assign(keep, { type: "button", className: "button button-small", textContent: this.words.keep });
    keep.addEventListener("click", () => this.name());
    const all = document.createElement("a");
    Object.assign(all, { href: this.words.page, textContent: this.words.all });
    this.said = document.createElement("span");
    this.said.setAttribute("role", "status");
    this.foot.append(keep, all, this.said);
  }

  // the second use of the search field: the name under which the field's words are kept
  name() {
    if (!this.field.value.trim()) { this.said.textContent = this.words.nothing; return; }
    this.naming = true;
    this.search.value = "";
    this.search.placeholder = this.words.name;
    this.search.setAttribute("aria-label", this.words.name);
    this.list.replaceChildren();
    this.search.focus();
  }

  async keep() {
    const data = new FormData();
    data.set("csrf_token", this.field.form.elements.csrf_token.value);
    data.set("name", this.search.value);
    data.set("text", this.field.value);
    const answer = await fetch(this.words.page, { method: "POST", body: data, headers: { "X-Requested-With": "phrases" } });
    const said = await answer.json().catch(() => ({ problem: this.words.failed }));
    if (!answer.ok) { this.said.textContent = said.problem ?? this.words.failed; return; }
    known = null;
    this.close();
  }

  found() {
    const wanted = fold(this.search.value.trim());
    return known.filter((each) => fold(`${each.name} ${each.text}`).includes(wanted));
  }

  draw() {
    const found = this.found();
    this.list.replaceChildren(...found.map((each, at) => {
      const item = document.createElement("li");
      item.id = `phrase-${at}`;
      item.dataset.at = at;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(at === this.at));
      const name = document.createElement("b");
      const text = document.createElement("span");
      name.textContent = each.name;
      text.textContent = each.text;
      item.append(name, text);
      return item;
    }));
    this.said.textContent = found.length ? "" : this.words.empty;
    if (found.length) this.search.setAttribute("aria-activedescendant", `phrase-${this.at}`);
    else this.search.removeAttribute("aria-activedescendant");
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const count = this.list.children.length;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter") this.naming ? this.keep() : this.choose();
    else if (event.key === "ArrowDown" && count) { this.at = (this.at + 1) % count; this.draw(); }
    else if (event.key === "ArrowUp" && count) { this.at = (this.at + count - 1) % count; this.draw(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose() {
    const chosen = this.found()[this.at];
    if (!chosen) return;
    this.close();
    put(this.field, chosen.text);
  }

  close() {
    this.root.remove();
    open = null;
    this.field.focus();
  }
}

async function show(field, words) {
  open?.close();
  try {
    known ??= await (await fetch(words.offered, { headers: { Accept: "application/json" } })).json();
  } catch {
    return; // offline: what is typed stays, the list doesn't open
  }
  open = new Box(field, words);
}

for (const form of document.querySelectorAll("form[data-phrases]")) {
  const words = JSON.parse(form.dataset.phrases);
  for (const field of form.querySelectorAll("textarea[data-takes-phrases]")) {
    const bar = document.createElement("div");
    bar.className = "phrase-bar";
    const button = document.createElement("button");
    // the field itself has the key, so Tab goes on from it to the next question
    Object.assign(button, { type: "button", className: "button button-small", textContent: words.title, tabIndex: -1 });
    field.setAttribute("aria-keyshortcuts", "Alt+M");
    const key = document.createElement("kbd");
    key.textContent = "Alt+M";
    button.append(key);
    button.addEventListener("click", () => show(field, words));
    bar.append(button);
    field.after(bar);
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229 || !event.altKey || event.code !== "KeyM") return;
      event.preventDefault();
      show(field, words);
    });
  }
}
