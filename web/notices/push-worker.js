// Shows notices while the page is closed and opens what they stand for; served as it is, it keeps nothing.
self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  const shown = self.registration.showNotification(said.title ?? "Vanthu", { body: said.body ?? "", tag: said.url, data: said.url ?? "/notices" });
  event.waitUntil(shown);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data, self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((open) => {
      const here = open.find((each) => new URL(each.url).origin === url.origin);
      return here ? here.focus().then((page) => page.navigate(url.href)) : self.clients.openWindow(url.href);
    }),
  );
});
