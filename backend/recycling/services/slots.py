"""Zones and the slots in which collectors come."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.recycling import errors
from backend.recycling.models import Slot, Zone
from backend.recycling.rules import pickups as rules
from backend.recycling.types import DayPart


def open_zone(*, by: object, name: str, now: datetime) -> Zone:
    """A part of the district that collectors serve. Raises ZoneExists."""
    require_transaction()
    try:
        with transaction.atomic():
            made = Zone.objects.create(name=name)
    except IntegrityError:
        raise errors.ZoneExists from None
    audit.record(by=by, action="recycling.open_zone", subject=made.pk, now=now)
    return made


def open_slot(*, by: object, zone_id: UUID, day: date, part: DayPart, capacity: int, now: datetime) -> Slot:
    """Room for `capacity` pick-ups in a part of a day. Raises NotFound, SlotClosed for the past, SlotExists."""
    require_transaction()
    if not Zone.objects.filter(pk=zone_id).exists():
        raise NotFound
    starts_at, ends_at = rules.bounds(day, part, clock.ZONE)
    rules.require_changeable(starts_at, now)
    try:
        with transaction.atomic():
            made = Slot.objects.create(
                zone_id=zone_id, day=day, part=part, starts_at=starts_at, ends_at=ends_at, capacity=capacity
            )
    except IntegrityError:
        raise errors.SlotExists from None
    audit.record(by=by, action="recycling.open_slot", subject=made.pk, now=now, capacity=capacity)
    return made
