"""Changes of a running campaign's money, and the counters that bound a day and a person."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from campaigns.models.campaigns import Campaign, Offer
from campaigns.types import ChangeStatus, Span

_STATUSES = [status.value for status in ChangeStatus]


class MoneyChange(models.Model):
    """What one person asks to change and a second person decides on; the database refuses the same person.

    `budget_fen` and `day_budget_fen` are new figures, null to leave one as it is; `more_stock` is added to the
    stock of `offer`.
    """

    edges = (
        "status",
        {(ChangeStatus.PROPOSED, ChangeStatus.APPROVED), (ChangeStatus.PROPOSED, ChangeStatus.REJECTED)},
    )
    settled = (
        "status",
        {ChangeStatus.PROPOSED},
        ["campaign_id", "budget_fen", "day_budget_fen", "offer_id", "more_stock", "asked_by", "decided_by"],
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="money_changes")
    budget_fen = models.PositiveBigIntegerField(null=True)
    day_budget_fen = models.PositiveBigIntegerField(null=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+")
    more_stock = models.IntegerField(null=True)
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=[(each, each) for each in _STATUSES], default="proposed")
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金变更"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="money_change_status_known"),
            models.CheckConstraint(
                condition=~Q(status=ChangeStatus.APPROVED.value)
                | (~Q(decided_by="") & ~Q(decided_by=F("asked_by")) & Q(decided_at__isnull=False)),
                name="money_change_second_person",
            ),
            models.CheckConstraint(
                condition=(Q(budget_fen__isnull=False) | Q(day_budget_fen__isnull=False) | Q(offer__isnull=False))
                & (Q(day_budget_fen=None) | Q(day_budget_fen__gte=1)),
                name="money_change_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(offer=None, more_stock=None)
                | (Q(offer__isnull=False, more_stock__isnull=False) & ~Q(more_stock=0)),
                name="money_change_stock_of_an_offer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.status}"


class DayUse(models.Model):
    """Fen of the vouchers that a campaign handed out on one day: the guarded counter of the day budget."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    used = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "day"], name="one_day_use_per_day")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day}: {self.used}"


class SpanUse(models.Model):
    """How many vouchers of a campaign one person claimed within a day, week, month or in all: a guarded counter."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    span = models.CharField(max_length=8, choices=[(span.value, span.value) for span in Span])
    starts_on = models.DateField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person_id", "span", "starts_on"], name="one_span_use_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.span} {self.starts_on}: {self.used}"
