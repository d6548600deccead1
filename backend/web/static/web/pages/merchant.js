// A merchant's statements: the day of a store, the list, one statement with its lines; agreeing, questioning, saving.
import { download, get, logOut, loggedIn, onSession, post, problemOf, roles } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { day, money, when } from "../format.js";
import { t } from "../i18n.js";
import { growingList } from "../list.js";
import { login } from "../login.js";

const STATES = {
  draft: ["待确认", "warn"], confirmed: ["已确认", ""], approved: ["待付款", ""], paid: ["已付款", ""], closed: ["已结清", "off"],
};
const KINDS = { redemption: "核销", return: "退款", adjustment: "调整", released: "暂扣返还", carried: "上期结转" };
const complain = (error) => showProblem($("#problem"), error && problemOf(error));
const fact = (name, value) => h("div", {}, h("dt", {}, t(name)), h("dd", {}, value));

// -- the day

const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());

async function showDay() {
  if (!$("#store").value || !$("#day").value) return;
  const found = await get(`stores/${$("#store").value}/day?date=${$("#day").value}`);
  fill($("#day-facts"),
    fact("核销笔数", String(found.redemptions)), fact("优惠合计", money(found.discount_fen)),
    fact("退款笔数", String(found.returns)), fact("退回优惠", money(-found.returned_discount_fen)),
    fact("当天净额", money(found.net_fen)), fact("待结算", money(found.pending_fen)));
}

// -- the list

/** The last day that a half-open period covers. */
const lastDay = (row) => day(new Date(Date.parse(row.period_end) - 1).toISOString());
const period = (row) => (day(row.period_start) === lastDay(row) ? lastDay(row) : `${day(row.period_start)} – ${lastDay(row)}`);
const tag = (row) => h("span", { class: `tag ${STATES[row.state][1]}` }, t(STATES[row.state][0]));

const listed = (row) => h("li", {},
  h("a", { class: "row-link statement", href: `#${row.id}` },
    h("span", {}, h("strong", {}, money(row.due_fen)), " ", tag(row),
      h("span", { class: "muted lines" }, `${period(row)} · ${row.store_name}`))));

const list = growingList({
  list: $("#statements"), more: $("#more"), none: $("#none"), problem: $("#problem"), row: listed,
});

// -- one statement

let current = null;

const lines = growingList({
  list: $("#lines"), more: $("#more-lines"), none: h("p"), problem: $("#problem"), row: (row) => line(row),
});

function line(row) {
  const place = h("div", { class: "question" });
  const open = ["draft", "confirmed"].includes(current.state) && !row.hold;
  const marks = [row.late && t("迟到"), row.belongs_to, row.reason].filter(Boolean);
  return h("li", {},
    h("span", { class: "what" }, t(KINDS[row.kind]), row.order_no && ` · ${row.order_no}`),
    h("span", { class: "sum" }, money(row.amount_fen)),
    h("span", { class: "muted" }, [when(row.at), ...marks].join(" · ")),
    row.hold && h("p", { class: "tag warn" }, `${t(row.hold.state === "open" ? "处理中" : "已处理")}: ${row.hold.reason}`),
    open && h("button", { type: "button", class: "button plain", onclick: () => ask(row, place) }, t("有异议")),
    place);
}

function ask(row, place) {
  const why = h("input", { id: `why-${row.id}`, maxlength: "200", required: true, autocomplete: "off" });
  const send = h("button", { class: "button wide" }, t("提交异议"));
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const form = h("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    if (!why.value.trim()) return showProblem(problem, { message: t("请写明原因。") });
    return busy(send, async () => {
      try {
        await post(`settlements/${current.id}/disputes`, { line: row.id, reason: why.value.trim() });
        await showStatement(current.id);
      } catch (error) {
        showProblem(problem, problemOf(error));
      }
    });
  } }, h("label", { for: why.id }, t("异议原因")), why, send, problem);
  fill(place, form);
  why.focus();
}

async function showStatement(id) {
  current = await get(`settlements/${id}`);
  const carried = current.state === "closed" && current.due_fen < 0;
  fill($("#head"),
    h("h2", {}, current.number), tag(current),
    h("p", { class: "muted" }, `${current.merchant} · ${current.store_name} · ${period(current)}`),
    h("dl", { class: "facts money" },
      fact("各行合计", money(current.lines_fen)), current.held_fen > 0 && fact("暂扣", money(-current.held_fen)),
      fact("应付", carried ? `${money(current.due_fen)} (${t("结转下期")})` : money(current.due_fen)),
      current.paid_reference && fact("银行流水号", `${current.paid_reference} · ${current.paid_on}`)),
    current.state === "draft" && h("button", { type: "button", class: "button wide tall", onclick: agree },
      t("确认金额 {sum}", { sum: money(current.due_fen) })),
    h("div", { class: "pair" }, saver("下载表格", "xlsx"), saver("下载 CSV", "csv")));
  show($("#overview"), false);
  show($("#statement"));
  await lines(`settlements/${id}/lines?limit=100`);
}

const agree = (event) => busy(event.currentTarget, async () => {
  try {
    await post(`settlements/${current.id}/confirmation`, { due_fen: current.due_fen });
    complain(null);
  } catch (error) {
    complain(error);
  }
  await showStatement(current.id);
});

const saver = (name, kind) => h("button", { type: "button", class: "button plain", onclick: (event) =>
  busy(event.currentTarget, async () => {
    try {
      const url = URL.createObjectURL(await download(`settlements/${current.id}.${kind}`));
      h("a", { href: url, download: `${current.number}.${kind}` }).click();
      URL.revokeObjectURL(url);
    } catch (error) {
      complain(error);
    }
  }) }, t(name));

// -- which of the two

async function showPlace() {
  complain(null);
  const id = location.hash.slice(1);
  try {
    if (id) {
      await showStatement(id);
      return $("#statement").focus();
    }
    show($("#statement"), false);
    show($("#overview"));
    return await Promise.all([list("settlements"), showDay()]);
  } catch (error) {
    return complain(error);
  }
}

async function open() {
  await login();
  const merchant = roles.some((role) => ["owner", "manager", "operator"].includes(role));
  show($("#not-merchant"), !merchant);
  show($("#logout"));
  if (!merchant) return;
  const { results } = await get("me/stores?limit=100");
  fill($("#store"), ...results.map((store) => h("option", { value: store.id }, store.name)));
  $("#day").value = today();
  addEventListener("hashchange", showPlace);
  $("#which").addEventListener("change", () => showDay().catch(complain));
  $("#back").addEventListener("click", () => { location.hash = ""; });
  await showPlace();
}

$("#logout").addEventListener("click", (event) => busy(event.currentTarget, () => logOut().catch(complain)));
onSession(() => loggedIn() || location.reload());

await open().catch(complain);
