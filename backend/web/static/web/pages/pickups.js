// Door-to-door pick-up: choose a zone and a slot, say what and where; follow one's bookings, move or cancel them.
import { get, problemOf, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { when } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { parseKilograms } from "../materials.js";

const KINDS = { bulky: "大件垃圾", ewaste: "废旧家电", recyclables: "可回收物（满 10 公斤）" };
const STATES = {
  booked: ["tag", "已预约"], assigned: ["tag", "已派单"], collected: ["tag", "✓ 已完成"],
  cancelled: ["tag off", "已取消"], missed: ["tag warn", "未遇"],
};
const PARTS = { morning: "上午", afternoon: "下午", evening: "傍晚" };
const book = valueAct("pickups");
const complain = (problem) => showProblem($("#problem"), problem);
const time = (slot) => `${when(slot.starts_at)} · ${t(PARTS[slot.part])}`;

async function showSlots() {
  const { results } = await get(`zones/${$("#zone").value}/slots?limit=30`);
  fill($("#slot"), ...results.map((slot) =>
    h("option", { value: slot.id }, `${time(slot)} · ${t("余 {n}", { n: slot.left })}`)));
  show($("#no-slots"), results.length === 0);
}

function card(pickup) {
  const [style, words] = STATES[pickup.status];
  const open = pickup.status === "booked" || pickup.status === "assigned";
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const change = (path, body) => async (event) => busy(event.currentTarget, async () => {
    try {
      await valueAct(`pickups/${pickup.id}/${path}`)(body());
      await showAll();
    } catch (error) {
      showProblem(problem, problemOf(error));
    }
  });
  return h("li", { class: "card" },
    h("h3", {}, t(KINDS[pickup.kind])),
    h("p", {}, h("span", { class: style }, t(words)), " ", time(pickup.slot)),
    h("p", { class: "muted" }, pickup.address),
    open && h("p", {}, t("上门码（交货时告诉回收员）：")),
    open && h("p", { class: "pin" }, pickup.pin),
    open && h("div", { class: "pair" },
      h("button", { type: "button", class: "button plain", onclick: change("slot", () => ({ slot: $("#slot").value })) }, t("改到上面所选时段")),
      h("button", { type: "button", class: "button plain", onclick: change("cancellation", () => ({})) }, t("取消预约"))),
    problem);
}

async function showMine() {
  const { results } = await get("pickups?limit=20");
  fill($("#mine"), ...results.map(card));
  show($("#none"), results.length === 0);
}

const showAll = () => Promise.all([showSlots(), showMine()]);

async function submit() {
  const kind = $("#kind").value;
  const grams = kind === "recyclables" ? parseKilograms($("#weight").value) : undefined;
  if (grams === null) return complain({ message: t("请估一下重量，例如 12（公斤）。") });
  if (!$("#address").value.trim()) return complain({ message: t("请填写门牌地址。") });
  try {
    await book({ slot: $("#slot").value, kind, address: $("#address").value.trim(), note: $("#note").value.trim(), declared_grams: grams });
    complain(null);
    $("#said").textContent = t("预约成功。");
    await showAll();
  } catch (error) {
    complain(problemOf(error));
  }
  return null;
}

async function open() {
  await login();
  const { results } = await get("zones");
  fill($("#zone"), ...results.map((zone) => h("option", { value: zone.id }, zone.name)));
  if (results.length) await showSlots();
  await showMine();
  show($("#pickups"));
}

$("#zone").addEventListener("change", () => showSlots().catch((error) => complain(problemOf(error))));
$("#kind").addEventListener("change", () => show($("#weight-row"), $("#kind").value === "recyclables"));
$("#booking").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("#booking button"), submit);
});

await open().catch((error) => complain(problemOf(error)));
