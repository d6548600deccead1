"""What recycling speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

STATION_SCOPE = "station"  # the scope_kind of an attendant's grant
ZONE_SCOPE = "zone"  # of a collector's


class Material(StrEnum):
    """What is weighed. The names are the variants of award rules and carbon factors."""

    PAPER = "paper"
    PLASTICS = "plastics"
    PET = "pet"
    GLASS = "glass"
    ALUMINIUM = "aluminium"
    STEEL_CANS = "steel_cans"
    METAL = "metal"
    CLOTHING = "clothing"
    KITCHEN = "kitchen"
    BULKY = "bulky"
    EWASTE = "ewaste"


class WeighedBy(StrEnum):
    ATTENDANT = "attendant"
    DEVICE = "device"
    COLLECTOR = "collector"


class EventKind(StrEnum):
    """What a smart bin tells."""

    DROP = "drop"  # somebody showed their code and put something in
    FULL_DROP = "full_drop"  # somebody showed their code and found the bin full
    STATUS = "status"


class EventStatus(StrEnum):
    """Where an event of a device stands. What waits has a gap before it."""

    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"


class Source(StrEnum):
    """Who says how a station is."""

    OPERATOR = "operator"
    ATTENDANT = "attendant"
    DEVICE = "device"
    RESIDENTS = "residents"


class PickupKind(StrEnum):
    BULKY = "bulky"
    EWASTE = "ewaste"
    RECYCLABLES = "recyclables"


class PickupStatus(StrEnum):
    BOOKED = "booked"
    ASSIGNED = "assigned"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    MISSED = "missed"  # the collector came and nobody answered


OPEN_PICKUPS = (PickupStatus.BOOKED, PickupStatus.ASSIGNED)


class DayPart(StrEnum):
    MORNING = "morning"  # 9-12
    AFTERNOON = "afternoon"  # 14-17
    EVENING = "evening"  # 18-20


PARTS = {DayPart.MORNING: "上午", DayPart.AFTERNOON: "下午", DayPart.EVENING: "傍晚"}


@dataclass(frozen=True)
class Line:
    """One material on the scale, in whole grams."""

    material: Material
    grams: int


@dataclass(frozen=True)
class Weighed:
    """What a weighing earned, all lines together."""

    id: UUID
    points: int
    carbon_mg: int


@dataclass(frozen=True)
class DeviceEventIn:
    """One event as a device sends it: its place in the device's own order, when it happened, and what."""

    seq: int
    at: datetime
    kind: EventKind
    body: Mapping[str, Any]


@dataclass(frozen=True)
class EventResult:
    """What became of one event; the same for every replay of it once it is applied or refused."""

    seq: int
    status: str
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchResult:
    """`next_seq` is the first event that has not been applied; `missing` says what the waiting ones wait for."""

    results: list[EventResult]
    next_seq: int
    missing: list[tuple[int, int]]


@dataclass(frozen=True)
class IssuedKey:
    """A device's new key. The secret is shown once and never again."""

    key_id: str
    secret: str


@dataclass(frozen=True)
class EnrolledDisplay:
    """A station's new screen. The secret is shown once and never again."""

    id: UUID
    secret: str


@dataclass(frozen=True)
class Reported:
    """The station as it is after a report, and what a resident's report of a full bin earned."""

    station_id: UUID
    status: str
    points: int
