// What a code opens: checking in at a station; for other codes, what they are for.
import { loggedIn, onSession, problemOf, valueAct } from "../api.js";
import { $, busy, fill, h, show } from "../dom.js";
import { number } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { here } from "../position.js";

const card = $("#checkin");
const result = $("#result");
const checkIn = valueAct("checkins");
const OTHER_ACTS = { RECEIPT: valueAct("purchases"), OCCASION: valueAct("occasions/attendances") };
const WHERE_TO = {
  VOUCHER: { href: (payload) => `/counter#${payload}`, text: "到收银核销页面" },
  TRAIL_HEAD: { href: (payload) => `/travel#${payload}`, text: "到低碳出行页面" },
  RESIDENT: { href: () => "/wallet", text: "看我的个人码" },
};
let position = null;

function finish(good, ...children) {
  show(card, false);
  result.classList.toggle("no", !good);
  fill(result, h("span", { class: "mark", "aria-hidden": "true" }, good ? "✓" : "!"), ...children);
  show(result);
}

const home = () => h("a", { class: "button plain", href: "/" }, t("回到首页"));

function celebrate(done) {
  const pending = done.status === "pending_review";
  finish(
    true,
    h("h2", {}, pending ? t("已签到，待审核") : t(done.why ? "积分到账" : "签到成功")),
    h("p", { class: "big" }, t("+{n} 积分", { n: number(done.points) })),
    done.why && h("p", { class: "muted" }, done.why),
    h("p", {}, pending ? t("审核通过后积分到账。") : t("现在共有 {n} 积分", { n: number(done.balance) })),
    pending
      ? h("a", { class: "button", href: `/records/${done.award ?? done.id}` }, t("看为什么、补充照片"))
      : h("a", { class: "button", href: "/offers" }, t("去兑换优惠")),
    home());
}

function explain(problem) {
  if (problem.code === "position_required") return askPosition(problem.message);
  const way = WHERE_TO[problem.data.got];
  const again = problem.undecided && h("button", { type: "button", class: "button", onclick: retry }, t("再试一次"));
  return finish(
    false,
    h("h2", {}, way ? t("这个码不是用来签到的") : t("这次没有得到积分")),
    h("p", {}, problem.message),
    again,
    way && h("a", { class: "button", href: way.href(card.dataset.payload) }, t(way.text)),
    !again && !way && h("a", { class: "button", href: "/scan" }, t("重新扫一扫")),
    home());
}

function askPosition(words) {
  $("#position-state").textContent = words;
  $("#with-position").focus();
}

function retry() {
  show(result, false);
  show(card);
  return submit();
}

async function submit() {
  const body = { code: card.dataset.payload, ...(position ?? {}) };
  try {
    celebrate(await checkIn(body));
  } catch (error) {
    const problem = problemOf(error);
    const other = OTHER_ACTS[problem.data?.got];
    if (other) await claim(other);
    else explain(problem);
  }
}

/** A green receipt or an occasion's code: the same tap, another act. */
async function claim(act) {
  try {
    celebrate(await act({ code: card.dataset.payload }));
  } catch (error) {
    explain(problemOf(error));
  }
}

$("#go").addEventListener("click", (event) => busy(event.currentTarget, submit));
$("#with-position").addEventListener("change", async (event) => {
  const box = event.currentTarget;
  const state = $("#position-state");
  position = null;
  state.textContent = "";
  if (!box.checked) return;
  await busy($("#go"), async () => {
    state.textContent = t("正在取得位置…");
    position = await here();
    box.checked = Boolean(position);
    state.textContent = position ? t("已取得位置，请点“签到得积分”。") : t("没有取得位置。请允许使用位置，或扫描回收点屏幕上的动态码。");
  });
});

await login();
show(card);
$("#go").focus();
onSession(() => loggedIn() || location.reload());
