from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a grant allows. Everyone who logs in is a resident; the others need a grant with a scope."""

    ATTENDANT = "attendant"  # of a station
    COUNTER = "counter"  # of a store
    DESK = "desk"  # of the whole service: helps people without a phone
    COLLECTOR = "collector"  # of a zone: fetches from the door
    MANAGER = "manager"  # of a store: its statements, counters and devices
    OWNER = "owner"  # of a merchant: all its stores and who works there
    OPERATOR = "operator"  # of the whole service


@dataclass(frozen=True)
class Tokens:
    """What a login or a refresh hands out. `access` is short-lived; `refresh` works once."""

    access: str
    refresh: str
    user_id: UUID
    roles: list[str]


@dataclass(frozen=True)
class OtpSent:
    """`code` goes to the sender (and, in demo mode, to the page); it is never stored or logged."""

    expires_in_seconds: int
    resend_after_seconds: int
    code: str


class MarkKind(StrEnum):
    """By what two accounts are the same person; any one is enough."""

    TELEPHONE = "telephone"
    DEVICE = "device"
    PAYMENT = "payment"


class Holding(StrEnum):
    """What a mark makes of one of its holders."""

    JOINED = "joined"  # the same person as the mark's other joined holders
    SPARED = "spared"  # a household's device, or a payment account of a whole crowd: each stays a person
    APART = "apart"  # kept apart on appeal, for good


class ChangeReason(StrEnum):
    SHARED = "shared"  # a mark came to be shared
    APPEAL = "appeal"  # an operator kept somebody apart
    ENDED = "ended"  # a mark's time was over, or its holder was forgotten


class ConsentPurpose(StrEnum):
    """What a person may consent to, each by itself; each allows one attribute and no other."""

    AGE = "age"
    RESIDENCE = "residence"
    HOUSEHOLD = "household"

    @property
    def attribute(self) -> str:
        """The name of what this consent allows to be kept."""
        return {"age": "birth_year", "residence": "street", "household": "household_size"}[self.value]


@dataclass(frozen=True)
class ConsentText:
    """What is asked, word for word; a changed text is a new version."""

    version: int
    zh: str
    en: str


@dataclass(frozen=True)
class Attributes:
    """What a person let us know of themselves, each by a consent of its own; None is not known, or withdrawn.

    Verified is what somebody of the service has seen proof of; the rest is self-declared.
    """

    registered_at: datetime
    birth_year: int | None = None
    birth_year_verified: bool = False
    street: str | None = None
    street_verified: bool = False
    household_size: int | None = None
    household_size_verified: bool = False
    household_id: UUID | None = None
    guardian_id: UUID | None = None


@dataclass(frozen=True)
class WechatIdentity:
    """What WeChat's server says of a login code. Neither part ever reaches a client."""

    openid: str
    session_key: str


@dataclass(frozen=True)
class Reach:
    """Where a person can be written to. `openid` is None where no WeChat account is bound."""

    telephone: str
    openid: str | None
