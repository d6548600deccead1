"""Smart bins: the device, its keys, and its events in its own order."""

from django.db import models
from django.db.models import Q

from backend.accounts import crypto
from backend.core.ids import new_id
from backend.earning.models import Station
from backend.recycling.types import EventKind, EventStatus

KEY_SLOTS = (0, 1)  # two keys may be good at once: the old one until the new one is in the machine


class Device(models.Model):
    """A machine at a station. `applied_seq` is the number of the last event that was applied or refused."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=40)
    applied_seq = models.PositiveBigIntegerField(default=0)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "name"], name="one_device_per_name")]

    def __str__(self) -> str:
        return self.name


class DeviceKey(models.Model):
    """A secret that a device signs with, sealed at rest. The unique slot is the guard of "two at once"."""

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=32, unique=True)
    slot = models.PositiveSmallIntegerField()
    secret_sealed = models.CharField(max_length=200)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "slot"], condition=Q(revoked_at__isnull=True), name="one_key_per_slot"
            ),
            models.CheckConstraint(condition=Q(slot__in=KEY_SLOTS), name="key_slot_known"),
        ]

    def __str__(self) -> str:
        return self.key_id

    @property
    def secret(self) -> bytes:
        return crypto.unseal(self.secret_sealed).encode()


class DeviceEvent(models.Model):
    """One event. Its number is unique for its device, so that a replay meets what became of the first."""

    edges = (
        "status",
        {
            (EventStatus.WAITING.value, EventStatus.APPLIED.value),
            (EventStatus.WAITING.value, EventStatus.REFUSED.value),
        },
    )

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in EventKind])
    body = models.JSONField()
    status = models.CharField(max_length=8, default=EventStatus.WAITING, choices=[(s, s) for s in EventStatus])
    result = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "seq"], name="one_event_per_number"),
            models.CheckConstraint(condition=Q(status__in=list(EventStatus)), name="event_status_known"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="event_numbers_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} #{self.seq} {self.kind}: {self.status}"
