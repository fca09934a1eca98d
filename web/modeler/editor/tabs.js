// The three faces of a draft: the diagram, its forms, its decision tables. The latter two are fetched when opened.
const LOADERS = { forms: () => import("./forms.js"), tables: () => import("./tables.js") };

export function makeTabs(element, studio) {
  const buttons = [...element.querySelectorAll("[data-tab]")];
  const sections = new Map(buttons.map((each) => [each.dataset.tab, element.querySelector(`#tab-${each.dataset.tab}`)]));
  const mounted = new Map();
  let current = "diagram";

  async function show(name, wanted) {
    current = name;
    for (const button of buttons) {
      const here = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(here));
      button.tabIndex = here ? 0 : -1;
      sections.get(button.dataset.tab).hidden = !here;
    }
    element.dataset.showing = name;
    if (name === "diagram") studio.modeler.get("canvas").resized();
    else await load(name, wanted);
  }

  async function load(name, wanted) {
    const host = sections.get(name).querySelector("[data-editor]");
    if (!mounted.has(name)) {
      host.setAttribute("aria-busy", "true");
      mounted.set(name, (async () => {
        await style(element.dataset[`${name}Css`]);
        const { mount } = await LOADERS[name]();
        return mount(host, studio);
      })());
    }
    try {
      const editor = await mounted.get(name);
      if (wanted) await editor.open(wanted);
    } catch (error) {
      console.error(error);
      mounted.delete(name);
      host.textContent = "Chưa mở được phần này. Kiểm tra kết nối rồi mở lại thẻ.";
    } finally {
      host.removeAttribute("aria-busy");
    }
  }

  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.tab));
  element.querySelector("[data-tabs]").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = buttons[(buttons.findIndex((each) => each.dataset.tab === current) + step + buttons.length) % buttons.length];
    next.focus();
    show(next.dataset.tab);
  });
  studio.showTab = show;
  return { show, current: () => current };
}

function style(address) {
  if (!address || document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
    document.head.append(link);
  });
}
