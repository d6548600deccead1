"""A station's screens, and what people and machines say about how it is."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.earning.models import Station
from backend.earning.types import StationStatus
from backend.recycling.types import Source


class Display(models.Model):
    """A screen that may show a station's rotating code. Its secret is kept as a keyed digest only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="displays")
    name = models.CharField(max_length=40)
    secret_digest = models.CharField(max_length=64, unique=True)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.station_id}"


class StationReport(models.Model):
    """One saying about a station. `person` is the person behind a resident's account, so that one counts once."""

    append_only = True

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="reports")
    status = models.CharField(max_length=8, choices=[(s, s) for s in StationStatus])
    source = models.CharField(max_length=12, choices=[(s, s) for s in Source])
    by = models.UUIDField()
    person = models.UUIDField(null=True)
    turn = models.PositiveBigIntegerField(null=True)  # the ten minutes in which a person has one saying
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["station", "at"], name="report_by_station")]
        constraints = [
            models.UniqueConstraint(fields=["station", "person", "turn"], name="one_report_per_turn"),
            models.CheckConstraint(condition=Q(status__in=list(StationStatus)), name="report_status_known"),
            models.CheckConstraint(
                condition=~Q(source=Source.RESIDENTS) | Q(person__isnull=False), name="resident_report_has_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.status}, says {self.source}"
