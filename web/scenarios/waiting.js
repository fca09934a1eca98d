// How one thing that waits is answered: a person's form, an operation's outcome, a message, a called procedure, time.
import { answersOf, entriesForm } from "./answers.js";
import { button, make } from "./dom.js";

export function waitingPart({ wait, step, walkInto, studio }) {
  const at = wait.nth ? { at: wait.place, nth: wait.nth } : { at: wait.place };
  const parts = {
    user_task: personPart, operation: operationPart, decision: operationPart, call: callPart,
    message: messagePart, signal: messagePart, timer: timerPart,
  };
  return make("section", { "aria-label": wait.title, data: { place: wait.place } },
    make("h3", { tabIndex: -1 }, wait.title),
    make("p", { className: "quiet small" }, [wait.lane, wait.who.length && `giao cho ${wait.who.join(", ")}`, wait.due && `hạn ${wait.due.said}`].filter(Boolean).join(" · ")),
    wait.text && make("p", { className: "ask-text" }, wait.text),
    wait.held && make("p", { className: "notice tone-late" }, make("span", {}, `Đang gặp sự cố: ${wait.held}`)),
    parts[wait.kind]({ wait, at, step, walkInto, studio }));
}

// --- somebody

function personPart({ wait, at, step }) {
  const results = [];
  const place = make("div");

  function line(number) {
    const asked = wait.lines[number];
    const form = make("form", { noValidate: true, data: { form: "" } });
    form.innerHTML = asked.html; // made by the server from the escaping form macros, never by hand
    if (asked.sentence) form.append(make("p", { className: "notice tone-late" }, make("span", {}, asked.sentence)));
    if (!asked.html && !asked.sentence) form.append(make("p", { className: "quiet" }, "Việc này không có biểu mẫu; chỉ cần xác nhận đã làm."));
    const by = whoField();
    const last = number + 1 === wait.lines.length;
    form.append(by.node, make("div", { className: "actions" },
      make("button", { className: "button button-primary" }, last ? "Trả lời" : "Ghi và sang nơi tiếp theo"),
      wait.due && button("Cho thời gian trôi tới hạn", () => step({ now: wait.due.iso })),
      wait.lines.length > 1 && results.length > 0 && button("Các nơi còn lại chưa trả lời", () => send())));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = answersOf(form);
      if (wait.lines.length > 1) results.push(answer);
      if (wait.lines.length > 1 && !last) return show(number + 1);
      return send(answer, by.read());
    });
    const label = wait.lines.length > 1 ? make("p", { className: "field-label" }, `Nơi ${number + 1}/${wait.lines.length}: ${asked.label}`) : "";
    return [label, form];
  }

  function send(answer, by) {
    const who = by ? { by } : {};
    if (wait.lines.length > 1) step({ ...at, ...who, results });
    else if (wait.lines[0]?.label) step({ ...at, ...who, results: [answer] });
    else step({ ...at, ...who, ...(Object.keys(answer).length ? { answer } : {}) });
  }

  function show(number) {
    if (wait.lines.length) place.replaceChildren(...line(number).filter(Boolean));
    else place.replaceChildren(make("p", { className: "quiet" }, "Không giao cho ai."));
    window.vanthuForms?.prepare(place);
    if (number > 0) place.querySelector("input, select, textarea, button")?.focus();
  }

  show(0);
  return place;
}

// Who does it matters only where the diagram goes on with that person; so it is optional and out of the way.
function whoField() {
  const input = make("select", { id: "scenario-by" }, make("option", { value: "" }, "Một người bất kỳ"),
    Array.from({ length: 12 }, (_, index) => make("option", { value: String(index + 1) }, `Người thử ${index + 1}`)));
  const node = make("details", { className: "scenario-by" }, make("summary", { className: "small" }, "Chọn người thực hiện"),
    make("div", { className: "field" }, make("label", { htmlFor: "scenario-by" }, "Người thực hiện"), input));
  return { node, read: () => (input.value ? Number(input.value) : null) };
}

// --- the outside

function others({ wait, at, step }, words = "Kết quả khác…") {
  if (!wait.others.length) return "";
  const select = make("select", { "aria-label": words, onchange: () => step({ ...at, ...wait.others[Number(select.value)].step }) },
    make("option", { value: "", disabled: true, selected: true }, words),
    wait.others.map((each, index) => make("option", { value: String(index) }, each.label)));
  return select;
}

function operationPart(given) {
  const { wait, at, step } = given;
  const form = wait.kind === "operation" && wait.entries.length ? entriesForm(wait.entries, "scenario-entry") : null;
  return make("div", {},
    make("p", {}, "Thao tác này đang chờ được làm lại sau sự cố. Chọn điều xảy ra tiếp theo."),
    make("div", { className: "actions" },
      button("Làm lại, lần này được", () => step({ ...at, retry: true }), { className: "button button-primary" }),
      others(given)),
    form && make("details", {}, make("summary", { className: "small" }, "Tự nhập kết quả"), form.node,
      button("Dùng kết quả này", () => step({ ...at, answer: form.read() }))));
}

const MOST_FORMS = 12;

function callPart(given) {
  const { wait, at, step, walkInto } = given;
  const count = wait.count && wait.count <= MOST_FORMS ? wait.count : 1;
  const forms = Array.from({ length: count }, (_, line) => entriesForm(wait.entries, `scenario-entry-${line}`));
  const answer = () => (wait.count && wait.count <= MOST_FORMS ? { results: forms.map((form) => form.read()) } : { answer: forms[0].read() });
  return make("form", { onsubmit: (event) => { event.preventDefault(); step({ ...at, ...answer() }); } },
    make("p", {}, "Nhập kết quả quy trình con trả về, hoặc đi trọn quy trình con."),
    wait.count > MOST_FORMS && make("p", { className: "quiet" }, `Kết quả này dùng cho cả ${wait.count} quy trình con.`),
    forms.map((form, line) => [count > 1 && make("p", { className: "field-label" }, `Quy trình con ${line + 1}/${count}`), form.node]).flat(),
    make("div", { className: "actions" },
      make("button", { className: "button button-primary" }, "Trả kết quả"),
      others(given), button("Đi trọn quy trình con", () => walkInto(wait.place))));
}

function messagePart(given) {
  const { wait, at, step } = given;
  const form = entriesForm(wait.entries, "scenario-entry");
  return make("form", { onsubmit: (event) => { event.preventDefault(); step({ ...at, answer: form.read() }); } },
    make("p", {}, "Chọn nội dung gửi đến, hoặc tự nhập."),
    wait.others.length ? make("div", { className: "actions" }, wait.others.map((each) => button(each.label, () => step({ ...at, ...each.step })))) : "",
    form.node,
    make("div", { className: "actions" }, make("button", { className: "button button-primary" }, wait.kind === "signal" ? "Phát tín hiệu" : "Gửi thông điệp")));
}

// --- time

function timerPart({ wait, at, step }) {
  return make("div", {},
    make("p", {}, wait.due ? `Đến hạn lúc ${wait.due.said}.` : ""),
    make("div", { className: "actions" }, button("Cho thời gian trôi tới hạn", () => step(at), { className: "button button-primary" })));
}
