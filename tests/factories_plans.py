"""Campaigns in the making: plans, steps and changes of money, made by the services that make them in life."""

from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns import services
from campaigns.models import Campaign, MoneyChange
from campaigns.types import Money, NewCampaign, NewOffer
from tests.factories import NOON
from tests.factories_campaigns import APPROVER, DAY, DRAFTER


def new_campaign(*, now: datetime = NOON, **changes: Any) -> NewCampaign:
    """A month around `now` with 100 yuan, unless `changes` say otherwise."""
    plan: dict[str, Any] = {
        "title": "绿色消费季",
        "starts_at": now - 15 * DAY,
        "ends_at": now + 15 * DAY,
        "budget_fen": 10_000,
    }
    return NewCampaign(**(plan | changes))


def new_offer(*, now: datetime = NOON, **changes: Any) -> NewOffer:
    """Ten vouchers of 5 yuan for 20 points, open around `now`, unless `changes` say otherwise."""
    terms: dict[str, Any] = {
        "title": "满20减5元",
        "points_price": 20,
        "face_value_fen": 500,
        "min_spend_fen": 2000,
        "stock": 10,
        "starts_at": now - DAY,
        "ends_at": now + DAY,
        "valid_days": 10,
    }
    return NewOffer(**(terms | changes))


def draft(*offers: NewOffer, by: object = DRAFTER, now: datetime = NOON, **changes: Any) -> Campaign:
    """A draft with `offers`, or with one of the usual kind."""
    with transaction.atomic():
        campaign = services.draft_campaign(by=by, new=new_campaign(now=now, **changes), now=now)
        for each in offers or (new_offer(now=now),):
            services.add_offer(by=by, campaign_id=campaign.pk, offer=each, now=now)
    return campaign


def step(verb: Any, campaign: Campaign, by: object = DRAFTER, now: datetime = NOON, **said: Any) -> Campaign:
    """One verb of a campaign's life; an approval reads the version first."""
    if verb is services.approve:
        said.setdefault("version", Campaign.objects.get(pk=campaign.pk).version)
    with transaction.atomic():
        found: Campaign = verb(by=by, campaign_id=campaign.pk, now=now, **said)
        return found


def approved(*offers: NewOffer, now: datetime = NOON, **changes: Any) -> Campaign:
    """A campaign that two persons stand for."""
    campaign = draft(*offers, now=now, **changes)
    step(services.submit, campaign, now=now)
    return step(services.approve, campaign, by=APPROVER, now=now)


def advance(now: datetime = NOON) -> int:
    with transaction.atomic():
        return services.advance_campaigns(by="upkeep", now=now)


def ask_money(campaign: Campaign, *, by: object = DRAFTER, now: datetime = NOON, **money: Any) -> MoneyChange:
    with transaction.atomic():
        return services.propose_money(
            by=by, campaign_id=campaign.pk, money=Money(**money), reason="需求高于预期", now=now
        )


def decide_money(verb: Any, change: MoneyChange, *, by: object = APPROVER, now: datetime = NOON) -> MoneyChange:
    with transaction.atomic():
        found: MoneyChange = verb(by=by, change_id=change.pk, reason="已核", now=now)
        return found
