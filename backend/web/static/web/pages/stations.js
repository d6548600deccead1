// Stations near by: no login, and no position unless one taps.
import { get, loggedIn, problemOf, resume, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, distance } from "../format.js";
import { t } from "../i18n.js";
import { here } from "../position.js";
import { payloadOf } from "../scanner.js";
import { SOURCE, STATUS } from "../status.js";

function card(station) {
  const [style, words] = STATUS[station.status] ?? ["tag off", station.status];
  const away = station.distance_m === null ? "" : ` · ${distance(station.distance_m)}`;
  return h("li", { class: "card" },
    h("h2", {}, station.name),
    h("p", {}, station.address, away),
    h("p", {}, h("span", { class: style }, t(words)), " ",
      h("span", { class: "muted" }, t("{source} {time} 更新", { source: t(SOURCE[station.status_source]), time: clockTime(station.updated_at) }))),
    loggedIn() && reporting(station));
}

/** Three residents who agree are believed; whoever shows by the station's code that it was full is thanked. */
function reporting(station) {
  const typed = h("input", { maxlength: 512, autocapitalize: "characters", autocomplete: "off", "aria-label": t("站点码下面的字符（可不填）") });
  const said = h("p", { role: "status" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const act = valueAct(`stations/${station.id}/reports`);
  const report = (status) => (event) => busy(event.currentTarget, async () => {
    try {
      const code = payloadOf(typed.value);
      const done = await act(code ? { status, code } : { status });
      said.textContent = done.points ? t("谢谢，得 {n} 分。", { n: done.points }) : t("谢谢，已收到。");
      showProblem(problem, null);
    } catch (error) {
      showProblem(problem, problemOf(error));
    }
  });
  const buttons = Object.entries(STATUS).map(([status, [, words]]) =>
    h("button", { type: "button", class: "button plain", onclick: report(status) }, t(words)));
  return h("details", {}, h("summary", {}, t("和这里说的不一样？告诉我们")),
    h("label", {}, t("站点码下面的字符（可不填）"), typed),
    h("p", { class: "muted" }, t("到了才发现已满？输入屏幕上的字符，每天感谢一次。")),
    h("div", { class: "pair" }, ...buttons), said, problem);
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

await resume().catch(problemOf);
await list(null);
