"""Partners' endpoints, what they are told, and what came of it."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.webhooks.types import DeliveryStatus, EndpointStatus


class Endpoint(models.Model):
    """Where one partner listens, and to what. `failing_since` is the first failure after the last success.

    Until `resting_until` nothing is sent to it but what was tried already: its server did not answer.
    """

    edges = (
        "status",
        {
            (EndpointStatus.ENABLED.value, EndpointStatus.DISABLED.value),
            (EndpointStatus.DISABLED.value, EndpointStatus.ENABLED.value),
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    url = models.CharField(max_length=500)
    types = models.JSONField()
    status = models.CharField(max_length=8, default=EndpointStatus.ENABLED.value)
    reason = models.CharField(max_length=300, default="")
    failing_since = models.DateTimeField(null=True)
    resting_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.status}"


class Secret(models.Model):
    """A signing secret, sealed. `ends_at` is set when another takes its place; until then both sign."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="secrets")
    sealed = models.TextField()
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ends_at__isnull=True), name="one_present_secret_per_endpoint"
            )
        ]

    def __str__(self) -> str:
        return f"secret of {self.endpoint_id}"


class Event(models.Model):
    """One thing that happened, as partners are told it. Kept for 30 days, so that it can be sent again."""

    id = models.UUIDField(primary_key=True, editable=False)
    type = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    data = models.JSONField()
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class Delivery(models.Model):
    """One event on its way to one endpoint. `batch` is the event's own id, or that of the order to send it again."""

    edges = (
        "status",
        {
            (DeliveryStatus.PENDING.value, DeliveryStatus.DELIVERED.value),
            (DeliveryStatus.PENDING.value, DeliveryStatus.FAILED.value),
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    batch = models.UUIDField()
    status = models.CharField(max_length=9, default=DeliveryStatus.PENDING.value)
    reason = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event", "batch"], name="one_delivery_per_endpoint_and_batch")
        ]
        indexes = [models.Index(fields=["endpoint", "id"]), models.Index(fields=["status", "created_at"])]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.endpoint_id}: {self.status}"


class Attempt(models.Model):
    """One request of a delivery, and what the other side said, cut short."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status_code = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField()
    reason = models.CharField(max_length=300, default="")
    response_head = models.CharField(max_length=300, default="")

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.status_code or self.reason}"
