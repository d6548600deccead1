"""The collector's side of a pick-up: assigned by an operator, weighed at the door, or missed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from backend.accounts import crypto
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning.types import Activity, Grade
from backend.recycling import errors, queries
from backend.recycling.models import Pickup
from backend.recycling.rules.pickups import PIN_TRIES
from backend.recycling.services import messages
from backend.recycling.services.weighings import Scale, put_on_scale, resident_of
from backend.recycling.types import OPEN_PICKUPS, Line, PickupStatus, Weighed, WeighedBy


def assign(*, by: object, pickup_id: UUID, collector_id: UUID, now: datetime) -> Pickup:
    """Gives a pick-up to a collector of its zone, or to another one. Raises NotFound, NotACollector, PickupClosed."""
    require_transaction()
    pickup = Pickup.objects.select_related("slot__zone").filter(pk=pickup_id).first()
    if pickup is None:
        raise NotFound
    if collector_id == pickup.resident_id or collector_id not in {
        one.pk for one in queries.collectors_of(pickup.slot.zone_id)
    }:
        raise errors.NotACollector
    # From the slot that was read: a move to another zone meanwhile would need another collector.
    here = Pickup.objects.filter(pk=pickup_id, slot=pickup.slot_id, status__in=OPEN_PICKUPS)
    if not here.update(status=PickupStatus.ASSIGNED, collector_id=collector_id):
        raise errors.PickupClosed(status=Pickup.objects.get(pk=pickup_id).status)
    audit.record(by=by, action="recycling.assign", subject=pickup_id, now=now, collector=str(collector_id))
    given = Pickup.objects.select_related("slot__zone").get(pk=pickup_id)
    messages.tell_assigned(given, now)
    return given


def collect(
    *, by: User, pickup_id: UUID, lines: Sequence[Line], resident_code: str = "", pin: str = "", now: datetime
) -> Weighed:
    """Weighs at the door and awards, once. The resident shows their code or tells the door PIN.

    Raises NotFound for a pick-up of somebody else's round, PickupClosed, PinOrCode, PinWrong, NotTheirPickup, the
    code's refusals, and those of `earning.services.award` when no line earns.
    """
    require_transaction()
    pickup = _on_round(by, pickup_id)
    _prove_presence(pickup, resident_code, pin, now)
    scale = Scale(WeighedBy.COLLECTOR, by.pk, Activity.PICKUP, Grade.ATTENDED, now)
    done = put_on_scale(scale, resident_id=pickup.resident_id, station=None, lines=lines, now=now)
    _close(pickup, by, PickupStatus.COLLECTED, now, weighing_id=done.id)
    audit.record(by=by.pk, action="recycling.collect", subject=pickup.pk, now=now, weighing=str(done.id))
    messages.tell_collected(pickup, lines, done.points, now)
    return done


def miss(*, by: User, pickup_id: UUID, reason: str, now: datetime) -> Pickup:
    """Nobody answered the door. Raises NotFound, PickupClosed."""
    require_transaction()
    pickup = _on_round(by, pickup_id)
    _close(pickup, by, PickupStatus.MISSED, now)
    audit.record(by=by.pk, action="recycling.miss", subject=pickup.pk, now=now, reason=reason)
    messages.tell_missed(pickup, reason, now)
    return _on_round(by, pickup_id)


def _on_round(by: User, pickup_id: UUID) -> Pickup:
    found = Pickup.objects.select_related("slot__zone").filter(pk=pickup_id, collector_id=by.pk).first()
    if found is None:
        raise NotFound
    return found


def _prove_presence(pickup: Pickup, resident_code: str, pin: str, now: datetime) -> None:
    if bool(resident_code) == bool(pin):
        raise errors.PinOrCode
    if pickup.status != PickupStatus.ASSIGNED:  # a first look, so that a try is not spent on it; `_close` is the guard
        raise errors.PickupClosed(status=pickup.status)
    if pin:
        _prove_pin(pickup, pin)
    elif resident_of(resident_code, at=now, now=now) != pickup.resident_id:
        raise errors.NotTheirPickup


def _prove_pin(pickup: Pickup, pin: str) -> None:
    """The try is counted before the PIN is compared, and stays counted when it is wrong."""
    counted = Pickup.objects.filter(pk=pickup.pk, pin_tries__lt=PIN_TRIES).update(pin_tries=F("pin_tries") + 1)
    if not counted or not crypto.same(pin, queries.door_pin(pickup)):
        tried = Pickup.objects.values_list("pin_tries", flat=True).get(pk=pickup.pk)
        raise errors.PinWrong(tries_left=max(0, PIN_TRIES - tried))


def _close(pickup: Pickup, by: User, status: PickupStatus, now: datetime, **changes: object) -> None:
    mine = Pickup.objects.filter(pk=pickup.pk, status=PickupStatus.ASSIGNED, collector_id=by.pk)
    if not mine.update(status=status, closed_at=now, **changes):
        raise errors.PickupClosed(status=Pickup.objects.get(pk=pickup.pk).status)
