// Stations near by: no login, and no position unless one taps.
import { get, problemOf } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, distance } from "../format.js";
import { t } from "../i18n.js";
import { here } from "../position.js";

const STATUS = {
  open: ["tag", "✓ 可投放"],
  full: ["tag warn", "▲ 已满"],
  down: ["tag off", "✕ 停用"],
};

function card(station) {
  const [style, words] = STATUS[station.status] ?? ["tag off", station.status];
  const away = station.distance_m === null ? "" : ` · ${distance(station.distance_m)}`;
  return h("li", { class: "card" },
    h("h2", {}, station.name),
    h("p", {}, station.address, away),
    h("p", {}, h("span", { class: style }, t(words)), " ",
      h("span", { class: "muted" }, t("{time} 更新", { time: clockTime(station.updated_at) }))));
}

async function list(position) {
  const near = position ? `&lat=${position.lat}&lng=${position.lng}` : "";
  try {
    const { results } = await get(`stations?limit=20${near}`);
    fill($("#stations"), ...results.map(card));
    show($("#none"), results.length === 0);
    showProblem($("#problem"), null);
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  } finally {
    $("#stations").removeAttribute("aria-busy");
  }
}

$("#near").addEventListener("click", (event) => busy(event.currentTarget, async () => {
  $("#position-state").textContent = t("正在取得位置…");
  const position = await here();
  $("#position-state").textContent = position ? t("已按距离从近到远排列。") : t("没有取得位置，请允许使用位置后再试。");
  if (position) await list(position);
}));

await list(null);
