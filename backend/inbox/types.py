from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a message is about; people choose by kind what is sent out to them."""

    AWARD = "award"
    REVIEW_DECIDED = "review_decided"
    APPEAL_DECIDED = "appeal_decided"
    LOT_EXPIRING = "lot_expiring"
    VOUCHER_CLAIMED = "voucher_claimed"
    VOUCHER_EXPIRING = "voucher_expiring"
    REDEMPTION = "redemption"
    RETURNED = "returned"
    HOLD = "hold"
    TICKET_ANSWERED = "ticket_answered"
    JOINED = "joined"
    PICKUP = "pickup"
    DUTY = "duty"  # to operators: something of the service waits for one of them


class Channel(StrEnum):
    """How a message leaves the service. The inbox itself is always written: it is where one finds out why."""

    SMS = "sms"
    WECHAT = "wechat"


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str
