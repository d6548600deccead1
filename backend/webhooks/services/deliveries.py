"""What becomes of a delivery: signed, recorded, given up, sent again."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.audit import services as audit
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.outbox import services as outbox
from backend.webhooks import errors, queries, rules
from backend.webhooks.models import Attempt, Delivery, Endpoint, Event
from backend.webhooks.services.notices import tell_disabled
from backend.webhooks.services.publishing import REPLAY, start
from backend.webhooks.types import Answer, DeliveryStatus, EndpointStatus, Message

log = logging.getLogger("backend.webhooks")
BY = "webhooks"
PIECE = 200  # events that one step of a replay starts anew
STALE = timedelta(days=3)  # longer than all tries of a delivery take


def message_for(*, delivery: Delivery, now: datetime) -> Message:
    """The delivery's event, signed at `now` with every valid secret. The id is the event's, whichever try it is."""
    event = delivery.event
    body = {"type": event.type, "timestamp": clock.local(event.at).isoformat(), "data": _data(event)}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    signed = rules.headers(
        queries.secrets(delivery.endpoint_id, now),
        message_id=f"msg_{event.pk.hex}",
        timestamp=int(now.timestamp()),
        body=text,
    )
    return Message(delivery.endpoint.url, signed, text)


def record(*, delivery: Delivery, answer: Answer, last: bool, now: datetime) -> None:
    """Writes one attempt down. `last` says that no other try follows.

    A server that is down is left alone for a while, so that what waits for it holds up no worker; one that fails for
    long is disabled.
    """
    require_transaction()
    Attempt.objects.create(
        delivery=delivery,
        at=now,
        status_code=answer.status,
        duration_ms=answer.duration_ms,
        reason=answer.reason,
        response_head=answer.head,
    )
    endpoint = Endpoint.objects.filter(pk=delivery.endpoint_id)
    if answer.arrived:
        _end(delivery, DeliveryStatus.DELIVERED, "", now)
        endpoint.filter(failing_since__isnull=False).update(failing_since=None, resting_until=None)
        return
    if last:
        _end(delivery, DeliveryStatus.FAILED, answer.told, now)
    endpoint.filter(failing_since__isnull=True).update(failing_since=now)
    failing = queries.endpoint(delivery.endpoint_id)
    _rest(failing, answer, now)
    _disable_if_hopeless(failing, answer, now)


def give_up(*, delivery: Delivery, reason: str, now: datetime) -> None:
    """Ends a delivery without another try. Idempotent."""
    require_transaction()
    _end(delivery, DeliveryStatus.FAILED, reason, now)


def give_up_stale(*, now: datetime) -> int:
    """Ends deliveries whose task was buried with its worker; how many. One statement, nothing is left for a second."""
    require_transaction()
    stale = Delivery.objects.filter(status=DeliveryStatus.PENDING.value, created_at__lt=now - STALE)
    stale.update(status=DeliveryStatus.FAILED.value, reason="lost with its worker", ended_at=now)
    return 0


def replay_delivery(*, by: object, delivery_id: UUID, now: datetime) -> Delivery:
    """Sends one event to one endpoint again, as a delivery of its own. Raises NotFound and EndpointDisabled."""
    require_transaction()
    old = queries.delivery(delivery_id)
    _require_enabled(old.endpoint)
    made = start(old.endpoint, old.event_id, batch=new_id(), now=now)
    audit.record(by=by, action="webhooks.replay", subject=delivery_id, now=now, delivery=str(made.pk))
    return queries.delivery(made.pk)


def replay_since(*, by: object, endpoint_id: UUID, since: datetime, now: datetime) -> int:
    """Sends every kept event since `since` that the endpoint subscribes to again; how many they are now.

    Raises NotFound and EndpointDisabled.
    """
    require_transaction()
    endpoint = queries.endpoint(endpoint_id)
    _require_enabled(endpoint)
    order = {"endpoint": str(endpoint_id), "since": since, "until": now, "after": None, "batch": str(new_id())}
    outbox.enqueue(topic=REPLAY, payload=order, key=f"{order['batch']}:0", now=now)
    audit.record(by=by, action="webhooks.replay_since", subject=endpoint_id, now=now, since=since.isoformat())
    return Event.objects.filter(type__in=endpoint.types, at__gte=since, at__lt=now).count()


def replay_piece(*, order: dict[str, Any], now: datetime) -> None:
    """Starts the next events of an order to send again, and leaves the rest to the next piece."""
    require_transaction()
    endpoint = queries.endpoint(UUID(order["endpoint"]))
    events = Event.objects.filter(type__in=endpoint.types, at__gte=order["since"], at__lt=order["until"])
    if order["after"]:
        events = events.filter(pk__gt=order["after"])
    found = list(events.order_by("pk").values_list("pk", flat=True)[:PIECE])
    for event in found:
        start(endpoint, event, batch=UUID(order["batch"]), now=now)
    if len(found) == PIECE:
        rest = order | {"after": str(found[-1])}
        outbox.enqueue(topic=REPLAY, payload=rest, key=f"{order['batch']}:{found[-1]}", now=now)


def _end(delivery: Delivery, status: DeliveryStatus, reason: str, now: datetime) -> None:
    pending = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.PENDING.value)
    pending.update(status=status.value, reason=reason[:300], ended_at=now)


def _rest(endpoint: Endpoint, answer: Answer, now: datetime) -> None:
    """The endpoint's row is taken before its tasks, so that two failures at once wait for each other there."""
    if not rules.is_down(answer.status):
        return
    until = rules.rest_until(failing_since=endpoint.failing_since or now, now=now)
    Endpoint.objects.filter(pk=endpoint.pk).update(resting_until=until)
    outbox.postpone(strands=rules.strands_of(endpoint.pk), until=until)


def _disable_if_hopeless(endpoint: Endpoint, answer: Answer, now: datetime) -> None:
    since = endpoint.failing_since or now
    if not rules.is_hopeless(status=answer.status, failing_since=since, now=now):
        return
    reason = f"nothing arrived since {clock.local(since):%F %T}: {answer.told}"
    enabled = Endpoint.objects.filter(pk=endpoint.pk, status=EndpointStatus.ENABLED.value)
    if enabled.update(status=EndpointStatus.DISABLED.value, reason=reason[:300]):
        audit.record(by=BY, action="webhooks.disable", subject=endpoint.pk, now=now, reason=reason)
        log.error("webhook endpoint %s is disabled: %s", endpoint.name, reason)
        tell_disabled(endpoint, since=since, told=answer.told, now=now)


def _require_enabled(endpoint: Endpoint) -> None:
    if endpoint.status != EndpointStatus.ENABLED.value:
        raise errors.EndpointDisabled


def _data(event: Event) -> dict[str, Any]:
    return {"id": event.subject, **event.data}
