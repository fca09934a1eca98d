// What is wrong with what is drawn: asked a moment after each change, marked on the elements, listed in the drawer.
const PAUSE = 600; // milliseconds
const KIND = "problem";
const GROUPS = [["error", "Phải sửa trước khi ban hành"], ["warning", "Nên xem lại"]];

export function makeProblems(studio) {
  let findings = [];
  let timer = 0;
  let running = false;
  let again = false;
  let at = -1;
  let tab;
  let host;
  const live = document.querySelector("[data-studio-live]");

  async function check() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    host?.setAttribute("aria-busy", "true");
    try {
      const { diagram, forms, decisions } = await studio.content();
      const answer = await studio.call(studio.urls.check, { method: "POST", json: { diagram, forms, decisions } });
      show(answer.findings);
    } catch (error) {
      say(error.message);
    } finally {
      running = false;
      host?.removeAttribute("aria-busy");
      if (again) {
        again = false;
        schedule();
      }
    }
  }

  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  }

  function say(sentence) {
    const line = host?.querySelector("[data-problem-state]");
    if (line) line.textContent = sentence;
  }

  function show(found) {
    const before = summary(findings);
    findings = [...found].sort((a, b) => rank(a) - rank(b));
    at = -1;
    studio.clear(KIND);
    const byElement = new Map();
    for (const each of findings) byElement.set(each.element, [...(byElement.get(each.element) ?? []), each]);
    for (const [element, own] of byElement) mark(element, own);
    tab?.count(findings.length, findings.some((each) => each.severity === "error") ? "late" : "today");
    draw();
    if (live && summary(findings) !== before) live.textContent = summary(findings);
    document.dispatchEvent(new CustomEvent("studio:checked", { detail: findings }));
  }

  function mark(element, own) {
    const worst = own.some((each) => each.severity === "error") ? "error" : "warning";
    studio.mark(element, `has-${worst}`, KIND);
    const badge = document.createElement("button");
    badge.type = "button";
    badge.className = `problem-badge problem-${worst}`;
    badge.textContent = own.length;
    badge.title = own.map((each) => each.sentence).join("\n");
    badge.setAttribute("aria-label", `${own.length} vấn đề ở ${studio.title(element)}`);
    badge.addEventListener("click", () => {
      studio.openDrawer("problems");
      studio.focus(element);
      host.querySelector(`[data-element="${CSS.escape(element)}"]`)?.focus();
    });
    studio.overlay(element, badge, KIND);
  }

  function draw() {
    if (!host) return;
    host.replaceChildren();
    const state = Object.assign(document.createElement("p"), { className: "problem-state quiet", textContent: findings.length ? "" : "Chưa thấy vấn đề nào trong bản đang vẽ." });
    state.dataset.problemState = "";
    host.append(state);
    for (const [severity, title] of GROUPS) {
      const own = findings.filter((each) => each.severity === severity);
      if (!own.length) continue;
      const heading = Object.assign(document.createElement("h3"), { textContent: `${title} (${own.length})` });
      const list = document.createElement("ul");
      list.className = "problem-list";
      list.append(...own.map(row));
      host.append(heading, list);
    }
  }

  function row(finding) {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.element = finding.element;
    button.dataset.rule = finding.rule;
    const sign = Object.assign(document.createElement("span"), { className: `problem-sign problem-${finding.severity}`, textContent: finding.severity === "error" ? "Lỗi" : "Lưu ý" });
    const place = Object.assign(document.createElement("b"), { textContent: studio.title(finding.element) });
    const sentence = Object.assign(document.createElement("span"), { className: "problem-sentence", textContent: finding.sentence });
    button.append(sign, place, sentence);
    if (finding.clause) button.append(Object.assign(document.createElement("span"), { className: "tag", textContent: finding.clause, title: "Điều khoản là căn cứ của yêu cầu này" }));
    button.addEventListener("click", () => {
      at = findings.indexOf(finding);
      studio.focus(finding.element);
    });
    line.append(button);
    return line;
  }

  function go(step) {
    if (!findings.length) return studio.say("Không có vấn đề nào.");
    at = (at + step + findings.length) % findings.length;
    const finding = findings[at];
    studio.openDrawer("problems");
    studio.focus(finding.element);
    host.querySelectorAll("button[data-element]")[at]?.scrollIntoView({ block: "nearest" });
    if (live) live.textContent = `${studio.title(finding.element)}: ${finding.sentence}`;
    return undefined;
  }

  tab = studio.drawer("problems", "Vấn đề", (place) => {
    host = place;
    draw();
  });
  studio.onChange(schedule);
  return { check, next: () => go(1), previous: () => go(-1), findings: () => findings };
}

const rank = (finding) => (finding.severity === "error" ? 0 : 1);

function summary(findings) {
  const errors = findings.filter((each) => each.severity === "error").length;
  const rest = findings.length - errors;
  if (!findings.length) return "Không còn vấn đề nào.";
  return [errors && `${errors} lỗi phải sửa`, rest && `${rest} điểm nên xem lại`].filter(Boolean).join(", ");
}
