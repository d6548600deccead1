"""Fraud signals: the typed windows of facts that they look at, and what they find."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.earning.types.views import Position


class SignalKind(StrEnum):
    VELOCITY = "velocity"
    SHARED_DEVICE = "shared_device"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    WEIGHT_OUTLIER = "weight_outlier"
    FEW_PEOPLE = "few_people"
    JUST_ABOVE = "just_above"


class SubjectKind(StrEnum):
    """Whose future awards a signal sends to review."""

    PERSON = "person"
    WITNESS = "witness"  # the attendant, counter or device that confirms
    STATION = "station"


class SignalState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class Finding:
    """What a signal found: its score, the threshold that the score reached, and the sentence that explains it."""

    kind: SignalKind
    score: float
    threshold: float
    zh: str
    en: str


@dataclass(frozen=True)
class Visit:
    """One act as velocity and travel see it. Lines of one weighing share their instant and count as one."""

    at: datetime
    resident_id: UUID
    station_id: UUID | None = None
    place: Position | None = None


@dataclass(frozen=True)
class Typical:
    """What a station or a witness usually weighs of one material: the mean of the logarithms of grams."""

    subject: UUID
    variant: str
    lines: int
    mean_log_grams: float


@dataclass(frozen=True)
class Regulars:
    """How often a witness confirmed, for how many people, and how much of it for the three most frequent."""

    times: int
    people: int
    top_three: int


@dataclass(frozen=True)
class Receipts:
    """Receipts near an amount worth reaching: within a quarter of it, and of those the ones just above it."""

    threshold_fen: int
    around: int
    just_above: int


@dataclass(frozen=True)
class Standing:
    """Whose limits an account uses, whether others use them too, how many accounts its fullest device has, and
    whether its awards are watched."""

    person_id: UUID
    joined: bool
    on_one_device: int
    watched: bool


@dataclass(frozen=True)
class Found:
    """A finding about somebody or something, within a period."""

    subject_kind: SubjectKind
    subject_id: UUID
    finding: Finding
