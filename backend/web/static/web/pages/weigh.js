// The attendant: scan the resident's code, add what is on the scale, book it; set a line right; say how the station is.
import { get, logOut, loggedIn, onSession, problemOf, roles, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, number } from "../format.js";
import { t } from "../i18n.js";
import { login } from "../login.js";
import { kilograms, MATERIALS, parseKilograms, scale } from "../materials.js";
import { scanner } from "../scanner.js";
import { STATUS } from "../status.js";

const CORRECTION_MS = 10 * 60_000;
const AT_STATION = Object.keys(MATERIALS).filter((name) => name !== "bulky" && name !== "ewaste");
const weigh = valueAct("weighings");
const lines = scale($("#scale"), AT_STATION);
const complain = (problem) => showProblem($("#book-problem"), problem);
let code = "";

function take(payload) {
  code = payload;
  show($("#scanner"), !code);
  show($("#have-code"), Boolean(code));
  show($("#result"), false);
  show($("#steps"));
  complain(null);
}

async function book() {
  if (!code) return complain({ message: t("请先扫居民的个人码。") });
  if (!lines.lines().length) return complain({ message: t("请先添加重量。") });
  try {
    const done = await weigh({ resident_code: code, lines: lines.lines(), station: $("#station").value });
    celebrate(done);
    await showToday();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code.startsWith("code_")) take("");
    complain(problem);
  }
  return null;
}

function celebrate(done) {
  fill($("#result"),
    h("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    h("h2", {}, t("已入账")),
    h("p", { class: "big" }, t("+{n} 分", { n: number(done.points) })),
    h("p", { class: "muted" }, t("减碳 {g} 克", { g: number(Math.round(done.carbon_mg / 1000)) })),
    h("button", { type: "button", class: "button", onclick: () => take("") }, t("下一位居民")));
  lines.clear();
  show($("#steps"), false);
  show($("#result"));
  $("#result").focus();
}

function row(weighing) {
  const young = Date.now() - new Date(weighing.at) < CORRECTION_MS;
  return weighing.lines.map((line) => h("li", {},
    h("span", { class: "what" }, t(MATERIALS[line.material])),
    h("span", { class: "sum" }, kilograms(line.corrected_grams ?? line.grams)),
    h("span", { class: "muted" }, `${clockTime(weighing.at)} · ${t("+{n} 分", { n: line.points })}`,
      line.corrected_grams === null ? "" : ` · ${t("已更正")}`),
    young && line.corrected_grams === null && line.position < 20 ? correction(weighing, line) : null));
}

function correction(weighing, line) {
  const act = valueAct(`weighings/${weighing.id}/corrections`);
  const weight = h("input", { inputmode: "decimal", maxlength: 8, "aria-label": t("正确重量（公斤）") });
  const reason = h("input", { maxlength: 100, "aria-label": t("原因") });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const send = h("button", { type: "button", class: "button wide", onclick: () => busy(send, async () => {
    const grams = weight.value.trim() === "0" ? 0 : parseKilograms(weight.value);
    if (grams === null || !reason.value.trim()) return showProblem(problem, { message: t("请输入正确的重量（可以是 0）和原因。") });
    try {
      await act({ position: line.position, material: line.material, grams, reason: reason.value.trim() });
      return await showToday();
    } catch (error) {
      return showProblem(problem, problemOf(error));
    }
  }) }, t("更正"));
  return h("details", {}, h("summary", {}, t("更正这一行")),
    h("label", {}, t("正确重量（公斤）"), weight), h("label", {}, t("原因"), reason), problem, send);
}

async function showToday() {
  const { results } = await get("weighings?limit=20");
  show($("#today"));
  fill($("#today-list"), ...results.flatMap(row));
}

async function report(event) {
  const button = event.target.closest("button[data-status]");
  if (!button) return;
  await busy(button, async () => {
    try {
      const said = await valueAct(`stations/${$("#station").value}/reports`)({ status: button.dataset.status });
      $("#condition").textContent = t("现在显示为：{status}", { status: t(STATUS[said.status][1]) });
      showProblem($("#status-problem"), null);
    } catch (error) {
      showProblem($("#status-problem"), problemOf(error));
    }
  });
}

async function open() {
  await login();
  const attendant = roles.includes("attendant");
  show($("#not-attendant"), !attendant);
  show($("#attendant"), attendant);
  show($("#logout"));
  if (!attendant) return;
  const { results } = await get("me/stations");
  fill($("#station"), ...results.map((each) => h("option", { value: each.id }, each.name)));
  scanner(take);
  await showToday();
}

$("#book").addEventListener("click", (event) => busy(event.currentTarget, book));
$("#other-code").addEventListener("click", () => take(""));
$("#conditions").addEventListener("click", report);
$("#logout").addEventListener("click", (event) => busy(event.currentTarget, () => logOut().catch((error) => complain(problemOf(error)))));
onSession(() => loggedIn() || location.reload());

await open().catch((error) => complain(problemOf(error)));
