// A rotating QR code that draws its successor before it ends.
import { get, problemOf } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

const RETRY_MS = 5000;
const SHORTEST_MS = 1000;

/**
 * Shows the code of `path` in `box` and keeps it fresh until the returned function is called.
 * `onProblem(problem)` is told why there is none; a refusal ends it, a missing network is tried again.
 */
export function rotatingSymbol(box, path, { alt, onProblem, onCode = () => {}, typed = true }) {
  const picture = h("img", { alt, width: 256, height: 256 });
  const left = h("p", { class: "muted", "aria-hidden": "true" });
  const characters = h("code");
  const byHand = h("details", {}, h("summary", {}, t("扫不了？让对方输入这些字符")), characters);
  let timer = 0;
  let ticker = 0;
  let stopped = false;
  let nextAt = 0;

  const tick = () => {
    left.textContent = t("{s} 秒后自动更换", { s: Math.max(0, Math.ceil((nextAt - performance.now()) / 1000)) });
  };

  function draw(code) {
    picture.src = code.qr;
    characters.textContent = code.payload.replace(/(.{4})(?=.)/g, "$1 ");
    if (!box.contains(picture)) fill(box, h("div", { class: "symbol" }, picture, left, typed ? byHand : null));
    onCode(code);
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const code = await get(path);
      if (stopped) return;
      draw(code);
      // The phone's clock may be wrong, so a code is replaced a little early rather than late, and never in a rush.
      const life = new Date(code.refresh_at ?? code.expires_at) - Date.now();
      again(Math.min(Math.max(life, SHORTEST_MS), 120_000));
      onProblem(null);
    } catch (error) {
      const problem = problemOf(error);
      if (stopped) return;
      onProblem(problem);
      if (problem.undecided || problem.status === 429) again(RETRY_MS);
      else stop();
    }
  }

  function again(ms) {
    nextAt = performance.now() + ms;
    tick();
    timer = setTimeout(refresh, ms);
  }

  // A phone that slept wakes with a dead code on its screen: ask at once.
  const awake = () => document.visibilityState === "visible" && performance.now() >= nextAt && refresh();

  function stop() {
    stopped = true;
    clearTimeout(timer);
    clearInterval(ticker);
    document.removeEventListener("visibilitychange", awake);
    fill(box);
    release();
  }

  document.addEventListener("visibilitychange", awake);
  ticker = setInterval(tick, 1000);
  const release = keepBright();
  refresh();
  return stop;
}

/** Keeps the screen from going dark where the browser can; returns how to let go. */
function keepBright() {
  let lock = null;
  let released = false;
  navigator.wakeLock?.request("screen").then(
    (held) => (released ? held.release() : (lock = held)),
    () => {}, // low battery, or the page is in the background: the screen then sleeps as usual
  );
  return () => {
    released = true;
    lock?.release();
  };
}
