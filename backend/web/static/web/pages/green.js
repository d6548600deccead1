// What is green: stores and what they confirm, goods and their labels, occasions ahead. No login.
import { get, problemOf } from "../api.js";
import { $, fill, h, showProblem } from "../dom.js";
import { day, when } from "../format.js";
import { t } from "../i18n.js";
import { growingList, listParts } from "../list.js";

const tags = (rows, style) => rows.map((row) => [h("span", { class: style }, row.title), " "]).flat();

const stores = growingList({
  ...listParts("#stores"),
  none: $("#none"),
  row: (store) => h("li", { class: "card" },
    h("h2", {}, store.name),
    h("p", {}, store.address),
    store.certifications.length > 0 && h("p", {}, tags(store.certifications, "tag")),
    store.activities.length > 0 && h("p", { class: "muted" }, t("可确认："), store.activities.map((each) => each.title).join("、"))),
});

const goods = (row) => h("li", {},
  h("span", { class: "what" }, row.title),
  h("span", { class: "sum" }, row.label_title),
  h("span", { class: "muted" }, `${row.category_title}${row.product && ` · ${row.product}`} · ${t("有效至 {day}", { day: day(row.valid_to) })}`));

const occasion = (row) => h("li", {},
  h("span", { class: "what" }, row.title),
  h("span", { class: "sum" }, t("余 {n} 位", { n: row.left })),
  h("span", { class: "muted" }, `${row.activity_title} · ${when(row.starts_at)}–${when(row.ends_at)} · ${row.place} · ${row.organiser}`));

async function rows(list, path, row) {
  try {
    const { results } = await get(path);
    fill($(list), ...results.map(row));
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  }
}

await Promise.all([
  stores("green/stores"),
  rows("#goods", "green/products?limit=100", goods),
  rows("#occasions", "occasions?limit=20", occasion),
]);
