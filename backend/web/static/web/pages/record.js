// One record: how its points came about, why it is held or was refused, a photo for the reviewer, an appeal in time.
import { get, problemOf, valueAct } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { when } from "../format.js";
import { t } from "../i18n.js";
import { live } from "../live.js";
import { login } from "../login.js";
import { pointsOf, sendPhoto, stateTags } from "../records.js";

const root = $("#record");
const path = `me/awards/${root.dataset.award}`;
const addPhoto = valueAct(`${path}/photos`);
const appeal = valueAct(`${path}/appeals`);
const list = (items) => h("ul", { class: "bullets" }, ...items.map((each) => h("li", {}, each)));

const summary = (record) => h("section", { class: "card" },
  h("h2", {}, record.title),
  stateTags(record),
  h("p", { class: "price" }, h("strong", {}, pointsOf(record))),
  h("p", {}, record.why),
  h("p", { class: "muted" }, when(record.happened_at)),
  record.photo && h("p", {}, t("✓ 已附照片")));

/** Why it waits, or how the wait ended. */
function waiting(record) {
  if (record.status === "pending") {
    return h("section", { class: "card" }, h("h2", {}, t("为什么还没到账")),
      h("p", {}, t("按规则，这类凭证要等一段时间。{time} 自动到账。", { time: when(record.available_at) })));
  }
  if (record.status === "pending_review") {
    return h("section", { class: "card" }, h("h2", {}, t("为什么待审核")),
      record.doubts.length ? list(record.doubts) : h("p", {}, t("按规则，这类凭证由工作人员逐条审核。")),
      h("p", { class: "muted" }, t("审核后会在消息里告诉您结果和理由。")));
  }
  if (record.status === "rejected" || record.status === "approved") {
    return h("section", { class: "card" }, h("h2", {}, t(record.status === "rejected" ? "为什么未通过" : "审核意见")),
      h("p", {}, record.review_reason_title), h("p", {}, record.review_reason));
  }
  return null;
}

function photoPart(record) {
  if (!record.takes_photo) return null;
  const news = h("p", { role: "status" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const input = h("input", { type: "file", accept: "image/*", capture: "environment" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    news.textContent = t("正在上传…");
    try {
      await addPhoto({ photo: await sendPhoto(file) });
      await draw();
    } catch (error) {
      news.textContent = "";
      input.value = "";
      showProblem(problem, problemOf(error));
    }
  });
  return h("section", { class: "card" }, h("h2", {}, t("补充照片")),
    h("p", { class: "muted" }, t("有能说明情况的照片，可以补充一张，给审核的工作人员看。")),
    h("label", { class: "button plain wide file" }, t("拍照或选照片"), input), news, problem);
}

function appealPart(record) {
  if (record.appeal) {
    return h("section", { class: "card" }, h("h2", {}, t("申诉")),
      h("p", {}, record.appeal_text),
      record.appeal === "filed"
        ? h("p", { class: "muted" }, t("由另一位工作人员处理，结果会在消息里告诉您。"))
        : h("p", {}, t("处理意见：{words}", { words: `${record.appeal_reason_title}。${record.appeal_reason}` })));
  }
  return record.appeal_until ? appealForm(record) : null;
}

function appealForm(record) {
  const text = h("textarea", { id: "appeal-text", rows: 4, maxlength: 500 });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const form = h("form", { novalidate: true },
    h("label", { for: "appeal-text" }, t("请说明情况")), text, h("button", { class: "button wide" }, t("提交申诉")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) return showProblem(problem, { message: t("请写明理由。") });
    return busy(event.submitter, async () => {
      try {
        await appeal({ text: text.value.trim() });
        await draw();
      } catch (error) {
        showProblem(problem, problemOf(error));
      }
    });
  });
  return h("section", { class: "card" }, h("h2", {}, t("不同意？可以申诉一次")),
    h("p", {}, t("截止：{time}。由原审核人以外的工作人员处理。", { time: when(record.appeal_until) })), form, problem);
}

const sums = (record) => h("section", { class: "card" }, h("details", {}, h("summary", {}, t("积分怎么算的")),
  list(record.steps),
  record.more.length > 0 && h("h3", {}, t("怎样能得更多")),
  record.more.length > 0 && list(record.more),
  h("p", { class: "muted" }, t("规则 {rule}，{time} 起", { rule: record.rule, time: when(record.rule_since) }))));

async function draw() {
  try {
    const record = await get(path);
    fill(root, summary(record), waiting(record), photoPart(record), appealPart(record), sums(record));
    showProblem($("#problem"), null);
    show(root);
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  }
}

await login();
await draw();
live((event) => ["message", "missed"].includes(event.type) && !$("#appeal-text")?.value && draw());
