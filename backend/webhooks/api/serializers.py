"""Shapes of endpoints and deliveries."""

from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.edge.pagination import listing
from backend.edge.parsing import Instant, Text
from backend.webhooks.models import Delivery, Endpoint
from backend.webhooks.rules import MOST_URL_CHARACTERS
from backend.webhooks.types import DeliveryStatus, EndpointStatus, EventType

_TYPES = [each.value for each in EventType]


class _Types(serializers.ListField):
    """Names of events, without repeats, as EventType."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.ChoiceField(choices=_TYPES), min_length=1, max_length=len(_TYPES), **kwargs)

    def to_internal_value(self, data: Any) -> list[EventType]:
        return [EventType(each) for each in super().to_internal_value(data)]


class NewEndpoint(serializers.Serializer[Any]):
    name = Text(max_length=80)
    url = Text(max_length=MOST_URL_CHARACTERS)
    types = _Types()


class EndpointChange(serializers.Serializer[Any]):
    url = Text(max_length=MOST_URL_CHARACTERS, required=False)
    types = _Types(required=False)
    enabled = serializers.BooleanField(required=False)
    reason = Text(max_length=200, required=False)


class SinceOrder(serializers.Serializer[Any]):
    since = Instant()


class DeliveriesQuery(serializers.Serializer[Any]):
    endpoint = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=[each.value for each in DeliveryStatus], required=False)


class EndpointAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.ChoiceField(choices=_TYPES))
    status = serializers.ChoiceField(choices=[each.value for each in EndpointStatus])
    reason = serializers.CharField(help_text="Why it is disabled; empty otherwise.")
    failing_since = serializers.DateTimeField(allow_null=True)
    resting_until = serializers.DateTimeField(allow_null=True, help_text="Nothing new is sent before: it is down.")
    created_at = serializers.DateTimeField()


EndpointsAnswer = listing(EndpointAnswer)


class NewEndpointAnswer(EndpointAnswer):
    secret = serializers.CharField(help_text="Shown this once. `whsec_` and the key in base64.")


class SecretAnswer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown this once; the one before it signs beside it for 24 hours.")


class OrderAnswer(serializers.Serializer[Any]):
    events = serializers.IntegerField(help_text="How many events will be sent again.")


class DeliveryAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    endpoint = serializers.UUIDField()
    event = serializers.UUIDField()
    type = serializers.CharField()
    subject = serializers.CharField()
    status = serializers.ChoiceField(choices=[each.value for each in DeliveryStatus])
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


DeliveriesAnswer = listing(DeliveryAnswer)


class AttemptAnswer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    status_code = serializers.IntegerField(allow_null=True)
    duration_ms = serializers.IntegerField()
    reason = serializers.CharField()
    response_head = serializers.CharField()


class DeliveryWithAttempts(DeliveryAnswer):
    attempts = AttemptAnswer(many=True)


def endpoint_body(row: Endpoint) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "url": row.url,
        "types": row.types,
        "status": row.status,
        "reason": row.reason,
        "failing_since": clock.local(row.failing_since) if row.failing_since else None,
        "created_at": clock.local(row.created_at),
    }


def new_endpoint_body(made: tuple[Endpoint, str]) -> dict[str, Any]:
    endpoint, secret = made
    return endpoint_body(endpoint) | {"secret": secret}


def delivery_body(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "endpoint": row.endpoint_id,
        "event": row.event_id,
        "type": row.event.type,
        "subject": row.event.subject,
        "status": row.status,
        "reason": row.reason,
        "created_at": clock.local(row.created_at),
        "ended_at": clock.local(row.ended_at) if row.ended_at else None,
    }


def delivery_with_attempts(row: Delivery) -> dict[str, Any]:
    attempts = [
        {
            "at": clock.local(each.at),
            "status_code": each.status_code,
            "duration_ms": each.duration_ms,
            "reason": each.reason,
            "response_head": each.response_head,
        }
        for each in row.attempts.all()
    ]
    return delivery_body(row) | {"attempts": attempts}
