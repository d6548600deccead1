"""Appeals: a second look, by somebody else."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.earning.models.awards import Award
from backend.earning.types import AppealKind, AppealState


class Appeal(models.Model):
    """Against the rejection of an award, once, or against being counted as one person with other accounts.

    `reviewed_by` is who rejected. Whoever decides is neither that person nor the one who appeals.
    """

    edges = (
        "state",
        {
            (AppealState.FILED.value, AppealState.UPHELD.value),
            (AppealState.FILED.value, AppealState.DECLINED.value),
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12)
    resident_id = models.UUIDField(db_index=True)
    award = models.OneToOneField(Award, on_delete=models.PROTECT, null=True, related_name="appeal")
    reviewed_by = models.UUIDField(null=True)
    text = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, default=AppealState.FILED)
    reason_code = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.UUIDField(null=True)
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in AppealKind]), name="appeal_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in AppealState]), name="appeal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=AppealKind.REJECTION.value, award__isnull=False, reviewed_by__isnull=False)
                | Q(kind=AppealKind.ONE_PERSON.value, award__isnull=True),
                name="appeal_against_something",
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.FILED.value, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state=AppealState.FILED.value) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="appeal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (Q(reviewed_by__isnull=True) | ~Q(decided_by=F("reviewed_by"))) & ~Q(decided_by=F("resident_id")),
                name="appeal_decided_by_another",
            ),
            models.UniqueConstraint(
                fields=["resident_id"],
                condition=Q(kind=AppealKind.ONE_PERSON.value, state=AppealState.FILED.value),
                name="one_open_appeal_of_a_person",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="appeal_by_state")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"
