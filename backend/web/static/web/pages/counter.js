// The counter: scan a voucher, type the bill, redeem; and what was redeemed today.
import { get, logOut, onSession, loggedIn, problemOf, roles, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, parseYuan, titleOf, yuan } from "../format.js";
import { t } from "../i18n.js";
import { live } from "../live.js";
import { login } from "../login.js";
import { payloadOf, scanner } from "../scanner.js";

const redeem = valueAct("redemptions");
const complain = (message) => showProblem($("#bill .problem"), message ? { message } : null);
let code = "";

function take(payload) {
  code = payload;
  show($("#scanner"), !code);
  show($("#have-code"), Boolean(code));
  show($("#result"), false);
  show($("#steps"));
  complain("");
  if (code) $("#amount").focus();
}

function celebrate(done) {
  const line = (name, fen) => h("div", {}, h("dt", {}, t(name)), h("dd", {}, `¥${yuan(fen)}`));
  fill($("#result"),
    h("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    h("h2", {}, t("核销成功")),
    h("p", {}, t("应收顾客")),
    h("p", { class: "big" }, `¥${yuan(done.payable_fen)}`),
    h("dl", {}, line("账单金额", done.bill_fen), line("消费券抵扣", done.discount_fen)),
    h("p", { class: "muted" }, `${titleOf(done)} · ${done.store_name} · ${done.order_no}`),
    h("button", { type: "button", class: "button", onclick: () => take("") }, t("下一位顾客")));
  show($("#steps"), false);
  show($("#result"));
  $("#result").focus();
}

async function submit() {
  const bill = parseYuan($("#amount").value);
  const order = $("#order-no").value.trim();
  complain("");
  if (!code) return complain(t("请先扫顾客的消费券。"));
  if (!bill) {
    $("#amount").focus();
    return complain(t("请输入账单金额，例如 35 或 35.50。"));
  }
  if (!order) {
    $("#order-no").focus();
    return complain(t("请输入订单号或小票号。"));
  }
  try {
    const done = await redeem({ code, bill_fen: bill, order_no: order });
    $("#bill").reset();
    take("");
    celebrate(done);
    return await showToday();
  } catch (error) {
    return refuse(problemOf(error));
  }
}

/** A code that is spent or too old must be scanned anew; a bill that does not fit is typed anew. */
function refuse(problem) {
  if (problem.code.startsWith("code_") || problem.code.startsWith("voucher_")) take("");
  complain(problem.message);
}

async function showToday() {
  const { results, next } = await get("redemptions?limit=100");
  const off = results.reduce((sum, row) => sum + row.discount_fen, 0);
  show($("#today"));
  $("#today-sum").textContent = next
    ? t("最近 {n} 笔，抵扣 ¥{sum}", { n: results.length, sum: yuan(off) })
    : t("共 {n} 笔，抵扣 ¥{sum}", { n: results.length, sum: yuan(off) });
  fill($("#today-list"), ...results.map((row) => h("li", {},
    h("span", { class: "what" }, titleOf(row)),
    h("span", { class: "sum" }, `−¥${yuan(row.discount_fen)}`),
    h("span", { class: "muted" },
      `${clockTime(row.at)} · ${t("账单 ¥{bill}", { bill: yuan(row.bill_fen) })} · ${row.order_no}`))));
}

async function open() {
  await login();
  const counter = roles.includes("counter");
  show($("#not-counter"), !counter);
  show($("#counter"), counter);
  show($("#logout"));
  if (!counter) return;
  scanner(take);
  take(payloadOf(location.hash.slice(1)));
  await showToday();
  live((event) => ["redemption", "missed"].includes(event.type) && showToday().catch(problemOf));
}

$("#bill").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("#bill button"), submit);
});
$("#other-code").addEventListener("click", () => take(""));
$("#logout").addEventListener("click", (event) =>
  busy(event.currentTarget, () => logOut().catch((error) => complain(problemOf(error).message))));
onSession(() => loggedIn() || location.reload());

await open().catch((error) => complain(problemOf(error).message));
