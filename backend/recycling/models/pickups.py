"""Door-to-door pick-up: zones, their slots, and bookings."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.recycling.models.weighings import Weighing
from backend.recycling.types import OPEN_PICKUPS, DayPart, PickupKind, PickupStatus


class Zone(models.Model):
    """A part of the district that collectors serve; the scope of their grants."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """A part of a day in a zone, over the half-open [starts_at, ends_at), with room for `capacity` pick-ups."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="slots")
    day = models.DateField()
    part = models.CharField(max_length=10, choices=[(p, p) for p in DayPart])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    booked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "day", "part"], name="one_slot_per_part_of_day"),
            models.CheckConstraint(condition=Q(booked__lte=F("capacity")), name="slot_never_overbooked"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start"),
        ]
        indexes = [models.Index(fields=["zone", "starts_at"], name="slot_by_zone")]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.day} {self.part}"


class BookingCount(models.Model):
    """How often a resident has booked within a month."""

    resident_id = models.UUIDField()
    month = models.DateField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident_id", "month"], name="one_booking_count_per_month")]

    def __str__(self) -> str:
        return f"{self.month}: {self.used}"


class Pickup(models.Model):
    """A booking. The address is sealed; it is shown to the resident and to the collector it is assigned to."""

    edges = (
        "status",
        {
            ("booked", "assigned"),
            ("assigned", "booked"),
            ("booked", "cancelled"),
            ("assigned", "cancelled"),
            ("assigned", "collected"),
            ("assigned", "missed"),
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident_id = models.UUIDField()
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="pickups")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in PickupKind])
    declared_grams = models.PositiveIntegerField(null=True)
    address_sealed = models.CharField(max_length=1000, blank=True)
    note = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, default=PickupStatus.BOOKED, choices=[(s, s) for s in PickupStatus])
    collector_id = models.UUIDField(null=True)
    pin_tries = models.PositiveSmallIntegerField(default=0)
    weighing = models.OneToOneField(Weighing, on_delete=models.PROTECT, null=True, related_name="pickup")
    booked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident_id", "slot"],
                condition=Q(status__in=[s.value for s in OPEN_PICKUPS]),
                name="one_open_pickup_per_slot",
            ),
            models.CheckConstraint(condition=Q(status__in=list(PickupStatus)), name="pickup_status_known"),
            models.CheckConstraint(
                condition=~Q(status=PickupStatus.ASSIGNED) | Q(collector_id__isnull=False),
                name="assigned_pickup_has_collector",
            ),
            models.CheckConstraint(
                condition=Q(collector_id__isnull=True) | ~Q(collector_id=F("resident_id")),
                name="nobody_collects_from_themselves",
            ),
            models.CheckConstraint(
                condition=~Q(status=PickupStatus.COLLECTED) | Q(weighing__isnull=False), name="collected_was_weighed"
            ),
        ]
        indexes = [
            models.Index(fields=["resident_id", "-id"], name="pickup_by_resident"),
            models.Index(fields=["collector_id", "status"], name="pickup_by_collector"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.resident_id}: {self.status}"
