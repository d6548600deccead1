"""Why an offer could not be claimed. Each says what would make it pass."""

from typing import ClassVar

from backend.core.errors import Language, Refusal


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


class SpanLimitReached(ClaimLimitReached):
    """Data: `limit`, `span` (day, week, month or campaign) and `resets_at`, or null where nothing resets it."""

    _ZH: ClassVar = {"day": "每天", "week": "每周", "month": "每月", "campaign": "整个活动"}
    _EN: ClassVar = {"day": "per day", "week": "per week", "month": "per month", "campaign": "in this campaign"}

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the span, and from when on more may be claimed."""
        span, limit, resets_at = self.data["span"], self.data["limit"], self.data["resets_at"]
        if language == "en":
            again = f" From {resets_at:%Y-%m-%d} on you may claim again." if resets_at else ""
            return f"One person may claim {limit} {self._EN[span]}, and you have; no points were spent.{again}"
        again = f"{resets_at:%m月%d日}起可再领。" if resets_at else ""
        return f"本活动{self._ZH[span]}每人限领 {limit} 张，您已领满，积分没有扣除。{again}"


class DayBudgetUsedUp(Refusal):
    """Data: `opens_at`, the next day's beginning, local time."""

    code = "day_budget_used_up"
    status = 409
    zh = "今天的额度已发完，积分没有扣除，{opens_at:%m月%d日 %H:%M} 起继续发放。"
    en = "Today's budget is used up; no points were spent. It goes on at {opens_at:%Y-%m-%d %H:%M} (Beijing time)."


class ClaimWindowClosed(Refusal):
    """Data: `opens_at`, the next opening (local time), or null when none follows."""

    code = "claim_window_closed"
    status = 409
    zh = "现在不在领取时段，下次开放：{opens_at:%Y年%m月%d日 %H:%M}。"
    en = "Claims are closed at this hour; they open next at {opens_at:%Y-%m-%d %H:%M} (Beijing time)."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the next opening, if one follows."""
        if self.data["opens_at"] is not None:
            return super().detail(language)
        if language == "en":
            return "Claims are closed, and no further opening follows in this campaign; see the other offers."
        return "领取时段已全部结束，请看看其他优惠。"


class NotInGroup(Refusal):
    """Data: `group`, whom the offer is for, and the group's own figures."""

    code = "not_in_group"
    status = 409


class NotNewResident(NotInGroup):
    """Data: `days`."""

    zh = "本优惠面向注册 {days} 天以内的新居民，请看看其他优惠。"
    en = "This offer is for people who registered within the last {days} days; see the other offers."


class NotInHousehold(NotInGroup):
    zh = "本优惠面向绿色家庭：在“我的家庭”中邀请家人或接受邀请后即可领取。"
    en = "This offer is for households: invite your family in the profile, or accept an invitation, and claim again."


class StreetUnknown(NotInGroup):
    """Data: `streets`, whom it is for; `verified`, whether a desk must confirm."""

    zh = "本优惠面向{names}的居民：请先在“我的”中确认您所在的街道。"
    en = "This offer is for residents of {names}: confirm your street in the profile, then claim again."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the names of the streets."""
        template, joint = (self.en, ", ") if language == "en" else (self.zh, "、")
        return template.format(names=joint.join(self.data["streets"]))


class OtherStreet(StreetUnknown):
    zh = "本优惠面向{names}的居民。如果您已搬家，请在“我的”中更新街道。"
    en = "This offer is for residents of {names}. If you have moved, change your street in the profile."


class StreetNotVerified(StreetUnknown):
    zh = "本优惠面向{names}的居民，需要核实：请带证件到社区服务台确认您的街道。"
    en = "This offer is for residents of {names} and wants a proof: have your street confirmed at a service desk."


class AgeUnknown(NotInGroup):
    """Data: `from_years`."""

    zh = "本优惠面向 {from_years} 岁及以上的居民：请先在“我的”中填写出生年份。"
    en = "This offer is for people aged {from_years} and over: give your year of birth in the profile first."


class TooYoung(AgeUnknown):
    zh = "本优惠面向 {from_years} 岁及以上的居民，请看看其他优惠。"
    en = "This offer is for people aged {from_years} and over; see the other offers."


class AgeNotVerified(AgeUnknown):
    zh = "本优惠面向 {from_years} 岁及以上的居民，需要核实：请带证件到社区服务台确认出生年份。"
    en = "This offer is for people aged {from_years} and over: have your year of birth confirmed at a service desk."


class BelowTier(NotInGroup):
    """Data: `points` and `missing`, earned in the last 365 days."""

    zh = "本优惠面向近一年获得满 {points} 积分的居民，您还差 {missing} 积分。"
    en = "This offer is for people who earned {points} points in the last 365 days; you are {missing} short."


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


class CampaignPaused(OfferNotOpen):
    zh = "活动暂停领取，恢复后即可再来；已领的券照常使用。"
    en = "The campaign is paused: come back once it goes on. Vouchers claimed before stay good."


class CampaignStopped(OfferNotOpen):
    zh = "活动已停止，不再发券，请看看其他优惠。"
    en = "The campaign was stopped and gives no more vouchers; see the other offers."


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
