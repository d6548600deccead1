// Lets the offline counter open without a network: its page and files come from the network, else as they were kept.
// The page itself fills the cache; the API is never cached.
const CACHE = "offline-counter";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || pathname.startsWith("/api/")) return;
  event.respondWith(fetch(event.request).catch(() => kept(event.request)));
});

async function kept(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? Response.error();
}
