"""Why an offer could not be claimed or a voucher not redeemed. Each says what would make it pass."""

from backend.core.errors import Language, Refusal
from backend.core.money import yuan


class OfferSoldOut(Refusal):
    code = "offer_sold_out"
    status = 409
    zh = "这批消费券已被领完，积分没有扣除。请看看其他优惠，或等待下一批。"
    en = "All vouchers of this offer are taken; no points were spent. See the other offers, or wait for the next batch."


class ClaimLimitReached(Refusal):
    """Data: `limit`, how many one person may claim."""

    code = "claim_limit_reached"
    status = 409
    zh = "每人限领 {limit} 张，您已领满，积分没有扣除。已领的券在“卡包”中。"
    en = "One person may claim {limit}, and you have; no points were spent. Yours are in the wallet."


class InsufficientPoints(Refusal):
    """Data: `price` and `missing`, both in points."""

    code = "insufficient_points"
    status = 409
    zh = "兑换需要 {price} 积分，还差 {missing} 积分。"
    en = "This costs {price} points; you are {missing} short."


class OfferNotOpen(Refusal):
    """Data: `opens_at` before the offer opens, `ended_at` from its end on; local times."""

    code = "offer_not_open"
    status = 409


class OfferNotYetOpen(OfferNotOpen):
    zh = "还没有开始，{opens_at:%Y年%m月%d日 %H:%M} 开放领取。"
    en = "Not open yet: claims open at {opens_at:%Y-%m-%d %H:%M} (Beijing time)."


class OfferEnded(OfferNotOpen):
    zh = "领取已于 {ended_at:%Y年%m月%d日 %H:%M} 结束，请看看其他优惠。"
    en = "Claims ended at {ended_at:%Y-%m-%d %H:%M} (Beijing time); see the other offers."


class OfferOutsideCampaign(Refusal):
    """Data: `starts_at` and `ends_at` of the campaign, local times."""

    code = "offer_outside_campaign"
    status = 422
    zh = "优惠的开放时间须在活动期内：{starts_at:%Y-%m-%d %H:%M} 至 {ends_at:%Y-%m-%d %H:%M}。"
    en = "The offer must lie within its campaign: {starts_at:%Y-%m-%d %H:%M} to {ends_at:%Y-%m-%d %H:%M}."


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
    """Data: `order_no`."""

    code = "order_already_used"
    status = 409
    zh = "本店订单 {order_no} 已经用过一张消费券，每笔付款限用一张。"
    en = "Order {order_no} of this store has used a voucher already; one voucher a payment."
