"""A smart bin's events: kept as they come, applied in the device's own order, each once."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from backend.audit import services as audit
from backend.core.errors import NotFound, Refusal
from backend.core.transactions import require_transaction
from backend.edge import signing
from backend.recycling import errors, queries
from backend.recycling.models import Device, DeviceEvent
from backend.recycling.rules import sequence
from backend.recycling.services.drops import ACTS
from backend.recycling.types import DeviceEventIn, EventKind, EventStatus


def keep(*, device: Device, claim: signing.Claim, events: Sequence[DeviceEventIn], now: datetime) -> dict[int, Refusal]:
    """Writes down what is new of a batch, in one transaction that moves nothing yet.

    Returns why events were not even kept, by number. Raises NonceUsed.
    """
    require_transaction()
    signing.use_nonce(claim, now)
    return _keep(_hold(device.pk), events, now)


def apply_next(*, device_id: UUID, now: datetime) -> bool:
    """Applies the one event of a device whose turn it is; False when there is none.

    One event is one transaction: whoever awards two people in one holds the budget's row while waiting for the
    second person's, and a check-in of that person waits the other way round.
    """
    require_transaction()
    device = _hold(device_id)
    event = queries.waiting_events(device_id).filter(seq=device.applied_seq + 1).first()
    if event is None:
        return False
    _apply(device, event, now)
    _advance(device, event.seq)
    return True


def catch_up(*, now: datetime) -> int:
    """Applies one event whose turn has come and whose batch was cut short; 0 when there is none. For upkeep."""
    require_transaction()
    due = Device.objects.filter(events__status=EventStatus.WAITING, events__seq=F("applied_seq") + 1).first()
    return int(apply_next(device_id=due.pk, now=now)) if due else 0


def skip_gap(*, by: object, device_id: UUID, reason: str, now: datetime) -> int:
    """Gives up the numbers missing before the first waiting event; how many. For a device that lost its memory.

    What waited goes on with the device's next batch or with upkeep. Raises NotFound, NothingToSkip.
    """
    require_transaction()
    device = _hold(device_id)
    first = queries.waiting_events(device.pk).values_list("seq", flat=True).first()
    if first is None or first == device.applied_seq + 1:
        raise errors.NothingToSkip
    _advance(device, first - 1)
    audit.record(by=by, action="recycling.skip_gap", subject=device.pk, now=now, upto=first - 1, reason=reason)
    return first - 1 - device.applied_seq


def _hold(device_id: UUID) -> Device:
    """Holds the device's row to the end of the transaction, and reads it as it is then. Raises NotFound.

    So that of two batches at once the later one sees what the earlier one kept: else each would leave the other's
    events waiting.
    """
    if not Device.objects.filter(pk=device_id).update(applied_seq=F("applied_seq")):
        raise NotFound
    return Device.objects.select_related("station").get(pk=device_id)


def _keep(device: Device, events: Sequence[DeviceEventIn], now: datetime) -> dict[int, Refusal]:
    """Writes what is new. Returns the refusals of events that are not even kept, by number."""
    known = dict(
        DeviceEvent.objects.filter(device=device, seq__in=[event.seq for event in events]).values_list("seq", "digest")
    )
    fresh: list[DeviceEvent] = []
    refused: dict[int, Refusal] = {}
    for event in events:
        digest = _digest(event)
        if event.seq in known:
            if known[event.seq] != digest:
                refused[event.seq] = errors.EventReused(seq=event.seq)
        elif event.seq <= device.applied_seq:
            refused[event.seq] = errors.EventSkipped(seq=event.seq)
        elif event.seq > device.applied_seq + sequence.FURTHEST_AHEAD:
            refused[event.seq] = errors.TooFarAhead(next_seq=device.applied_seq + 1, ahead=sequence.FURTHEST_AHEAD)
        else:
            known[event.seq] = digest
            fresh.append(_row(device, event, digest, now))
    DeviceEvent.objects.bulk_create(fresh)
    return refused


def _row(device: Device, event: DeviceEventIn, digest: str, now: datetime) -> DeviceEvent:
    return DeviceEvent(
        device=device,
        seq=event.seq,
        digest=digest,
        kind=event.kind,
        body=dict(event.body),
        happened_at=event.at,
        received_at=now,
    )


def _digest(event: DeviceEventIn) -> str:
    whole = [event.seq, event.at.isoformat(), event.kind, event.body]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _advance(device: Device, to: int) -> None:
    """The guard of the order: whoever acts on an old number moves nothing."""
    if not Device.objects.filter(pk=device.pk, applied_seq=device.applied_seq).update(applied_seq=to):
        raise errors.DeviceBusy


def _apply(device: Device, event: DeviceEvent, now: datetime) -> None:
    """What the event moves, or the refusal that says why it moves nothing; both are its result for good."""
    try:
        with transaction.atomic():
            result, status = _act(device, event, now), EventStatus.APPLIED
    except Refusal as refusal:
        result, status = {"code": refusal.code, "detail": refusal.detail()}, EventStatus.REFUSED
    DeviceEvent.objects.filter(pk=event.pk).update(status=status, result=result, body=_without_codes(event.body))


def _act(device: Device, event: DeviceEvent, now: datetime) -> dict[str, Any]:
    max_age = timedelta(hours=settings.DEVICE_EVENT_MAX_AGE_HOURS)
    if not sequence.in_time(event.happened_at, event.received_at, max_age):
        raise errors.EventOutOfTime(max_age_hours=settings.DEVICE_EVENT_MAX_AGE_HOURS)
    return ACTS[EventKind(event.kind)](device, event, now)


def _without_codes(body: dict[str, Any]) -> dict[str, Any]:
    """A personal code leads to a person; once it has been used it is not kept."""
    return {name: value for name, value in body.items() if name != "resident_code"}
