"""How vouchers of an offer are used: terms that are written once, so a voucher keeps those of its claim."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from campaigns.rules import MAX_NAME_CHARS, MAX_PER_PAYMENT
from campaigns.types import PartialRefund, UseTerms, UseTimes, VoucherKind

_KINDS = [kind.value for kind in VoucherKind]
_PARTIAL = [each.value for each in PartialRefund]
USUAL = UseTerms()


class OfferTerms(models.Model):
    """`UseTerms` as a row. An offer and its vouchers point at it; other terms are another row."""

    append_only = True

    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in _KINDS])
    percent_off_bp = models.PositiveSmallIntegerField(default=0)
    gift_item = models.CharField(max_length=MAX_NAME_CHARS, blank=True, default="")
    categories = models.JSONField(default=list)
    weekdays = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    excluded = models.JSONField(default=list)
    per_payment = models.PositiveSmallIntegerField(default=1)
    combines = models.BooleanField(default=False)
    full_refund_restores = models.BooleanField(default=True)
    partial_refund = models.CharField(max_length=12, choices=[(each, each) for each in _PARTIAL])
    points_back = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="terms_kind_known"),
            models.CheckConstraint(condition=Q(partial_refund__in=_PARTIAL), name="terms_partial_refund_known"),
            models.CheckConstraint(
                condition=Q(kind=VoucherKind.PERCENTAGE.value, percent_off_bp__gte=1, percent_off_bp__lte=10_000)
                | (~Q(kind=VoucherKind.PERCENTAGE.value) & Q(percent_off_bp=0)),
                name="terms_percentage_says_how_much",
            ),
            models.CheckConstraint(
                condition=(Q(kind=VoucherKind.GIFT.value) & ~Q(gift_item=""))
                | (~Q(kind=VoucherKind.GIFT.value) & Q(gift_item="")),
                name="terms_gift_names_its_item",
            ),
            models.CheckConstraint(
                condition=Q(per_payment__gte=1, per_payment__lte=MAX_PER_PAYMENT), name="terms_per_payment_bounded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} terms {self.pk}"

    @property
    def value(self) -> UseTerms:
        """The terms as the pure rules read them."""
        times = UseTimes(
            weekdays=tuple(self.weekdays),
            parts=tuple((start, end) for start, end in self.parts),
            excluded=tuple(map(date.fromisoformat, self.excluded)),
        )
        return UseTerms(
            kind=VoucherKind(self.kind),
            percent_off_bp=self.percent_off_bp,
            gift_item=self.gift_item,
            categories=tuple(self.categories),
            times=times,
            per_payment=self.per_payment,
            combines=self.combines,
            full_refund_restores=self.full_refund_restores,
            partial_refund=PartialRefund(self.partial_refund),
            points_back=self.points_back,
        )


def terms_row(terms: UseTerms) -> OfferTerms:
    """`terms` as a row that is not written yet."""
    fields: dict[str, Any] = {
        "kind": terms.kind.value,
        "percent_off_bp": terms.percent_off_bp,
        "gift_item": terms.gift_item,
        "categories": list(terms.categories),
        "weekdays": list(terms.times.weekdays),
        "parts": [list(part) for part in terms.times.parts],
        "excluded": [day.isoformat() for day in terms.times.excluded],
        "per_payment": terms.per_payment,
        "combines": terms.combines,
        "full_refund_restores": terms.full_refund_restores,
        "partial_refund": terms.partial_refund.value,
        "points_back": terms.points_back,
    }
    return OfferTerms(**fields)


def value_of(row: OfferTerms | None) -> UseTerms:
    """The terms of an offer or a voucher; no row means the usual ones, so that a plain offer needs no second read."""
    return USUAL if row is None else row.value
