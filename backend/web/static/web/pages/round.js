// The collector's round of today: where to go, and what was on the scale at the door.
import { get, logOut, loggedIn, onSession, post, problemOf, roles, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, number } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { MATERIALS, scale } from "../materials.js";
import { scanner } from "../scanner.js";

const KINDS = { bulky: "大件垃圾", ewaste: "废旧家电", recyclables: "可回收物（满 10 公斤）" };
const complain = (problem) => showProblem($("#problem"), problem);
const lines = scale($("#scale"), Object.keys(MATERIALS));
let stop = null;
let code = "";

function take(payload) {
  code = payload;
  show($("#scanner"), !code);
  show($("#have-code"), Boolean(code));
}

function go(pickup) {
  stop = pickup;
  take("");
  lines.clear();
  $("#pin").value = "";
  $("#where").textContent = pickup.address;
  show($("#door"));
  show($("#round"), false);
  complain(null);
  $("#door").focus();
}

function card(pickup) {
  const hours = `${clockTime(pickup.slot.starts_at)}–${clockTime(pickup.slot.ends_at)}`;
  return h("li", { class: "card" },
    h("h2", {}, pickup.address || t("地址已删除")),
    h("p", {}, hours, " · ", t(KINDS[pickup.kind])),
    pickup.note && h("p", { class: "muted" }, pickup.note),
    pickup.status === "assigned"
      ? h("button", { type: "button", class: "button wide", onclick: () => go(pickup) }, t("到门口了，开始称重"))
      : h("p", {}, h("span", { class: "tag" }, t(pickup.status === "collected" ? "✓ 已完成" : "未遇"))));
}

async function showRound() {
  const { results } = await get("pickups/round?limit=100");
  fill($("#round-list"), ...results.map(card));
  show($("#none"), results.length === 0);
  show($("#round"));
  show($("#door"), false);
}

async function ended(work, words) {
  try {
    const done = await work();
    $("#said").textContent = words(done);
    await showRound();
    complain(null);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code.startsWith("code_")) take("");
    complain(problem);
  }
}

function weigh() {
  const pin = $("#pin").value.trim();
  if (!code && !pin) return complain({ message: t("请扫居民的个人码，或输入上门码。") });
  if (!lines.lines().length) return complain({ message: t("请先添加重量。") });
  const proof = code ? { resident_code: code } : { pin };
  const act = valueAct(`pickups/${stop.id}/weighings`);
  return ended(() => act({ ...proof, lines: lines.lines() }), (done) => t("已入账，居民得 {n} 分。", { n: number(done.points) }));
}

const miss = () => ended(() => post(`pickups/${stop.id}/missed`, { reason: t("无人应门") }), () => t("已记为未遇。"));

async function open() {
  await login();
  const collector = roles.includes("collector");
  show($("#not-collector"), !collector);
  show($("#logout"));
  if (!collector) return;
  scanner(take);
  await showRound();
}

$("#weigh").addEventListener("click", (event) => busy(event.currentTarget, async () => weigh()));
$("#missed").addEventListener("click", (event) => busy(event.currentTarget, miss));
$("#back").addEventListener("click", () => showRound().catch((error) => complain(problemOf(error))));
$("#other-code").addEventListener("click", () => take(""));
$("#logout").addEventListener("click", (event) => busy(event.currentTarget, () => logOut().catch((error) => complain(problemOf(error)))));
onSession(() => loggedIn() || location.reload());

await open().catch((error) => complain(problemOf(error)));
