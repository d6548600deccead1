// The one way from a page to the API: the session, problems, and keys that make a repeated tap harmless.
//
// The access token lives in this page's memory only. The refresh token is an HttpOnly cookie that no script can
// read; it works once, and a second use closes the session, so two refreshes must never run side by side: one
// promise within a page, one lock among the pages of the browser.
import { english, t } from "./i18n.js";

const BASE = "/api/v1/";
const SESSION = "session"; // in localStorage: somebody is logged in here. No secret, only whether to ask for a token.
const REFRESHING = "refreshing_at"; // in localStorage: a page asked for a token at this time and has no answer yet.
const DEVICE = "device"; // in localStorage: a random name of this browser, sent with the login and each refresh.
const REFRESH_PATIENCE_MS = 3000;
const SPARE_MS = 30_000; // a token this close to its end is replaced before it is used
const SHORTEST_LIFE_MS = 60_000;
const TIMEOUT_MS = 20_000;
const PAUSES_MS = [400, 1500];

let access = "";
let freshUntil = 0; // on performance.now()'s clock, which nobody sets back
let refreshing = null;

/** A refusal or a failure, with words for the reader. `status` is 0 when no answer came. */
export class Problem extends Error {
  constructor(status, body) {
    super(wordsOf(body));
    this.status = status;
    this.code = body.code ?? "unknown";
    this.data = body;
  }

  /** Whether the service may still be at work on it, or never heard of it. */
  get undecided() {
    return this.status === 0 || this.status >= 500 || this.code === "idempotency_in_flight";
  }
}

const noAnswer = () =>
  new Problem(0, { code: "network", detail: t("网络不通，请检查网络后再试。") });

function wordsOf(body) {
  const words = body.detail ?? t("服务没有正常回答，请稍后再试。");
  return body.code === "invalid_request" ? [words, ...messagesIn(body.errors)].join("\n") : words;
}

function messagesIn(errors) {
  if (Array.isArray(errors)) return errors.flatMap(messagesIn);
  if (errors && typeof errors === "object") return errors.message ? [errors.message] : Object.values(errors).flatMap(messagesIn);
  return [];
}

/** What to do with an error in a page: words to show. Anything but a Problem is a defect and is thrown on. */
export function problemOf(error) {
  if (error instanceof Problem) return error;
  throw error;
}

/** A key for one act, not to be guessed. Made by hand: without HTTPS a browser has no `randomUUID`. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function stored(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Storage is switched off: the session lasts as long as the page.
  }
  return null;
}

// -- the session

const listeners = new Set();

/** Calls `listener` when somebody logs in or out on this page. */
export const onSession = (listener) => listeners.add(listener);
const tell = () => listeners.forEach((listener) => listener());

export let roles = [];
export const loggedIn = () => Boolean(access);

function begin(answer) {
  access = answer.access;
  freshUntil = performance.now() + lifetimeMs(access) - SPARE_MS;
  roles = answer.user?.roles ?? roles;
  stored(SESSION, "1");
}

function end() {
  access = "";
  roles = [];
  stored(SESSION, null);
}

/** How long the token is good, by a phone's clock that may be wrong by hours: never less than a minute is believed. */
function lifetimeMs(token) {
  const claims = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
  return Math.max(claims.exp * 1000 - Date.now(), SHORTEST_LIFE_MS);
}

/** An access token that is good for a while, or "" when nobody is logged in. */
export async function accessToken() {
  if (access && performance.now() < freshUntil) return access;
  if (!access && !stored(SESSION)) return "";
  refreshing ??= alone(renew).finally(() => { refreshing = null; });
  await refreshing;
  return access;
}

/** Finds out whether somebody is logged in; call it before a page decides what to show. */
export async function resume() {
  return Boolean(await accessToken());
}

function alone(work) {
  return navigator.locks ? navigator.locks.request("refresh", work) : work();
}

async function renew() {
  await earlierAnswer();
  stored(REFRESHING, String(Date.now()));
  try {
    begin(await request("POST", "auth/token/refresh", { body: {}, headers: { ...csrf(), ...device() }, keepalive: true }));
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 0) throw error; // no answer: the mark stays
    stored(REFRESHING, null);
    if (error.undecided || error.status === 429) throw error;
    end();
  }
  stored(REFRESHING, null);
}

/**
 * Waits for a refresh that was asked for and not answered: its page was left, or the network failed. The service may
 * have changed the cookie meanwhile, and its answer, which outlives the page (keepalive), still brings the next one.
 */
