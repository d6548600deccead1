"""Award rules and what is drafted of them; boosts; the counters behind caps."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from backend.core.ids import new_id
from backend.earning.rules import FULL_BP, terms_of
from backend.earning.types import RuleTerms

MOST_BOOST_BP = 5 * FULL_BP


class RuleDraft(models.Model):
    """A rule that somebody is writing. Publishing copies it into an AwardRule, by somebody else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    activity = models.CharField(max_length=40)
    terms = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    valid_from = models.DateTimeField()
    drafted_by = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.activity}"


class AwardRule(models.Model):
    """One version of what an activity earns, in force from `valid_from` until `valid_to` or the next version.

    Written once, by two people: `terms` is what `rules.terms_of` reads.
    """

    append_only = True

    activity = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    terms_data = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    draft = models.OneToOneField(RuleDraft, on_delete=models.PROTECT, null=True, related_name="published")
    drafted_by = models.CharField(max_length=64)
    published_by = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "version"], name="one_rule_per_version"),
            models.UniqueConstraint(fields=["activity", "valid_from"], name="one_rule_per_start"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="rule_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(published_by=F("drafted_by")), name="rule_published_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} v{self.version}"

    @cached_property
    def terms(self) -> RuleTerms:
        """Read once for each row: an award asks for them four times, and they never change."""
        return terms_of(self.activity, self.version, self.terms_data)


class Boost(models.Model):
    """More points for a while, registered by whoever pays for it (`source`, a campaign's name for itself)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=80)
    activity = models.CharField(max_length=40, blank=True)  # "" is every activity
    factor_bp = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "activity"], name="one_boost_per_source"),
            models.CheckConstraint(
                condition=Q(factor_bp__gt=FULL_BP, factor_bp__lte=MOST_BOOST_BP), name="boost_within_reason"
            ),
            models.CheckConstraint(condition=Q(starts_at__lte=F("ends_at")), name="boost_starts_first"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="boost_by_end")]

    def __str__(self) -> str:
        return f"{self.source}: {self.activity or 'all'} x{self.factor_bp / FULL_BP:g}"

    def holds(self, activity: str, at: datetime) -> bool:
        """Whether it raises an act of `activity` at `at`."""
        return self.activity in ("", activity) and self.starts_at <= at < self.ends_at


class CapUse(models.Model):
    """How far a cap is used in its period; `key` names scope, id, activity, period and what is counted."""

    key = models.CharField(max_length=160, unique=True)
    used = models.PositiveBigIntegerField()

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
