"""Lists of people to whom vouchers are given: what was sent in, line by line, and what became of each."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from campaigns.models.campaigns import Offer
from campaigns.types import GrantStatus, LineState

_STATUSES = [status.value for status in GrantStatus]
_STATES = [state.value for state in LineState]
_APPROVED = [GrantStatus.HANDING.value, GrantStatus.DONE.value]


class Grant(models.Model):
    """A list for one offer. One file is one list: the same bytes answer the list that there is.

    `content` is the file, sealed, and forgotten once it is read. `preview_sha256` is of what the reading found, and is
    what a second person approves; nothing of the list changes afterwards.
    """

    edges = (
        "status",
        {
            (GrantStatus.READING, GrantStatus.READY),
            (GrantStatus.READY, GrantStatus.HANDING),
            (GrantStatus.READY, GrantStatus.REJECTED),
            (GrantStatus.HANDING, GrantStatus.DONE),
        },
    )
    settled = ("status", {GrantStatus.READING}, ["offer_id", "file_sha256", "preview_sha256", "good", "drafted_by"])

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="grants")
    status = models.CharField(max_length=10, choices=[(each, each) for each in _STATUSES], default="reading")
    file_sha256 = models.CharField(max_length=64)
    content = models.TextField(blank=True)
    lines = models.PositiveIntegerField()
    read = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    preview_sha256 = models.CharField(max_length=64, blank=True, default="")
    drafted_by = models.CharField(max_length=64)
    decided_by = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "file_sha256"], name="one_grant_a_file"),
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="grant_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=_APPROVED) | (~Q(decided_by="") & ~Q(decided_by=F("drafted_by"))),
                name="grant_second_person",
            ),
            models.CheckConstraint(
                condition=Q(status=GrantStatus.READING.value) | Q(content=""), name="grant_forgets_its_file"
            ),
        ]

    def __str__(self) -> str:
        return f"grant {self.id}: {self.status}"


class GrantLine(models.Model):
    """One line. `shown` is its number masked or its id; `fault` why nothing will be handed out for it."""

    edges = ("state", {(LineState.WAITING, LineState.HANDED), (LineState.WAITING, LineState.REFUSED)})

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    shown = models.CharField(max_length=40)
    note = models.CharField(max_length=60, blank=True, default="")
    resident_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=[(each, each) for each in _STATES], default="waiting")
    fault = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "number"], name="one_grant_line_a_number"),
            models.UniqueConstraint(
                fields=["grant", "person_id"], name="one_good_line_a_person", condition=~Q(state="refused")
            ),
            models.CheckConstraint(
                condition=Q(state=LineState.REFUSED.value) | (Q(person_id__isnull=False) & Q(fault="")),
                name="grant_line_names_a_person",
            ),
        ]
        indexes = [models.Index(fields=["grant", "state", "number"], name="grant_line_by_state")]

    def __str__(self) -> str:
        return f"line {self.number} of {self.grant_id}"


class GrantUse(models.Model):
    """How many vouchers of an offer approved lists have taken: a guarded counter, so that no two share its stock."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="+")
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.used}"
