// The bell of the header: how many messages are unread. Shown to who is logged in.
import { get, loggedIn, onSession, Problem, resume } from "./api.js";
import { $, show } from "./dom.js";
import { t } from "./i18n.js";

const MOST = 99;
const bell = $("#bell");

/** Shows `unread` on the bell; more than two digits would not fit. */
export function ring(unread) {
  const count = unread > MOST ? `${MOST}+` : String(unread);
  $("#unread").textContent = unread ? count : "";
  bell.setAttribute("aria-label", unread ? t("消息，{n} 条未读", { n: count }) : t("消息"));
}

async function count() {
  show(bell, loggedIn());
  if (!loggedIn()) return;
  const page = await get("me/messages?limit=1").catch(quiet);
  if (page) ring(page.unread);
}

/** A bell that cannot count says nothing: the page itself tells what is wrong with the network. */
function quiet(error) {
  if (!(error instanceof Problem)) throw error;
}

onSession(count);
addEventListener("live", ({ detail }) => ["message", "missed"].includes(detail.type) && count());
await resume().catch(quiet);
await count();
