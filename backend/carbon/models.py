"""The carbon book: methods by version, and one entry for each act, adjustment or undoing. Written once."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from backend.carbon.types import Factor
from backend.core.ids import new_id
from backend.ledger.types import AccountRef, Asset, Kind


class Terms(models.Model):
    """What a version of a method says: what is multiplied by what, from when, on whose authority, how surely."""

    slug = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    unit = models.CharField(max_length=12)
    factors_data = models.JSONField()
    per_day_mg = models.PositiveBigIntegerField(null=True)
    source = models.CharField(max_length=300)
    uncertainty_percent = models.PositiveSmallIntegerField()
    note_zh = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)
    valid_from = models.DateTimeField()
    drafted_by = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def factor(self, variant: str) -> Factor | None:
        """The factor of a variant, or the method's general one; None where nothing is claimed."""
        pair = self.factors_data.get(variant) or self.factors_data.get("")
        return Factor(*pair) if pair else None

    def columns(self) -> dict[str, Any]:
        """What it says, without who and when."""
        apart = {"valid_from", "drafted_by"}
        return {each.name: getattr(self, each.name) for each in Terms._meta.fields if each.name not in apart}


class MethodDraft(Terms):
    """A version that somebody is writing. Publishing copies it into a Method, by somebody else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    drafted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.slug}"


class Method(Terms):
    """One version of a counting method, for acts from `valid_from` on. Published by a second person, never edited."""

    append_only = True

    version = models.PositiveIntegerField()
    draft = models.OneToOneField(MethodDraft, on_delete=models.PROTECT, null=True, related_name="published")
    published_by = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="one_method_per_version"),
            models.UniqueConstraint(fields=["slug", "valid_from"], name="one_method_per_start"),
            models.CheckConstraint(condition=~Q(published_by=F("drafted_by")), name="method_published_by_another"),
            models.CheckConstraint(condition=Q(uncertainty_percent__lte=100), name="method_uncertainty_is_a_share"),
            models.CheckConstraint(condition=~Q(source=""), name="method_names_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} v{self.version}"


class Rebooking(models.Model):
    """That a version adjusts the entries of its time, and how far it has come; `after` is the last entry looked at."""

    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="rebookings")
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    total = models.PositiveBigIntegerField()
    looked = models.PositiveBigIntegerField(default=0)
    adjusted = models.PositiveBigIntegerField(default=0)
    change_mg = models.BigIntegerField(default=0)
    after = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method"], condition=Q(done_at=None), name="one_open_rebooking"),
            models.CheckConstraint(condition=Q(adjusted__lte=F("looked")), name="rebooking_adjusts_what_it_saw"),
        ]

    def __str__(self) -> str:
        return f"{self.method}: {self.looked} of {self.total}"


class Entry(models.Model):
    """What an act avoided, in milligrams, signed. `corrects` names the entry that an adjustment belongs to.

    The book never sums a key twice: one original for each key, one adjustment for each later method version.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    resident_id = models.UUIDField()
    activity = models.CharField(max_length=40)
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="entries")
    variant = models.CharField(max_length=40, blank=True)
    amount = models.PositiveBigIntegerField()
    mg = models.BigIntegerField()
    event_id = models.UUIDField()
    happened_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(corrects__isnull=False) | Q(mg__gte=1), name="carbon_entry_positive"),
            models.CheckConstraint(condition=~Q(mg=0), name="carbon_entry_says_something"),
        ]
        indexes = [
            models.Index(fields=["resident_id", "activity"], name="carbon_by_resident"),
            models.Index(fields=["activity", "happened_at"], name="carbon_by_activity"),
            models.Index(fields=["method", "happened_at"], name="carbon_by_method"),
        ]

    def __str__(self) -> str:
        return f"{self.mg} mg of {self.activity}"


class DayUse(models.Model):
    """Milligrams that one person's day has counted of a method (guards `per_day_mg`); and a lock for each entry."""

    key = models.CharField(max_length=200, unique=True)
    used = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"


def method_account(slug: str) -> AccountRef:
    """Where the avoided grams of a method come from: open, so nobody waits for it."""
    return AccountRef(Asset.MG_CO2E, f"carbon:{slug}", Kind.OPEN)


def resident_account(owner: str) -> AccountRef:
    """A resident's grams; guarded, so that a correction can never take what is not there."""
    return AccountRef(Asset.MG_CO2E, owner, Kind.GUARDED)
