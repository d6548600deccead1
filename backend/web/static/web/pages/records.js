// One's green records: what each earned, which wait or were refused, a new one by photo, and one's appeals.
import { get, problemOf, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { when } from "../format.js";
import { t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { live } from "../live.js";
import { login } from "../login.js";
import { appealTag, nextStep, photoActivities, pointsOf, sendPhoto, stateTags } from "../records.js";

const actByPhoto = valueAct("acts/photo");
const appealOnePerson = valueAct("me/appeals");

function card(record) {
  const next = nextStep(record);
  return h("li", { class: "card" },
    h("h2", {}, record.title),
    stateTags(record),
    h("p", {}, pointsOf(record), " · ", record.why),
    next && h("p", {}, next),
    h("p", { class: "muted" }, when(record.happened_at)),
    h("a", { class: "row-link", href: `/records/${record.id}` }, t("看详情")));
}

const appealRow = (appeal) => h("li", {},
  h("span", { class: "what" }, t(appeal.kind === "one_person" ? "不是同一人" : "记录未通过")),
  appealTag(appeal.state),
  h("span", { class: "muted" }, `${when(appeal.filed_at)} · ${appeal.text}`),
  appeal.reason && h("span", { class: "muted" }, t("处理意见：{words}", { words: `${appeal.reason_title}。${appeal.reason}` })),
  appeal.award && h("a", { class: "row-link", href: `/records/${appeal.restored_award ?? appeal.award}` }, t("看记录")));

const showRecords = growingList({ ...listParts("#list"), none: $("#none"), row: card });

async function showAppeals() {
  const { results } = await get("me/appeals?limit=20");
  fill($("#appeal-list"), ...results.map(appealRow));
  show($("#no-appeals"), results.length === 0);
}

const showAll = () => Promise.all([showRecords("me/awards?limit=10"), showAppeals()]);

/** Runs `work` and tells a problem beside it. */
async function attempt(problem, work) {
  try {
    showProblem(problem, null);
    await work();
  } catch (error) {
    showProblem(problem, problemOf(error));
  }
}

$("#act-photo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  $("#act-news").textContent = file ? t("正在上传…") : "";
  await attempt($("#act-problem"), async () => {
    if (!file) return;
    await actByPhoto({ activity: $("#activity").value, photo: await sendPhoto(file) });
    $("#act-news").textContent = t("✓ 已登记，等待审核。");
    await showRecords("me/awards?limit=10");
  });
  if (!$("#act-problem").hidden) $("#act-news").textContent = "";
  event.target.value = "";
});

$("#one-person").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("#one-person-text").value.trim();
  if (!text) return showProblem($("#one-person-problem"), { message: t("请写明理由。") });
  return busy(event.submitter, () => attempt($("#one-person-problem"), async () => {
    await appealOnePerson({ text });
    $("#one-person-text").value = "";
    await showAppeals();
  }));
});

await login();
show($("#records"));
await attempt($("#problem"), async () => {
  const activities = await photoActivities();
  fill($("#activity"), ...activities);
  show($("#by-photo"), activities.length > 0);
  await showAll();
});
live((event) => ["message", "missed"].includes(event.type) && showAll());
