"""What partners are told, and what becomes of telling them."""

from dataclasses import dataclass
from enum import StrEnum


class EventType(StrEnum):
    """What a partner can subscribe to. A name never changes its meaning; docs/partners.md lists their data."""

    VOUCHER_CLAIMED = "voucher.claimed"
    VOUCHER_REDEEMED = "voucher.redeemed"
    VOUCHER_RETURNED = "voucher.returned"
    SETTLEMENT_APPROVED = "settlement.approved"
    AWARD_MADE = "award.made"


class EndpointStatus(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Message:
    """One signed request, ready to be sent."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What came of sending: a status with the head of the body, or a reason why there is none."""

    status: int | None
    duration_ms: int
    reason: str = ""
    head: str = ""

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def told(self) -> str:
        """The outcome in a few words, for the log and the dead letter."""
        if self.status is None:
            return self.reason
        note = " (redirects are not followed)" if 300 <= self.status < 400 else ""
        return f"status {self.status}{note}"
