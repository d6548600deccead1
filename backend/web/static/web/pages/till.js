// The counter's green side: scan a resident's code and enter an order, confirm an act, or print a receipt's code.
import { get, loggedIn, onSession, problemOf, roles, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { number, parseYuan, when, yuan } from "../format.js";
import { t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { login } from "../login.js";
import { payloadOf, scanner } from "../scanner.js";
import { inBody, inQuery, workplace } from "../workplace.js";

const buy = valueAct("purchases/at-counter");
const confirm = valueAct("acts");
const issue = valueAct("receipts");
let code = "";
let mode = "purchase";

const complain = (message) => showProblem($(`#${mode} .problem`), message ? { message } : null);

const orders = growingList({ ...listParts("#orders"), none: $("#none"), row: order });
const showOrders = () => orders(`receipts?limit=10${inQuery()}`);

function take(payload) {
  code = payload;
  show($("#scanner"), !code);
  show($("#have-code"), Boolean(code));
  show($("#result"), false);
  show($("#steps"));
  complain("");
  if (code && mode === "purchase") $("#amount").focus();
}

function choose(chosen) {
  mode = chosen;
  for (const each of ["purchase", "act"]) {
    const pressed = each === chosen;
    show($(`#${each}`), pressed);
    $(`#as-${each}`).setAttribute("aria-pressed", String(pressed));
    $(`#as-${each}`).classList.toggle("plain", !pressed);
  }
}

function finish(...children) {
  $("#purchase").reset();
  take("");
  fill($("#result"),
    h("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    ...children,
    h("button", { type: "button", class: "button", onclick: () => take("") }, t("下一位顾客")));
  show($("#steps"), false);
  show($("#result"));
  $("#result").focus();
}

const earned = (done) => finish(
  h("h2", {}, t("积分已发放")),
  h("p", { class: "big" }, t("+{n} 积分", { n: number(done.points) })),
  h("p", { class: "muted" }, done.why));

const printed = (done) => finish(
  h("h2", {}, t("请顾客扫码领积分")),
  h("div", { class: "symbol" }, h("img", { src: done.qr, alt: t("小票积分码"), width: 256, height: 256 })),
  h("p", {}, t("¥{sum} · 订单 {order}", { sum: yuan(done.amount_fen), order: done.order_no })),
  h("p", { class: "muted" }, t("{time} 前有效，只能领一次", { time: when(done.expires_at) })));

/** The order as typed, or null after telling what is missing. */
function typedOrder() {
  const missing = (field, words) => {
    $(field).focus();
    complain(words);
    return null;
  };
  const amount = parseYuan($("#amount").value);
  const order = $("#order-no").value.trim();
  complain("");
  if (!amount) return missing("#amount", t("请输入金额，例如 299 或 299.50。"));
  if (!order) return missing("#order-no", t("请输入订单号或小票号。"));
  const [category, product = ""] = $("#category").value.split("|");
  return { amount_fen: amount, order_no: order, category, product, ...inBody() };
}

/** A code that is spent or too old must be scanned anew; what was typed is kept. */
async function attempt(act, body, celebrate) {
  try {
    celebrate(await act(body));
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code.startsWith("code_")) take("");
    return complain(problem.message);
  }
  return showOrders();
}

function submitOrder() {
  if (!code) return complain(t("请先扫顾客的个人码。"));
  const body = typedOrder();
  return body && attempt(buy, { ...body, resident_code: code }, earned);
}

function submitAct() {
  if (!code) return complain(t("请先扫顾客的个人码。"));
  return attempt(confirm, { activity: $("#activity").value, resident_code: code, ...inBody() }, earned);
}

function print() {
  const body = typedOrder();
  return body && attempt(issue, body, printed);
}

function order(row) {
  const left = row.amount_fen - row.refunded_fen;
  const box = h("div", { class: "refund" });
  const open = () => fill(box, refund(row, left, box));
  if (left) box.append(h("button", { type: "button", class: "button plain", onclick: open }, t("退款")));
  return h("li", {},
    h("span", { class: "what" }, row.order_no),
    h("span", { class: "sum" }, `¥${yuan(row.amount_fen)}`),
    h("span", { class: "muted" }, `${when(row.issued_at)} · ${row.claimed ? t("已领积分") : t("待领取")}`),
    row.refunded_fen ? h("span", { class: "muted" }, t("已退款 ¥{sum}", { sum: yuan(row.refunded_fen) })) : null,
    box);
}

function refund(row, left, box) {
  const act = valueAct(`purchases/${row.id}/refunds`);
  const id = `refund-${row.id}`;
  const amount = h("input", { id, inputmode: "decimal", autocomplete: "off", maxlength: "12", value: yuan(left) });
  const reference = h("input", { id: `${id}-reference`, autocomplete: "off", maxlength: "40" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const yes = h("button", { class: "button danger wide" }, t("确认退款"));
  const form = h("form", { class: "confirm", novalidate: true },
    h("label", { for: id }, t("退给顾客（元），最多 {max}", { max: yuan(left) })), amount,
    h("label", { for: `${id}-reference` }, t("退款单号")), reference,
    h("p", { class: "muted" }, t("积分按退款比例收回。")), problem, yes);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(yes, () => giveBack(act, { refund_fen: parseYuan(amount.value), reference: reference.value.trim(), ...inBody() }, box, problem));
  });
  return form;
}

async function giveBack(act, body, box, problem) {
  if (!body.refund_fen) return showProblem(problem, { message: t("请输入退款金额，例如 35 或 35.50。") });
  if (!body.reference) return showProblem(problem, { message: t("请输入退款单号。") });
  try {
    const done = await act(body);
    fill(box);
    $("#refund-news").textContent = t("✓ 已退款，收回 {n} 积分", { n: number(done.points) });
    show($("#refund-news"));
    return await showOrders();
  } catch (error) {
    return showProblem(problem, problemOf(error));
  }
}

/** What this store may enter: goods on the list, and the acts it is registered for. */
async function showChoices() {
  const { results } = await get("green/products?limit=100");
  fill($("#category"), ...results.map((row) =>
    h("option", { value: `${row.category}|${row.product}` }, `${row.category_title} · ${row.title}`)));
  const { results: acts } = await get(`acts?${inQuery()}`);
  fill($("#activity"), ...acts.map((row) => h("option", { value: row.activity }, row.title)));
  $("#as-act").disabled = acts.length === 0;
}

async function open() {
  await login();
  const counter = roles.includes("counter");
  show($("#not-counter"), !counter);
  show($("#till"), counter);
  if (!counter) return;
  scanner(take);
  take(payloadOf(location.hash.slice(1)));
  const showStore = () => Promise.all([showChoices(), showOrders()]);
  await workplace(() => showStore().catch((error) => showProblem($("#problem"), problemOf(error))));
  await showStore();
}

const forms = { purchase: submitOrder, act: submitAct };
for (const [name, submit] of Object.entries(forms)) {
  $(`#as-${name}`).addEventListener("click", () => choose(name));
  $(`#${name}`).addEventListener("submit", (event) => {
    event.preventDefault();
    busy($(`#${name} .tall`), submit);
  });
}
$("#print").addEventListener("click", (event) => busy(event.currentTarget, print));
$("#other-code").addEventListener("click", () => take(""));
onSession(() => loggedIn() || location.reload());

await open().catch((error) => showProblem($("#problem"), problemOf(error)));
