"""Pure decisions: what may stand in a message, what is sent out in which words, and when nobody is woken."""

import re
from datetime import datetime, time, timedelta

from backend.inbox.types import Kind, Words

TITLE_CHARACTERS, WHY_CHARACTERS = 80, 400
KEPT = timedelta(days=180)
LOT_TOLD_BEFORE = timedelta(days=7)
QUIET_FROM, QUIET_TO = time(21), time(8)  # on the district's clock; nothing is sent out in between

# Telephone and identity numbers, also with spaces or hyphens in them: a text outlives what it tells of.
_PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d(?:[ -]?\d{4}){2})(?!\d)")

# What leaves the service is one fixed sentence a kind, as operators of SMS and WeChat approve templates: it names
# nobody and nothing, and leads to the inbox.
SENT_OUT = {
    Kind.AWARD: Words("您有积分到账，请打开渝中绿色积分查看。", "Points have arrived. See Yuzhong Green Points."),
    Kind.REVIEW_DECIDED: Words("您的一项记录审核完成，请打开渝中绿色积分查看。", "A review of yours is decided."),
    Kind.APPEAL_DECIDED: Words("您的申诉有了结果，请打开渝中绿色积分查看。", "Your appeal is decided."),
    Kind.LOT_EXPIRING: Words("您有积分即将到期，请打开渝中绿色积分查看。", "Some of your points expire soon."),
    Kind.VOUCHER_CLAIMED: Words("您领取了一张消费券，请打开渝中绿色积分查看。", "You claimed a voucher."),
    Kind.VOUCHER_EXPIRING: Words("您有消费券即将到期，请打开渝中绿色积分查看。", "A voucher of yours expires soon."),
    Kind.REDEMPTION: Words("您使用了一张消费券，请打开渝中绿色积分查看。", "A voucher of yours was used."),
    Kind.RETURNED: Words("您的一笔退款已处理，请打开渝中绿色积分查看。", "A refund of yours was processed."),
    Kind.DUTY: Words("服务有一项事务需要处理，请打开渝中绿色积分查看。", "Something of the service waits for you."),
    Kind.HOLD: Words("您的一项权益待核实，请打开渝中绿色积分查看。", "Something of yours waits for a check."),
    Kind.TICKET_ANSWERED: Words(
        "您的咨询有了人工答复，请打开渝中绿色积分查看。", "A person has answered your question."
    ),
    Kind.JOINED: Words("您的账户限额有变化，请打开渝中绿色积分查看。", "The limits of your account changed."),
    Kind.PICKUP: Words("您的上门回收预约有更新，请打开渝中绿色积分查看。", "There is news of your pick-up."),
}


def fit(text: str, characters: int) -> str:
    """`text` without telephone and identity numbers, and not longer than `characters`."""
    plain = _PERSONAL.sub("•••", text)
    return plain if len(plain) <= characters else plain[: characters - 1] + "…"


def send_at(local_now: datetime) -> datetime:
    """The first instant from `local_now` (on the district's clock) at which a message may be sent out."""
    if QUIET_TO <= local_now.timetz().replace(tzinfo=None) < QUIET_FROM:
        return local_now
    morning = local_now.replace(hour=QUIET_TO.hour, minute=QUIET_TO.minute, second=0, microsecond=0)
    return morning if local_now < morning else morning + timedelta(days=1)
