"""The keys with which a store's till signs."""

from django.db import models
from django.db.models import Q

from backend.accounts import crypto
from backend.merchants.models import Store

SLOTS = (0, 1)  # two keys may be good at once: the old one until the new one is in the till


class TillKey(models.Model):
    """A secret, sealed at rest. The unique slot is the guard of "two at once"."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="till_keys")
    key_id = models.CharField(max_length=32, unique=True)
    slot = models.PositiveSmallIntegerField()
    secret_sealed = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["store", "slot"], condition=Q(revoked_at=None), name="one_till_key_a_slot"),
            models.CheckConstraint(condition=Q(slot__in=SLOTS), name="till_key_slot_known"),
        )

    def __str__(self) -> str:
        return self.key_id

    @property
    def secret(self) -> bytes:
        return crypto.unseal(self.secret_sealed).encode()
