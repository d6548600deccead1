"""What a feed says, what a scan means, and what comes of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from backend.earning.types import Activity, Awarded


class Mode(StrEnum):
    """How somebody travelled."""

    BUS = "bus"
    METRO = "metro"
    BIKE = "bike"
    EBIKE = "ebike"
    WALK = "walk"


FEED_MODES = (Mode.BUS, Mode.METRO, Mode.BIKE, Mode.EBIKE)
TRAIL_MODES = (Mode.WALK, Mode.BIKE)


class AccountKind(StrEnum):
    """What a partner names its riders by."""

    TRANSIT_CARD = "transit_card"
    BIKE_ACCOUNT = "bike_account"
    TANHUITONG = "tanhuitong"  # 碳惠通, the city's own carbon programme


class RideStatus(StrEnum):
    DUE = "due"  # recorded; counts once its rider is known
    SETTLED = "settled"
    FORGOTTEN = "forgotten"  # nobody linked the account in time
    ELSEWHERE = "elsewhere"  # claimed in another programme: recorded, counted nowhere


class TripStatus(StrEnum):
    OPEN = "open"
    FINISHED = "finished"
    RESTARTED = "restarted"  # another start took its place
    REFUSED = "refused"  # faster than the mode can be


class StepSource(StrEnum):
    WECHAT = "wechat"
    DECLARED = "declared"


@dataclass(frozen=True)
class FeedEvent:
    """One event of a feed, well-formed. `distance_m` is None where the operator does not know it; `payer` is empty
    where it does not say with what the ride was paid."""

    reference: str
    mode: Mode
    rider: str
    at: datetime
    distance_m: int | None
    elsewhere: bool
    payer: str = ""


@dataclass(frozen=True)
class Agreement:
    """What a partner may send: which modes, and how late."""

    modes: frozenset[str]
    max_age_seconds: int


@dataclass(frozen=True)
class Recorded:
    """The answer to one event: recorded (now or before), or why not.

    It never says whether the rider is known here: who uses the service is not the partner's to learn.
    """

    reference: str
    refusal: Exception | None = None


@dataclass(frozen=True)
class Stretch:
    """The part of a route between two heads, with what is plausible for it."""

    mode: Mode
    distance_m: int
    min_seconds: int
    max_seconds: int


class Finding(StrEnum):
    """What the time between two scans means."""

    PLAUSIBLE = "plausible"
    HASTY = "hasty"  # faster than usual: a person looks at it
    IMPOSSIBLE = "impossible"
    NEW_START = "new_start"  # so long ago that this scan begins a trip


@dataclass(frozen=True)
class Steps:
    """The steps of one day of the district's calendar."""

    day: date
    count: int


@dataclass(frozen=True)
class Outcome:
    """What a trip or a count of steps brought."""

    id: UUID
    status: str
    distance_m: int = 0
    points: int = 0
    carbon_mg: int = 0
    balance: int | None = None
    why_zh: str = ""
    why_en: str = ""

    @classmethod
    def of(cls, id: UUID, made: Awarded | None, distance_m: int = 0) -> "Outcome":
        """What an award brought; without one it was only counted."""
        if made is None:
            return cls(id, "counted", distance_m)
        return cls(id, made.status, distance_m, made.points, made.carbon_mg, made.balance, made.why_zh, made.why_en)


@dataclass(frozen=True)
class Today:
    """How far one activity is today, in its unit: `total` as reported, `credited` of it.

    The rule pays `points` for each `per` units, up to `limit` a day (None: no daily limit).
    """

    activity: Activity
    total: int
    credited: int
    points: int
    per: int
    limit: int | None


@dataclass(frozen=True)
class NewRoute:
    name: str
    name_en: str
    mode: Mode
    length_m: int
    min_seconds: int
    max_seconds: int
    heads: tuple["NewHead", ...] = ()


@dataclass(frozen=True)
class NewHead:
    """A trail head `at_m` metres along its route; degrees, WGS 84."""

    name: str
    at_m: int
    lat: float
    lng: float
