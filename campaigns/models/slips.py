"""Vouchers on paper, for people without a phone."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from campaigns.models.vouchers import Voucher


class Slip(models.Model):
    """A printed code of one voucher, handed out at a desk. Only the newest print is good: it revokes the one before.

    `holder` is the masked number of who it was handed to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="slips")
    printed_by = models.UUIDField()
    holder = models.CharField(max_length=20, blank=True, default="")
    printed_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voucher"], name="one_good_slip_a_voucher", condition=Q(revoked_at=None))
        ]
        indexes = [models.Index(fields=["printed_by", "-id"], name="slip_by_desk")]

    def __str__(self) -> str:
        return f"slip {self.id} of {self.voucher_id}"
