// The wallet: one's vouchers, the code a counter scans, and the personal code.
import { post, problemOf } from "../api.js";
import { $, busy, fill, h, show, showProblem } from "../dom.js";
import { clockTime, day, titleOf, worthOf, yuan } from "../format.js";
import { t } from "../i18n.js";
import { growingList, listParts } from "../list.js";
import { live } from "../live.js";
import { login } from "../login.js";
import { rotatingSymbol } from "../symbol.js";

const TAGS = {
  claimed: ["tag", "可使用"],
  redeemed: ["tag off", "已使用"],
  expired: ["tag off", "已过期"],
};
let opened = null; // { id, close } of the one code on the screen

function card(voucher) {
  const [style, words] = TAGS[voucher.status] ?? ["tag off", voucher.status];
  const usable = voucher.status === "claimed";
  const box = h("div", { id: `code-${voucher.id}` });
  const button = usable && h("button", {
    type: "button", class: "button wide", "aria-expanded": "false", "aria-controls": box.id, "data-voucher": voucher.id,
  }, t("出示给收银员"));
  const item = h("li", { class: "card", id: voucher.id, "data-status": voucher.status },
    h("span", { class: style }, t(words)),
    h("h2", {}, titleOf(voucher)),
    h("p", { class: "price" },
      h("strong", {}, `¥${yuan(usable ? voucher.remaining_fen : voucher.face_value_fen)}`),
      h("span", {}, worthOf(voucher))),
    usable && voucher.remaining_fen < voucher.face_value_fen
      && h("p", { class: "muted" }, t("面额 ¥{face}，还剩 ¥{left}", { face: yuan(voucher.face_value_fen), left: yuan(voucher.remaining_fen) })),
    h("p", { class: "muted" }, t("{day} 到期", { day: day(voucher.expires_at) })),
    button,
    box);
  if (usable) button.addEventListener("click", () => toggle(voucher.id, button, box, `me/vouchers/${voucher.id}/code`));
  return item;
}

/** Nine characters to read out, for a counter that cannot scan. Each request makes new ones. */
function shortCode(path, problem) {
  const code = h("p", { class: "short-code", role: "status" });
  const until = h("p", { class: "muted" });
  const fetch = async () => {
    try {
      const { typed, expires_at: end } = await post(path, {});
      code.textContent = typed;
      until.textContent = t("读给收银员输入，{time} 前有效，用一次。", { time: clockTime(end) });
      showProblem(problem, null);
    } catch (error) {
      showProblem(problem, problemOf(error));
    }
  };
  const button = h("button", { type: "button", class: "button plain wide", onclick: () => busy(button, fetch) }, t("扫不了？取一个输入码"));
  return h("div", {}, button, code, until);
}

/** A code for a counter without a network; it stays on the screen when this phone loses its own. */
function offlineCode(path, problem) {
  const area = h("div", {});
  const fetch = async () => {
    try {
      const made = await post(path, {});
      const words = t("持有人校验码 {digits}，{time} 前有效，用一次。", { digits: made.holder, time: clockTime(made.expires_at) });
      fill(area, h("img", { class: "symbol", src: made.qr, alt: t("离线券码") }), h("p", { role: "status" }, words));
      showProblem(problem, null);
    } catch (error) {
      showProblem(problem, problemOf(error));
    }
  };
  const button = h("button", { type: "button", class: "button plain wide", onclick: () => busy(button, fetch) }, t("店里没网？取离线券码"));
  return h("div", {}, button, area);
}

function toggle(id, button, box, path) {
  const same = opened?.id === id;
  opened?.close();
  if (same) return;
  const label = button.textContent;
  const hint = h("p", { class: "muted" }, t("请把屏幕调亮。码会自动更换，截图无效。"));
  const area = h("div", {});
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const personal = id === "personal";
  fill(box, problem, area, hint, personal ? null : shortCode(`me/vouchers/${id}/typed-codes`, problem),
    personal ? null : offlineCode(`me/vouchers/${id}/offline-codes`, problem));
  const stop = rotatingSymbol(area, path, {
    alt: t("给对方扫的二维码"), onProblem: (why) => showProblem(problem, why), typed: personal,
  });
  button.textContent = t("收起");
  button.classList.add("plain");
  button.setAttribute("aria-expanded", "true");
  opened = {
    id,
    close() {
      stop();
      opened = null;
      fill(box);
      button.textContent = label;
      button.classList.toggle("plain", id === "personal");
      button.setAttribute("aria-expanded", "false");
    },
  };
}

const showVouchers = growingList({ ...listParts("#vouchers"), none: $("#none"), row: card });

/** Draws the list again; a code on the screen stays unless its voucher is no longer usable. */
async function redraw() {
  const id = opened?.id;
  if (id && id !== "personal") opened.close();
  await showVouchers("me/vouchers");
  if (id && id !== "personal") document.querySelector(`[data-voucher="${CSS.escape(id)}"]`)?.click();
}

await login();
show($("#wallet"));
$("#show-personal").addEventListener("click", (event) => toggle("personal", event.currentTarget, $("#personal"), "me/code"));
await showVouchers("me/vouchers");
const wanted = location.hash.slice(1);
if (wanted) document.querySelector(`[data-voucher="${CSS.escape(wanted)}"]`)?.click();
live((event) => {
  if (event.type !== "voucher" && event.type !== "missed") return;
  if (event.status === "redeemed") $("#news").textContent = t("✓ 消费券已使用");
  if (event.status === "claimed" && "returned" in event) $("#news").textContent = t("✓ 退款后消费券已退回卡包");
  show($("#news"), Boolean($("#news").textContent));
  redraw();
});
