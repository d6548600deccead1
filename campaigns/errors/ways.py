"""Why a voucher could not be had in the way in which its offer gives them."""

from typing import ClassVar

from backend.core.errors import Language, Refusal


class NotClaimable(Refusal):
    """Data: `way`, how the offer's vouchers reach people."""

    code = "not_claimable"
    status = 409
    _ZH: ClassVar = {"grant": "定向发放", "draw": "报名摇号", "challenge": "完成挑战"}
    _EN: ClassVar = {"grant": "by a list", "draw": "by a draw", "challenge": "for a completed challenge"}

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the way that is open."""
        way = self.data["way"]
        if language == "en":
            return f"Vouchers of this offer are given {self._EN[way]}; they cannot be claimed."
        return f"这批消费券通过{self._ZH[way]}发放，不能直接领取。"

    zh = "这批消费券不能直接领取。"
    en = "Vouchers of this offer cannot be claimed."


class TicketNeeded(Refusal):
    code = "ticket_needed"
    status = 409
    zh = "请先领取排队号，轮到您时即可领券。"
    en = "Take a waiting ticket first; when it is your turn you can claim."


class NotYourTurn(Refusal):
    """Data: `position` and `wait_seconds`, both null until the order is drawn."""

    code = "not_your_turn"
    status = 409
    zh = "还没轮到您，请稍候，轮到时会提醒。"
    en = "It is not your turn yet; wait, you will be told when it is."


class EntriesClosed(Refusal):
    """Data: `closed_at`, local time."""

    code = "entries_closed"
    status = 409
    zh = "报名已于 {closed_at:%m月%d日 %H:%M} 截止，名单公布后不再变更。请看看其他优惠。"
    en = "Entries closed at {closed_at:%Y-%m-%d %H:%M} (Beijing time) and the list does not change; see other offers."


class WayFixed(Refusal):
    code = "way_fixed"
    status = 409
    zh = "发放方式只能在草稿中设置一次；请在草稿活动中新建优惠。"
    en = "The way is chosen once, while the campaign is a draft; add another offer to a draft."


class WrongWay(Refusal):
    """Data: `way`, the one that the offer has."""

    code = "wrong_way"
    status = 409
    zh = "该优惠的发放方式是 {way}，请选择相应方式的优惠。"
    en = "This offer's vouchers reach people by {way}; choose an offer of the kind that you want."


class GrantFileInvalid(Refusal):
    """Data: `limit`, the most lines."""

    code = "grant_file_invalid"
    status = 422
    zh = "名单应为 UTF-8 的 CSV，每行一个手机号或居民编号（可加备注），1 至 {limit} 行。"
    en = "The list must be CSV in UTF-8, a telephone or resident id a line (and a note), 1 to {limit} lines."


class GrantNotReady(Refusal):
    """Data: `state`."""

    code = "grant_not_ready"
    status = 409
    zh = "名单现为 {state} 状态，只有核对完成（ready）的名单可以审批。"
    en = "The list is {state}; only one that has been read (ready) can be decided on."


class GrantChanged(Refusal):
    code = "grant_changed"
    status = 409
    zh = "审批内容与预览不符，请重新查看预览后再审批。"
    en = "This is not the preview that was approved; read the preview again and approve that."


class GrantTooLarge(Refusal):
    """Data: `vouchers`, what the list wants."""

    code = "grant_too_large"
    status = 409
    zh = "名单需要 {vouchers} 张券，超出剩余数量。请先增加库存或缩短名单。"
    en = "The list wants {vouchers} vouchers, more than are left. Add stock first, or shorten the list."
