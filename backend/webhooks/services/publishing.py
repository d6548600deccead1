"""From what happened to who must be told."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists
from django.utils.dateparse import parse_datetime

from backend.core.compiled import Compiled
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.outbox import services as outbox
from backend.webhooks import rules
from backend.webhooks.models import Delivery, Endpoint, Event
from backend.webhooks.types import EndpointStatus, EventType

FAN_OUT, DELIVER, REPLAY = "webhooks.fan_out", "webhooks.deliver", "webhooks.replay"
KEEP = timedelta(days=30)


def publish(*, type: EventType, subject: object, data: rules.Data, now: datetime, listened: bool | None = None) -> None:
    """Tells the partners that subscribe to `type` what happened to `subject`, if this transaction commits.

    One read where nobody listens at all, and one row otherwise: who is told is worked out later, so that the act does
    not wait for it. `data` is flat, small, and speaks of no person (ids of vouchers and stores, kinds, amounts).
    `listened` is what the caller's own read in this transaction said of `somebody_listens`, if it asked.
    Raises UnfitEvent.
    """
    require_transaction()
    rules.require_fit(data)
    if listened is None:
        listened = bool(_ANY_ENDPOINT.rows())
    if not listened:
        return
    event = new_id()
    payload = {"type": type.value, "subject": str(subject), "data": dict(data), "at": now}
    outbox.enqueue(topic=FAN_OUT, payload=payload, key=event, now=now)


def somebody_listens() -> Exists:
    """Whether there is any endpoint, to be read along with something else."""
    return Exists(Endpoint.objects.all())


_ANY_ENDPOINT = Compiled(lambda: Endpoint.objects.values_list("pk", flat=True)[:1])


def fan_out(*, event_id: UUID, payload: dict[str, Any], now: datetime) -> int:
    """Keeps the event and starts a delivery to each endpoint that subscribes to it; how many."""
    require_transaction()
    at = parse_datetime(payload["at"])
    assert at is not None
    event = Event.objects.create(
        id=event_id, type=payload["type"], subject=payload["subject"], data=payload["data"], at=at
    )
    enabled = Endpoint.objects.filter(status=EndpointStatus.ENABLED.value)
    listeners = [endpoint for endpoint in enabled if event.type in endpoint.types]
    for endpoint in listeners:
        start(endpoint, event.pk, batch=event.pk, now=now)
    return len(listeners)


def start(endpoint: Endpoint, event_id: UUID, *, batch: UUID, now: datetime) -> Delivery:
    """One delivery, and the task that does it, in one of the endpoint's strands and not before its rest is over."""
    made = Delivery.objects.create(endpoint=endpoint, event_id=event_id, batch=batch, created_at=now)
    outbox.enqueue(
        topic=DELIVER,
        payload={"delivery": str(made.pk)},
        key=made.pk,
        strand=rules.strand_of(endpoint.pk, made.pk),
        due_at=max(now, endpoint.resting_until or now),
        now=now,
    )
    return made


def forget_old(*, now: datetime, limit: int = 500) -> int:
    """Forgets up to `limit` events older than `KEEP` with everything that became of them; how many."""
    require_transaction()
    old = Event.objects.filter(at__lt=now - KEEP).order_by("at").values_list("pk", flat=True)
    chosen = list(old[:limit])
    Event.objects.filter(pk__in=chosen).delete()
    return len(chosen)
