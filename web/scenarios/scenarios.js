// The drawer “Kịch bản”: the scenarios of a draft with how they came out, recording new ones, coverage on the diagram.
import { button, keepingFocus, make, menu } from "./dom.js";
import * as marks from "./marks.js";
import { makeRecorder } from "./recorder.js";

export function mount(host, studio) {
  const base = studio.urls?.scenarios ?? `/modeler/drafts/${studio.draftId}/scenarios`;
  const ask = (verb, json) => studio.call(`${base}/${verb}`, { method: "POST", json });
  const state = { results: new Map(), coverage: null, stale: false, mayChange: false, drawn: true, running: false };
  const place = make("div", { className: "scenarios" });
  host.append(place);
  const recorder = makeRecorder({ studio, ask, mayChange: () => state.mayChange, done: back, keep });

  const scenarios = () => studio.scenarios?.() ?? {};

  async function run() {
    if (state.running) return;
    state.running = true;
    draw();
    try {
      const { diagram, forms, decisions } = await studio.content();
      const told = await ask("run", { diagram, forms, decisions, scenarios: scenarios() });
      state.results = new Map(told.results.map((each) => [each.key, each]));
      state.coverage = told.coverage;
      state.stale = false;
    } catch (error) {
      studio.say(error.message, "late");
    }
    state.running = false;
    draw();
  }

  // Saved by a route of its own: what is drawn is saved first, so that the edition is the one this person saw.
  async function keep(verb, sent) {
    await studio.save();
    const { edition } = await studio.content();
    const told = await ask(verb, { ...sent, edition });
    studio.adopt(told.edition, told.scenarios);
    return told;
  }

  async function change(verb, sent, said, rerun = false) {
    try {
      await keep(verb, sent);
      studio.say(said);
      if (rerun) await run();
      else draw();
    } catch (error) {
      studio.say(error.message, "late");
    }
  }

  function back(rerun) {
    draw();
    if (rerun) run();
  }

  function record(key) {
    marks.clear(studio);
    recorder.open(place, key, key ? scenarios()[key] : null);
  }

  function draw() {
    if (recorder.isOpen()) return;
    const keys = Object.keys(scenarios()).sort((a, b) => nameOf(a).localeCompare(nameOf(b), "vi"));
    const failed = keys.filter((key) => state.results.get(key)?.passed === false).length;
    keepingFocus(place, () => place.replaceChildren(
      make("div", { className: "scenario-bar" },
        button("Ghi kịch bản mới", () => record(null), { className: "button button-small button-primary" }),
        button(state.running ? "Đang chạy…" : "Chạy tất cả", run, {
          disabled: !keys.length, "aria-disabled": state.running && "true", data: { name: "run" },
        }),
        make("label", { className: "choice" },
          make("input", { type: "checkbox", checked: state.drawn, data: { name: "drawn" }, onchange: (event) => { state.drawn = event.target.checked; paint(); } }),
          make("span", {}, "Hiện độ phủ trên sơ đồ")),
        make("p", { className: "scenario-figure", role: "status" }, figure(keys.length, failed))),
      legend(),
      make("ul", { className: "scenario-list" }, keys.map(row)),
      keys.length ? "" : make("p", { className: "quiet" }, "Chưa có kịch bản nào. Ghi một kịch bản bằng cách đi thử quy trình đang vẽ."),
    ));
    paint();
  }

  function figure(count, failed) {
    if (state.running) return "Đang chạy các kịch bản…";
    if (!state.coverage) return "";
    const passed = failed ? `${failed}/${count} kịch bản chưa đạt` : `${count} kịch bản đều đạt`;
    const stale = state.stale ? " (trước khi sửa; chạy lại để cập nhật)" : "";
    return `${count ? passed : "Chưa có kịch bản"} · đi qua ${state.coverage.figure}${stale}`;
  }

  function legend() {
    if (!state.coverage) return "";
    return make("p", { className: "scenario-legend small", hidden: !state.drawn },
      make("span", { className: "legend-passed" }, "Nét đậm: đã có kịch bản đi qua"),
      make("span", { className: "legend-missing" }, "Nét đứt: chưa kịch bản nào đi qua"));
  }

  const nameOf = (key) => scenarios()[key]?.name ?? key;

  function row(key) {
    const result = state.results.get(key);
    const sign = !result ? ["none", "Chưa chạy"] : result.passed ? ["done", "Đạt"] : ["late", "Chưa đạt"];
    const steps = scenarios()[key]?.step?.length ?? 0;
    return make("li", { data: { scenario: key } },
      make("span", { className: `tag tone-${sign[0]}` }, sign[1]),
      make("b", {}, nameOf(key)),
      make("span", { className: "quiet small" }, `${steps} bước`),
      make("span", { className: "scenario-row-actions" },
        result && button("Xem đường đi", () => marks.walked(studio, result), { "aria-label": `Xem đường đi của kịch bản ${nameOf(key)}` }),
        button(state.mayChange ? "Đi lại, sửa" : "Đi lại", () => record(key), { "aria-label": `Đi lại kịch bản ${nameOf(key)}` }),
        state.mayChange && menu("Khác", [["Đổi tên…", () => rename(key)], ["Xóa kịch bản", () => remove(key)]])),
      result && !result.passed ? make("ul", { className: "scenario-sentences" }, result.sentences.map((each) => make("li", {}, each))) : "");
  }

  function rename(key) {
    const line = place.querySelector(`[data-scenario="${CSS.escape(key)}"]`);
    const input = make("input", { type: "text", value: nameOf(key), "aria-label": "Tên mới của kịch bản", maxLength: 300 });
    const form = make("form", { className: "scenario-rename", onsubmit: (event) => {
      event.preventDefault();
      change("rename", { key, name: input.value }, "Đã đổi tên kịch bản.");
    } }, input, make("button", { className: "button button-small button-primary" }, "Đổi tên"), button("Thôi", draw));
    line.replaceChildren(form);
    input.focus();
  }

  function remove(key) {
    const line = place.querySelector(`[data-scenario="${CSS.escape(key)}"]`);
    const yes = button("Xóa", () => change("remove", { key }, "Đã xóa kịch bản.", true), { className: "button button-small button-refuse" });
    line.replaceChildren(make("span", {}, `Xóa kịch bản “${nameOf(key)}”?`), yes, button("Giữ lại", draw));
    yes.focus();
  }

  function paint() {
    if (recorder.isOpen()) return;
    const words = place.querySelector(".scenario-legend");
    if (words) words.hidden = !state.drawn;
    if (state.drawn && state.coverage && !host.hidden) marks.covered(studio, state.coverage);
    else marks.clear(studio);
  }

  studio.onChange((what) => {
    if (what === "scenarios" || state.stale || !state.coverage) return;
    state.stale = true;
    const told = place.querySelector(".scenario-figure");
    if (told) told.textContent = figure(Object.keys(scenarios()).length, 0);
  });
  // Coverage is drawn while its drawer is open, so that the drawing is quiet otherwise.
  new MutationObserver(() => (host.hidden ? marks.clear(studio) : recorder.isOpen() ? recorder.paint() : paint()))
    .observe(host, { attributes: true, attributeFilter: ["hidden"] });

  draw();
  studio.call(base, { method: "GET" }).then((told) => {
    state.mayChange = told.may_change;
    return run();
  }, (error) => studio.say(error.message, "late"));
  return { run };
}
