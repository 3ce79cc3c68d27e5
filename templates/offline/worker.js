{% load static %}/* Keeps the guide, the safety page and visited pages for reading without network.
   Only pages that are the same for every reader, named below, are kept: nothing with a query
   (what a reader avoids is about their health), no search, routine, report, draft or admin. */
const CORE = "back-points-core-{{ version }}";
const VISITED = "{{ visited_cache }}";
const MOST_VISITED = {{ most_visited }};
const OFFLINE = "{% url 'saved-pages' %}";
const PAGES = ["{% url 'home' %}", "{% url 'articles:safety' %}", OFFLINE];
const FILES = [{% for file in files %}"{{ file }}", {% endfor %}];
const CONTENT = /^\/(?:(?:points|symptoms|tools|yoga|articles|glossary)\/(?:[^/]+\/)?|sources\/|about\/(?:corrections\/)?)$/;
const NOT_OURS = /^\/(?:admin|draft|media)\//;
const PATIENCE = 3000;
// Without cookies: the page that everybody gets, whoever is logged in here.
const PUBLIC = { credentials: "omit", cache: "no-cache" };

const notice = (day) => `{% include "offline/saved_copy.html" with day="${day}" %}`;
const isKept = (path) => PAGES.includes(path) || CONTENT.test(path);
const unhashed = (address) => address.replace(/\.[0-9a-f]{12}(?=\.)/, "");

async function install() {
  skipWaiting();
  const core = await caches.open(CORE);
  await core.addAll([...FILES, ...PAGES.map((path) => new Request(path, PUBLIC))]);
  // A new version of the content: saved pages are asked for again, withdrawn ones go.
  const visited = await caches.open(VISITED);
  const urls = (await visited.keys()).map((request) => request.url);
  if (!registration.active) {
    // The first visit: the page being read came before its worker.
    const readers = await clients.matchAll({ includeUncontrolled: true });
    urls.push(...readers.map((reader) => reader.url));
  }
  for (const { pathname, search } of urls.map((url) => new URL(url))) {
    if (search || !CONTENT.test(pathname)) continue;
    await fetch(pathname, PUBLIC).then((answer) => keep(pathname, answer)).catch(() => {});
  }
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("back-points-") && ![CORE, VISITED].includes(name)) await caches.delete(name);
  }
  await clients.claim();
}

/* Keep `answer` as the copy of `path`, or drop the copy of a page that is gone. */
async function keep(path, answer) {
  const isCore = PAGES.includes(path);
  const cache = await caches.open(isCore ? CORE : VISITED);
  const moved = answer.redirected || answer.type === "opaqueredirect";
  if (moved || answer.status === 404 || answer.status === 410) return cache.delete(path);
  // An editor's page says no-store.
  const rule = answer.headers.get("Cache-Control") ?? "";
  if (answer.status !== 200 || /no-store|private/.test(rule)) return;
  await cache.put(path, answer);
  if (isCore) return;
  const oldest = (await cache.keys()).slice(0, -MOST_VISITED);
  for (const request of oldest) await cache.delete(request);
}

async function copyOf(path) {
  return isKept(path)
    ? caches.match(path, { cacheName: PAGES.includes(path) ? CORE : VISITED, ignoreVary: true })
    : undefined;
}

/* Return the copy as a page that says that it is one, and of which day. */
async function told(copy) {
  const date = new Date(copy.headers.get("Date"));
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const page = await copy.text();
  const start = /<main[^>]*>\s*<div class="wrap">/;
  return new Response(page.replace(start, (main) => main + notice(day)), { headers: copy.headers });
}

/* The network first; after a while, or without it, the copy. */
async function page(event, path) {
  const network = fetch(event.request);
  if (isKept(path)) {
    event.waitUntil(network.then((answer) => keep(path, answer.clone())).catch(() => {}));
  }
  const copy = await copyOf(path);
  const late = new Promise((_, reject) => copy && setTimeout(reject, PATIENCE));
  try {
    return await Promise.race([network, late]);
  } catch {
    return copy && path !== OFFLINE ? told(copy) : copyOf(OFFLINE);
  }
}

async function file(request) {
  const core = await caches.open(CORE);
  const kept = await core.match(request);
  // A hashed name never changes its content.
  if (kept && unhashed(request.url) !== request.url) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    // A copy may name the file of an earlier version.
    const name = unhashed(request.url);
    const now = (await core.keys()).find((other) => unhashed(other.url) === name);
    if (!now) throw error;
    return core.match(now);
  }
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== location.origin || NOT_OURS.test(pathname)) return;
  if (mode === "navigate") event.respondWith(page(event, search ? "" : pathname));
  else if (pathname.startsWith("{% get_static_prefix %}")) event.respondWith(file(event.request));
});
