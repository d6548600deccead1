from django.db import models
from django.db.models import Q

from backend.travel.models.partners import Partner
from backend.travel.models.tallies import Tally
from backend.travel.types import AccountKind, RideStatus


class Rider(models.Model):
    """An account that a partner named or a resident linked; the number itself is never kept, only its keyed digest.

    `resident_id` is who linked it. `has_due` is the queue: it is raised under this row's lock with every ride that
    comes in, and lowered by whoever settles, so that a ride and a link that pass each other are both seen.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in AccountKind])
    has_due = models.BooleanField(default=False)
    seen_at = models.DateTimeField()
    resident_id = models.UUIDField(null=True)
    masked = models.CharField(max_length=8, blank=True)
    linked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident_id", "kind"], name="one_link_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=list(AccountKind)), name="rider_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["seen_at"], condition=Q(has_due=True, resident_id__isnull=False), name="riders_to_settle"
            ),
            models.Index(fields=["seen_at"], condition=Q(resident_id=None), name="riders_nobody_linked"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.masked}"


class Ride(models.Model):
    """One event of a partner's feed, recorded once per reference. `at` is the hour in which the ride ended.

    `rider` leads to the account only while the ride is due, and so does `payer`, the digest of what it was paid with;
    afterwards `tally` says where it was counted.
    """

    edges = (
        "status",
        {(RideStatus.DUE.value, RideStatus.SETTLED.value), (RideStatus.DUE.value, RideStatus.FORGOTTEN.value)},
    )

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    reference = models.CharField(max_length=64)
    content_digest = models.CharField(max_length=64)
    activity = models.CharField(max_length=40)
    distance_m = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=[(status, status) for status in RideStatus])
    # DO_NOTHING leaves the refusal to the database's own foreign key, so that forgetting riders is one guarded DELETE.
    rider = models.ForeignKey(Rider, on_delete=models.DO_NOTHING, null=True)
    tally = models.ForeignKey(Tally, on_delete=models.PROTECT, null=True)
    payer = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "reference"], name="one_ride_per_reference"),
            models.CheckConstraint(condition=Q(status__in=list(RideStatus)), name="ride_status_known"),
            models.CheckConstraint(
                condition=Q(status=RideStatus.DUE, rider__isnull=False, tally=None)
                | Q(status=RideStatus.SETTLED, rider=None, tally__isnull=False)
                | Q(status__in=[RideStatus.FORGOTTEN, RideStatus.ELSEWHERE], rider=None, tally=None),
                name="ride_leads_to_a_rider_only_while_due",
            ),
            models.CheckConstraint(
                condition=Q(status=RideStatus.DUE) | Q(payer=""), name="ride_leads_to_a_payer_only_while_due"
            ),
        ]
        indexes = [models.Index(fields=["received_at"], condition=Q(status=RideStatus.DUE), name="rides_due")]

    def __str__(self) -> str:
        return f"{self.reference}: {self.status}"

    @property
    def amount(self) -> int:
        """Metres, or one ride where the distance is unknown."""
        return 1 if self.distance_m is None else self.distance_m


class LinkCount(models.Model):
    """How often a resident linked accounts within a month: nobody tries other people's cards through."""

    resident_id = models.UUIDField()
    month = models.DateField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident_id", "month"], name="one_link_count_per_month")]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.month:%Y-%m}: {self.used}"
