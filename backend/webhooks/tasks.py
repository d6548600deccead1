"""What the outbox does for webhooks."""

from datetime import datetime, time
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.core.errors import NotFound
from backend.outbox import rules as outbox
from backend.outbox.errors import TryAgain
from backend.outbox.registry import register as handle
from backend.outbox.registry import schedule
from backend.outbox.types import Daily, Lane, Policy, Work
from backend.webhooks import queries, services, transport
from backend.webhooks.services.publishing import DELIVER, FAN_OUT, REPLAY
from backend.webhooks.types import DeliveryStatus, EndpointStatus

OWN = Policy(atomic=True)
# 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then every 6 hours: some 20 hours in all.
CALL = Policy(tries=10, first_seconds=5, factor=4, most_seconds=6 * 3600, lease_seconds=60, lane=Lane.CALLS)


def register() -> None:
    handle(FAN_OUT, _fan_out, OWN)
    handle(REPLAY, _replay, OWN)
    handle(DELIVER, deliver, CALL)
    schedule("webhook events forgotten", Daily(time(3, 40)), lambda now: services.forget_old(now=now))
    schedule("lost webhook deliveries ended", Daily(time(3, 50)), lambda now: services.give_up_stale(now=now))


def deliver(work: Work, now: datetime) -> None:
    """One attempt. Nothing is locked while the other side thinks; what it said is written down before the task ends.

    A partner that cannot be reached leaves no dead letter, which would be an alarm of ours: the log of deliveries
    says so, and replaying it starts there.
    """
    try:
        delivery = queries.delivery(UUID(work.payload["delivery"]))
    except NotFound:
        return  # its event was forgotten before it could be delivered
    if delivery.status != DeliveryStatus.PENDING.value:
        return  # a worker before this one delivered it and was killed before it could say so
    if delivery.endpoint.status != EndpointStatus.ENABLED.value:
        with transaction.atomic(durable=True):
            services.give_up(delivery=delivery, reason="the endpoint is disabled", now=now)
        return
    message = services.message_for(delivery=delivery, now=now)
    answer = transport.post(message, allow_private=settings.WEBHOOKS_ALLOW_PRIVATE)
    last = outbox.is_spent(CALL, tries=work.tries)
    with transaction.atomic(durable=True):
        services.record(delivery=delivery, answer=answer, last=last, now=now)
    if not answer.arrived and not last:
        raise TryAgain(answer.told)


def _fan_out(work: Work, now: datetime) -> None:
    services.fan_out(event_id=UUID(work.key), payload=work.payload, now=now)


def _replay(work: Work, now: datetime) -> None:
    services.replay_piece(order=work.payload, now=now)
