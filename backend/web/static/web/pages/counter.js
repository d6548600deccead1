// The counter: scan a voucher, type the bill, see what it takes off, redeem; what was redeemed today, and refunds.
import { get, logOut, loggedIn, onSession, post, problemOf, remove, roles, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, parseYuan, titleOf, yuan } from "../format.js";
import { t } from "../i18n.js";
import { live } from "../live.js";
import { login } from "../login.js";
import { refundable } from "../refund.js";
import { payloadOf, scanner } from "../scanner.js";
import { inBody, inQuery, workplace } from "../workplace.js";

const NEEDS_GOODS = ["wrong_category", "gift_not_on_bill"];
const complain = (message) => showProblem($("#bill .problem"), message ? { message } : null);
let code = "";

function take(payload) {
  code = payload;
  show($("#scanner"), !code);
  show($("#have-code"), Boolean(code));
  show($("#result"), false);
  step("#steps");
  complain("");
  if (code) $("#amount").focus();
}

/** Shows one of the three: the form, the preview, the receipt. */
function step(shown) {
  for (const each of ["#steps", "#preview", "#result"]) show($(each), each === shown);
  if (shown !== "#steps") $(shown).focus();
}

const line = (name, fen) => h("div", {}, h("dt", {}, t(name)), h("dd", {}, `¥${yuan(fen)}`));

const sums = (of, ...more) =>
  h("dl", {}, line("账单金额", of.bill_fen), line("消费券抵扣", of.discount_fen), ...more);

function celebrate(done) {
  fill($("#result"),
    h("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    h("h2", {}, t("核销成功")),
    h("p", {}, t("应收顾客")),
    h("p", { class: "big" }, `¥${yuan(done.payable_fen)}`),
    sums(done),
    h("p", { class: "muted" }, `${titleOf(done)} · ${done.store_name} · ${done.order_no}`),
    h("button", { type: "button", class: "button", onclick: () => take("") }, t("下一位顾客")));
  step("#result");
}

/** What the bill says, or null after telling what is missing. */
function typedBill() {
  const bill = parseYuan($("#amount").value);
  const order = $("#order-no").value.trim();
  const [gift, price] = [$("#gift").value.trim(), parseYuan($("#gift-price").value)];
  const missing = (field, words) => {
    $(field)?.focus();
    complain(words);
    return null;
  };
  complain("");
  if (!code) return missing("", t("请先扫顾客的消费券。"));
  if (!bill) return missing("#amount", t("请输入账单金额，例如 35 或 35.50。"));
  if (!order) return missing("#order-no", t("请输入订单号或小票号。"));
  if (gift && !price) return missing("#gift-price", t("请输入赠品价格，例如 9.90。"));
  const goods = { category: $("#category").value.trim(), items: gift && [{ name: gift, price_fen: price }] };
  return { code, bill_fen: bill, order_no: order, ...inBody(), ...Object.fromEntries(Object.entries(goods).filter(([, value]) => value)) };
}

async function preview() {
  const bill = typedBill();
  if (!bill) return;
  try {
    showPreview(await post("redemptions/preview", { ...bill, hold: true }));
  } catch (error) {
    refuse(problemOf(error));
  }
}

/** The voucher is kept for this payment until the counter has decided, so nothing changes in between. */
function showPreview(seen) {
  const act = valueAct(`redemptions/holds/${seen.hold.id}`);
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const yes = h("button", { type: "button", class: "button tall" }, t("核销"));
  const back = h("button", { type: "button", class: "button plain" }, t("返回修改"));
  yes.addEventListener("click", () => busy(yes, () => redeem(act, problem)));
  back.addEventListener("click", () => busy(back, () => letGo(seen.hold.id)));
  fill($("#preview"),
    h("h2", {}, titleOf(seen)),
    h("p", {}, t("应收顾客")),
    h("p", { class: "big" }, `¥${yuan(seen.payable_fen)}`),
    sums(seen, seen.left_fen ? line("券内还剩", seen.left_fen) : null),
    h("p", { class: "muted" }, t("券已为这笔账单保留到 {time}", { time: clockTime(seen.hold.expires_at) })),
    problem, yes, back);
  step("#preview");
}

async function redeem(act, problem) {
  try {
    const done = await act({});
    $("#bill").reset();
    take("");
    celebrate(done);
  } catch (error) {
    const why = problemOf(error);
    if (why.undecided) return showProblem(problem, why);
    step("#steps");
    return refuse(why);
  }
  return showToday();
}

async function letGo(hold) {
  step("#steps");
  await remove(`redemptions/holds/${hold}`).catch((error) => complain(problemOf(error).message));
}

/** A code that is spent or too old must be scanned anew; a bill that does not fit is typed anew. */
function refuse(problem) {
  if (problem.code.startsWith("code_") || problem.code.startsWith("voucher_")) take("");
  if (NEEDS_GOODS.includes(problem.code)) $("#goods").open = true;
  complain(problem.message);
}

function row(of) {
  return h("li", {},
    h("span", { class: "what" }, titleOf(of)),
    h("span", { class: "sum" }, `−¥${yuan(of.discount_fen)}`),
    h("span", { class: "muted" },
      `${clockTime(of.at)} · ${t("账单 ¥{bill}", { bill: yuan(of.bill_fen) })} · ${of.order_no}`),
    of.refunded_fen ? h("span", { class: "muted" }, t("已退款 ¥{sum}", { sum: yuan(of.refunded_fen) })) : null,
    refundable(of, refunded));
}

async function refunded(words) {
  fill($("#found"));
  $("#refund-news").textContent = words;
  show($("#refund-news"));
  await showToday();
}

/** After an event, unless somebody is typing into a row that would be drawn anew. */
const redraw = () => $("#today-list form") || showToday().catch(problemOf);

async function showToday() {
  const { results, next } = await get(`redemptions?limit=100${inQuery()}`);
  const off = results.reduce((sum, each) => sum + each.discount_fen, 0);
  show($("#today"));
  $("#today-sum").textContent = next
    ? t("最近 {n} 笔，抵扣 ¥{sum}", { n: results.length, sum: yuan(off) })
    : t("共 {n} 笔，抵扣 ¥{sum}", { n: results.length, sum: yuan(off) });
  fill($("#today-list"), ...results.map(row));
}

async function find() {
  const order = $("#find-order").value.trim();
  const problem = $("#find .problem");
  if (!order) return showProblem(problem, { message: t("请输入订单号或小票号。") });
  try {
    const { results } = await get(`redemptions?order_no=${encodeURIComponent(order)}${inQuery()}`);
    fill($("#found"), ...results.map(row));
    showProblem(problem, results.length ? null : { message: t("本店没有这个订单的核销。") });
  } catch (error) {
    showProblem(problem, problemOf(error));
  }
}

async function open() {
  await login();
  const counter = roles.includes("counter");
  show($("#not-counter"), !counter);
  show($("#counter"), counter);
  show($("#logout"));
  if (!counter) return;
  scanner(take, { short: true });
  take(payloadOf(location.hash.slice(1)));
  await workplace(() => {
    fill($("#found"));
    redraw();
  });
  await showToday();
  live((event) => ["redemption", "return", "missed"].includes(event.type) && redraw());
}

$("#bill").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("#look"), preview);
});
$("#find").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("#find button"), find);
});
$("#other-code").addEventListener("click", () => take(""));
$("#logout").addEventListener("click", (event) =>
  busy(event.currentTarget, () => logOut().catch((error) => complain(problemOf(error).message))));
onSession(() => loggedIn() || location.reload());

await open().catch((error) => complain(problemOf(error).message));
