// What a record's state is called, and how a photo is put to one.
import { get, postImage } from "./api.js";
import { h } from "./dom.js";
import { day, number, when } from "./format.js";
import { t } from "./i18n.js";

const STATES = {
  awarded: ["tag", "✓ 已到账"],
  approved: ["tag", "✓ 审核通过"],
  pending: ["tag warn", "待到账"],
  pending_review: ["tag warn", "待审核"],
  rejected: ["tag off", "✗ 未通过"],
};
const APPEALS = {
  filed: ["tag warn", "申诉处理中"],
  upheld: ["tag", "✓ 申诉成立"],
  declined: ["tag off", "✗ 申诉未成立"],
};

const tag = ([style, words]) => h("span", { class: style }, t(words));

/** Where a record stands: its own state and its appeal's. */
export const stateTags = (record) => h("p", { class: "tags" }, tag(STATES[record.status]), record.appeal && tag(APPEALS[record.appeal]));

export const appealTag = (state) => tag(APPEALS[state]);

/** The points with what is so far true of them. */
export function pointsOf({ status, points, appeal }) {
  const n = number(points);
  if (status === "rejected") return appeal === "upheld" ? t("{n} 积分，申诉后另行发放", { n }) : t("{n} 积分，未发放", { n });
  return status.startsWith("pending") ? t("{n} 积分，待确认", { n }) : t("{n} 积分", { n });
}

/** The one line that says what comes next; empty when nothing does. */
export function nextStep(record) {
  if (record.status === "pending") return t("{time} 到账", { time: when(record.available_at) });
  if (record.appeal_until) return t("可在 {day} 前申诉", { day: day(record.appeal_until) });
  if (record.takes_photo) return t("可补充一张照片");
  return "";
}

/** Sends a picked photo and answers its id; the service draws it anew without its metadata. */
export async function sendPhoto(file) {
  const { id } = await postImage("evidence/photos", file);
  return id;
}

/** Activities whose rule takes a photo, as options. */
export async function photoActivities() {
  const { results } = await get("rules");
  return results.filter((rule) => "photo" in rule.terms.grades)
    .map((rule) => h("option", { value: rule.activity }, rule.title));
}
