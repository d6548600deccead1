"""Questions about the asker's own account, and the words in which live data is told."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from backend.core import money
from bot.rules.patterns import any_of
from bot.types import Answer, Status

MOST_LISTED = 3


class Wants(StrEnum):
    POINTS = "points"
    VOUCHERS = "vouchers"
    OFFERS = "offers"
    STATIONS = "stations"


_OFFERS = any_of(
    r"(?:我|本人)(?:现在|目前|的|绿色|积分|这些|还|一共|都|总共)*(?:能|可以|够|足够)(?:兑)?(?:换|兑|领|买).{0,4}"
    r"(?:什么|哪些|哪几|几张|啥|多少)(?:.{0,4}(?:券|优惠|东西|礼|奖)|[呢?]*$)",
    r"what (?:offers|vouchers) can i (?:afford|get|claim)",
)
_VOUCHERS = any_of(
    r"^(?:请|帮我|帮忙)*(?:查|看|查看|查询|打开)?(?:一下|下)?我的(?:绿色)?(?:消费券|券|卡包)(?:有哪些|有几张|有多少|还有吗|还剩.{0,3}|过期.{0,3}|到期.{0,3}|什么时候(?:过期|到期))?\??$",
    r"我.{0,6}(?:有|领了|剩|还剩|领到).{0,4}(?:哪些|什么|几张|多少张?|多少).{0,4}(?:消费券|券)",
    r"^(?:show )?my vouchers?\b|how many vouchers do i have|what vouchers do i have",
)
_POINTS = any_of(
    r"(?:我|本人|我们家).{0,8}(?:还剩|剩|还有|余额|有|攒了|得了).{0,4}(?:多少|几).{0,3}(?:绿色)?(?:积分|分)",
    r"我的?(?:绿色)?(?:积分|余额|账户).{0,8}(?:多少|几|还剩|剩|过期|到期|明细|记录)|^(?:查|看|查询)?(?:一下)?我的(?:绿色)?(?:积分|余额)\??$",
    r"(?:查|看).{0,6}我的(?:积分|余额|账户)|how many points do i have|my (?:points|balance)\b",
)
_STATIONS = any_of(
    r"(?:最近|附近|离我近|离我最近|周边|就近).{0,8}(?:回收点|回收站|站点|投放点|签到点|回收箱)",
    r"(?:nearest|closest|nearby).{0,20}(?:station|recycling point)",
)
_ABOUT_RULES = any_of(r"注销|销户|被盗|规则")
_RULES = (
    (_OFFERS, Wants.OFFERS),
    (_VOUCHERS, Wants.VOUCHERS),
    (_POINTS, Wants.POINTS),
    (_STATIONS, Wants.STATIONS),
)
_LOGIN = {
    Wants.POINTS: ("您的积分", "your points"),
    Wants.VOUCHERS: ("您的消费券", "your vouchers"),
    Wants.OFFERS: ("您能兑换的消费券", "what you can afford"),
    Wants.STATIONS: ("回收点的实时状态", "the state of stations"),
}


def wanted(text: str) -> Wants | None:
    """What of the asker's own a normalised question wants to see."""
    if _ABOUT_RULES.search(text):
        return None
    return next((wants for pattern, wants in _RULES if pattern.search(text)), None)


def log_in(wants: Wants, *, english: bool) -> Answer:
    """Nobody is logged in: where to look instead."""
    zh, en = _LOGIN[wants]
    if english:
        return Answer(f"Log in to ask about {en}: I see nobody's account without it.", Status.VALUE_MISSING)
    return Answer(
        f"请先登录再问{zh}：没有登录时我看不到任何账户。登录后也可以在首页和“卡包”里查看。", Status.VALUE_MISSING
    )


def told(zh: str, en: str, *, now: datetime, english: bool, status: Status = Status.ANSWERED) -> Answer:
    """Live data, marked as such with its time."""
    stamp = f"{now.month}月{now.day}日{now:%H:%M}"
    text = f"{en} (Live data, {now:%d %b %H:%M}.)" if english else f"{zh}（实时数据，{stamp}）"
    return Answer(text, status, engines=("account",), live=True)


def points_zh(available: int, held: int, pending: int, expiring: Sequence[tuple[int, datetime]]) -> str:
    pieces = [f"您可用的绿色积分是{available}分"]
    pieces += [f"另有{held}分冻结中"] if held else []
    pieces += [f"{pending}分待审核"] if pending else []
    if expiring:
        units, at = expiring[0]
        pieces.append(f"其中{units}分将在{at.year}年{at.month}月{at.day}日到期")
    return "，".join(pieces) + "。"


def points_en(available: int, held: int, pending: int, expiring: Sequence[tuple[int, datetime]]) -> str:
    rest = [f"{held} held"] if held else []
    rest += [f"{pending} waiting for review"] if pending else []
    rest += [f"{expiring[0][0]} expire on {expiring[0][1]:%Y-%m-%d}"] if expiring else []
    return f"You have {available} points to spend{''.join(f', {piece}' for piece in rest)}."


def face_value(fen: int) -> str:
    return f"{money.yuan(fen)}元"
