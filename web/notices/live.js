// Counts as they change: a stream of events where the server has room for one, else the page asks by itself.
const asker = document.querySelector("[data-counts]");
const hidden = asker?.dataset.unit ?? "";
let streaming = false;

function put(id, count, unit) {
  const place = document.getElementById(id);
  if (!place) return false;
  const said = count ? String(count) : "";
  if ((place.firstChild?.textContent ?? "") === said) return false;
  place.textContent = said;
  if (said && unit) {
    const word = document.createElement("span");
    word.className = "hidden";
    word.textContent = ` ${unit}`;
    place.append(word);
  }
  return true;
}

function show(found) {
  let moved = false;
  for (const [box, count] of Object.entries(found.boxes)) {
    moved = put(`count-${box}`, count, hidden) || moved;
    put(`bottom-${box}`, count, "");
  }
  put("bell-count", found.bell > 99 ? "99+" : found.bell, "");
  // The list stays where it is; only the line above it says that something is new.
  if (moved) document.getElementById("news")?.dispatchEvent(new Event("refresh"));
}

let stream = null;

function open() {
  stream = new EventSource("/notices/stream");
  stream.addEventListener("open", () => (streaming = true));
  stream.addEventListener("message", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("error", () => (streaming = false)); // it comes again by itself unless it was refused
}

function close() {
  stream?.close();
  stream = null;
  streaming = false;
}

if (asker) {
  setInterval(() => {
    if (!streaming && !document.hidden) asker.dispatchEvent(new Event("refresh"));
  }, 20000);
  // Only the page that is looked at holds a stream: a browser has few connections, the server few threads.
  const look = () => {
    close();
    if (!document.hidden && window.EventSource) open();
  };
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && look());
  look();
}
