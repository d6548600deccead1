"""Stations, award rules, awards, and the counters behind caps."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.earning.types import Activity, AwardStatus, Grade, Position, RuleTerms, StationStatus


class Station(models.Model):
    """A recycling point. Coordinates in degrees (WGS 84), the radius in metres."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60, unique=True)
    address = models.CharField(max_length=120)
    lat = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lng = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    radius_m = models.PositiveIntegerField(default=120)
    status = models.CharField(max_length=8, default=StationStatus.OPEN, choices=[(s, s) for s in StationStatus])
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status__in=list(StationStatus)), name="station_status_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Position:
        return Position(self.lat, self.lng)


class AwardRule(models.Model):
    """One version of what an activity earns, in force over the half-open [valid_from, valid_to). Never edited."""

    activity = models.CharField(max_length=40, choices=[(a, a) for a in Activity])
    version = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    per_day = models.PositiveIntegerField()
    per_station_and_day = models.PositiveIntegerField()
    min_interval_seconds = models.PositiveIntegerField()
    points_valid_days = models.PositiveIntegerField(default=365)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "version"], name="one_rule_per_version"),
            models.UniqueConstraint(fields=["activity", "valid_from"], name="one_rule_per_start"),
            models.CheckConstraint(condition=Q(points__gt=0), name="rule_points_positive"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="rule_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} v{self.version}"

    @property
    def terms(self) -> RuleTerms:
        return RuleTerms(
            activity=Activity(self.activity),
            version=self.version,
            points=self.points,
            per_day=self.per_day,
            per_station_and_day=self.per_station_and_day,
            min_interval_seconds=self.min_interval_seconds,
            points_valid_days=self.points_valid_days,
        )


class Award(models.Model):
    """One rewarded act, with its rule, its evidence grade and the event that ties its transfers together."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident_id = models.UUIDField()
    station = models.ForeignKey(Station, on_delete=models.PROTECT)
    rule = models.ForeignKey(AwardRule, on_delete=models.PROTECT)
    status = models.CharField(max_length=16, choices=[(s, s) for s in AwardStatus])
    grade = models.CharField(max_length=32, choices=[(g, g) for g in Grade])
    points = models.PositiveIntegerField()
    carbon_mg = models.PositiveBigIntegerField(default=0)
    why_zh = models.CharField(max_length=200)
    why_en = models.CharField(max_length=200)
    event_id = models.UUIDField(unique=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["resident_id", "status"], name="award_by_resident")]

    def __str__(self) -> str:
        return f"{self.points} points to {self.resident_id}: {self.status}"


class Review(models.Model):
    """The decision on an award that waited: made once, by an operator, with a reason the resident can read."""

    append_only = True

    award = models.OneToOneField(Award, on_delete=models.PROTECT, primary_key=True, related_name="review")
    approved = models.BooleanField()
    reason = models.CharField(max_length=200)
    by = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'approved' if self.approved else 'rejected'}: {self.reason}"


class Project(models.Model):
    """A public-good project that residents may give points to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=80, unique=True)
    title_en = models.CharField(max_length=80)
    about = models.CharField(max_length=400, blank=True)
    open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.title


class CapUse(models.Model):
    """How often a cap was used in its period; `key` names person, activity, scope and day."""

    key = models.CharField(max_length=160, unique=True)
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"


class LatestAct(models.Model):
    """When a person last did an activity: the guard of the minimum interval."""

    resident_id = models.UUIDField()
    activity = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident_id", "activity"], name="one_latest_act")]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.activity} {self.at:%F %T}"
