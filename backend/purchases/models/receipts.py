"""Receipts of green orders, who claimed them, what was refunded; and acts that a counter confirmed.

Only ids of people stand here. Every row is written once; the counter of refunds is the one that moves.
"""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.earning.models import Award
from backend.merchants.models import Store
from backend.purchases.rules import MOST_FEN
from backend.purchases.types import AT_COUNTER, Category


class Receipt(models.Model):
    """A store's order that may earn. Its unique number is the guard: one order earns once, whoever enters it."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="receipts")
    order_no = models.CharField(max_length=40)
    amount_fen = models.PositiveIntegerField()
    category = models.CharField(max_length=16)
    product = models.CharField(max_length=40, blank=True)
    issued_by = models.CharField(max_length=64)  # a counter's id, or a till's key id
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["store", "order_no"], name="one_receipt_an_order"),
            models.CheckConstraint(condition=Q(amount_fen__range=(1, MOST_FEN)), name="receipt_amount_in_range"),
            models.CheckConstraint(condition=Q(category__in=list(Category)), name="receipt_category_known"),
        )

    def __str__(self) -> str:
        return f"{self.store_id} {self.order_no}: {self.amount_fen} fen"


class ReceiptPayer(models.Model):
    """With what an order was paid, as a mark's digest, until somebody claims it or its time is over."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, primary_key=True, related_name="payer")
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"payer of {self.receipt_id}"


class Purchase(models.Model):
    """That a resident earned by a receipt; it has the receipt's id. `amount_fen` is what was not refunded before."""

    append_only = True

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, primary_key=True, related_name="purchase")
    resident_id = models.UUIDField()
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="purchase")
    amount_fen = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["resident_id", "-receipt"], name="purchase_by_resident"),)

    def __str__(self) -> str:
        return f"{self.receipt_id} by {self.resident_id}"


class Refund(models.Model):
    """A part of an order that was paid back, before or after it was claimed."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=40)
    refund_fen = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    claimed = models.BooleanField()  # whether the order had earned by then
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["receipt", "reference"], name="one_refund_a_reference"),
            models.CheckConstraint(condition=Q(refund_fen__gte=1), name="refund_is_positive"),
        )

    def __str__(self) -> str:
        return f"{self.refund_fen} fen of {self.receipt_id}"


class RefundedFen(models.Model):
    """How much of an order was refunded: the guarded counter, and the row at which claim and refund meet."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="refunded")
    used = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.used}"


class ConfirmedAct(models.Model):
    """An act that a store's counter saw and confirmed."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="acts")
    activity = models.CharField(max_length=40)
    resident_id = models.UUIDField()
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="act")
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(activity__in=list(AT_COUNTER)), name="act_activity_known"),)

    def __str__(self) -> str:
        return f"{self.activity} of {self.resident_id}"
