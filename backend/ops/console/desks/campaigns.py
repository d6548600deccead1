"""Campaigns from draft to stop, money, offers, vouchers and what was redeemed."""

from typing import Any

from django import forms
from django.contrib import admin

from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Sure, Verb
from campaigns import services
from campaigns.models import Campaign, MoneyChange, Offer, Redemption, Return, Slip, Voucher
from campaigns.types.campaigns import CampaignStatus, ChangeStatus


class Version(forms.Form):
    """The version that the person has read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def _why(service: Any) -> Any:
    return lambda act: service(by=act.by, campaign_id=act.obj.pk, reason=act.said["reason"], now=act.now)


def _in(*states: CampaignStatus) -> Any:
    return lambda campaign: campaign.status in states


def _submit(act: Act) -> Campaign:
    return services.submit(by=act.by, campaign_id=act.obj.pk, now=act.now)


def _approve(act: Act) -> Campaign:
    return services.approve(by=act.by, campaign_id=act.obj.pk, version=act.said["version"], now=act.now)


_REVIEW, _LIVE = CampaignStatus.IN_REVIEW, (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED)


@admin.register(Campaign, site=console)
class CampaignDesk(ReadOnly):
    label, section = "活动", Section.CAMPAIGNS
    list_display = ("title", "status", "starts_at", "ends_at", "budget_fen", "drafted_by", "approved_by")
    list_filter = ("status",)
    find_by = ("id", "title")
    related = (("优惠", "campaigns_offer", "campaign"), ("资金调整", "campaigns_moneychange", "campaign"))
    verbs = (
        Verb("submit", "提交审核", _submit, Sure, shown_when=_in(CampaignStatus.DRAFT)),
        Verb(
            "approve", "批准", _approve, Version, shown_when=_in(_REVIEW),
            initial=lambda campaign: {"version": campaign.version},
            facts=lambda campaign, now: [("预算", campaign.budget_fen / 100), ("起草人", campaign.drafted_by)],
        ),
        Verb("send_back", "退回修改", _why(services.send_back), shown_when=_in(_REVIEW)),
        Verb("pause", "暂停", _why(services.pause), shown_when=_in(CampaignStatus.SCHEDULED, CampaignStatus.RUNNING)),
        Verb("resume", "恢复", _why(services.resume), shown_when=_in(CampaignStatus.PAUSED)),
        Verb("stop", "终止", _why(services.stop), shown_when=_in(*_LIVE)),
    )  # fmt: skip


def _decide(service: Any) -> Any:
    return lambda act: service(by=act.by, change_id=act.obj.pk, reason=act.said["reason"], now=act.now)


def _proposed(change: MoneyChange) -> bool:
    return change.status == ChangeStatus.PROPOSED


@admin.register(MoneyChange, site=console)
class MoneyChangeDesk(ReadOnly):
    label, section = "资金调整", Section.CAMPAIGNS
    list_display = ("campaign", "status", "budget_fen", "day_budget_fen", "offer", "more_stock", "asked_by", "asked_at")
    list_filter = ("status",)
    verbs = (
        Verb("approve", "批准", _decide(services.approve_money), shown_when=_proposed),
        Verb("reject", "拒绝", _decide(services.reject_money), shown_when=_proposed),
    )


@admin.register(Offer, site=console)
class OfferDesk(ReadOnly):
    label, section = "优惠", Section.CAMPAIGNS
    list_display = ("title", "campaign", "points_price", "face_value_fen", "stock", "claimed", "is_open", "ends_at")
    list_filter = ("is_open",)
    find_by = ("id", "title")
    related = (("消费券", "campaigns_voucher", "offer"),)


@admin.register(Voucher, site=console)
class VoucherDesk(ReadOnly):
    label, section = "消费券", Section.CAMPAIGNS
    list_display = ("id", "offer", "status", "face_value_fen", "remaining_fen", "claimed_at", "expires_at")
    list_filter = ("status",)
    find_by = ("id", "resident_id")
    related = (("核销", "campaigns_redemption", "voucher"),)


@admin.register(Slip, site=console)
class SlipDesk(ReadOnly):
    label, section = "纸质券", Section.CAMPAIGNS
    list_display = ("id", "voucher", "holder", "printed_by", "printed_at", "revoked_at")
    find_by = ("id", "voucher", "printed_by")


@admin.register(Redemption, site=console)
class RedemptionDesk(ReadOnly):
    label, section = "核销记录", Section.CAMPAIGNS
    list_display = ("id", "store", "bill_fen", "discount_fen", "payable_fen", "order_no", "at")
    find_by = ("id", "voucher", "order_no")
    related = (("退回", "campaigns_return", "redemption"),)

    list_select_related = ("store__merchant",)


@admin.register(Return, site=console)
class ReturnDesk(ReadOnly):
    label, section = "退回记录", Section.CAMPAIGNS
    list_display = ("id", "redemption", "number", "refund_fen", "returned_fen", "at")
    find_by = ("id", "redemption")
