"""Occasions (classes, challenges, volunteering), and who attended."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.earning.models import Award
from backend.purchases.types import AT_OCCASION


class Occasion(models.Model):
    """Attendance is taken within [starts_at, ends_at), by the rotating code that the organiser shows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    activity = models.CharField(max_length=40, choices=[(each, each) for each in AT_OCCASION])
    organiser = models.CharField(max_length=80)
    organiser_id = models.UUIDField()
    place = models.CharField(max_length=120)
    capacity = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="occasion_starts_before_end"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="occasion_has_places"),
            models.CheckConstraint(condition=Q(activity__in=list(AT_OCCASION)), name="occasion_activity_known"),
        )
        indexes = (models.Index(fields=["ends_at"], name="occasion_by_end"),)

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """That somebody was there. Unique for the person, not the account."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    occasion = models.ForeignKey(Occasion, on_delete=models.PROTECT, related_name="attendances")
    resident_id = models.UUIDField()
    person_id = models.UUIDField()
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="attendance")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["occasion", "person_id"], name="one_attendance_a_person"),)

    def __str__(self) -> str:
        return f"{self.resident_id} at {self.occasion_id}"


class Seats(models.Model):
    """How many places of an occasion are taken: the guarded counter."""

    occasion = models.OneToOneField(Occasion, on_delete=models.PROTECT, related_name="seats")
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.occasion_id}: {self.used}"
