// The socket of a station's screen: codes and the station's condition are pushed; a lost connection is made anew.
import { accessToken } from "./api.js";
import { socketURL } from "./live.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const keyOf = (station) => `display:${station}`;

/** The secret of this screen if it was enrolled, else null. */
export function secretOf(station) {
  try {
    return localStorage.getItem(keyOf(station));
  } catch {
    return null; // Storage is switched off: the screen needs a login each time.
  }
}

/** Keeps or, with null, forgets the secret. */
export function keepSecret(station, secret) {
  if (secret) localStorage.setItem(keyOf(station), secret);
  else localStorage.removeItem(keyOf(station));
}

/** Calls `on.code`, `on.status` and, when the service refuses, `on.refused(problem)`, after which nothing more comes. */
export function screenSocket(station, on) {
  let pause = FIRST_PAUSE_MS;
  let ended = false;
  let socket = null;

  const again = () => {
    if (ended) return;
    on.lost();
    setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };

  function receive(event) {
    if (event.type === "ready") pause = FIRST_PAUSE_MS;
    if (event.type === "code") on.code(event);
    if (event.type === "status") on.status(event);
    if (event.type !== "error") return;
    ended = true;
    on.refused(event.problem);
  }

  async function connect() {
    const secret = secretOf(station);
    const access = secret ? "" : await accessToken().catch(() => null);
    if (access === null) return again();
    socket = new WebSocket(socketURL(`/ws/display/${station}`));
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "auth", ...(secret ? { secret } : { access }) })));
    socket.addEventListener("message", (message) => receive(JSON.parse(message.data)));
    socket.addEventListener("close", again);
  }

  connect();
  return () => {
    ended = true;
    socket?.close();
  };
}
