// What happens to one's points and vouchers, as it happens. An event says what to read again; the truth is the API's.
import { accessToken } from "./api.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

export const socketURL = (path) => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;

/**
 * Keeps a socket open and calls `onEvent(event)` for each event, and `onEvent({ type: "missed" })` after each new
 * connection but the first, because events of the time between are lost.
 */
export function live(onEvent) {
  let pause = FIRST_PAUSE_MS;
  let connected = false;

  const again = () => {
    setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };

  async function connect() {
    const access = await accessToken().catch(() => null);
    if (access === "") return; // logged out
    if (access === null) return again();
    const socket = new WebSocket(socketURL("/ws/me"));
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "auth", access })));
    socket.addEventListener("message", (message) => receive(JSON.parse(message.data)));
    socket.addEventListener("close", again);
  }

  function receive(event) {
    if (event.type === "error") return;
    if (event.type !== "ready") {
      dispatchEvent(new CustomEvent("live", { detail: event })); // the bell of the header has no socket of its own
      return onEvent(event);
    }
    pause = FIRST_PAUSE_MS;
    if (connected) onEvent({ type: "missed" });
    connected = true;
  }

  connect();
}
