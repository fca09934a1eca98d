// A draft saves itself a moment after each change; who saved meanwhile is told, and nothing is overwritten unasked.
import { forget, keep, kept } from "./keeping.js";

const PAUSE = 1200; // milliseconds after the last change
const AGAIN = 8000; // after a failure

export function makeSaving({ studio, draft, show, conflict }) {
  const place = `${location.origin}${location.pathname}#${draft.person}`;
  let edition = draft.edition;
  let dirty = false;
  let running = null;
  let timer = 0;
  let stopped = !draft.mayChange;
  let refused = null; // what to tell again when somebody tries to save after a conflict

  const told = (state, sentence) => show(state, sentence);

  async function remember() {
    const content = await studio.content();
    await keep(place, { ...content, edition, at: Date.now() });
    return content;
  }

  async function attempt() {
    dirty = false;
    told("saving", "Đang lưu…");
    const content = await remember();
    try {
      const { diagram, forms, decisions, scenarios } = content;
      const parts = draft.scenariosChanged ? { diagram, forms, decisions, scenarios } : { diagram, forms, decisions };
      const answer = await studio.call(studio.urls.content, { method: "PUT", json: { edition, ...parts } });
      edition = answer.edition;
      draft.scenariosChanged = false;
      if (!dirty) {
        await forget(place);
        told("saved", `Đã lưu ${answer.saved_at}`);
      }
    } catch (error) {
      dirty = true;
      if (error.status === 409) {
        stopped = true;
        told("conflict", "Chưa lưu: người khác vừa lưu");
        refused = () => conflict(error, content);
        refused();
      } else {
        told("failed", error.status === 0 ? "Mất kết nối, đã giữ trên máy này" : "Chưa lưu được");
        if (error.status !== 0) studio.say(error.message, "late");
        schedule(AGAIN);
      }
      throw error;
    }
  }

  function schedule(pause = PAUSE) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => save().catch(() => {}), pause);
  }

  async function save() {
    clearTimeout(timer);
    if (refused) refused();
    if (stopped) return;
    if (running) {
      await running.catch(() => {});
      if (!dirty) return;
    }
    if (!dirty) return;
    running = attempt();
    try {
      await running;
    } finally {
      running = null;
    }
    if (dirty && !stopped) schedule();
  }

  function changed() {
    if (stopped) return;
    dirty = true;
    if (!running) told("changed", "Có thay đổi chưa lưu");
    schedule();
  }

  window.addEventListener("online", () => dirty && save().catch(() => {}));
  document.addEventListener("visibilitychange", () => document.hidden && dirty && save().catch(() => {}));
  window.addEventListener("pagehide", () => dirty && remember());
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !stopped) event.preventDefault();
  });

  return {
    changed,
    save,
    edition: () => edition,
    leftOver: () => kept(place),
    drop: () => forget(place),
    stop: () => { stopped = true; dirty = false; refused = null; clearTimeout(timer); },
    adopt: (number) => { edition = number; refused = null; stopped = !draft.mayChange; },
  };
}
