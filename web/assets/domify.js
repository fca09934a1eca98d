// Turns HTML text into nodes, in place of the package of this name that the bpmn.io libraries use: our
// Content-Security-Policy refuses style attributes in text, but not the same style set through the object model.
export default function domify(html, root = document) {
  if (typeof html !== "string") throw new TypeError("String expected");
  const template = root.createElement("template");
  template.innerHTML = html.trim().replace(/(<[^>]*?\s)style=/g, "$1data-inline-style=");
  const content = root.importNode(template.content, true);
  for (const element of content.querySelectorAll("[data-inline-style]")) {
    element.style.cssText = element.dataset.inlineStyle;
    element.removeAttribute("data-inline-style");
  }
  return content.childNodes.length === 1 ? content.removeChild(content.firstChild) : content;
}
