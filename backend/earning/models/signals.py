"""What the fraud signals found, for operators to look at."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.earning.types import SignalKind, SignalState, SubjectKind


class Signal(models.Model):
    """One finding about a subject in the period [since, until), once for each month that `since` begins.

    While it is open or confirmed, and until `watch_until`, awards of the subject go to review. A person ends that by
    dismissing it.
    """

    edges = (
        "state",
        {
            (SignalState.OPEN.value, SignalState.CONFIRMED.value),
            (SignalState.OPEN.value, SignalState.DISMISSED.value),
            (SignalState.CONFIRMED.value, SignalState.DISMISSED.value),
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=24)
    subject_kind = models.CharField(max_length=8)
    subject_id = models.UUIDField()
    score = models.FloatField()
    threshold = models.FloatField()
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField()
    watch_until = models.DateTimeField()
    state = models.CharField(max_length=10, default=SignalState.OPEN)
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "kind", "since"], name="one_signal_a_month"),
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in SignalKind]), name="signal_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in SignalState]), name="signal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(subject_kind__in=[each.value for each in SubjectKind]), name="signal_subject_known"
            ),
            models.CheckConstraint(condition=Q(score__gte=F("threshold")), name="signal_reached_threshold"),
            models.CheckConstraint(
                condition=Q(state=SignalState.OPEN.value) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="signal_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="signal_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_id}: {self.state}"


def watching(at: datetime) -> Q:
    """The signals that send awards of `at` to review."""
    return Q(state__in=[SignalState.OPEN.value, SignalState.CONFIRMED.value], watch_until__gt=at)
