"""Vouchers, and how many each person took."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from campaigns.models.campaigns import Offer
from campaigns.models.terms import OfferTerms
from campaigns.types import VoucherStatus, Way

_STATUSES = [status.value for status in VoucherStatus]
_WAYS = [way.value for way in Way]


class Voucher(models.Model):
    """One person's right to a discount. Value, minimum and price are those of the moment of the claim.

    `resident_id` has no foreign key: an erased person's vouchers stay in the books. `person_id` is whom limits counted
    it for: all accounts of one person have one. At `expires_at` it is worth
    nothing, whatever `status` still says; the expiry verb brings the books in line.

    `source` says in which way it came: paid for with points, or for the ticket, line, entry or win `source_id`, each of
    which can have one voucher only. `told` and `warned`: whether its owner has been told of it, and of its end.

    `remaining_fen` is the money set aside for it now: together they are what the offer's outstanding account holds.
    Until `held_until` the voucher is kept for the redemption that the hold `hold_id` has prepared; a hold that is
    over needs no clean-up, because every guard compares the time.
    """

    edges = (
        "status",
        {
            (VoucherStatus.CLAIMED, VoucherStatus.REDEEMED),
            (VoucherStatus.CLAIMED, VoucherStatus.EXPIRED),
            (VoucherStatus.REDEEMED, VoucherStatus.CLAIMED),  # a full refund returned it
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="vouchers", verbose_name="优惠")
    resident_id = models.UUIDField("居民")
    person_id = models.UUIDField("同一人")
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[(status, status) for status in _STATUSES],
        default=VoucherStatus.CLAIMED.value,
    )
    source = models.CharField("来源", max_length=10, choices=[(way, way) for way in _WAYS], default=Way.EXCHANGE.value)
    source_id = models.UUIDField("来源编号", null=True, blank=True, unique=True)
    points_paid = models.PositiveIntegerField("所付积分")
    face_value_fen = models.PositiveIntegerField("面额（分）")
    min_spend_fen = models.PositiveIntegerField("最低消费（分）")
    remaining_fen = models.PositiveIntegerField("余额（分）", default=0)
    use_terms = models.ForeignKey(
        OfferTerms, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="使用规则"
    )
    hold_id = models.UUIDField("预留", null=True, blank=True)
    held_until = models.DateTimeField("预留至", null=True, blank=True)
    claimed_at = models.DateTimeField("领取时间")
    expires_at = models.DateTimeField("失效时间")
    told = models.BooleanField("已告知领取", default=False)
    warned = models.BooleanField("已提醒到期", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "消费券"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="voucher_status_known"),
            models.CheckConstraint(
                condition=Q(source=Way.EXCHANGE.value, source_id=None, points_paid__gte=1)
                | (Q(source__in=_WAYS, source_id__isnull=False) & ~Q(source=Way.EXCHANGE.value)),
                name="voucher_was_paid_for",
            ),
            models.CheckConstraint(
                condition=Q(face_value_fen__gte=1)
                & (Q(min_spend_fen__gte=F("face_value_fen")) | Q(use_terms__isnull=False)),
                name="voucher_gives_no_change",
            ),
            models.CheckConstraint(condition=Q(remaining_fen__lte=F("face_value_fen")), name="voucher_within_its_face"),
            models.CheckConstraint(
                condition=Q(status=VoucherStatus.CLAIMED.value, remaining_fen__gte=1)
                | (~Q(status=VoucherStatus.CLAIMED.value) & Q(remaining_fen=0)),
                name="voucher_is_worth_what_its_status_says",
            ),
            models.CheckConstraint(
                condition=Q(hold_id=None, held_until=None) | (~Q(hold_id=None) & ~Q(held_until=None)),
                name="voucher_hold_has_an_end",
            ),
            models.CheckConstraint(condition=Q(claimed_at__lt=F("expires_at")), name="voucher_lives_a_while"),
        ]
        indexes = [
            models.Index(fields=["resident_id", "-id"], name="voucher_by_resident"),
            models.Index(
                fields=["expires_at", "id"], name="voucher_due", condition=Q(status=VoucherStatus.CLAIMED.value)
            ),
            models.Index(fields=["id"], name="voucher_untold", condition=Q(told=False)),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"


class ClaimUse(models.Model):
    """How many vouchers of an offer one person has claimed, under whatever account: a guarded counter."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    used = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "person_id"], name="one_claim_use_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.offer_id}: {self.used}"
