"""Awards with their evidence, and how a wait ended. Written once."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.earning.models.rules import AwardRule
from backend.earning.models.stations import Station
from backend.earning.types import AwardStatus, ReasonCode


class EvidenceRecord(models.Model):
    """What an award rests on: a unique key, so that one deed counts once, and the digest of what was shown."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    grade = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class EvidenceDetail(models.Model):
    """The particulars of an evidence record, deleted when their time is over. Never a position."""

    evidence = models.OneToOneField(EvidenceRecord, on_delete=models.PROTECT, primary_key=True, related_name="detail")
    detail = models.JSONField()
    keep_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["keep_until"], name="evidence_detail_due")]

    def __str__(self) -> str:
        return f"detail of {self.evidence_id}"


class Award(models.Model):
    """One rewarded act, with its rule, its evidence and the event that ties its transfers together.

    `at` is when it was booked, `happened_at` when it was done. `working` is the sum that gave the points, `doubts` the
    reason codes that sent it to review. `carbon_mg` is what was counted at once; what waits is counted when it ends.
    An award that `restores` another one stands in for it, because its rejection was appealed against.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident_id = models.UUIDField()
    person_id = models.UUIDField()  # the cluster that its caps counted under
    activity = models.CharField(max_length=40)
    variant = models.CharField(max_length=40, blank=True)
    amount = models.PositiveBigIntegerField()
    station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True)
    rule = models.ForeignKey(AwardRule, on_delete=models.PROTECT)
    evidence = models.OneToOneField(EvidenceRecord, on_delete=models.PROTECT)
    status = models.CharField(max_length=16)
    release_at = models.DateTimeField(null=True)
    grade = models.CharField(max_length=32)
    points = models.PositiveIntegerField()
    carbon_mg = models.PositiveBigIntegerField(default=0)
    working = models.JSONField(default=dict)
    doubts = models.JSONField(default=list)
    why_zh = models.CharField(max_length=200)
    why_en = models.CharField(max_length=200)
    witness_id = models.UUIDField(null=True)  # who confirmed it: an attendant, a store, a device
    restores = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="restored")
    event_id = models.UUIDField()
    happened_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["resident_id", "status"], name="award_by_resident"),
            models.Index(fields=["event_id"], name="award_by_event"),
            models.Index(fields=["release_at"], name="award_due", condition=Q(status=AwardStatus.PENDING.value)),
            models.Index(fields=["activity", "at"], name="award_by_activity"),
            models.Index(fields=["person_id", "happened_at"], name="award_by_person"),
            models.Index(fields=["id"], name="award_to_review", condition=Q(status=AwardStatus.PENDING_REVIEW.value)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=AwardStatus.PENDING.value) | Q(release_at__isnull=False), name="award_wait_ends"
            )
        ]

    def __str__(self) -> str:
        return f"{self.points} points to {self.resident_id}: {self.status}"


class Review(models.Model):
    """How the wait of an award ended, once: by an operator with a reason, or (`by` empty) because its time was over."""

    append_only = True

    award = models.OneToOneField(Award, on_delete=models.PROTECT, primary_key=True, related_name="review")
    approved = models.BooleanField()
    reason_code = models.CharField(max_length=24, default=ReasonCode.OTHER)
    reason = models.CharField(max_length=200)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'approved' if self.approved else 'rejected'}: {self.reason}"


class TakenBack(models.Model):
    """A part of an award that was undone, because its act was: a refund, a correction."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="taken_back")
    reference = models.CharField(max_length=160, unique=True)
    units = models.PositiveBigIntegerField()
    points = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.points} of {self.award_id}"


class UnitsBack(models.Model):
    """How much of an award's amount was undone: the guarded counter that keeps it within the amount."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT)
    used = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.award_id}: {self.used}"