async function earlierAnswer() {
  const waited = Date.now() - Number(stored(REFRESHING) ?? 0);
  if (waited >= 0 && waited < REFRESH_PATIENCE_MS) await pause(REFRESH_PATIENCE_MS - waited);
}

/** What the service knows this browser again by: a random value, kept; "" where storage is switched off. */
function device() {
  if (!stored(DEVICE)) stored(DEVICE, newKey());
  const id = stored(DEVICE);
  return id ? { "X-Device-Id": id } : {};
}

const csrf = () => ({ "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content });

export const sendCode = (phone) => request("POST", "auth/otp", { body: { phone } });

export async function logIn(phone, code) {
  begin(await request("POST", "auth/token", { body: { phone, code }, headers: { ...csrf(), ...device(), "X-Session": "cookie" } }));
  tell();
}

export async function logOut() {
  await alone(() => request("POST", "auth/logout", { body: {}, headers: csrf() }));
  end();
  tell();
}

// Logged out in another tab, or brought back from the browser's page cache after it: what is shown is no longer ours.
addEventListener("storage", (event) => {
  if (event.key === SESSION && !event.newValue && access) location.reload();
});
addEventListener("pageshow", (event) => {
  if (event.persisted && access && !stored(SESSION)) location.reload();
});

// -- requests

/** GET; `path` is relative to the API or the `next` link of a list. */
export const get = (path) => authorized("GET", path, {});

/** A file that only its people may read, as the blob that a link can save; `accept` chooses among its forms. */
export async function download(path, accept = "*/*") {
  const headers = { Authorization: `Bearer ${await accessToken()}`, Accept: accept };
  const response = await fetch(BASE + path, { headers, signal: timeout() }).catch(() => null);
  if (!response) throw noAnswer();
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response.blob();
}

/** POST of bytes that change nothing (a photograph to read). */
export const postImage = (path, blob) => authorized("POST", path, { raw: blob });

/** A POST of JSON that moves no value. */
export const post = (path, body) => authorized("POST", path, { body });

/** Sets, changes or takes away something of one's own; doing it twice is doing it once. */
export const put = (path, body) => authorized("PUT", path, { body });
export const patch = (path, body) => authorized("PATCH", path, { body });
/** DELETE of what is one's own to let go. */
export const remove = (path) => authorized("DELETE", path, {});

/** A POST that moves value. A body keeps its key until the service has decided, so trying again cannot do it twice. */
export function valueAct(path, headers = {}) {
  let open = null;
  return async (body) => {
    const text = JSON.stringify(body);
    if (open?.text !== text) open = { text, key: newKey() };
    try {
      const answer = await authorized("POST", path, { body, key: open.key, headers });
      open = null;
      return answer;
    } catch (error) {
      if (error instanceof Problem && !error.undecided) open = null;
      throw error;
    }
  };
}

async function authorized(method, path, options) {
  const token = await accessToken();
  try {
    return await request(method, path, { ...options, token });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401 || !token) throw error;
    freshUntil = 0; // ended before its time: the session may be closed, or the service has new keys
    const next = await accessToken();
    if (!next) tell();
    return request(method, path, { ...options, token: next });
  }
}

async function request(method, path, { body, raw, key, token, headers = {}, keepalive = false }) {
  const url = new URL(path, location.origin + BASE);
  const init = {
    method,
    keepalive,
    credentials: "same-origin",
    cache: "no-store",
    headers: { Accept: "application/json", "Accept-Language": english() ? "en" : "zh-Hans", ...headers },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
  };
  if (body !== undefined) init.headers["Content-Type"] = "application/json";
  if (raw) init.headers["Content-Type"] = raw.type;
  if (key) init.headers["Idempotency-Key"] = key;
  if (token) init.headers.Authorization = `Bearer ${token}`;
  const repeatable = method === "GET" || Boolean(key);
  return answered(url.pathname + url.search, init, repeatable ? PAUSES_MS : []);
}

async function answered(url, init, pauses) {
  try {
    return await once(url, init);
  } catch (error) {
    if (!(error instanceof Problem) || !error.undecided || pauses.length === 0) throw error;
    await pause(pauses[0]);
    return answered(url, init, pauses.slice(1));
  }
}

async function once(url, init) {
  let response;
  try {
    response = await fetch(url, { ...init, signal: timeout() });
  } catch {
    throw noAnswer();
  }
  const json = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
  const body = json ? await response.json().catch(() => ({})) : {};
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

const timeout = () => AbortSignal.timeout?.(TIMEOUT_MS);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
