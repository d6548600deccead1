"""What each kind of a smart bin's event moves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from backend.earning.types import Activity, Grade, StationStatus
from backend.recycling.models import Device, DeviceEvent
from backend.recycling.services.reports import note_status
from backend.recycling.services.thanks import thank_for_full_bin
from backend.recycling.services.weighings import Scale, put_on_scale, resident_of
from backend.recycling.types import EventKind, Line, Material, Source, WeighedBy

Moves = Callable[[Device, DeviceEvent, datetime], dict[str, Any]]


def drop(device: Device, event: DeviceEvent, now: datetime) -> dict[str, Any]:
    """Somebody showed their code and put something in: weighed, and awarded as of when it happened."""
    resident = resident_of(event.body["resident_code"], at=event.happened_at, now=now)
    lines = [Line(Material(line["material"]), line["grams"]) for line in event.body["lines"]]
    scale = Scale(WeighedBy.DEVICE, device.pk, Activity.BIN_DROP, Grade.DEVICE, event.happened_at)
    done = put_on_scale(scale, resident_id=resident, station=device.station, lines=lines, now=now)
    return {"weighing": str(done.id), "points": done.points, "carbon_mg": done.carbon_mg}


def full_drop(device: Device, event: DeviceEvent, now: datetime) -> dict[str, Any]:
    """Somebody showed their code and found the bin full: they came, and are thanked once a day."""
    resident = resident_of(event.body["resident_code"], at=event.happened_at, now=now)
    thanks = thank_for_full_bin(
        resident_id=resident, station=device.station, grade=Grade.DEVICE, sure=True, at=event.happened_at, now=now
    )
    return {"points": thanks.points}


def status(device: Device, event: DeviceEvent, now: datetime) -> dict[str, Any]:
    """The bin says how it is. An older saying than the station's present one changes nothing."""
    said = StationStatus(event.body["status"])
    note_status(device.station, said, source=Source.DEVICE, by=device.pk, at=event.happened_at)
    return {"status": said.value}


ACTS: dict[EventKind, Moves] = {EventKind.DROP: drop, EventKind.FULL_DROP: full_drop, EventKind.STATUS: status}
