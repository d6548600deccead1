"""How vouchers reach people, beyond exchange for points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Way(StrEnum):
    """The one way in which an offer's vouchers reach people; a voucher keeps it as its `source`."""

    EXCHANGE = "exchange"  # points for a voucher, first come, first served
    GRANT = "grant"  # a list of people that two operators stand for
    DROP = "drop"  # at a moment, in the drawn order of waiting tickets (抢券)
    DRAW = "draw"  # sign up, then a draw that anybody can compute again (摇号)
    CHALLENGE = "challenge"  # for what was done within a period


@dataclass(frozen=True)
class Source:
    """Where a voucher comes from: paid for by exchange, else the row of which it is the one voucher."""

    way: Way = Way.EXCHANGE
    id: UUID | None = None


class GrantStatus(StrEnum):
    """The life of a list: read line by line, shown to a second person, then handed out."""

    READING = "reading"
    READY = "ready"
    HANDING = "handing"
    DONE = "done"
    REJECTED = "rejected"


class LineState(StrEnum):
    """What becomes of a line of a list, of a won place or of a completed challenge."""

    WAITING = "waiting"
    HANDED = "handed"
    REFUSED = "refused"


class DrawStatus(StrEnum):
    """The life of a draw. The list is published when it closes; only then can a seed exist."""

    OPEN = "open"
    CLOSED = "closed"
    DRAWN = "drawn"


class Period(StrEnum):
    """Over which span of the district's calendar a challenge counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class NewDrop:
    """A drop that admits `per_second` people a second from the offer's start on."""

    per_second: int


@dataclass(frozen=True)
class NewDraw:
    """A draw that takes entries until `closes_at`."""

    closes_at: datetime


@dataclass(frozen=True)
class NewGrant:
    """An offer that only lists hand out."""


@dataclass(frozen=True)
class NewChallenge:
    """`goal` acts of any of `activities` within one `period`, or so many of their units where `counts_units`."""

    activities: Sequence[str]
    goal: int
    period: Period
    counts_units: bool = False


Plan = NewDrop | NewDraw | NewGrant | NewChallenge


@dataclass(frozen=True)
class Place:
    """Where somebody stands in a drop. `position` is unknown until the order is drawn; `claimed` is the ticket used."""

    number: str
    position: int | None
    admitted_at: datetime | None
    wait_seconds: int | None
    claimed: bool = False


@dataclass(frozen=True)
class Progress:
    """How far somebody is with a challenge in the period that began on `starts_on`."""

    offer_id: UUID
    done: int
    goal: int
    starts_at: datetime
    ends_at: datetime
    state: LineState | None
