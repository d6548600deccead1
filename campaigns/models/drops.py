"""Timed drops: waiting tickets, and the order that fell on them."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from campaigns.models.campaigns import Offer
from campaigns.types import DrawStatus


class Drop(models.Model):
    """A drop: ticket holders are admitted in the order of their positions, `per_second` a second from `drawn_at` on.

    The seed is made with the drop and its hash is public from then on, so that nobody can choose it once there are
    tickets; it is public itself once the order is drawn. `taken` counts tickets, `queued` is the last position, and
    `told` the last whose holder was told to come in.
    """

    edges = ("status", {(DrawStatus.OPEN, DrawStatus.DRAWN)})
    settled = ("status", {DrawStatus.OPEN}, ["seed", "seed_sha256", "salt", "per_second", "drawn_at"])

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, primary_key=True, related_name="drop")
    status = models.CharField(max_length=8, default=DrawStatus.OPEN.value)
    per_second = models.PositiveIntegerField()
    salt = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    seed_sha256 = models.CharField(max_length=64)
    taken = models.PositiveIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(per_second__gte=1), name="drop_admits_people"),
            models.CheckConstraint(
                condition=Q(status=DrawStatus.OPEN.value, drawn_at=None, queued=0)
                | Q(status=DrawStatus.DRAWN.value, drawn_at__isnull=False),
                name="drop_status_known",
            ),
            models.CheckConstraint(condition=Q(told__lte=F("queued"), queued__lte=F("taken")), name="drop_counts_fit"),
        ]

    def __str__(self) -> str:
        return f"drop of {self.offer_id}: {self.status}"


class Ticket(models.Model):
    """A person's place in a drop. `number` is public and says nothing of whose it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    drop = models.ForeignKey(Drop, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    resident_id = models.UUIDField()
    person_id = models.UUIDField()
    number = models.CharField(max_length=64)
    position = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drop", "person_id"], name="one_ticket_a_person"),
            models.UniqueConstraint(fields=["drop", "position"], name="one_ticket_a_position"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.position} of {self.drop_id}"
