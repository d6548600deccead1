// Offers: what points buy, and the exchange, with one question before it.
import { get, loggedIn, onSession, problemOf, resume, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { day, number, titleOf, when, worthOf, yuan } from "../format.js";
import { english, t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { live } from "../live.js";
import { offerLogin } from "../login.js";
import { forgetOwn, wayOf } from "../ways.js";

let available = null;
const shown = new Map(); // offer id -> { offer, take }: the buttons that follow the balance

async function showMine() {
  show($("#mine"), loggedIn());
  if (!loggedIn()) return;
  try {
    available = (await get("me/points")).available;
    $("#available").textContent = number(available);
    for (const { offer, take } of shown.values()) label(offer, take);
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  }
}

function stateOf(offer) {
  if (new Date(offer.starts_at) > Date.now()) return t("{time} 开始", { time: when(offer.starts_at) });
  if (offer.remaining === 0) return t("已领完");
  if (available !== null && available < offer.points_price) return t("还差 {n} 积分", { n: number(offer.points_price - available) });
  return null;
}

/** The button says why it cannot be pressed. The service decides all the same. */
function label(offer, take) {
  const closed = stateOf(offer);
  take.disabled = Boolean(closed);
  take.textContent = closed ?? t("兑换");
}

function terms(offer) {
  const lines = english() && offer.terms_en.length ? offer.terms_en : offer.terms;
  const stores = offer.every_store ? [t("所有参加门店可用")] : offer.stores.map((store) => `${store.name} ${store.address}`);
  return h("details", {},
    h("summary", {}, t("使用说明")),
    h("ul", {}, [...lines, t("每人限领 {n} 张", { n: offer.per_person_limit }), ...stores].map((line) => h("li", {}, line))));
}

function card(offer) {
  const place = h("div", {});
  const take = h("button", { type: "button", class: "button wide" });
  label(offer, take);
  shown.set(offer.id, { offer, take });
  const item = h("li", { class: "card" },
    h("h2", {}, titleOf(offer)),
    h("p", { class: "price" },
      h("strong", {}, `¥${yuan(offer.face_value_fen)}`),
      h("span", {}, offer.points_price ? t("{n} 积分", { n: number(offer.points_price) }) : t("免费"))),
    h("div", { class: "facts" },
      h("p", {}, worthOf(offer)),
      h("p", {}, t("剩 {n} 张 · 领取到 {day}", { n: number(offer.remaining), day: day(offer.ends_at) })),
      h("p", {}, t("领取后 {n} 天内有效", { n: offer.valid_days }))),
    terms(offer),
    wayOf(offer, { take, begin: asked }),
    take,
    place);
  take.addEventListener("click", async () => (await asked()) && ask(offer, take, place));
  return item;
}

/** Whether somebody is logged in; else leads to where one does. */
async function asked() {
  if (await offerLogin()) return true;
  $("#login").scrollIntoView({ block: "center" });
  $("#phone").focus();
  return false;
}

/** One question before points are spent: in the page, not a window over it. */
function ask(offer, take, place) {
  const claim = valueAct(`offers/${offer.id}/claims`);
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const yes = h("button", { type: "button", class: "button" }, t("确认兑换"));
  const no = h("button", { type: "button", class: "button plain" }, t("再想想"));
  const question = h("p", {}, t("用 {n} 积分兑换「{title}」？", { n: number(offer.points_price), title: titleOf(offer) }), " ",
    available === null ? "" : t("兑换后还有 {n} 积分。", { n: number(available - offer.points_price) }));
  fill(place, h("div", { class: "confirm", role: "group", "aria-label": t("确认兑换") },
    question, problem, h("div", { class: "pair" }, yes, no)));
  show(take, false);
  yes.focus();

  no.addEventListener("click", () => {
    fill(place);
    show(take);
    take.focus();
  });
  yes.addEventListener("click", () => busy(yes, async () => {
    try {
      const { voucher } = await claim({});
      done(voucher);
      await Promise.all([showMine(), showOffers()]);
    } catch (error) {
      showProblem(problem, problemOf(error));
    }
  }));
}

function done(voucher) {
  const link = h("a", { class: "button wide", href: `/wallet#${voucher.id}` }, t("去卡包使用"));
  fill($("#claimed"),
    h("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    h("h2", {}, t("兑换成功")),
    h("p", {}, t("「{title}」已放进卡包，{day} 前有效。", { title: titleOf(voucher), day: day(voucher.expires_at) })),
    link);
  show($("#claimed"));
  $("#claimed").scrollIntoView({ block: "center" });
  link.focus();
}

const list = growingList({ ...listParts("#offers"), none: $("#none"), row: card });

function showOffers() {
  forgetOwn();
  return list("offers");
}

onSession(() => Promise.all([showOffers(), showMine()]));
await resume().catch(() => false);
await Promise.all([showOffers(), showMine()]);
live((event) => ["balance", "missed"].includes(event.type) && showMine());
