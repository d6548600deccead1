from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.earning.types import Position
from backend.travel.types import TRAIL_MODES, Mode, Stretch, TripStatus


class Route(models.Model):
    """A trail or riding route. Times are what a whole length plausibly takes; a part takes its share."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60, unique=True)
    name_en = models.CharField(max_length=80)
    mode = models.CharField(max_length=8, choices=[(mode, mode) for mode in TRAIL_MODES])
    length_m = models.PositiveIntegerField()
    min_seconds = models.PositiveIntegerField()
    max_seconds = models.PositiveIntegerField()
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(min_seconds__lt=F("max_seconds")), name="route_times_in_order"),
            models.CheckConstraint(condition=Q(mode__in=list(TRAIL_MODES)), name="route_mode_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def whole(self) -> Stretch:
        return Stretch(Mode(self.mode), self.length_m, self.min_seconds, self.max_seconds)


class TrailHead(models.Model):
    """A post with a printed code, `at_m` metres along its route; degrees, WGS 84."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="heads")
    name = models.CharField(max_length=60)
    at_m = models.PositiveIntegerField()
    lat = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lng = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    radius_m = models.PositiveIntegerField(default=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["route", "at_m"], name="one_head_per_point")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Position:
        return Position(self.lat, self.lng)


class Trip(models.Model):
    """A resident's way along a route, or one that was declared.

    Exact times stand here only while it is open; when it ends, the hour stays. No position is ever kept: `in_place`
    says whether the phone was at the first head.
    """

    edges = (
        "status",
        {(TripStatus.OPEN.value, end.value) for end in (TripStatus.FINISHED, TripStatus.RESTARTED, TripStatus.REFUSED)},
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident_id = models.UUIDField()
    status = models.CharField(max_length=10, choices=[(status, status) for status in TripStatus])
    mode = models.CharField(max_length=8, choices=[(mode, mode) for mode in Mode])
    start = models.ForeignKey(TrailHead, on_delete=models.PROTECT, null=True)
    in_place = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    distance_m = models.PositiveIntegerField(default=0)
    award_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident_id"], condition=Q(status=TripStatus.OPEN), name="one_open_trip_per_person"
            ),
            models.CheckConstraint(condition=Q(status__in=list(TripStatus)), name="trip_status_known"),
        ]
        indexes = [models.Index(fields=["resident_id", "id"], name="trips_of_a_resident")]

    def __str__(self) -> str:
        return f"{self.mode} {self.status}"
