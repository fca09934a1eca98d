// Keys of the editor. Those of single letters work while the drawing has the focus; never while somebody types.
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true], .cm-editor, .djs-direct-editing-content") !== null && target.closest !== undefined;

export function wireKeys(element, { studio, moves, problems, saving, tabs }) {
  const help = document.querySelector("[data-studio-keys]");
  const letters = {
    n: moves.add, a: moves.add, c: moves.connect, b: moves.attach, l: moves.changeLane, r: moves.replace, g: moves.goTo, e: moves.rename,
    "]": moves.next, "[": moves.previous, "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
    const control = event.ctrlKey || event.metaKey;
    let act;
    if (event.key === "F8") act = event.shiftKey ? problems.previous : problems.next;
    else if (control && event.key.toLowerCase() === "s") act = () => saving.save().catch(() => {});
    else if (control && event.key.toLowerCase() === "f" && tabs.current() === "diagram") act = () => studio.modeler.get("searchPad").toggle();
    else if (control && !typing(event.target) && tabs.current() === "diagram" && ["z", "y"].includes(event.key.toLowerCase())) act = () => undoOrRedo(studio, event);
    else if (!control && !event.altKey && !typing(event.target) && tabs.current() === "diagram" && !studio.modeler.get("popupMenu").isOpen()) {
      act = event.key === "?" || inCanvas(event.target, element) ? letters[event.key.length === 1 ? event.key.toLowerCase() : ""] : undefined;
      // the page's own letters (search, rows) have no place here
      if (!act && ["/", "j", "k"].includes(event.key)) act = () => {};
    }
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, true);
}

const inCanvas = (target, element) => target === document.body || element.querySelector("[data-canvas]").contains(target);

function undoOrRedo(studio, event) {
  const stack = studio.modeler.get("commandStack");
  if (event.key.toLowerCase() === "y" || event.shiftKey) stack.redo();
  else stack.undo();
}
