"""Why a voucher could not be redeemed. Each says what would make it pass."""

from backend.core.errors import Language, Refusal
from backend.core.money import yuan


class VoucherExpired(Refusal):
    """Data: `expired_at`, local time."""

    code = "voucher_expired"
    status = 409
    zh = "消费券已于 {expired_at:%Y年%m月%d日 %H:%M} 过期，不能使用。"
    en = "The voucher expired at {expired_at:%Y-%m-%d %H:%M} (Beijing time) and cannot be used."


class VoucherAlreadyRedeemed(Refusal):
    code = "voucher_already_redeemed"
    status = 409
    zh = "这张消费券已经核销过，请使用另一张。"
    en = "This voucher has been redeemed already; use another one."


class WrongStore(Refusal):
    """Data: `stores`, names of some stores that take it."""

    code = "wrong_store"
    status = 409
    zh = "这张消费券不能在本店使用，可用门店：{names}。"
    en = "This voucher is not for this store; stores that take it: {names}."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the names of the stores."""
        english = language == "en"
        template, joint = (self.en, ", ") if english else (self.zh, "、")
        return template.format(names=joint.join(self.data["stores"]))


class BelowMinimumSpend(Refusal):
    """Data: `min_spend_fen` and `missing_fen`."""

    code = "below_minimum_spend"
    status = 422
    zh = "账单满 {minimum} 元可用，还差 {missing} 元。"
    en = "The bill must reach {minimum} yuan; {missing} yuan are missing."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the amounts in yuan."""
        template = self.en if language == "en" else self.zh
        return template.format(minimum=yuan(self.data["min_spend_fen"]), missing=yuan(self.data["missing_fen"]))


class OrderAlreadyUsed(Refusal):
    """Data: `order_no`, and `limit`, how many vouchers one payment takes."""

    code = "order_already_used"
    status = 409
    zh = "本店订单 {order_no} 已经用过消费券，每笔付款限用 {limit} 张。"
    en = "Order {order_no} of this store has used vouchers already; {limit} a payment."


class VouchersDoNotCombine(Refusal):
    """Data: `order_no`."""

    code = "vouchers_do_not_combine"
    status = 409
    zh = "这张消费券不能与订单 {order_no} 已用的消费券叠加。请用于另一笔付款。"
    en = "This voucher does not combine with the one that order {order_no} has used. Use it for another payment."


class OrderBillDiffers(Refusal):
    """A further voucher came with another bill. Data: `order_no`, and `bill_fen`, the bill of the first."""

    code = "order_bill_differs"
    status = 409
    zh = "订单 {order_no} 先前核销时的账单是 {bill} 元，叠加用券须按同一账单金额。"
    en = "Order {order_no} was used with a bill of {bill} yuan before; a further voucher wants the same bill."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the amount in yuan."""
        template = self.en if language == "en" else self.zh
        return template.format(order_no=self.data["order_no"], bill=yuan(self.data["bill_fen"]))


class QuoteChanged(Refusal):
    """Somebody used the voucher, or the payment, between our read and our statement."""

    code = "quote_changed"
    status = 409
    zh = "这张消费券或这笔付款刚刚有变动，没有核销。请重新预览后再试。"
    en = "The voucher or the payment has just changed and nothing was used. Preview again."


class VoucherHeld(Refusal):
    """Another counter keeps the voucher. Data: `held_until`, local time."""

    code = "voucher_held"
    status = 409
    zh = "这张消费券正在另一处收银台结账，{held_until:%H:%M:%S} 后可再用。"
    en = "Another counter is taking this voucher; it is free at {held_until:%H:%M:%S} (Beijing time)."


class VoucherHoldEnded(Refusal):
    code = "voucher_hold_ended"
    status = 409
    zh = "这次预留已经超时，或消费券已用过。请重新扫码预览。"
    en = "This hold is over, or its voucher was used. Scan and preview again."


class WrongCategory(Refusal):
    """Data: `categories`, those of the goods that the voucher is for."""

    code = "wrong_category"
    status = 409
    zh = "这张消费券只用于以下类别的商品：{names}。请单独结账，并在账单中注明类别。"
    en = "This voucher is for goods of these categories only: {names}. Bill them apart, and name the category."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the names of the categories."""
        english = language == "en"
        template, joint = (self.en, ", ") if english else (self.zh, "、")
        return template.format(names=joint.join(self.data["categories"]))


class OutsideUseTimes(Refusal):
    """Data: `opens_at`, local time, the next instant at which the voucher may be used."""

    code = "outside_use_times"
    status = 409
    zh = "现在不是这张消费券的使用时段，{opens_at:%Y年%m月%d日 %H:%M} 起可用。"
    en = "This voucher cannot be used at this hour; it can from {opens_at:%Y-%m-%d %H:%M} (Beijing time)."


class NoUseTimeLeft(OutsideUseTimes):
    """No time of use is left before the voucher expires. Data: `opens_at`, None."""

    zh = "现在不是这张消费券的使用时段，到期前也没有可用的时段了。"
    en = "This voucher cannot be used at this hour, and no other time is left before it expires."


class OwnVoucher(Refusal):
    """Whoever works at the counter may not redeem for themselves: the known way to sell vouchers for cash."""

    code = "own_voucher"
    status = 409
    zh = "收银员不能核销自己的消费券，请由其他收银员核销。"
    en = "A counter cannot redeem a voucher of their own; let a colleague do it."


class GiftNotOnBill(Refusal):
    """Data: `item`, the gift's name as it must stand on the bill."""

    code = "gift_not_on_bill"
    status = 422
    zh = "账单中没有赠品“{item}”。请把它录入账单后再核销。"
    en = "The gift {item} is not on the bill. Enter it and redeem again."


class SlipRevoked(Refusal):
    code = "slip_revoked"
    status = 409
    zh = "这张纸质券已被重新打印的一张取代，不能使用。请出示最新打印的一张。"
    en = "This paper voucher was replaced by a newer print and is worth nothing. Show the newest one."


class RefundExceedsPayment(Refusal):
    """Data: `refundable_fen`, what of the payment has not been refunded."""

    code = "refund_exceeds_payment"
    status = 409
    zh = "退款超过这笔付款还可退的金额，最多可退 {amount} 元。"
    en = "The refund is more than is left of the payment: at most {amount} yuan."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the amount in yuan."""
        return (self.en if language == "en" else self.zh).format(amount=yuan(self.data["refundable_fen"]))


class RefundEmpty(RefundExceedsPayment):
    code = "refund_empty"
    status = 422
    zh = "退款金额须大于 0，最多可退 {amount} 元。"
    en = "A refund is more than nothing: at most {amount} yuan."


class RefundReferenceUsed(Refusal):
    """Data: `reference`."""

    code = "refund_reference_used"
    status = 409
    zh = "退款单号 {reference} 已用于这笔核销的另一次退款，请换一个单号。"
    en = "The reference {reference} names another refund of this redemption; take a new one."


class RefundChanged(Refusal):
    """Another refund of the same redemption was booked between our read and our write."""

    code = "refund_changed"
    status = 409
    zh = "这笔核销刚刚有另一次退款，本次没有退款。请刷新后再试。"
    en = "Another refund of this redemption has just been booked and this one was not. Read it again and retry."


class SlipJustPrinted(Refusal):
    code = "slip_just_printed"
    status = 409
    zh = "这张消费券刚在另一个服务台打印过。请确认后再打印。"
    en = "Another desk has just printed this voucher. Make sure of it, then print again."
