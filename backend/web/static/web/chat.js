// Questions and answers over /ws/assistant, and over POST where no socket opens.
import { accessToken, newKey, post, Problem } from "./api.js";
import { t } from "./i18n.js";
import { socketURL } from "./live.js";

const OPEN_MS = 4000;

let socket = null;
let talk; // the service's name for what was said so far
let current = null; // the question on its way: { id, text, seq, on, end, resumed }

/** Opens the socket, or gives null when it does not open in time. */
function open() {
  if (socket?.readyState === WebSocket.OPEN) return Promise.resolve(socket);
  return new Promise((done) => {
    const fresh = new WebSocket(socketURL("/ws/assistant"));
    const timer = setTimeout(() => fresh.close(), OPEN_MS);
    fresh.addEventListener("open", async () => {
      clearTimeout(timer);
      const access = await accessToken().catch(() => "");
      if (access) fresh.send(JSON.stringify({ type: "auth", access }));
      socket = fresh;
      done(fresh);
    });
    fresh.addEventListener("message", (message) => receive(JSON.parse(message.data)));
    fresh.addEventListener("close", () => {
      clearTimeout(timer);
      if (socket === fresh) lost();
      done(null);
    });
  });
}

function receive(event) {
  if (!current || event.id !== current.id) return;
  current.seq = event.seq;
  if (event.type === "sources") current.on.sources(event);
  if (event.type === "delta") current.on.delta(event.text);
  if (event.type === "done") finish(() => current.on.done(event));
  if (event.type === "error") failed(event.problem);
}

function failed(problem) {
  if (problem.code === "answer_interrupted") byPost(current); // the answer died with its socket: ask anew
  else finish(() => current.on.problem(new Problem(problem.status, problem)));
}

function finish(tell) {
  const { end } = current;
  tell();
  current = null;
  end();
}

/** The socket closed. An answer on its way is taken up where it stopped, once; then it is asked for by POST. */
async function lost() {
  socket = null;
  if (!current) return;
  const question = current;
  const again = question.resumed ? null : await open();
  question.resumed = true;
  if (current !== question) return;
  if (again) again.send(JSON.stringify({ type: "resume", id: question.id, seq: question.seq }));
  else await byPost(question);
}

async function byPost(question) {
  try {
    const answer = await post("assistant/questions", body(question.text));
    if (current === question) finish(() => question.on.done(answer));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (current === question) finish(() => question.on.problem(error));
  }
}

const body = (text) => (talk ? { text, conversation: talk } : { text });

/** Asks, and resolves when the answer, a refusal or a problem has been told to `on`. One question at a time. */
export async function ask(text, on) {
  let end;
  const ended = new Promise((done) => { end = done; });
  // The id is a secret: whoever knows it may take up the answer from another socket.
  const question = { id: newKey(), text, seq: 0, on, end, resumed: false };
  current = question;
  const ready = await open();
  if (current !== question) return;
  if (ready) ready.send(JSON.stringify({ type: "ask", id: question.id, ...body(text) }));
  else byPost(question);
  await ended;
}

/** Remembers the conversation that an answer belongs to. */
export function remember(answer) {
  talk = answer.conversation ?? talk;
}

/** What was said so far, by the service's name; nothing before the first answer. */
export const conversation = () => talk;

/** The next question begins anew. */
export function leave() {
  talk = undefined;
}

/** Stops the answer on its way; what has come so far stays. */
export function stop() {
  if (!current) return;
  if (socket) socket.send(JSON.stringify({ type: "stop", id: current.id }));
  finish(() => current.on.problem(new Problem(0, { code: "stopped", detail: t("已停止。") })));
}
