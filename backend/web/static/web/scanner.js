// Three ways to a code: the camera, a photograph, the keyboard.
// The browser reads the symbol itself where it can (BarcodeDetector); else pictures go to the service, which keeps none.
import { postImage, problemOf } from "./api.js";
import { $, busy, show, showProblem } from "./dom.js";
import { t } from "./i18n.js";

const LOOK_EVERY_MS = 250;
const ASK_EVERY_MS = 900;
const FRAME_SIDE_PX = 720;
const PHOTO_SIDE_PX = 2000;
const PAYLOAD = /^[A-Za-z2-7]{20,512}$/;
const SHORT = /^[345679ACDEFGHJKMNPRTWXY]{9}$/;

/** The payload in what was read or typed (a URL of ours or the bare characters); "" when it is none of ours. */
export function payloadOf(text) {
  const plain = text.normalize("NFKC").replace(/[\s-]/g, "");
  const candidate = plain.includes("/s/") ? plain.slice(plain.lastIndexOf("/s/") + 3).replace(/[?#].*$/, "") : plain;
  return PAYLOAD.test(candidate) ? candidate.toUpperCase() : "";
}

/** The short code that somebody read out and somebody typed; "" when the characters cannot be one. */
const shortCodeOf = (text) => {
  const plain = text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
  return SHORT.test(plain) ? plain : "";
};

/** Wires the scanner card; `onCode(code)` is called once for each code of ours; `short` takes typed short ones too. */
export function scanner(onCode, { short = false } = {}) {
  const card = $("#scanner");
  const video = $("#video");
  const state = $("#scan-state");
  let stream = null;

  const complain = (problem) => showProblem($(".problem", card), problem);
  const say = (text) => { state.textContent = text; };

  function found(texts) {
    const payload = texts.map((text) => payloadOf(text) || (short && shortCodeOf(text))).find(Boolean);
    if (!payload) return false;
    stop();
    complain(null);
    onCode(payload);
    return true;
  }

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    show($("#viewfinder"), false);
    show($("#camera"));
    say("");
  }

  async function watch() {
    const read = await reader();
    while (stream) {
      const started = performance.now();
      if (video.readyState >= 2 && found(await read(video).catch(() => []))) return;
      const every = read.local ? LOOK_EVERY_MS : ASK_EVERY_MS;
      await new Promise((done) => setTimeout(done, Math.max(0, every - (performance.now() - started))));
    }
  }

  async function start() {
    complain(null);
    if (!navigator.mediaDevices) return complain({ message: t("这个页面打不开相机（需要 HTTPS）。请拍照，或输入字符。") });
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return complain({ message: t("没有打开相机。请允许使用相机，或改用拍照、输入字符。") });
    }
    video.srcObject = stream;
    show($("#viewfinder"));
    show($("#camera"), false);
    say(t("正在找二维码…"));
    await video.play().catch(() => {});
    return watch();
  }

  async function readPhoto(file) {
    complain(null);
    say(t("正在识别照片…"));
    try {
      const bitmap = await createImageBitmap(file).catch(() => null);
      const texts = bitmap ? await fromPhoto(bitmap) : (await postImage("codes/decode", file)).codes;
      if (!found(texts)) complain({ message: t("照片里没有本服务的二维码。请靠近一些、对准再拍。") });
    } catch (error) {
      complain(problemOf(error));
    } finally {
      say("");
    }
  }

  $("#camera").addEventListener("click", (event) => busy(event.currentTarget, start));
  $("#photo").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) await readPhoto(file);
    event.target.value = "";
  });
  $("#typed").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!found([$("#typed-code").value])) complain({ message: t("这不是本服务的码，或者少了字符。请对照着再输一次。") });
    else $("#typed-code").value = "";
  });
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  addEventListener("pagehide", stop);
  return { stop };
}

async function detector() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

/** How frames are read: `read(video)` gives the texts found; `read.local` says that no network is used. */
async function reader() {
  const own = await detector();
  const read = own
    ? async (source) => (await own.detect(source)).map((code) => code.rawValue)
    : (source) => ask(source, source.videoWidth, source.videoHeight, FRAME_SIDE_PX);
  read.local = Boolean(own);
  return read;
}

async function fromPhoto(bitmap) {
  const own = await detector();
  const seen = own ? await own.detect(bitmap).catch(() => []) : [];
  if (seen.length) return seen.map((code) => code.rawValue);
  return ask(bitmap, bitmap.width, bitmap.height, PHOTO_SIDE_PX);
}

/** Sends a picture, no larger than needed, to the service; a picture without a code is no problem here. */
async function ask(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  try {
    return (await postImage("codes/decode", blob)).codes;
  } catch (error) {
    if (problemOf(error).code === "code_not_found") return [];
    throw error;
  }
}
