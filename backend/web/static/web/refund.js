// Giving money back: a button on a redemption's row that opens a small form.
import { problemOf, valueAct } from "./api.js";
import { busy, fill, h, showProblem } from "./dom.js";
import { parseYuan, yuan } from "./format.js";
import { t } from "./i18n.js";

/** The button for a redemption of which something can still go back, or null. `onDone(words)` is called after a refund. */
export function refundable(of, onDone) {
  const open = of.payable_fen - of.refunded_fen;
  if (!open && of.refunded_fen) return null;
  const box = h("div", { class: "refund" });
  const button = h("button", { type: "button", class: "button plain", onclick: () => fill(box, form(of, open, box, onDone)) }, t("退款"));
  box.append(button);
  return box;
}

function form(of, open, box, onDone) {
  const act = valueAct(`redemptions/${of.id}/returns`);
  const id = `refund-${of.id}`;
  const amount = h("input", { id, inputmode: "decimal", autocomplete: "off", maxlength: "12", value: yuan(open) });
  const reference = h("input", { id: `${id}-reference`, autocomplete: "off", maxlength: "64" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const yes = h("button", { class: "button danger wide" }, t("确认退款"));
  const element = h("form", { class: "confirm", novalidate: true },
    h("label", { for: id }, t("退给顾客（元），最多 {max}", { max: yuan(open) })), amount,
    h("label", { for: `${id}-reference` }, t("退款单号（可不填）")), reference,
    h("p", { class: "muted" }, t("全额退款时，有效期内的消费券退回顾客卡包；部分退款按活动规则处理。")),
    problem, yes);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(yes, async () => {
      const fen = open ? parseYuan(amount.value) : 0;
      if (open && !fen) return showProblem(problem, { message: t("请输入退款金额，例如 35 或 35.50。") });
      try {
        const made = await act({ refund_fen: fen, ...(reference.value.trim() && { reference: reference.value.trim() }) });
        fill(box);
        return await onDone(made.voucher_returned ? t("✓ 已退款，消费券已退回顾客卡包") : t("✓ 已退款"));
      } catch (error) {
        return showProblem(problem, problemOf(error));
      }
    });
  });
  return element;
}
