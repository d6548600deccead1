"""Merchants, counters, offers and vouchers for tests, made by the services that make them in life."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.merchants import services as merchants
from backend.merchants.models import Store
from backend.merchants.types import STORE_SCOPE
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from campaigns import services
from campaigns.models import Offer, Redemption, Voucher
from campaigns.types import NewCampaign, NewOffer
from tests.factories import NOON, person

USCCS = ("91350100M000100Y43", "91110000600037341L", "91440300708461136T")
DAY = timedelta(days=1)
DRAFTER, APPROVER = "operator-1", "operator-2"


def store(name: str = "较场口店", *, uscc: str = USCCS[0], now: datetime = NOON) -> Store:
    """A store of a merchant of its own."""
    with transaction.atomic():
        merchant = merchants.register_merchant(by="test", name=f"{name}商户", uscc=uscc, now=now)
        return merchants.add_store(
            by="test", merchant_id=merchant.pk, name=name, address="民权路 1 号", lat=29.55, lng=106.57, now=now
        )


def counter(*stores: Store, now: datetime = NOON) -> User:
    """A person who works at the counter of each of `stores`."""
    user = person(now=now)
    with transaction.atomic():
        for each in stores:
            accounts.grant(by="test", user=user, role=Role.COUNTER, scope_kind=STORE_SCOPE, scope_id=each.pk, now=now)
    return user


def offer(*, now: datetime = NOON, **changes: Any) -> Offer:
    """20 points for 5 yuan off a bill of 20 yuan, open now and good everywhere, unless `changes` say otherwise.

    `campaign={...}` changes the plan of its campaign.
    """
    terms: dict[str, Any] = {
        "title": "满20减5元",
        "points_price": 20,
        "face_value_fen": 500,
        "min_spend_fen": 2000,
        "stock": 10,
        "starts_at": now - DAY,
        "ends_at": now + DAY,
        "valid_days": 10,
        "terms": ("领取后 10 天内有效。",),
    }
    plan = changes.pop("campaign", {})
    return campaign_of(NewOffer(**(terms | changes)), now=now, **plan)[0]


def campaign_of(*offers: NewOffer, now: datetime = NOON, **changes: Any) -> list[Offer]:
    """Offers of one approved campaign with money for all of them, unless `changes` of the campaign say otherwise."""
    plan: dict[str, Any] = {
        "title": "绿色消费季",
        "starts_at": now - 30 * DAY,
        "ends_at": now + 30 * DAY,
        "budget_fen": sum(each.stock * each.face_value_fen for each in offers),
    }
    with transaction.atomic():
        campaign = services.draft_campaign(by=DRAFTER, new=NewCampaign(**(plan | changes)), now=now)
        made = [services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=each, now=now) for each in offers]
        submitted = services.submit(by=DRAFTER, campaign_id=campaign.pk, now=now)
        services.approve(by=APPROVER, campaign_id=campaign.pk, version=submitted.version, now=now)
    return list(Offer.objects.select_related("campaign").filter(pk__in=[each.pk for each in made]).order_by("pk"))


def claim(by: User, of: Offer, now: datetime = NOON) -> Voucher:
    with transaction.atomic():
        return services.claim(by=by, offer_id=of.pk, now=now)


def code_of(voucher: Voucher, now: datetime = NOON) -> str:
    return tokens.issue(purpose=Purpose.VOUCHER, subject=voucher.pk, now=now).url


def redeem(by: User, voucher: Voucher, *, bill_fen: int = 2500, order_no: str = "A-1", **changes: Any) -> Redemption:
    now = changes.pop("now", NOON)
    asked = {"code": code_of(voucher, now), "bill_fen": bill_fen, "order_no": order_no} | changes
    with transaction.atomic():
        return services.redeem(by=by, **asked, now=now)
