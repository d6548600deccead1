// One's own data: consent by consent, what was told under each, and which messages are sent out.
import { get, patch, problemOf, put, remove, roles } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { titleOf } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";

const NAMES = { birth_year: "出生年份", street: "所住街道", household_size: "家庭人数" };
const KINDS = {
  award: "积分到账",
  review_decided: "审核结果",
  appeal_decided: "申诉结果",
  lot_expiring: "积分即将到期",
  voucher_claimed: "领取消费券",
  voucher_expiring: "消费券即将到期",
  redemption: "使用消费券",
  returned: "退回与退款",
  hold: "待核实",
  ticket_answered: "人工答复",
  joined: "账户限额变化",
  pickup: "上门回收",
  duty: "服务事务",
};
const STAFF_KINDS = ["duty"]; // only operators are told of these
const CHANNELS = { sms: "短信", wechat: "微信" };

/** Runs `work`, then draws everything again; a problem is told at the top of the page. */
async function act(button, work) {
  await busy(button, async () => {
    try {
      await work();
      await drawConsents();
      showProblem($("#problem"), null);
    } catch (error) {
      showProblem($("#problem"), problemOf(error));
      $("#problem").scrollIntoView({ block: "nearest" });
    }
  });
}

function consentCard(consent, told, campaigns) {
  const path = `me/consents/${consent.purpose}`;
  const given = Boolean(consent.given_at);
  const button = h("button", { type: "button", class: given ? "button plain wide" : "button wide" },
    t(given ? "撤回同意并删除" : "同意"));
  button.addEventListener("click", () => act(button, () => (given ? remove(path) : put(path))));
  return h("li", { class: "card", "data-purpose": consent.purpose },
    h("h3", {}, t(NAMES[consent.attribute])),
    h("p", {}, consent.text),
    campaigns.length > 0 && h("p", { class: "muted" }, t("需要它的活动：{titles}", { titles: campaigns.join(" · ") })),
    given && tellForm(consent, told),
    button);
}

function tellForm(consent, told) {
  const id = `tell-${consent.attribute}`;
  const field = consent.choices.length
    ? h("select", { id }, ...["", ...consent.choices].map((each) => h("option", { value: each, selected: each === told?.value }, each)))
    : h("input", { id, inputmode: "numeric", maxlength: 4, value: told?.value });
  const button = h("button", { class: "button wide" }, t("保存"));
  const form = h("form", { novalidate: true },
    h("label", { for: id }, t(NAMES[consent.attribute])),
    field,
    told && h("span", { class: told.verified ? "tag" : "tag off" }, t(told.verified ? "✓ 已核验" : "本人申报")),
    button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.normalize("NFKC").trim();
    return act(button, () => patch("me", { [consent.attribute]: consent.choices.length ? text : Number(text) }));
  });
  return form;
}

async function drawConsents() {
  const [{ results }, me, needs] = await Promise.all([get("me/consents"), get("me"), get("me/needs")]);
  const told = Object.fromEntries(me.attributes.map((each) => [each.name, each]));
  const needed = Object.fromEntries(needs.results.map((each) => [each.purpose, each.campaigns.map(titleOf)]));
  const asked = results.filter((each) => needed[each.purpose] || each.given_at);
  const others = results.filter((each) => !asked.includes(each));
  const cards = (rows) => rows.map((each) => consentCard(each, told[each.attribute], needed[each.purpose] ?? []));
  fill($("#consents"), ...cards(asked));
  fill($("#unneeded"), ...cards(others));
  show($("#not-now"), others.length > 0);
  $("#consents").removeAttribute("aria-busy");
}

function choiceOf({ kind, channels }) {
  const box = (channel) => h("label", { class: "check" },
    h("input", { type: "checkbox", name: kind, value: channel, checked: channels.includes(channel) }),
    t(CHANNELS[channel]));
  return h("fieldset", {}, h("legend", {}, t(KINDS[kind])), ...Object.keys(CHANNELS).map(box));
}

const concerns = ({ kind }) => !STAFF_KINDS.includes(kind) || roles.includes("operator");

function chosen(form) {
  return Object.keys(KINDS).map((kind) => ({
    kind,
    channels: [...form.querySelectorAll(`input[name="${kind}"]:checked`)].map((each) => each.value),
  }));
}

async function drawPreferences() {
  const { kinds, quiet_from: from, quiet_to: to } = await get("me/preferences");
  $("#quiet").textContent = t("站内消息始终保留。勾选后另发短信或微信，{from} 至 {to} 不打扰。", { from, to });
  fill($("#preferences"), ...kinds.filter(concerns).map(choiceOf), h("button", { class: "button wide" }, t("保存设置")));
}

async function save(event) {
  event.preventDefault();
  show($("#saved"), false);
  await act($("button", event.currentTarget), async () => {
    await put("me/preferences", { kinds: chosen($("#preferences")) });
    $("#saved").textContent = t("✓ 已保存");
    show($("#saved"));
  });
}

await login();
show($("#profile"));
$("#preferences").addEventListener("submit", save);
await Promise.all([drawConsents(), drawPreferences()]).catch((error) => showProblem($("#problem"), problemOf(error)));
