// The store at whose counter somebody works: chosen where there are several, remembered on this device.
import { get } from "./api.js";
import { $, fill, h, show, showProblem } from "./dom.js";
import { t } from "./i18n.js";

const KEY = "workplace"; // in localStorage: the store's id

let chosen = null;

/** What a request says of the store: in a body, and in a query. */
export const inBody = () => (chosen ? { store: chosen.id } : {});
export const inQuery = () => (chosen ? `&store=${chosen.id}` : "");

/** Shows where one works; among several one chooses, and `changed()` is called after each choice. */
export async function workplace(changed) {
  const { results } = await get("me/counter-stores?limit=100");
  const field = $("#workplace");
  const choose = (id) => {
    chosen = results.find((each) => each.id === id) ?? results[0] ?? null;
    showProblem($("#suspended"), chosen && !chosen.takes_vouchers
      && { message: t("这家门店的商户已暂停参加活动，现在不能核销：{reason}", { reason: chosen.why_not }) });
  };
  choose(stored());
  fill(field, results.length > 1 ? choices(results) : chosen && h("span", {}, chosen.name));
  show(field, Boolean(chosen));
  field.addEventListener("change", (event) => {
    choose(event.target.value);
    keep(chosen.id);
    changed();
  });
}

const choices = (stores) => h("label", { class: "grow" }, t("所在门店"), " ",
  h("select", {}, ...stores.map((store) => h("option", { value: store.id, selected: store.id === chosen.id }, store.name))));

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // Storage is switched off: the first store until one chooses.
  }
}

function keep(id) {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // The choice holds as long as the page.
  }
}
