// Travel: from trail head to trail head, a day's steps, linked cards, a declared trip, and how far one is today.
import { get, post, problemOf, remove, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { day, distance, number, titleOf } from "../format.js";
import { english, t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { login } from "../login.js";
import { here } from "../position.js";
import { scanner } from "../scanner.js";

const KINDS = { transit_card: "交通卡", bike_account: "共享单车账号", tanhuitong: "碳惠通账号" };
const UNITS = { metre: distance, step: (n) => t("{n} 步", { n: number(n) }), time: (n) => t("{n} 次", { n: number(n) }) };
const travel = valueAct("trips");
const countSteps = valueAct("me/steps");
let payload = "";

/** What an act brought, at the top of the page, where it is seen. */
function celebrate(done) {
  const heading = {
    started: "已出发，到下一个打卡点再扫一次",
    counted: "已记录，今天还没有新的积分",
    pending: "已记录，积分稍后到账",
    pending_review: "已记录，待审核",
  }[done.status] ?? "积分到账";
  const result = $("#result");
  fill(result,
    h("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    h("h2", {}, t(heading)),
    done.points > 0 && h("p", { class: "big" }, t("+{n} 积分", { n: number(done.points) })),
    done.why && h("p", { class: "muted" }, done.why));
  show(result);
  result.scrollIntoView({ block: "start" });
  return showToday();
}

async function showToday() {
  try {
    const { open_trip: trip, today } = await get("me/travel");
    $("#under-way").textContent = trip
      ? t("正在「{route}」，到下一个打卡点扫码结束。", { route: trip.route })
      : t("到起点扫码出发，到终点再扫一次。");
    fill($("#today"), ...today.map(progress));
    showProblem($("#problem"), null);
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  }
}

function progress(each) {
  const amount = UNITS[each.unit];
  const limit = each.limit && t("每天最多 {limit}", { limit: amount(each.limit) });
  const rate = t("每 {per} 得 {n} 积分", { per: amount(each.per), n: number(each.points) });
  return h("li", {},
    h("span", { class: "what" }, titleOf(each)),
    h("span", { class: "sum" }, amount(each.total)),
    h("span", { class: "muted" }, [rate, limit].filter(Boolean).join(" · ")));
}

function useCode(found) {
  payload = found;
  show($("#use-code"));
  $("#use-code").focus();
}

async function checkIn() {
  const state = $("#position-state");
  showProblem($("#trail-problem"), null);
  state.textContent = t("正在取得位置…");
  const position = await here();
  state.textContent = position ? "" : t("没有取得位置。请允许使用位置后再试。");
  if (!position) return;
  try {
    await celebrate(await travel({ code: payload, ...position }));
    show($("#use-code"), false);
  } catch (error) {
    showProblem($("#trail-problem"), problemOf(error));
    await showToday();
  }
}

/** A form that acts once for a double tap and shows its problem beside it. */
function onSubmit(form, problem, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy($("button", form), async () => {
      showProblem(problem, null);
      try {
        await act();
        form.reset();
      } catch (error) {
        showProblem(problem, problemOf(error));
      }
    });
  });
}

/** A typed number; NaN when it is none, which the service refuses. Full-width digits are read too. */
const typed = (field) => Number(field.value.normalize("NFKC").trim() || NaN);
const today = () => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date());

async function showLinks() {
  const { results } = await get("me/links");
  fill($("#links"), ...results.map((link) => h("li", {},
    h("span", { class: "what" }, `${t(KINDS[link.kind])} ${link.account}`),
    h("button", { type: "button", class: "button plain", onclick: (event) => unlink(event.currentTarget, link.kind) }, t("解除")),
    h("span", { class: "muted" }, t("{day} 关联", { day: day(link.linked_at) })))));
}

const unlink = (button, kind) => busy(button, async () => {
  try {
    await remove(`me/links/${kind}`);
    await showLinks();
  } catch (error) {
    showProblem($("#link-problem"), problemOf(error));
  }
});

const showRoutes = growingList({
  ...listParts("#routes"),
  none: $("#none"),
  row: (route) => h("li", {},
    h("span", { class: "what" }, (english() && route.name_en) || route.name),
    h("span", { class: "sum" }, distance(route.length_m)),
    h("span", { class: "muted" }, route.heads.map((head) => head.name).join(" → "))),
});

onSubmit($("#steps"), $("#steps-problem"), async () => celebrate(await countSteps({ day: today(), steps: typed($("#count")) })));
onSubmit($("#declare"), $("#declare-problem"), async () => celebrate(await travel({
  mode: $("#mode").value,
  distance_m: Math.round(typed($("#km")) * 1000),
  duration_seconds: typed($("#minutes")) * 60,
})));
onSubmit($("#link"), $("#link-problem"), async () => {
  await post("me/links", { kind: $("#kind").value, account: $("#account").value, consent: $("#consent").checked });
  await showLinks();
});
$("#use-code").addEventListener("click", (event) => busy(event.currentTarget, checkIn));

await login();
show($("#travel"));
scanner(useCode);
if (location.hash.length > 1) useCode(location.hash.slice(1));
await Promise.all([showToday(), showLinks(), showRoutes("routes?limit=10")]);
