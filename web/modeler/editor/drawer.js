// The drawer below the drawing: a tab per subject, one open at a time, or none.
export function makeDrawer(element) {
  const list = element.querySelector('[role="tablist"]');
  const body = element.querySelector("[data-drawer-body]");
  const tabs = new Map();
  let open = null;

  function show(key) {
    open = key;
    element.classList.toggle("is-open", key !== null);
    for (const [name, tab] of tabs) {
      const here = name === key;
      tab.button.setAttribute("aria-selected", String(here));
      tab.button.tabIndex = here || (key === null && tab === [...tabs.values()][0]) ? 0 : -1;
      tab.host.hidden = !here;
      if (here && !tab.mounted) {
        tab.mounted = true;
        tab.mount(tab.host);
      }
    }
    element.dispatchEvent(new CustomEvent("drawer", { detail: key }));
  }

  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const keys = [...tabs.keys()];
    const next = keys[(keys.indexOf(event.target.dataset.key) + step + keys.length) % keys.length];
    show(next);
    tabs.get(next).button.focus();
    event.preventDefault();
  });

  function add(key, title, mount) {
    const button = document.createElement("button");
    button.type = "button";
    button.id = `drawer-${key}`;
    button.dataset.key = key;
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", `drawer-body-${key}`);
    button.append(title);
    const badge = Object.assign(document.createElement("span"), { className: "drawer-count", hidden: true });
    button.append(badge);
    button.addEventListener("click", () => show(open === key ? null : key));
    const host = document.createElement("div");
    host.id = `drawer-body-${key}`;
    host.setAttribute("role", "tabpanel");
    host.setAttribute("aria-labelledby", button.id);
    host.tabIndex = 0;
    host.hidden = true;
    list.append(button);
    body.append(host);
    tabs.set(key, { button, host, mount, mounted: false });
    show(open);
    return {
      host,
      count: (number, tone = "") => {
        badge.hidden = number === 0;
        badge.textContent = number;
        badge.className = `drawer-count${tone ? ` tone-${tone}` : ""}`;
      },
    };
  }

  return { add, show, isOpen: () => open };
}
