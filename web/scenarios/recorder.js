// Recording: plays what is drawn step by step. The server replays all steps each time, so nothing is kept between.
import { entriesForm, readValue } from "./answers.js";
import { button, make } from "./dom.js";
import { expectations } from "./expectations.js";
import * as marks from "./marks.js";
import { waitingPart } from "./waiting.js";

export function makeRecorder({ studio, ask, mayChange, done, keep }) {
  let place = null;
  let key = null;
  let old = null;
  let table = null; // the scenario so far
  let standing = null;
  let chosen = 0; // which of the things that wait is shown
  let stage = "closed"; // opening, playing, expecting
  let busy = false;

  const isOpen = () => stage !== "closed";

  async function open(host, scenarioKey, scenario) {
    place = host;
    key = scenarioKey;
    old = scenario;
    table = scenario ? { ...scenario, step: [...(scenario.step ?? [])] } : null;
    stage = scenario ? "playing" : "opening";
    standing = null;
    await play(table ?? { step: [] });
  }

  // The standing is taken over only when the server could read the scenario: a refused step stays in its form.
  async function play(next, fallBack = null) {
    if (busy) return;
    busy = true;
    place.setAttribute("aria-busy", "true");
    try {
      const { diagram, forms, decisions } = await studio.content();
      const told = await ask("play", { diagram, forms, decisions, scenarios: studio.scenarios?.() ?? {}, scenario: next });
      standing = told;
      if (stage !== "opening") table = { ...next, step: told.steps };
      if (told.problem && fallBack) chosen = fallBack;
      if (!told.problem) chosen = 0;
      if (told.ended && !told.problem && stage === "playing") stage = "expecting";
      else if (stage === "expecting") stage = "playing";
    } catch (error) {
      studio.say(error.message, "late");
    }
    busy = false;
    place.removeAttribute("aria-busy");
    draw();
  }

  const step = (what, from = chosen) => play({ ...table, step: [...table.step, what] }, from);

  function close(rerun = false) {
    stage = "closed";
    marks.clear(studio);
    done(rerun);
  }

  function draw() {
    if (!standing) {
      place.replaceChildren(make("p", { className: "quiet" }, "Chưa chạy thử được."), button("Về danh sách", () => close()));
      return;
    }
    place.replaceChildren(head(), stage === "opening" ? opening() : stage === "expecting" ? expecting() : playing());
    paint();
    window.vanthuForms?.prepare(place);
    // what was pressed is gone: go on where the next question begins
    if (!place.contains(document.activeElement)) {
      ["[data-first]", ".scenario-answer h3", "h2"].map((each) => place.querySelector(each)).find(Boolean)?.focus();
    }
  }

  function paint() {
    if (stage === "opening" || !standing) marks.clear(studio);
    else {
      marks.standing(studio, standing);
      const here = standing.waiting[Math.min(chosen, standing.waiting.length - 1)];
      if (here) marks.show(studio, here.place.split("/")[0]);
    }
  }

  function head() {
    const steps = table?.step.length ?? 0;
    return make("div", { className: "scenario-bar" },
      make("h2", { tabIndex: -1 }, key ? `Đi lại: ${old.name}` : "Ghi kịch bản mới"),
      stage !== "opening" && make("span", { className: "quiet small" }, `${steps} bước · đang là ${standing.now?.said ?? ""}`),
      make("span", { className: "scenario-row-actions" },
        stage !== "opening" && button("Lùi một bước", back, { disabled: steps === 0 && Boolean(key) }),
        stage === "playing" && steps > 0 && !standing.problem && button("Dừng ở đây, chọn điều mong đợi", () => { stage = "expecting"; draw(); }),
        button("Bỏ, về danh sách", () => close())));
  }

  function back() {
    if (stage === "expecting" && !standing.ended) {
      stage = "playing";
      draw();
    } else if (table.step.length) {
      stage = "playing";
      play({ ...table, step: table.step.slice(0, -1) });
    } else {
      stage = "opening";
      draw();
    }
  }

  // --- how it begins

  function opening() {
    if (!standing.openings.length) return problem(standing.problem || standing.sentence);
    let start = standing.openings[0];
    const entries = make("div");
    let form;
    const show = () => {
      form = entriesForm(Object.entries(start.data).map(([name, value]) => ({ name, value, kind: kindOf(value) })), "scenario-data");
      entries.replaceChildren(Object.keys(start.data).length ? make("p", { className: "field-label" }, "Dữ liệu lúc bắt đầu") : "", form.node, more());
    };
    const more = () => {
      const name = make("input", { type: "text", id: "scenario-more-name", autocomplete: "off" });
      const value = make("input", { type: "text", id: "scenario-more-value", autocomplete: "off" });
      const add = () => {
        if (!/^[a-z][a-z0-9_]*$/.test(name.value)) return studio.say("Tên dữ liệu gồm chữ thường không dấu, số và gạch dưới, ví dụ document_id.", "late");
        start = { ...start, data: { ...form.read(), [name.value]: readValue(value.value, "") } };
        show();
        return undefined;
      };
      return make("div", { className: "scenario-more" },
        make("div", { className: "field" }, make("label", { htmlFor: name.id }, "Thêm dữ liệu"), name),
        make("div", { className: "field" }, make("label", { htmlFor: value.id }, "Giá trị"), value),
        button("Thêm", add));
    };
    show();
    const choices = standing.openings.map((each, index) => make("label", { className: "choice" },
      make("input", { type: "radio", name: "scenario-start", checked: index === 0, onchange: () => { start = each; show(); } }),
      make("span", {}, each.title)));
    return make("form", { className: "scenario-opening", onsubmit: (event) => {
      event.preventDefault();
      stage = "playing";
      play({ name: "", start: start.element, data: form.read(), step: [] });
    } },
      standing.openings.length > 1 ? make("fieldset", { className: "field" }, make("legend", {}, "Quy trình bắt đầu bằng"), choices) : "",
      entries,
      make("div", { className: "actions" }, make("button", { className: "button button-primary", data: { first: "" } }, "Bắt đầu đi thử")));
  }

  const kindOf = (value) => (typeof value === "boolean" ? "flag" : typeof value === "number" ? "number" : Array.isArray(value) ? "list" : value && typeof value === "object" ? "data" : "text");

  // --- on the way

  function playing() {
    const waits = standing.waiting;
    const shown = Math.min(chosen, waits.length - 1);
    const list = make("div", { className: "scenario-standing" },
      standing.problem ? problem(standing.problem) : "",
      make("p", { className: "scenario-sentence", role: "status" }, standing.sentence),
      standing.troubles.map(problem),
      waits.length > 1 ? make("div", { className: "scenario-waits", role: "group", "aria-label": "Những gì đang chờ" },
        waits.map((each, index) => make("button", {
          type: "button", className: "scenario-wait", "aria-pressed": String(index === shown),
          onclick: () => { chosen = index; draw(); marks.show(studio, each.place.split("/")[0]); },
        }, make("b", {}, each.title), make("span", { className: "quiet small" }, saidOf(each))))) : "",
      byItself());
    const answer = shown >= 0
      ? waitingPart({ wait: waits[shown], step, walkInto, studio, everybody: standing })
      : make("p", { className: "quiet" }, "Không còn gì chờ trả lời.");
    return make("div", { className: "scenario-columns" }, list, make("div", { className: "scenario-answer" }, answer));
  }

  function saidOf(wait) {
    const kinds = { user_task: "chờ người xử lý", operation: "thao tác gặp sự cố", decision: "bảng quyết định gặp sự cố", call: "chờ quy trình con", timer: "chờ tới hạn", message: "có thể nhận thông điệp", signal: "có thể nhận tín hiệu" };
    return [kinds[wait.kind], wait.due && `hạn ${wait.due.said}`].filter(Boolean).join(" · ");
  }

  // Operations answered as usual; here another outcome can be chosen afterwards.
  function byItself() {
    if (!standing.answered.length) return "";
    return make("details", { className: "scenario-answered", open: standing.answered.length <= 3 },
      make("summary", {}, `Vừa tự làm ${standing.answered.length} thao tác, kết quả bình thường`),
      make("ul", {}, standing.answered.map((each, index) => make("li", {},
        make("span", {}, each.title),
        otherOutcome(each, index)))));
  }

  function otherOutcome(each, index) {
    const custom = make("div", { className: "scenario-custom", hidden: true });
    const select = make("select", { "aria-label": `Kết quả khác của ${each.title}`, onchange: () => {
      const value = select.value;
      select.value = "";
      if (value === "own") {
        const form = entriesForm(each.entries, `scenario-own-${index}`);
        custom.replaceChildren(form.node, button("Dùng kết quả này", () => step({ at: each.place, answer: form.read() })));
        custom.hidden = false;
        custom.querySelector("input, select")?.focus();
      } else if (value !== "") step({ at: each.place, ...each.others[Number(value)].step });
    } },
      make("option", { value: "" }, "Kết quả khác…"),
      each.others.map((other, number) => make("option", { value: String(number) }, other.label)),
      each.entries.length ? make("option", { value: "own" }, "Tự nhập kết quả") : null);
    return [select, custom];
  }

  function walkInto(at) {
    play({ ...table, walk_into: [...(table.walk_into ?? []), at] });
  }

  const problem = (sentence) => make("p", { className: "notice tone-late", role: "alert" }, make("span", {}, sentence));

  // --- at the end

  function expecting() {
    return expectations({
      standing, table, old, mayChange: mayChange(),
      async save(scenario) {
        try {
          const told = await keep("keep", { key: key ?? undefined, scenario });
          studio.say(`Đã lưu kịch bản “${told.scenarios[told.key].name}”.`);
          close(true);
        } catch (error) {
          studio.say(error.message, "late");
        }
      },
    });
  }

  return { open, isOpen, paint };
}
