// Home: what one has, what happened to it, and the ways on.
import { get, loggedIn, logOut, onSession, problemOf } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { day, number, signed, when } from "../format.js";
import { t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { live } from "../live.js";
import { offerLogin } from "../login.js";

const showEntries = growingList({
  ...listParts("#entry-list"),
  none: $("#no-entries"),
  row: (entry) =>
    h("li", {},
      h("span", { class: "what" }, entry.why),
      h("span", { class: "sum" }, signed(entry.points)),
      h("span", { class: "muted" }, `${when(entry.at)} · ${t("余额 {n}", { n: number(entry.balance_after) })}`)),
});

async function showPoints() {
  try {
    const points = await get("me/points");
    $("#available").textContent = number(points.available);
    $("#total").textContent = number(points.balance);
    $("#held").textContent = number(points.held);
    $("#pending").textContent = number(points.pending);
    const [first] = points.expiring;
    show($("#expiring"), Boolean(first));
    if (first) $("#expiring").textContent = t("{n} 积分将在 {day} 到期", { n: number(first.points), day: day(first.expires_at) });
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  }
}

async function showAccount() {
  const me = await get("me").catch(problemOf);
  if (!me.roles) return showProblem($("#problem"), me);
  $("#my-phone").textContent = me.phone;
  const keeps = me.roles.includes("owner") || me.roles.includes("manager");
  return fill($("#roles"),
    me.roles.includes("counter") && h("a", { class: "row-link", href: "/counter" }, t("收银核销")),
    me.roles.includes("desk") && h("a", { class: "row-link", href: "/desk" }, t("纸质券服务台")),
    keeps && h("a", { class: "row-link", href: "/merchant" }, t("商户结算")));
}

function showAll() {
  const mine = loggedIn();
  for (const id of ["#balance", "#records-link", "#entries", "#account"]) show($(id), mine);
  show($("#welcome"), !mine);
  if (!mine) return null;
  return Promise.all([showPoints(), showEntries("me/points/entries?limit=5"), showAccount()]);
}

$("#logout").addEventListener("click", (event) =>
  busy(event.currentTarget, () => logOut().catch((error) => showProblem($("#problem"), problemOf(error)))));

function follow() {
  live((event) => {
    if (event.type !== "balance" && event.type !== "missed") return;
    showPoints();
    showEntries("me/points/entries?limit=5");
  });
}

const already = await offerLogin();
onSession(() => {
  showAll();
  if (loggedIn()) follow();
});
if (already) follow();
await showAll();
