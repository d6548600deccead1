from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class StationStatus(StrEnum):
    OPEN = "open"
    FULL = "full"
    DOWN = "down"


class Activity(StrEnum):
    CHECKIN_SCREEN = "checkin_screen"  # the rotating code on a station's screen
    CHECKIN_PRINTED = "checkin_printed"  # the printed code, with the phone's position


class Grade(StrEnum):
    """How strong the evidence is, strongest first in the field's order (docs/earning.md)."""

    ROTATING_CODE = "rotating_code"
    PRINTED_CODE_IN_PLACE = "printed_code_in_place"
    PRINTED_CODE_ELSEWHERE = "printed_code_elsewhere"


class AwardStatus(StrEnum):
    AWARDED = "awarded"
    PENDING_REVIEW = "pending_review"


@dataclass(frozen=True)
class Position:
    """Degrees, WGS 84. Used to judge and then dropped; only a rounded distance is kept."""

    lat: float
    lng: float


@dataclass(frozen=True)
class RuleTerms:
    """One version of an award rule, as the pure functions see it."""

    activity: Activity
    version: int
    points: int
    per_day: int
    per_station_and_day: int
    min_interval_seconds: int
    points_valid_days: int


@dataclass(frozen=True)
class Decision:
    """What an act is worth and why: `why` in both languages is kept with the award for good."""

    points: int
    status: AwardStatus
    grade: Grade
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class CheckedIn:
    id: UUID
    status: AwardStatus
    points: int
    carbon_mg: int
    balance: int


@dataclass(frozen=True)
class PointsView:
    """`available = balance - held`; `pending` waits for review and is outside `balance`."""

    available: int
    held: int
    pending: int
    expiring: list[tuple[int, datetime]]

    @property
    def balance(self) -> int:
        return self.available + self.held


@dataclass(frozen=True)
class StationView:
    id: UUID
    name: str
    address: str
    lat: float
    lng: float
    status: StationStatus
    updated_at: datetime
    distance_m: int | None
