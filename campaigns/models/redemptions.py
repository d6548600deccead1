"""What vouchers were used for: a hold that prepares a redemption, the redemption, its returns. Written once each."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.merchants.models import Store
from campaigns.models.slips import Slip
from campaigns.models.vouchers import Voucher
from campaigns.rules import MAX_NAME_CHARS, MAX_ORDER_NO_CHARS


class Hold(models.Model):
    """A previewed redemption for which its voucher is kept until `expires_at`, as long as the voucher names it.

    The voucher's money was set aside when it was claimed, so a hold moves none. `code_digest` and `code_purpose` are
    of the code that was shown: the redemption burns it.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="holds")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    counter_id = models.UUIDField()
    order_no = models.CharField(max_length=MAX_ORDER_NO_CHARS)
    bill_fen = models.PositiveIntegerField()
    category = models.CharField(max_length=MAX_NAME_CHARS, blank=True, default="")
    items = models.JSONField(default=list)
    code_digest = models.CharField(max_length=64)
    code_purpose = models.PositiveSmallIntegerField()
    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(at__lt=F("expires_at")), name="hold_lasts_a_while")]
        indexes = [models.Index(fields=["store", "order_no"], name="hold_by_order")]

    def __str__(self) -> str:
        return f"{self.order_no} holds {self.voucher_id} until {self.expires_at:%H:%M:%S}"


class Redemption(models.Model):
    """A voucher used at a store against a bill.

    `place` is 1 for the first voucher of a payment, 2 for the next; the unique place is the guard of stacking, and
    each further voucher's bill is what the ones before it left to pay. `stack` says which vouchers share a payment.
    `released_fen` is what the use left of the money set aside and sent back to the programme.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="redemptions")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    counter_id = models.UUIDField()
    bill_fen = models.PositiveIntegerField()
    discount_fen = models.PositiveIntegerField()
    payable_fen = models.PositiveIntegerField()
    released_fen = models.PositiveIntegerField(default=0)
    order_no = models.CharField(max_length=MAX_ORDER_NO_CHARS)
    place = models.PositiveSmallIntegerField(default=1)
    stack = models.CharField(max_length=48, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "order_no", "place"], name="one_voucher_a_place_of_a_payment"),
            models.CheckConstraint(condition=Q(place__gte=1), name="redemption_place_counts_from_one"),
            models.CheckConstraint(condition=Q(discount_fen__gte=1), name="redemption_takes_something_off"),
            models.CheckConstraint(
                condition=Q(bill_fen=F("discount_fen") + F("payable_fen")), name="redemption_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["store", "-id"], name="redemption_by_store")]

    def __str__(self) -> str:
        return f"{self.order_no}: -{self.discount_fen}"


class Return(models.Model):
    """One refund of a redemption's payment.

    Returns of a redemption are numbered 1, 2, …, and the unique number is the guard: of two that saw the same sums
    one is written. `refunded_fen` and `returned_fen` are the sums with this one. `refund_fen` goes from the store to
    the payer; `returned_discount_fen` leaves the merchant's account, for the voucher where `restores`, else for the
    programme. `refilled_fen` is what the programme set aside for the voucher anew; `points_back` what the resident
    got back.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="returns")
    number = models.PositiveSmallIntegerField()
    counter_id = models.UUIDField()
    refund_fen = models.PositiveIntegerField()
    refunded_fen = models.PositiveIntegerField()
    returned_discount_fen = models.PositiveIntegerField()
    returned_fen = models.PositiveIntegerField()
    refilled_fen = models.PositiveIntegerField(default=0)
    points_back = models.PositiveIntegerField(default=0)
    restores = models.BooleanField()
    reference = models.CharField(max_length=MAX_ORDER_NO_CHARS, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["redemption", "number"], name="one_return_a_number"),
            models.UniqueConstraint(
                fields=["redemption", "reference"], name="one_return_a_reference", condition=~Q(reference="")
            ),
            models.CheckConstraint(
                condition=Q(
                    number__gte=1, refunded_fen__gte=F("refund_fen"), returned_fen__gte=F("returned_discount_fen")
                ),
                name="return_sums_hold_itself",
            ),
            models.CheckConstraint(
                condition=Q(refund_fen__gte=1) | Q(returned_discount_fen__gte=1), name="return_moves_something"
            ),
        ]

    def __str__(self) -> str:
        return f"return {self.number} of {self.redemption_id}: {self.refund_fen}"
