/* Reading without network is switched off: forget the copies, then this worker. */
async function leave() {
  for (const name of await caches.keys()) {
    if (name.startsWith("back-points-")) await caches.delete(name);
  }
  await registration.unregister();
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(leave()));
