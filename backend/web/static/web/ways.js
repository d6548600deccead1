// What is particular to offers that are not simply exchanged: the queue of a drop, the list of a draw, a challenge.
import { get, loggedIn, post, problemOf } from "./api.js";
import { canCheck, isTrue } from "./draw_check.js";
import { busy, fill, h, show, showProblem } from "./dom.js";
import { number, when } from "./format.js";
import { t } from "./i18n.js";

const LOOK_MS = 5000;
const SPREAD_MS = 2000;
const LONGEST_MS = 2 ** 30; // a timer counts no further

const newest = new Map(); // offer id -> draws the part of the card that is on the page

/** The part of an offer's card for its way; the exchange button shows where it can be pressed. */
export function wayOf(offer, { take, begin }) {
  const build = { drop: dropPart, draw: drawPart, challenge: challengePart }[offer.way];
  if (!build) return "";
  const part = h("div", { class: "facts way", role: "status" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  show(take, false);
  const draw = () => build(offer, part, { take, again, act: (path) => acted(path, begin, problem, again) })
    .catch((error) => showProblem(problem, problemOf(error)));
  const again = () => {
    forgetOwn();
    return newest.get(offer.id)(); // the list may have been drawn anew since the button was pressed
  };
  newest.set(offer.id, draw);
  draw();
  return h("div", {}, part, problem);
}

async function acted(path, begin, problem, again) {
  if (!(await begin())) return;
  try {
    await post(path, {});
    await again();
  } catch (error) {
    showProblem(problem, problemOf(error));
  }
}

let own = null; // one's tickets and entries: one question for all the cards of a page

/** To be called before the cards are drawn anew. */
export const forgetOwn = () => { own = null; };

/** One's own row among `kind` for an offer, or nothing. */
async function mine(kind, offer) {
  if (!loggedIn()) return undefined;
  own ??= get("me/ways");
  return (await own)[kind].find((each) => each.offer === offer.id);
}

function button(text, press) {
  const made = h("button", { type: "button", class: "button wide" }, text);
  made.addEventListener("click", () => busy(made, press));
  return made;
}

async function dropPart(offer, part, { take, again, act }) {
  const open = new Date(offer.starts_at) <= Date.now();
  const opens = h("p", {}, open ? t("正在抢，先到的先排队") : t("{time} 开抢", { time: when(offer.starts_at) }));
  const place = await mine("tickets", offer);
  show(take, Boolean(place) && !place.claimed && place.wait_seconds === 0);
  if (place?.claimed) return fill(part, h("p", {}, t("您已抢到，券在卡包里。")));
  if (offer.remaining === 0) return fill(part, h("p", {}, t("已抢完，不用再排队。")));
  if (!place) return fill(part, opens, button(t("领取排队号"), () => act(`drops/${offer.id}/tickets`)));
  if (place.wait_seconds === 0) return fill(part, h("p", {}, t("轮到您了，请领券。")));
  fill(part, ...(place.position === null
    ? [opens, h("p", {}, t("已领排队号，开抢时抽签排定顺序。"))]
    : [h("p", {}, t("排在第 {n} 位，约 {s} 秒后轮到您。", { n: number(place.position), s: number(place.wait_seconds) }))]));
  return void setTimeout(() => part.isConnected && again(), nextLook(offer, place));
}

/** When to look again: spread, so that those who wait for one moment do not all ask in it. */
function nextLook(offer, place) {
  const untilOpen = new Date(offer.starts_at) - Date.now();
  const wait = place.position === null ? Math.max(untilOpen, LOOK_MS) : Math.min(place.wait_seconds * 1000, LOOK_MS);
  return Math.min(wait, LONGEST_MS) + Math.random() * SPREAD_MS;
}

async function drawPart(offer, part, { act }) {
  const [draw, entry] = await Promise.all([get(`draws/${offer.id}`), mine("entries", offer)]);
  const count = h("p", {}, t("{n} 人已报名，{time} 截止", { n: number(draw.entries), time: when(draw.closes_at) }));
  if (draw.status === "open") {
    return fill(part, count, entry ? h("p", {}, t("您已报名，截止后公布名单再抽签。"))
      : button(t("报名摇号"), () => act(`draws/${offer.id}/entries`)));
  }
  const state = draw.status === "closed" ? t("名单已公布，等待下一个公开种子。")
    : entry?.rank ? t("您已中签，券在卡包里。") : entry ? t("这次没有中签。") : t("摇号已结束。");
  return fill(part, count, h("p", {}, h("strong", {}, state)), proofOf(draw, entry));
}

/** What is published of a draw, and the button that computes it again. */
function proofOf(draw, entry) {
  const said = h("p", { role: "status" });
  const fact = (name, value) => value && h("div", {}, h("dt", {}, t(name)), h("dd", { class: "digest" }, value));
  const check = button(t("在我的手机上重新计算"), async () => {
    said.textContent = (await isTrue(draw))
      ? t("✓ 与公布的一致：{n} 人的名单，{m} 个中签号。", { n: number(draw.numbers.length), m: number(draw.winners.length) })
      : t("✗ 与公布的不一致，请保存名单并向 12345 反映。");
  });
  return h("details", {},
    h("summary", {}, t("公开的名单与种子，自己验证")),
    h("dl", { class: "facts" }, fact("我的编号", entry?.number), fact("名单摘要", draw.list_sha256), fact("种子", draw.seed)),
    draw.status === "drawn" && canCheck() && check, said,
    h("p", {}, h("a", { class: "target", href: `/api/v1/draws/${draw.offer}`, download: "draw.json" }, t("下载全部数据"))));
}

async function challengePart(offer, part) {
  if (!loggedIn()) return fill(part, h("p", {}, t("登录后查看挑战进度。")));
  const { results } = await get("me/challenges");
  const own = results.find((each) => each.offer === offer.id);
  if (!own) return fill(part);
  const done = Math.min(own.done, own.goal);
  const states = { handed: t("本期挑战已完成，券在卡包里。"), waiting: t("本期挑战已完成，券正在发放。"), refused: t("本期挑战已完成，但没有券可发了。") };
  return fill(part,
    h("p", {}, states[own.state]
      ?? t("本期进度 {done} / {goal}，{time} 截止", { done: number(done), goal: number(own.goal), time: when(own.ends_at) })),
    h("progress", { max: own.goal, value: done, "aria-label": t("挑战进度") }));
}
