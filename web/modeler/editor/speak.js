// Libraries that can't be told their words: what they write is replaced as it appears, text by text.
import { saidBy } from "../words.js";

const ATTRIBUTES = ["title", "aria-label", "placeholder", "alt"];

export function speak(root, words, { texts = true } = {}) {
  const said = saidBy(words);
  // what a person writes is never touched
  const written = (element) => !texts || Boolean(element?.closest('[contenteditable="true"], textarea, .cm-editor'));
  const text = (node) => {
    const word = node.data.trim();
    const better = word && said(word);
    if (better && better !== word) node.data = node.data.replace(word, better);
  };
  const attributes = (element) => {
    for (const name of ATTRIBUTES) {
      const word = element.getAttribute(name);
      const better = word && said(word.trim());
      if (better && better !== word) element.setAttribute(name, better);
    }
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return written(node.parentElement) ? undefined : text(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return undefined;
    attributes(node);
    for (const child of node.childNodes) walk(child);
    return undefined;
  };
  walk(root);
  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "characterData") walk(target);
      else if (type === "attributes") attributes(target);
      else addedNodes.forEach(walk);
    }
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
  return () => observer.disconnect();
}
