// The offline counter: fetch an allowance while there is a network, accept codes without one, upload when it is back.
import { get, onSession, loggedIn, post, problemOf, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, parseYuan, yuan } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { newDeviceKey } from "../offline/codes.js";
import { accept, judge, ledger, uploaded } from "../offline/log.js";
import { addVerdict, drop, keep, paper, verdictsOf } from "../offline/store.js";
import { payloadOf } from "../scanner.js";

const FAULTS = {
  no_allowance: "本机没有离线额度，请联网领取。",
  forged: "券码未通过验证，可能被改动。请顾客重新出示。",
  allowance_over: "离线额度已到期，请联网上传并领取新额度。",
  expired: "券码已过有效时间，请顾客联网刷新后重新出示。",
  elsewhere: "本店或这个离线额度不收这张券。",
  revoked: "这张券在作废名单上，不能使用。",
  taken: "本机已收过这张券。",
  below: "账单未达到最低消费 ¥{min}。",
  too_much: "超出离线额度，请联网上传后再用。",
  order_taken: "本机已有这个订单号，请核对。",
};
const VERDICTS = { charged: "已入账", loss: "券已在别处使用，由离线损失账户支付", refused: "未获支付" };
const LIMITS = { max_count: 20, each_fen: 10_000, total_fen: 100_000, minutes: 480 };

const device = async () => {
  const kept = await paper("device");
  return kept ? { "X-Counter-Device": `${kept.id}.${kept.secret}` } : {};
};

async function enrol() {
  const { key, publicKey } = await newDeviceKey();
  const made = await post("counters", { code: $("#enrol-code").value.trim(), public_key: publicKey });
  await keep("device", { id: made.id, secret: made.secret, name: made.name, key });
  await draw();
}

async function fetchAllowance() {
  const made = await valueAct("counters/offline/allowances", await device())({ campaign: $("#campaign").value, ...LIMITS });
  await keep("allowance", made);
  await refreshList();
  await draw();
}

async function refreshList() {
  await keep("revocations", await get("counters/offline/revocations"));
}

/** Keeps this page and what it loaded, so that it opens without a network. */
async function keepPage() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/offline-worker.js", { scope: "/offline" });
  const files = performance.getEntriesByType("resource").map((each) => each.name.split("#")[0]);
  const ours = files.filter((name) => new URL(name).origin === location.origin && name.includes("/static/"));
  const cache = await caches.open("offline-counter");
  await cache.addAll([...new Set([location.pathname, ...ours])]);
  $("#main").dataset.kept = "yes";
}

async function take(event) {
  event.preventDefault();
  const bill = parseYuan($("#amount").value);
  const order = $("#order-no").value.trim();
  const code = payloadOf($("#offline-code").value);
  const complain = (message) => showProblem($("#bill .problem"), message ? { message } : null);
  if (!code) return complain(t("请扫描或输入顾客的离线券码。"));
  if (!bill) return complain(t("请输入账单金额，例如 35 或 35.50。"));
  if (!order) return complain(t("请输入订单号或小票号。"));
  complain("");
  const judged = await judge(code, bill);
  if (judged.fault) return complain(faultOf(judged));
  return confirm(judged, { code, bill, order });
}

const faultOf = ({ fault, seen }) => t(FAULTS[fault], { min: seen ? yuan(seen.minSpendFen) : "" });

function confirm(judged, { code, bill, order }) {
  const yes = h("button", { type: "button", class: "button tall", id: "accept" }, t("校验码一致，收券"));
  yes.addEventListener("click", () => busy(yes, async () => {
    const done = await accept(code, bill, order);
    show($("#decision"), false);
    if (done.fault) return showProblem($("#bill .problem"), { message: faultOf(done) });
    $("#bill").reset();
    $("#accepted").textContent = t("已离线收券，应收顾客 ¥{sum}", { sum: yuan(bill - done.discount) });
    show($("#accepted"));
    return draw();
  }));
  fill($("#decision"),
    h("p", {}, t("请核对顾客手机上的持有人校验码")),
    h("p", { class: "big" }, judged.seen.holder),
    h("p", {}, t("抵扣 ¥{off}，应收 ¥{sum}", { off: yuan(judged.discount), sum: yuan(bill - judged.discount) })),
    yes);
  show($("#decision"));
}

