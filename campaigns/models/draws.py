"""Draws: entries, the published list, the seed that came after it, and the places that were won."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from campaigns.models.campaigns import Offer
from campaigns.types import DrawStatus, LineState

_STATES = [state.value for state in LineState]


class Draw(models.Model):
    """A draw of an offer's vouchers among who signed up.

    Closing fixes the list by its hash, the number of places and how large the journal was. The seed is the first
    checkpoint of the journal that was signed after that and is larger: while the list is open, nobody has it. The
    order of these steps is the database's: no seed before the list, and nothing changes once it is there.
    """

    edges = ("status", {(DrawStatus.OPEN, DrawStatus.CLOSED), (DrawStatus.CLOSED, DrawStatus.DRAWN)})
    settled = (
        "status",
        {DrawStatus.OPEN},
        ["salt", "closes_at", "entries", "closed_at", "list_sha256", "places", "journal_size"],
    )

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, primary_key=True, related_name="draw")
    status = models.CharField(max_length=8, default=DrawStatus.OPEN.value)
    salt = models.CharField(max_length=64)
    closes_at = models.DateTimeField()
    entries = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    list_sha256 = models.CharField(max_length=64, blank=True, default="")
    places = models.PositiveIntegerField(default=0)
    journal_size = models.PositiveBigIntegerField(default=0)
    checkpoint = models.TextField(blank=True, default="")
    checkpoint_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=DrawStatus.OPEN.value, closed_at=None, list_sha256="", checkpoint="")
                | (Q(status=DrawStatus.CLOSED.value, closed_at__gte=F("closes_at"), checkpoint="") & ~Q(list_sha256=""))
                | (
                    Q(status=DrawStatus.DRAWN.value, checkpoint_at__gt=F("closed_at"), drawn_at__isnull=False)
                    & ~Q(list_sha256="")
                    & ~Q(checkpoint="")
                ),
                name="draw_list_before_seed",
            ),
        ]

    def __str__(self) -> str:
        return f"draw of {self.offer_id}: {self.status}"


class Entry(models.Model):
    """One person's sign-up. `number` is public and says nothing of whose it is."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="rows", db_index=False)
    resident_id = models.UUIDField()
    person_id = models.UUIDField()
    number = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "person_id"], name="one_entry_a_person"),
            models.UniqueConstraint(fields=["draw", "number"], name="one_entry_a_number"),
        ]

    def __str__(self) -> str:
        return f"entry {self.number[:8]} of {self.draw_id}"


class Win(models.Model):
    """A place that an entry won, `rank` from 1; it is handed out, or lapses for `fault`."""

    edges = ("state", {(LineState.WAITING, LineState.HANDED), (LineState.WAITING, LineState.REFUSED)})

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="win")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="wins", db_index=False)
    rank = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=[(each, each) for each in _STATES], default="waiting")
    fault = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "rank"], name="one_win_a_rank"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="win_state_known"),
        ]
        indexes = [models.Index(fields=["state", "draw", "rank"], name="win_by_state")]

    def __str__(self) -> str:
        return f"place {self.rank} of {self.draw_id}"
