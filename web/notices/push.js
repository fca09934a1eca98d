// Registering this browser for notices: it asks its own service for an address, the form hands that to the server.
const form = document.querySelector("[data-push]");

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function named() {
  const brands = navigator.userAgentData?.brands?.map((each) => each.brand).filter((each) => !/not.?a.?brand/i.test(each));
  const known = ["Firefox", "Edg", "Chrome", "Safari"].find((each) => navigator.userAgent.includes(each));
  const system = navigator.userAgentData?.platform ?? navigator.platform ?? "";
  return [brands?.at(-1) ?? known ?? "", system].filter(Boolean).join(" · ");
}

async function register(button, said) {
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") {
      said.textContent = form.dataset.refused;
      return;
    }
    const worker = await navigator.serviceWorker.register(form.dataset.worker, { scope: "/" });
    await navigator.serviceWorker.ready;
    const key = bytes(form.dataset.push);
    const before = await worker.pushManager.getSubscription();
    if (before) await before.unsubscribe(); // it may have been made with another key
    const made = (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
    const given = { endpoint: made.endpoint, public_key: made.keys.p256dh, secret: made.keys.auth, browser: named() };
    for (const [name, value] of Object.entries(given)) form.elements[name].value = value;
    form.requestSubmit();
  } catch {
    said.textContent = form.dataset.failed;
  } finally {
    button.disabled = false;
  }
}

if (form && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const button = form.querySelector("[data-push-button]");
  const said = form.querySelector("[data-push-said]");
  button.hidden = false;
  said.textContent = "";
  button.addEventListener("click", (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    register(button, said);
  });
}
