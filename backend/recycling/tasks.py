"""A device's batch from beginning to end: several transactions, each of which stands by itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.core.errors import Refusal
from backend.edge import signing
from backend.recycling import queries, services
from backend.recycling.models import Device, DeviceEvent
from backend.recycling.rules import sequence
from backend.recycling.types import BatchResult, DeviceEventIn, EventResult, EventStatus

MOST_APPLIED = 400  # in one request; what is left goes on with the next batch or with upkeep


def take_batch(*, device: Device, claim: signing.Claim, events: Sequence[DeviceEventIn], now: datetime) -> BatchResult:
    """Keeps new events, applies those whose turn has come, and says what became of each.

    Cut short anywhere, it may be sent again: an event that was sent before is answered with what became of it. One
    behind a gap waits until the gap is filled. Raises NonceUsed; what is wrong with one event is said in its result.
    """
    with transaction.atomic(durable=True):
        refused = services.keep(device=device, claim=claim, events=events, now=now)
    for _ in range(MOST_APPLIED):
        if not _apply_next(device.pk, now):
            break
    return _answer(device.pk, events, refused)


def _apply_next(device_id: UUID, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        return services.apply_next(device_id=device_id, now=now)


def _answer(device_id: UUID, events: Sequence[DeviceEventIn], refused: dict[int, Refusal]) -> BatchResult:
    applied = Device.objects.values_list("applied_seq", flat=True).get(pk=device_id)
    kept = DeviceEvent.objects.filter(device=device_id, seq__in=[event.seq for event in events])
    rows = {row.seq: row for row in kept}
    waiting = queries.waiting_events(device_id).values_list("seq", flat=True)
    results = [_result(event.seq, rows, refused) for event in events]
    return BatchResult(results, next_seq=applied + 1, missing=sequence.gaps(applied, waiting))


def _result(seq: int, rows: dict[int, DeviceEvent], refused: dict[int, Refusal]) -> EventResult:
    if seq in refused:
        return EventResult(seq, EventStatus.REFUSED, {"code": refused[seq].code, "detail": refused[seq].detail()})
    return EventResult(seq, rows[seq].status, rows[seq].result)
