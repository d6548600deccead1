"""Campaigns and their offers. What must always be true of them is a constraint or a trigger here."""

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.merchants.models import Store
from campaigns.models.terms import OfferTerms
from campaigns.rules import EDGES, MAX_VALID_DAYS, WHOLE_BP, group_of, windows_of
from campaigns.types import CampaignStatus, ClaimWindows, Funder, Group, Limits, Way

_STATUSES = [status.value for status in CampaignStatus]
_WAYS = [way.value for way in Way]
_BEFORE_APPROVAL = [CampaignStatus.DRAFT.value, CampaignStatus.IN_REVIEW.value]


class Campaign(models.Model):
    """A run of offers under one name, one budget and one plan, within [starts_at, ends_at).

    The plan is settled once it is submitted, and stands once a second person has approved it: the database refuses
    to approve for the drafter or the submitter, and to change the plan of what was submitted. Money (`budget_fen`,
    `day_budget_fen`, an offer's stock) changes later only by a `MoneyChange` of two persons.

    `groups` and `windows` are the JSON of `rules.group_data` and `rules.windows_data`; empty means everybody, always.
    """

    edges = ("status", EDGES)
    settled = (
        "status",
        {CampaignStatus.DRAFT},
        [
            "starts_at", "ends_at", "drafted_by", "groups", "windows", "survives_stop", "boost",
            "per_day", "per_week", "per_month", "in_all",
            "government_bp", "mall_bp", "shop_bp", "partner_bp",
        ],
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField("名称", max_length=80)
    title_en = models.CharField("英文名称", max_length=80, blank=True, default="")
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[(status, status) for status in _STATUSES],
        default=CampaignStatus.DRAFT.value,
    )
    version = models.PositiveIntegerField("版本", default=1)
    drafted_by = models.CharField("起草人", max_length=64)
    submitted_by = models.CharField("提交人", max_length=64, blank=True, default="")
    approved_by = models.CharField("批准人", max_length=64, blank=True, default="")
    budget_fen = models.PositiveBigIntegerField("预算（分）")
    day_budget_fen = models.PositiveBigIntegerField("每日预算（分）", null=True, blank=True)
    government_bp = models.PositiveSmallIntegerField("政府出资（基点）", default=WHOLE_BP)
    mall_bp = models.PositiveSmallIntegerField("商场出资（基点）", default=0)
    shop_bp = models.PositiveSmallIntegerField("商户出资（基点）", default=0)
    partner_bp = models.PositiveSmallIntegerField("合作方出资（基点）", default=0)
    groups = models.JSONField("适用人群", default=list, blank=True)
    windows = models.JSONField("领取时段", default=dict, blank=True)
    per_day = models.PositiveSmallIntegerField("每人每日限领", null=True, blank=True)
    per_week = models.PositiveSmallIntegerField("每人每周限领", null=True, blank=True)
    per_month = models.PositiveSmallIntegerField("每人每月限领", null=True, blank=True)
    in_all = models.PositiveSmallIntegerField("每人活动限领", null=True, blank=True)
    survives_stop = models.BooleanField("停止后已领券仍可用", default=True)
    boost = models.JSONField("积分加倍", null=True, blank=True, default=None)

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="campaign_starts_first"),
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="campaign_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=_BEFORE_APPROVAL)
                | (~Q(approved_by="") & ~Q(approved_by=F("drafted_by")) & ~Q(approved_by=F("submitted_by"))),
                name="campaign_second_person",
            ),
            models.CheckConstraint(
                condition=Q(status=CampaignStatus.DRAFT.value) | ~Q(submitted_by=""), name="campaign_was_submitted"
            ),
            models.CheckConstraint(
                condition=Q(government_bp=WHOLE_BP - F("mall_bp") - F("shop_bp") - F("partner_bp")),
                name="campaign_shares_add_up",
            ),
            models.CheckConstraint(
                condition=Q(day_budget_fen=None) | Q(day_budget_fen__gte=1), name="campaign_day_budget_positive"
            ),
        ]
        indexes = [models.Index(fields=["status", "ends_at"], name="campaign_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def shares(self) -> Mapping[Funder, int]:
        """Who pays, in basis points that add up to 10,000."""
        columns = {funder: getattr(self, f"{funder}_bp") for funder in Funder}
        return {funder: share for funder, share in columns.items() if share}

    @property
    def target(self) -> tuple[Group, ...]:
        return tuple(group_of(each) for each in self.groups)

    @property
    def claim_windows(self) -> ClaimWindows:
        return windows_of(self.windows)

    @property
    def limits(self) -> Limits:
        return Limits(self.per_day, self.per_week, self.per_month, self.in_all)


class Offer(models.Model):
    """Vouchers of one kind, which reach people in one `way` while the stock lasts.

    `claimed` counts the vouchers handed out; it is raised by one guarded statement only and is the hottest row of
    a busy campaign. `is_open` stands on the same row, so that a pause or a stop and a claim cannot pass each other.
    `stock` is `planned`, plus what approved changes added, plus what `rolled_fen` of expired vouchers pays for.
    `terms` is `{"zh": [...], "en": [...]}`: sentences, because cities differ in their rules; what the counter obeys is
    `use_terms`, none of which are the usual ones. `face_value_fen` is the most that a voucher costs.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="offers", verbose_name="活动")
    title = models.CharField("名称", max_length=80)
    title_en = models.CharField("英文名称", max_length=80, blank=True, default="")
    points_price = models.PositiveIntegerField("所需积分")
    face_value_fen = models.PositiveIntegerField("面额（分）")
    min_spend_fen = models.PositiveIntegerField("最低消费（分）")
    planned = models.PositiveIntegerField("计划数量")
    stock = models.PositiveIntegerField("总量")
    claimed = models.PositiveIntegerField("已领", default=0)
    is_open = models.BooleanField("可领取", default=False)
    way = models.CharField("发放方式", max_length=10, choices=[(way, way) for way in _WAYS], default=Way.EXCHANGE.value)
    per_person_limit = models.PositiveSmallIntegerField("每人限领", default=1)
    starts_at = models.DateTimeField("开始领取")
    ends_at = models.DateTimeField("结束领取")
    valid_days = models.PositiveSmallIntegerField("领取后有效天数")
    last_day = models.DateField("最后使用日", null=True, blank=True)
    rolls_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="未用结转至"
    )
    rolled_fen = models.PositiveBigIntegerField("结转金额（分）", default=0)
    terms = models.JSONField("使用条款", default=dict)
    use_terms = models.ForeignKey(
        OfferTerms, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="使用规则"
    )
    every_store = models.BooleanField("全部门店可用", default=True)
    stores = models.ManyToManyField(Store, blank=True, related_name="+", verbose_name="可用门店")

    class Meta:
        verbose_name = verbose_name_plural = "优惠"
        constraints = [
            models.CheckConstraint(condition=Q(claimed__gte=0, claimed__lte=F("stock")), name="offer_within_stock"),
            models.CheckConstraint(condition=Q(way__in=_WAYS), name="offer_way_known"),
            models.CheckConstraint(
                condition=Q(points_price__gte=1) | ~Q(way=Way.EXCHANGE.value), name="offer_costs_points"
            ),
            models.CheckConstraint(
                condition=Q(face_value_fen__gte=1)
                & (Q(min_spend_fen__gte=F("face_value_fen")) | Q(use_terms__isnull=False)),
                name="offer_gives_no_change",
            ),
            models.CheckConstraint(condition=Q(per_person_limit__gte=1), name="offer_limit_positive"),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=MAX_VALID_DAYS), name="offer_valid_days_bounded"
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="offer_starts_first"),
            models.CheckConstraint(
                condition=Q(rolls_into=None) | ~Q(rolls_into=F("id")), name="offer_rolls_into_another"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="offer_by_end")]

    def __str__(self) -> str:
        return self.title
