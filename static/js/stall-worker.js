// Keeps the stall desk's page for a reload without a line. The network always comes first; nothing is kept but the
// desk's own page and what it is drawn with, and nothing is ever answered from here while there is a line.
"use strict";
const STORE = "stall";
const DESK = new URL("./", self.location).pathname;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => Promise.allSettled(event.data.map((it) => store.add(it)))));
});

function isKept(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return false;
  return url.pathname.startsWith("/static/") || (request.mode === "navigate" && url.pathname === DESK);
}

async function fromNetwork(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) (await caches.open(STORE)).put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await caches.match(request.url, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  if (isKept(event.request)) event.respondWith(fromNetwork(event.request));
});
