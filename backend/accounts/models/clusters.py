"""Who is the same person: accounts that share a telephone, a device or a payment account.

The truth is the holders of the marks; `Cluster` is what follows from them, kept so that a limit per person costs one
look-up by primary key. `queries.clusters.disagreements` derives it anew.
"""

from django.db import models
from django.db.models import Q

from backend.accounts.models.people import User
from backend.accounts.types import ChangeReason, Holding, MarkKind


class Mark(models.Model):
    """One telephone, device or payment account, as a digest under a key of its own kind; never in clear."""

    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="one_mark_per_digest"),
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in MarkKind]), name="mark_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class MarkHolder(models.Model):
    """That an account was seen with a mark, and whether that makes it the same person as the mark's other holders."""

    edges = (
        "holding",
        {(Holding.JOINED.value, Holding.APART.value), (Holding.SPARED.value, Holding.APART.value)},
    )

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="marks")
    mark = models.ForeignKey(Mark, on_delete=models.CASCADE, related_name="holders")
    holding = models.CharField(max_length=6)
    at = models.DateTimeField()
    kept_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "mark"], name="one_holder_row_per_mark"),
            models.CheckConstraint(
                condition=Q(holding__in=[each.value for each in Holding]), name="mark_holding_known"
            ),
        ]
        indexes = [models.Index(fields=["kept_until"], name="mark_due", condition=Q(kept_until__isnull=False))]

    def __str__(self) -> str:
        return f"{self.user_id} {self.holding} by mark {self.mark_id}"


class Cluster(models.Model):
    """The person that an account belongs to: the oldest account of those joined. Accounts alone have no row."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="cluster")
    person_id = models.UUIDField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} is {self.person_id}"


class ClusterChange(models.Model):
    """Each time an account came to another person, and why; without foreign keys, so that it outlives them."""

    append_only = True

    user_id = models.UUIDField(db_index=True)
    was = models.UUIDField()
    person_id = models.UUIDField()
    reason = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[each.value for each in ChangeReason]), name="cluster_reason_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.was} -> {self.person_id} ({self.reason})"


class ClusterGate(models.Model):
    """Whoever changes clusters takes this row first, so that each sees the joins that were made before it."""

    passed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_cluster_gate")]

    def __str__(self) -> str:
        return f"passed at {self.passed_at:%F %T}"
