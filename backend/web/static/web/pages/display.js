// The screen at a station: one large code that changes by itself, and how the station is.
import { logOut, post, problemOf } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { keepSecret, screenSocket, secretOf } from "../screen.js";
import { STATUS } from "../status.js";

const section = $("#display");
const { station } = section.dataset;
const picture = h("img", { alt: t("签到二维码"), width: 512, height: 512 });
const left = h("p", { class: "muted", "aria-hidden": "true" });
const characters = h("code");
let endsAt = 0;

function showCode(code) {
  const life = Math.min(Math.max(new Date(code.refresh_at) - Date.now(), 0), 120_000);
  endsAt = performance.now() + life;
  picture.src = code.qr;
  characters.textContent = code.payload.replace(/(.{4})(?=.)/g, "$1 ");
  $("#station-name").textContent = code.name;
  const byHand = h("details", {}, h("summary", {}, t("扫不了？让对方输入这些字符")), characters);
  if (!$("#symbol img")) fill($("#symbol"), h("div", { class: "symbol" }, picture, left, byHand));
  showProblem($("#problem"), null);
}

function showStatus({ status, since }) {
  const [style, words] = STATUS[status] ?? ["tag off", status];
  fill($("#status"), h("span", { class: style }, t(words)), " ",
    h("span", { class: "muted" }, t("{time} 更新", { time: clockTime(since) })));
}

setInterval(() => {
  left.textContent = t("{s} 秒后自动更换", { s: Math.max(0, Math.ceil((endsAt - performance.now()) / 1000)) });
}, 1000);

async function run() {
  if (!secretOf(station)) await login();
  show(section);
  show($("#enrol"), !secretOf(station));
  return screenSocket(station, {
    code: showCode,
    status: showStatus,
    lost: () => showProblem($("#problem"), { message: t("连接断开，正在重新连接…") }),
    refused: (problem) => {
      if (secretOf(station) && problem.code === "unauthenticated") keepSecret(station, null);
      fill($("#symbol"));
      showProblem($("#problem"), { message: problem.detail });
    },
  });
}

let stop = await run();

// The screen gets a secret of its own and the person is logged out, so that nobody's login stays in the street.
$("#enrol").addEventListener("click", (event) => busy(event.currentTarget, async () => {
  try {
    const made = await post(`stations/${station}/displays`, { name: t("站点屏幕") });
    keepSecret(station, made.secret);
    stop();
    await logOut().catch(problemOf);
    show($("#login"), false);
    stop = await run();
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  }
}));
