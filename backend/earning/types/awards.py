"""Acts, rules, and what comes of an act."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.earning.types.activities import Activity, Grade


class AwardStatus(StrEnum):
    """What became of an act when it was judged; a Review tells how a wait ended."""

    AWARDED = "awarded"
    PENDING = "pending"  # until `release_at`, as its evidence grade asks
    PENDING_REVIEW = "pending_review"  # until a person decides


class CapScope(StrEnum):
    """Whose acts a cap counts together, the hottest row last."""

    PERSON = "person"
    PERSON_AT_STATION = "person_at_station"
    HOUSEHOLD = "household"
    STATION = "station"
    PROGRAMME = "programme"


class CapPeriod(StrEnum):
    """Over which span of the district's calendar a cap counts."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # from Monday
    MONTH = "month"


class CapCounts(StrEnum):
    """What a cap counts. Beyond `points` or `units` an act earns what is left; beyond `times`, nothing."""

    TIMES = "times"
    POINTS = "points"
    UNITS = "units"


@dataclass(frozen=True)
class Cap:
    scope: CapScope
    period: CapPeriod
    counts: CapCounts
    limit: int


@dataclass(frozen=True)
class CapUsed:
    """A cap with the key of its counter and how far that counter is."""

    cap: Cap
    key: str
    used: int
    resets_at: datetime

    @property
    def left(self) -> int:
        return max(0, self.cap.limit - self.used)


@dataclass(frozen=True)
class Rate:
    """`points` for each whole or part `per` units, rounded down once, at the end."""

    points: int
    per: int


@dataclass(frozen=True)
class GradeTerms:
    """What evidence of one grade is worth (basis points of the rate), and how long its award waits."""

    factor_bp: int = 10_000
    pending_hours: int = 0
    review: bool = False


@dataclass(frozen=True)
class RuleTerms:
    """One version of an award rule, as the pure functions see it. A grade or variant not named earns nothing."""

    activity: Activity
    version: int
    rates: dict[str, Rate]  # by variant; "" is every variant not named
    grades: dict[Grade, GradeTerms]
    caps: tuple[Cap, ...] = ()
    min_interval_seconds: int = 0
    points_valid_days: int = 365


@dataclass(frozen=True)
class Act:
    """One deed. `amount` in the activity's unit; `variant` is the material, mode or category; `at` is when it happened.

    Any of `doubts` (reason codes) sends the award to review.
    """

    activity: Activity
    amount: int
    grade: Grade
    at: datetime
    variant: str = ""
    label_zh: str = ""
    label_en: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What an act rests on. `key` is unique for ever: one deed counts once. `detail` is kept for a while; no places.

    `witness` is who confirmed it: the attendant, the counter's store or the device.
    """

    key: str
    digest: str = ""
    detail: dict[str, object] = field(default_factory=dict)
    witness: UUID | None = None


@dataclass(frozen=True)
class Working:
    """How the points came about, step by step; kept with the award for good."""

    amount: int
    credited: int  # what of the amount the caps left
    rate: Rate
    factor_bp: int
    boost_bp: int
    before_caps: int
    points: int


@dataclass(frozen=True)
class Decision:
    """What an act is worth, how that was worked out, and what becomes of it."""

    working: Working
    status: AwardStatus
    pending_hours: int
    caps: tuple[CapUsed, ...]

    @property
    def points(self) -> int:
        return self.working.points


@dataclass(frozen=True)
class PastAct:
    """An act of the past as a preview sees it: what it earned then, and whose caps it counts under."""

    act: Act
    who: dict[CapScope, str]
    points: int


@dataclass(frozen=True)
class Foreseen:
    """What a draft would have given for past acts, beside what they got. `refused` counts by refusal code."""

    acts: int
    people: int
    points_then: int
    points_now: int
    refused: dict[str, int]


@dataclass(frozen=True)
class Awarded:
    """What an act brought. `balance` is what the resident has then, held points included."""

    id: UUID
    status: AwardStatus
    points: int
    carbon_mg: int
    balance: int
    why_zh: str
    why_en: str
