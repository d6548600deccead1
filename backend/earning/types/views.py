"""Stations and points, as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class StationStatus(StrEnum):
    OPEN = "open"
    FULL = "full"
    DOWN = "down"
    QUEUE = "queue"  # open, and people are waiting


@dataclass(frozen=True)
class Position:
    """Degrees, WGS 84. Used to judge and then dropped; only a rounded distance is kept."""

    lat: float
    lng: float


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
    status_source: str
    updated_at: datetime
    distance_m: int | None
