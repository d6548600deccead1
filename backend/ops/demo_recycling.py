"""Demo data of recycling: a smart bin, a zone with slots for the coming days, and a collector."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.earning.models import Station
from backend.recycling import services
from backend.recycling.errors import SlotClosed
from backend.recycling.models import Device, Slot, Zone
from backend.recycling.types import STATION_SCOPE, ZONE_SCOPE, DayPart

COLLECTOR, SECOND_ATTENDANT = "13800000051", "13800000012"
ZONE, DEVICE = "解放碑片区（演示）", "一号智能箱（演示）"
DAYS, CAPACITY = 7, 6


def load(*, by: str, stations: list[Station], now: datetime) -> None:
    """Makes what is missing; later days' slots are added on later days."""
    zone = Zone.objects.filter(name=ZONE).first() or services.open_zone(by=by, name=ZONE, now=now)
    _grant(by, COLLECTOR, Role.COLLECTOR, ZONE_SCOPE, zone.pk, now)
    _grant(by, SECOND_ATTENDANT, Role.ATTENDANT, STATION_SCOPE, stations[1].pk, now)
    if not Device.objects.filter(name=DEVICE).exists():
        services.register_device(by=by, station_id=stations[0].pk, name=DEVICE, now=now)
    today = clock.local(now).date()
    for number in range(DAYS):
        for part in DayPart:
            _slot(by, zone, today + timedelta(days=number), part, now)


def description() -> dict[str, Any]:
    """Whom to log in as, where to book, and the smart bin, whose key an operator issues."""
    zone, device = Zone.objects.get(name=ZONE), Device.objects.get(name=DEVICE)
    return {
        "collectors": [{"phone": COLLECTOR, "zone": str(zone.pk)}],
        "zones": [{"id": str(zone.pk), "name": zone.name}],
        "devices": [{"id": str(device.pk), "station": str(device.station_id)}],
    }


def _grant(by: str, phone: str, role: Role, scope_kind: str, scope_id: UUID, now: datetime) -> None:
    user = accounts.person_of(phone=phone, now=now)
    accounts.grant(by=by, user=user, role=role, scope_kind=scope_kind, scope_id=scope_id, now=now)


def _slot(by: str, zone: Zone, day: date, part: DayPart, now: datetime) -> None:
    if Slot.objects.filter(zone=zone, day=day, part=part).exists():
        return
    try:
        services.open_slot(by=by, zone_id=zone.pk, day=day, part=part, capacity=CAPACITY, now=now)
    except SlotClosed:  # what is left of today
        return
