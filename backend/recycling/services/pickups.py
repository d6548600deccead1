"""Booking a pick-up. A slot's room is one guarded counter; the address is sealed before it is stored.

Order of rows: the pick-up, then slots by id, so that two who swap their slots cannot wait for each other.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts import crypto
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction, take_within
from backend.recycling import errors, queries
from backend.recycling.models import BookingCount, Pickup, Slot
from backend.recycling.rules import pickups as rules
from backend.recycling.services import messages
from backend.recycling.types import OPEN_PICKUPS, PickupKind, PickupStatus


def book(
    *,
    by: User,
    slot_id: UUID,
    kind: PickupKind,
    address: str,
    note: str = "",
    declared_grams: int | None = None,
    now: datetime,
) -> Pickup:
    """Books one place in a slot. Raises NotFound, TooLight, SlotClosed, SlotFull, PickupTwice, PickupLimit."""
    require_transaction()
    rules.require_worth_the_way(kind, declared_grams)
    slot = _bookable(slot_id, now)
    _count_booking(by.pk, now)
    _take_place(slot.pk)
    try:
        with transaction.atomic():
            made = Pickup.objects.create(
                resident_id=by.pk,
                slot=slot,
                kind=kind,
                declared_grams=declared_grams,
                address_sealed=crypto.seal(address),
                note=note,
                booked_at=now,
            )
    except IntegrityError:
        raise errors.PickupTwice from None
    audit.record(by=by.pk, action="recycling.book", subject=made.pk, now=now, slot=str(slot.pk))
    messages.tell_booked(made, now)
    return made


def reschedule(*, by: User, pickup_id: UUID, slot_id: UUID, now: datetime) -> Pickup:
    """Moves one's own open pick-up to another slot, which takes its collector away.

    Raises NotFound, PickupClosed, SlotClosed (of the old slot or the new one), SlotFull, PickupTwice.
    """
    require_transaction()
    pickup = queries.own_pickup(by, pickup_id)
    rules.require_changeable(pickup.slot.starts_at, now)
    new = _bookable(slot_id, now)
    if new.pk == pickup.slot_id:
        return pickup
    _move(pickup, new)
    for slot in sorted([pickup.slot_id, new.pk]):
        _take_place(slot) if slot == new.pk else _free_place(slot)
    audit.record(by=by.pk, action="recycling.reschedule", subject=pickup.pk, now=now, slot=str(new.pk))
    moved = queries.own_pickup(by, pickup_id)
    messages.tell_moved(moved, now)
    return moved


def cancel(*, by: User, pickup_id: UUID, now: datetime) -> Pickup:
    """Gives one's place back. Raises NotFound, PickupClosed, SlotClosed."""
    require_transaction()
    pickup = queries.own_pickup(by, pickup_id)
    if pickup.status in OPEN_PICKUPS:
        rules.require_changeable(pickup.slot.starts_at, now)
    _cancel(pickup, by.pk, now)
    messages.tell_cancelled(pickup, now)
    return queries.own_pickup(by, pickup_id)


def forget_resident(*, by: User, now: datetime) -> None:
    """Erasure: open pick-ups are cancelled, whatever the hour, and every address and note is gone."""
    require_transaction()
    for pickup in Pickup.objects.filter(resident_id=by.pk, status__in=OPEN_PICKUPS):
        _cancel(pickup, by.pk, now)
    Pickup.objects.filter(resident_id=by.pk).update(address_sealed="", note="")


def forget_addresses(*, now: datetime, limit: int = 500) -> int:
    """Drops addresses of pick-ups that ended `ADDRESS_KEPT` ago; how many. For upkeep."""
    require_transaction()
    old = Pickup.objects.filter(closed_at__lt=now - rules.ADDRESS_KEPT).exclude(address_sealed="")
    due = list(old.values_list("pk", flat=True)[:limit])
    return Pickup.objects.filter(pk__in=due).update(address_sealed="", note="")


def _bookable(slot_id: UUID, now: datetime) -> Slot:
    slot = Slot.objects.filter(pk=slot_id).first()
    if slot is None:
        raise NotFound
    rules.require_changeable(slot.starts_at, now)
    return slot


def _count_booking(resident_id: UUID, now: datetime) -> None:
    start, end = rules.month_bounds(now, clock.ZONE)
    limit = rules.BOOKINGS_PER_MONTH
    if not take_within(BookingCount, limit=limit, resident_id=resident_id, month=start.date()):
        raise errors.PickupLimit(limit=limit, resets_at=end.isoformat(timespec="seconds"))


def _take_place(slot_id: UUID) -> None:
    """Counts and judges in one statement, so that the last place goes to one."""
    if not Slot.objects.filter(pk=slot_id, booked__lt=F("capacity")).update(booked=F("booked") + 1):
        raise errors.SlotFull


def _free_place(slot_id: UUID) -> None:
    Slot.objects.filter(pk=slot_id).update(booked=F("booked") - 1)


def _move(pickup: Pickup, new: Slot) -> None:
    """From the slot that was read, so that of two moves at once one finds its pick-up gone from there."""
    here = Pickup.objects.filter(pk=pickup.pk, slot=pickup.slot_id, status__in=OPEN_PICKUPS)
    try:
        with transaction.atomic():
            moved = here.update(slot=new, status=PickupStatus.BOOKED, collector_id=None)
    except IntegrityError:
        raise errors.PickupTwice from None
    if not moved:
        raise errors.PickupClosed(status=Pickup.objects.get(pk=pickup.pk).status)


def _cancel(pickup: Pickup, by: UUID, now: datetime) -> None:
    here = Pickup.objects.filter(pk=pickup.pk, slot=pickup.slot_id, status__in=OPEN_PICKUPS)
    if not here.update(status=PickupStatus.CANCELLED, closed_at=now):
        raise errors.PickupClosed(status=Pickup.objects.get(pk=pickup.pk).status)
    _free_place(pickup.slot_id)
    audit.record(by=by, action="recycling.cancel", subject=pickup.pk, now=now)
