"""Stations, and the projects that residents give to."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.earning.types import Position, StationStatus


class Station(models.Model):
    """A recycling point. Coordinates in degrees (WGS 84), the radius in metres."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60, unique=True)
    address = models.CharField(max_length=120)
    lat = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lng = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    radius_m = models.PositiveIntegerField(default=120)
    status = models.CharField(max_length=8, default=StationStatus.OPEN, choices=[(s, s) for s in StationStatus])
    status_source = models.CharField(max_length=12, default="operator")
    updated_at = models.DateTimeField()
    crowd_status = models.CharField(max_length=8, blank=True)
    crowd_at = models.DateTimeField(null=True)
    crowd_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status__in=list(StationStatus)), name="station_status_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Position:
        return Position(self.lat, self.lng)

    def condition(self, now: datetime) -> tuple[StationStatus, datetime, str]:
        """How it is now, since when that is known, and who says so.

        What residents agree on is shown until it expires, or until an attendant or a device says something newer.
        """
        if self.crowd_until and self.crowd_at and now < self.crowd_until and self.crowd_at > self.updated_at:
            return StationStatus(self.crowd_status), self.crowd_at, "residents"
        return StationStatus(self.status), self.updated_at, self.status_source


class Project(models.Model):
    """A public-good project that residents may give points to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=80, unique=True)
    title_en = models.CharField(max_length=80)
    about = models.CharField(max_length=400, blank=True)
    open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.title
