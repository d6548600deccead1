// The inbox: what happened and why, newest first. Opening a message marks it as read.
import { post, problemOf } from "../api.js";
import { ring } from "../bell.js";
import { $, busy, h, show, showProblem } from "../dom.js";
import { when } from "../format.js";
import { t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { live } from "../live.js";
import { login } from "../login.js";

/** Where a message's matter is looked at, and what the link says. */
function wayOn({ award, appeal, pickup }) {
  if (award) return [`/records/${award}`, "看这条记录"];
  if (appeal) return ["/records#appeals", "看申诉"];
  return pickup ? ["/pickups", "看预约"] : null;
}

function card(message) {
  const leads = wayOn(message.data);
  const isNew = h("span", { class: "tag", hidden: message.read }, t("未读"));
  const button = h("button", { type: "button", class: "button plain wide", hidden: message.read }, t("知道了"));
  const item = h("li", { class: message.read ? "card" : "card unread" },
    isNew,
    h("h2", {}, message.title),
    message.why && h("p", {}, message.why),
    message.kind === "ticket_answered" && h("a", { href: "/assistant" }, t("去看对话")),
    h("p", { class: "muted" }, when(message.at)),
    leads && h("a", { class: "row-link", href: leads[0] }, t(leads[1])),
    button);
  button.addEventListener("click", () => busy(button, () => mark(`me/messages/${message.id}/read`, () => {
    item.classList.remove("unread");
    show(isNew, false);
    show(button, false);
  })));
  return item;
}

async function mark(path, done) {
  try {
    const { unread } = await post(path, {});
    ring(unread);
    show($("#read-all"), unread > 0);
    showProblem($("#problem"), null);
    await done();
  } catch (error) {
    showProblem($("#problem"), problemOf(error));
  }
}

const showMessages = growingList({ ...listParts("#messages"), none: $("#none"), row: card });

async function redraw() {
  await showMessages("me/messages");
  show($("#read-all"), Boolean($("#messages .unread")));
}

await login();
show($("#inbox"));
$("#read-all").addEventListener("click", (event) => busy(event.currentTarget, () => mark("me/messages/read", redraw)));
await redraw();
live((event) => ["message", "missed"].includes(event.type) && redraw());
