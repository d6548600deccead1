from django.db import models
from django.db.models import Q

from backend.accounts import crypto
from backend.core.ids import new_id
from backend.travel.types import AccountKind, Agreement


class Partner(models.Model):
    """An operator that sends rides. `code` stands in its address; `account_kind` is what it names riders by."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    account_kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in AccountKind])
    modes = models.JSONField()
    max_age_seconds = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(account_kind__in=list(AccountKind)), name="partner_account_kind_known")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def agreement(self) -> Agreement:
        return Agreement(frozenset(self.modes), self.max_age_seconds)


class PartnerKey(models.Model):
    """A key that signs a partner's requests, sealed. Its slot bounds how many are valid at once: two, to rotate."""

    id = models.CharField(primary_key=True, max_length=40)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    slot = models.PositiveSmallIntegerField()
    secret_sealed = models.CharField(max_length=300)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "slot"], condition=Q(revoked_at=None), name="one_live_partner_key_per_slot"
            ),
            models.CheckConstraint(condition=Q(slot__in=[1, 2]), name="two_partner_keys_at_most"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def secret(self) -> bytes:
        return crypto.unseal(self.secret_sealed).encode()
