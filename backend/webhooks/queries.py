"""Reads of webhooks."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from backend.accounts import crypto
from backend.core.errors import NotFound
from backend.webhooks.models import Attempt, Delivery, Endpoint, Secret
from backend.webhooks.types import EndpointStatus


def endpoints() -> "QuerySet[Endpoint]":
    return Endpoint.objects.all()


def endpoint(endpoint_id: UUID) -> Endpoint:
    """Raises NotFound."""
    found = Endpoint.objects.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound
    return found


def disabled() -> int:
    return Endpoint.objects.filter(status=EndpointStatus.DISABLED.value).count()


def secrets(endpoint_id: UUID, now: datetime) -> list[str]:
    """The secrets that sign now, the present one first: one, or two after a rotation."""
    valid = Secret.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), endpoint=endpoint_id)
    return [crypto.unseal(row.sealed) for row in valid.order_by("-pk")]


def deliveries() -> "QuerySet[Delivery]":
    """Every delivery with its event and its endpoint."""
    return Delivery.objects.select_related("event", "endpoint")


def delivery(delivery_id: UUID) -> Delivery:
    """With its attempts, the first one first. Raises NotFound."""
    attempts = Prefetch("attempts", queryset=Attempt.objects.order_by("pk"))
    found = deliveries().prefetch_related(attempts).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound
    return found