/** Sends the lines in their order and keeps what the service says of each; what it cannot settle now waits. */
async function upload() {
  const book = await ledger();
  const known = new Set((await verdictsOf(book.said.id)).map((each) => each.seq));
  for (const line of book.lines.filter((each) => !known.has(each.seq))) {
    const said = await valueAct("counters/offline/uploads", await device())(uploaded(line));
    await addVerdict({ allowance: line.allowance, seq: line.seq, verdict: said.verdict, reason: said.reason });
    await draw();
  }
  await refreshList();
  await draw();
}

async function close() {
  const book = await ledger();
  await valueAct(`counters/offline/allowances/${book.said.id}/closing`)({ lines: book.lines.length });
  await drop("allowance");
  await draw();
}

function row(line, verdict) {
  const words = verdict ? t(VERDICTS[verdict.verdict]) : t("待上传");
  return h("li", { "data-verdict": verdict?.verdict ?? "waiting" },
    h("span", { class: "what" }, line.order_no),
    h("span", { class: "sum" }, `−¥${yuan(line.discount_fen)}`),
    h("span", { class: "muted" }, `${clockTime(line.accepted_at)} · ${words} ${verdict?.reason ?? ""}`));
}

async function draw() {
  const [enrolled, book] = [await paper("device"), await ledger()];
  show($("#enrol"), !enrolled && loggedIn());
  show($("#ask"), Boolean(enrolled) && !book && loggedIn());
  show($("#bill"), Boolean(book));
  show($("#log"), Boolean(book));
  if (!book) return;
  const verdicts = new Map((await verdictsOf(book.said.id)).map((each) => [each.seq, each]));
  const used = book.lines.reduce((sum, line) => sum + line.discount_fen, 0);
  $("#state").textContent = t("{store}：已用 {n}/{max} 笔，¥{used}/¥{total}，{time} 前有效", {
    store: book.said.store_name, n: book.lines.length, max: book.said.max_count,
    used: yuan(used), total: yuan(book.said.total_fen), time: clockTime(book.said.expires_at),
  });
  const minutes = book.revoked && Math.floor((Date.now() - Date.parse(book.revoked.issued_at)) / 60_000);
  $("#list-age").textContent = book.revoked ? t("作废名单更新于 {n} 分钟前", { n: Math.max(0, minutes) }) : t("没有作废名单");
  fill($("#lines"), ...book.lines.map((line) => row(line, verdicts.get(line.seq))));
  show($("#upload"), book.lines.some((line) => !verdicts.has(line.seq)));
  show($("#close"), book.lines.every((line) => verdicts.has(line.seq)));
}

async function campaigns() {
  const { results } = await get("campaigns");
  fill($("#campaign"), ...results.map((each) => h("option", { value: each.id }, each.title)));
}

function button(selector, problem, work) {
  $(selector).addEventListener("click", (event) => busy(event.currentTarget, async () => {
    showProblem($(problem), null);
    try {
      await work();
    } catch (error) {
      showProblem($(problem), problemOf(error));
    }
  }));
}

button("#enrol-now", "#enrol .problem", enrol);
button("#ask-now", "#ask .problem", fetchAllowance);
button("#upload", "#log .problem", upload);
button("#close", "#log .problem", close);
$("#bill").addEventListener("submit", take);
onSession(draw);

await draw();
if (navigator.onLine) {
  await login();
  await campaigns().catch((error) => showProblem($("#ask .problem"), problemOf(error)));
  await refreshList().catch(problemOf);
  await draw();
  await keepPage();
}
