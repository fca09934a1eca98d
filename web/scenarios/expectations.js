// What a recorded scenario expects: proposed from what happened, kept by ticking.
import { make } from "./dom.js";

export function expectations({ standing, table, old, mayChange, save }) {
  const boxes = [];
  const groups = new Map();
  for (const each of standing.proposals) {
    const box = make("input", { type: "checkbox", checked: each.fixed || (old ? wasExpected(old, each) : each.chosen), disabled: each.fixed });
    boxes.push([each, box]);
    const line = make("label", { className: "choice" }, box, make("span", {}, each.label));
    groups.set(each.group, [...(groups.get(each.group) ?? []), line]);
  }
  const name = make("input", { type: "text", id: "scenario-name", maxLength: 300, value: old?.name ?? "", autocomplete: "off", required: true, data: { first: "" } });
  const wrong = make("p", { className: "field-error", id: "scenario-name-error", hidden: true }, "Nhập tên nói kịch bản thử điều gì.");
  return make("form", { className: "scenario-expecting", noValidate: true, onsubmit: (event) => {
    event.preventDefault();
    wrong.hidden = name.value.trim().length > 0;
    name.setAttribute("aria-invalid", String(!wrong.hidden));
    if (wrong.hidden) save(composed({ ...table, name: name.value.trim() }, boxes));
    else name.focus();
  } },
    make("p", { className: "scenario-sentence", role: "status" }, standing.sentence),
    make("div", { className: "field" }, make("label", { htmlFor: "scenario-name" }, "Tên kịch bản"), name, wrong),
    make("p", { className: "quiet" }, "Giữ lại những điều phải luôn đúng. Lần chạy sau mà khác đi thì kịch bản không đạt."),
    make("div", { className: "scenario-groups" },
      [...groups].map(([group, lines]) => make("fieldset", { className: "field" }, make("legend", {}, group), lines))),
    make("div", { className: "actions" },
      mayChange ? make("button", { className: "button button-primary" }, "Lưu kịch bản")
        : make("p", { className: "quiet" }, "Phiên bản này chỉ để xem nên không lưu kịch bản vào được.")));
}

const EXPECTED = ["end", "waiting", "incidents", "thrown", "path", "done"];

// The table to save: what was done, what was kept of the old one, and the expectations that are ticked.
function composed(table, boxes) {
  const made = { ...table, step: table.step.map((each) => ({ ...each, expect: { ...each.expect } })) };
  for (const name of EXPECTED) delete made[name];
  for (const [proposal] of boxes) if (proposal.place[0] === "step") delete made.step[proposal.place[1]].expect[proposal.place[3]];
  for (const [proposal, box] of boxes) if (box.checked || proposal.fixed) put(made, proposal);
  for (const each of made.step) if (!Object.keys(each.expect).length) delete each.expect;
  return made;
}

function put(table, { place, value, listed }) {
  let at = table;
  for (const name of place.slice(0, -1)) at = at[name] ??= {};
  const last = place.at(-1);
  if (listed) at[last] = [...(at[last] ?? []), value];
  else at[last] = value;
}

function wasExpected(old, { place, value, listed }) {
  let at = old;
  for (const name of place) at = at?.[name];
  return listed ? Array.isArray(at) && at.includes(value) : at !== undefined;
}
