"""The registry of what is green: certified stores, goods with their label, and who may confirm which act."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.merchants.models import Store
from backend.purchases.types import AT_COUNTER, Category, CertificationKind, Label

_NOT_ENDED = Q(ended_at=None)


def _known(column: str, values: Any, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{column}__in": [str(each) for each in values]}), name=name)


class InTime(models.QuerySet[Any]):
    """Registrations by time."""

    def in_force(self, now: datetime) -> Self:
        """Those whose [valid_from, valid_to) holds `now` and that nobody has ended."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=now), valid_from__lte=now, valid_to__gt=now)


class Registration(models.Model):
    """Something that counts as green within [valid_from, valid_to), or until an operator ends it."""

    objects: ClassVar[Any] = InTime.as_manager()

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name="%(class)s_starts_before_end"),
        )


class Certification(Registration):
    """A store's certification, by number and issuer."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="certifications")
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in CertificationKind])
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=80)

    class Meta:
        constraints = (
            *Registration.Meta.constraints,
            models.UniqueConstraint(fields=["kind", "number"], condition=_NOT_ENDED, name="one_live_certificate"),
            _known("kind", CertificationKind, "certification_kind_known"),
        )
        indexes = (models.Index(fields=["store", "valid_to"], name="certification_by_store"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Goods(Registration):
    """Goods that bear a label: a whole category (`product` empty), or one product by its code."""

    category = models.CharField(max_length=16, choices=[(each, each) for each in Category])
    product = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=16, choices=[(label, label) for label in Label])
    certificate = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)

    class Meta:
        constraints = (
            *Registration.Meta.constraints,
            models.UniqueConstraint(
                fields=["category", "product", "label"], condition=_NOT_ENDED, name="goods_listed_once"
            ),
            _known("category", Category, "goods_category_known"),
            _known("label", Label, "goods_label_known"),
        )

    def __str__(self) -> str:
        return self.title


class Permit(Registration):
    """That the counters of a store may confirm an activity."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="permits")
    activity = models.CharField(max_length=40, choices=[(each, each) for each in AT_COUNTER])

    class Meta:
        constraints = (
            *Registration.Meta.constraints,
            models.UniqueConstraint(fields=["store", "activity"], condition=_NOT_ENDED, name="one_live_permit"),
            _known("activity", AT_COUNTER, "permit_activity_known"),
        )

    def __str__(self) -> str:
        return f"{self.activity} at {self.store_id}"
