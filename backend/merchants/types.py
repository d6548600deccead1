"""What merchants speak of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class MerchantStatus(StrEnum):
    """A suspended merchant keeps its rows and its dues; its counters redeem nothing."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class ApplicationStatus(StrEnum):
    """An application is decided once."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


STORE_SCOPE = "store"  # the scope_kind of a counter's and of a manager's grant
MERCHANT_SCOPE = "merchant"  # the scope_kind of an owner's grant


@dataclass(frozen=True)
class Hours:
    """When a store is open: on `weekdays` (1 is Monday) within [opens, closes), as "HH:MM"; midnight is "24:00"."""

    weekdays: tuple[int, ...]
    opens: str
    closes: str


@dataclass(frozen=True)
class IssuedEnrolment:
    """A code that makes a device a counter of a store, once. `code` is told here and never again."""

    code: str
    store_id: UUID
    expires_at: datetime


@dataclass(frozen=True)
class EnrolledDevice:
    """A device that has become a counter. `secret` goes with its id into `X-Counter-Device`; told here only."""

    id: UUID
    store_id: UUID
    name: str
    secret: str
