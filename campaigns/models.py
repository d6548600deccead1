"""Campaigns, offers, vouchers and redemptions. What must always be true of them is a constraint here."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.ledger.types import AccountRef, Asset, Kind, budget_account
from backend.merchants.models import Store
from campaigns.rules import MAX_ORDER_NO_CHARS, MAX_VALID_DAYS
from campaigns.types import VoucherStatus

_STATUSES = [status.value for status in VoucherStatus]


class Campaign(models.Model):
    """A run of offers under one name, within [starts_at, ends_at)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField("名称", max_length=80)
    title_en = models.CharField("英文名称", max_length=80, blank=True, default="")
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        constraints = [models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="campaign_starts_first")]

    def __str__(self) -> str:
        return self.title


class Offer(models.Model):
    """Vouchers of one kind, exchanged for points while the stock lasts.

    `claimed` counts the vouchers handed out; it is raised by one guarded statement only and is the hottest row of
    a busy campaign. `terms` is `{"zh": [...], "en": [...]}`: sentences, because cities differ in their rules.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="offers", verbose_name="活动")
    title = models.CharField("名称", max_length=80)
    title_en = models.CharField("英文名称", max_length=80, blank=True, default="")
    points_price = models.PositiveIntegerField("所需积分")
    face_value_fen = models.PositiveIntegerField("面额（分）")
    min_spend_fen = models.PositiveIntegerField("最低消费（分）")
    stock = models.PositiveIntegerField("总量")
    claimed = models.PositiveIntegerField("已领", default=0)
    per_person_limit = models.PositiveSmallIntegerField("每人限领", default=1)
    starts_at = models.DateTimeField("开始领取")
    ends_at = models.DateTimeField("结束领取")
    valid_days = models.PositiveSmallIntegerField("领取后有效天数")
    terms = models.JSONField("使用条款", default=dict)
    every_store = models.BooleanField("全部门店可用", default=True)
    stores = models.ManyToManyField(Store, blank=True, related_name="+", verbose_name="可用门店")

    class Meta:
        verbose_name = verbose_name_plural = "优惠"
        constraints = [
            models.CheckConstraint(condition=Q(claimed__gte=0, claimed__lte=F("stock")), name="offer_within_stock"),
            models.CheckConstraint(condition=Q(points_price__gte=1), name="offer_costs_points"),
            models.CheckConstraint(
                condition=Q(face_value_fen__gte=1, min_spend_fen__gte=F("face_value_fen")),
                name="offer_gives_no_change",
            ),
            models.CheckConstraint(condition=Q(per_person_limit__gte=1), name="offer_limit_positive"),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=MAX_VALID_DAYS), name="offer_valid_days_bounded"
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="offer_starts_first"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="offer_by_end")]

    def __str__(self) -> str:
        return self.title


class Voucher(models.Model):
    """One person's right to a discount. Value, minimum and price are those of the moment of the claim.

    `resident_id` has no foreign key: an erased person's vouchers stay in the books. At `expires_at` it is worth
    nothing, whatever `status` still says; the expiry verb brings the books in line.
    """

    edges = (
        "status",
        {(VoucherStatus.CLAIMED, VoucherStatus.REDEEMED), (VoucherStatus.CLAIMED, VoucherStatus.EXPIRED)},
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="vouchers", verbose_name="优惠")
    resident_id = models.UUIDField("居民")
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[(status, status) for status in _STATUSES],
        default=VoucherStatus.CLAIMED.value,
    )
    points_paid = models.PositiveIntegerField("所付积分")
    face_value_fen = models.PositiveIntegerField("面额（分）")
    min_spend_fen = models.PositiveIntegerField("最低消费（分）")
    claimed_at = models.DateTimeField("领取时间")
    expires_at = models.DateTimeField("失效时间")

    class Meta:
        verbose_name = verbose_name_plural = "消费券"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="voucher_status_known"),
            models.CheckConstraint(condition=Q(points_paid__gte=1), name="voucher_was_paid_for"),
            models.CheckConstraint(
                condition=Q(face_value_fen__gte=1, min_spend_fen__gte=F("face_value_fen")),
                name="voucher_gives_no_change",
            ),
            models.CheckConstraint(condition=Q(claimed_at__lt=F("expires_at")), name="voucher_lives_a_while"),
        ]
        indexes = [
            models.Index(fields=["resident_id", "-id"], name="voucher_by_resident"),
            models.Index(
                fields=["expires_at", "id"], name="voucher_due", condition=Q(status=VoucherStatus.CLAIMED.value)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"


class ClaimUse(models.Model):
    """How many vouchers of an offer one person has claimed: the guarded counter of the limit per person."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    resident_id = models.UUIDField()
    used = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "resident_id"], name="one_claim_use_per_person")]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.offer_id}: {self.used}"


class Redemption(models.Model):
    """A voucher used at a store against a bill. Written once; one voucher a redemption, one redemption a payment."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    voucher = models.OneToOneField(Voucher, on_delete=models.PROTECT, related_name="redemption")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    counter_id = models.UUIDField()
    bill_fen = models.PositiveIntegerField()
    discount_fen = models.PositiveIntegerField()
    payable_fen = models.PositiveIntegerField()
    order_no = models.CharField(max_length=MAX_ORDER_NO_CHARS)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "order_no"], name="one_voucher_a_payment"),
            models.CheckConstraint(condition=Q(discount_fen__gte=1), name="redemption_takes_something_off"),
            models.CheckConstraint(
                condition=Q(bill_fen=F("discount_fen") + F("payable_fen")), name="redemption_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["store", "-id"], name="redemption_by_store")]

    def __str__(self) -> str:
        return f"{self.order_no}: -{self.discount_fen}"


# The ledger's names for the accounts of a campaign. All are open: what they hold is what the journal says, so none
# of them is a row that every claim or redemption waits for, and a clawback may take a merchant below zero.
REDEEMED_POINTS = AccountRef(Asset.POINT, "redeemed-points", Kind.OPEN)


def programme_of(offer_id: UUID) -> str:
    """The ledger's name for an offer's budget."""
    return f"offer:{offer_id}"


def campaign_account(offer_id: UUID) -> AccountRef:
    """The offer's budget: where the money of its vouchers comes from and expired money returns to."""
    return budget_account(programme_of(offer_id), Asset.FEN)


def outstanding_account(offer_id: UUID) -> AccountRef:
    """Money promised to residents by vouchers that are neither redeemed nor expired."""
    return AccountRef(Asset.FEN, f"voucher-outstanding:{offer_id}", Kind.OPEN)


def merchant_account(merchant_id: UUID) -> AccountRef:
    """Money due to a merchant."""
    return AccountRef(Asset.FEN, f"merchant:{merchant_id}", Kind.OPEN)
