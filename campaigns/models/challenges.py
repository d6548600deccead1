"""Challenges: what must be done within a period, and who has."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from campaigns.models.campaigns import Offer
from campaigns.types import LineState, Period

_PERIODS = [period.value for period in Period]
_STATES = [state.value for state in LineState]


class Challenge(models.Model):
    """`goal` rewarded acts of any of `activities` within one `period`, or so many of their units; one voucher each."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, primary_key=True, related_name="challenge")
    activities = models.JSONField()
    goal = models.PositiveIntegerField()
    counts_units = models.BooleanField(default=False)
    period = models.CharField(max_length=8, choices=[(period, period) for period in _PERIODS])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal__gte=1), name="challenge_asks_something"),
            models.CheckConstraint(condition=Q(period__in=_PERIODS), name="challenge_period_known"),
        ]

    def __str__(self) -> str:
        return f"{self.goal} a {self.period} for {self.offer_id}"


class Completion(models.Model):
    """One person's completed period: once for all of their accounts."""

    edges = ("state", {(LineState.WAITING, LineState.HANDED), (LineState.WAITING, LineState.REFUSED)})

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="completions", db_index=False)
    resident_id = models.UUIDField()
    person_id = models.UUIDField()
    starts_on = models.DateField()
    done = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=[(each, each) for each in _STATES], default="waiting")
    fault = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "person_id", "starts_on"], name="one_completion_a_person_and_period"
            ),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="completion_state_known"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="completion_by_state")]

    def __str__(self) -> str:
        return f"{self.person_id} from {self.starts_on}"
