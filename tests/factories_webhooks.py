"""Endpoints and events for tests, made by the services that make them in life."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.outbox import worker
from backend.webhooks import services
from backend.webhooks.models import Endpoint
from backend.webhooks.types import EventType
from tests.factories import NOON


def endpoint(url: str, *, name: str = "partner", types: Sequence[EventType] = tuple(EventType)) -> tuple[Endpoint, str]:
    with transaction.atomic():
        return services.register_endpoint(by="test", name=name, url=url, types=types, now=NOON)


def event(subject: object = "v-1", *, type: EventType = EventType.VOUCHER_CLAIMED, now: datetime = NOON) -> None:
    with transaction.atomic():
        services.publish(type=type, subject=subject, data={"face_value_fen": 500}, now=now)


def rotated(endpoint_id: UUID, now: datetime) -> str:
    with transaction.atomic():
        return services.rotate_secret(by="test", endpoint_id=endpoint_id, now=now)


def work(now: datetime = NOON) -> int:
    """Everything that is due at `now`."""
    return worker.run_due(worker="w", read_clock=lambda: now)


def replayed(endpoint_id: UUID, since: datetime, now: datetime, **more: Any) -> int:
    with transaction.atomic():
        return services.replay_since(by="test", endpoint_id=endpoint_id, since=since, now=now, **more)
