"""The town in which a month is lived: people, two shops, two campaigns with offers of every way and kind."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from backend.accounts.models import User
from campaigns import services
from campaigns.models import Offer as OfferRow
from campaigns.types import (
    Limits,
    NewCampaign,
    NewChallenge,
    NewDraw,
    NewDrop,
    NewGrant,
    NewOffer,
    PartialRefund,
    Period,
    Plan,
    UseTerms,
    VoucherKind,
)
from tests.factories import NOON, person
from tests.factories_campaigns import APPROVER, DRAFTER, USCCS, counter, store
from tests.factories_offline import Phone, phone
from tests.factories_redemptions import desk
from tests.factories_settlement import operator, owner
from tests.month.model import Month
from tests.month.things import Campaign, Offer, Store

DAY = timedelta(days=1)
DAWN = NOON
POINTS, RESERVE_FEN, GOAL = 150, 4_000, 2
PARTS = UseTerms(kind=VoucherKind.MULTI_USE, partial_refund=PartialRefund.PROPORTIONAL)


@dataclass(frozen=True)
class Shop:
    row: Any
    cashier: User
    owner: User
    phone: Phone


@dataclass(frozen=True)
class Scene:
    """Who there is, and the model as it is before anything has happened."""

    month: Month
    people: list[User]
    shops: list[Shop]
    clerks: list[User]
    approver: User
    desk: User


def scene() -> Scene:
    rows = [store("甲店"), store("乙店", uscc=USCCS[1])]
    shops = [Shop(each, counter(each), owner(each), phone(each)) for each in rows]
    people = [person(points=POINTS) for _ in range(4)]
    month = Month(stores=[Store(each.pk, each.merchant_id) for each in rows])
    month.points.update({each.pk: POINTS for each in people})
    month.campaigns = [_season(), _festival()]
    return Scene(month, people, shops, [operator(), operator()], operator(), desk())


def _season() -> Campaign:
    """A campaign with every limit; a stop ends its vouchers."""
    campaign, model = _draft(day_budget_fen=2_600, limits=Limits(per_week=5))
    late = _offer(campaign, model, face=300, stock=2, price=10, ends=25)
    _offer(campaign, model, face=500, stock=5, price=20, per_person=2, life=3, ends=12, heir=late)
    _offer(campaign, model, face=1000, stock=4, price=30, least=100, life=9, use=PARTS)
    fixed = UseTerms(
        kind=VoucherKind.FIXED, full_refund_restores=False, partial_refund=PartialRefund.PROPORTIONAL, points_back=True
    )
    _offer(campaign, model, face=700, stock=4, price=15, least=100, life=15, use=fixed)
    _offer(campaign, model, face=300, stock=4, per_person=2, plan=NewGrant())
    _offer(campaign, model, face=400, stock=2, price=5, starts=2, plan=NewDrop(per_second=1000))
    return _approved(campaign, model)


def _festival() -> Campaign:
    """One without limits; its vouchers outlive a stop."""
    campaign, model = _draft(survives_stop=True)
    _offer(campaign, model, face=800, stock=3, per_person=3, price=25, least=100, life=8, use=UseTerms(
        kind=VoucherKind.PERCENTAGE, percent_off_bp=2000))  # fmt: skip
    back = UseTerms(kind=VoucherKind.MULTI_USE, full_refund_restores=False, points_back=True)
    _offer(campaign, model, face=900, stock=3, price=9, least=100, life=6, use=back)
    _offer(campaign, model, face=600, stock=2, plan=NewDraw(closes_at=DAWN + 4 * DAY))
    reward = NewChallenge(activities=["metro_ride"], goal=GOAL, period=Period.WEEK, counts_units=False)
    _offer(campaign, model, face=200, stock=3, per_person=3, plan=reward)
    return _approved(campaign, model)


def _draft(**changes: Any) -> tuple[NewCampaign, Campaign]:
    plan = NewCampaign(title="绿色消费季", starts_at=DAWN, ends_at=DAWN + 28 * DAY, budget_fen=1, **changes)
    with transaction.atomic():
        row = services.draft_campaign(by=DRAFTER, new=plan, now=DAWN)
    return row, Campaign(
        row.pk, plan.starts_at, plan.ends_at, RESERVE_FEN, RESERVE_FEN, plan.day_budget_fen, plan.limits.per_week,
        plan.survives_stop,
    )  # fmt: skip


def _offer(
    campaign: Any, model: Campaign, *, face: int, stock: int, price: int = 1, per_person: int = 1, life: int = 10,
    starts: int = 0, ends: int = 28, least: int | None = None, heir: Offer | None = None,
    use: UseTerms | None = None, plan: Plan | None = None,
) -> Offer:  # fmt: skip
    use = use or UseTerms()
    new = NewOffer(
        title=f"{face} 分券", points_price=price, face_value_fen=face, min_spend_fen=least or 4 * face, stock=stock,
        starts_at=DAWN + starts * DAY, ends_at=DAWN + ends * DAY, valid_days=life, per_person_limit=per_person,
        rolls_into=heir and heir.pk, use=use,
    )  # fmt: skip
    with transaction.atomic():
        row = services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=new, now=DAWN)
        if plan is not None:
            services.choose_way(by=DRAFTER, offer_id=row.pk, plan=plan, now=DAWN)
    made = Offer(
        row.pk, model, face, price, stock, per_person, new.starts_at, new.ends_at, life * DAY, new.min_spend_fen,
        way=OfferRow.objects.get(pk=row.pk).way, kind=use.kind.value, restores=use.full_refund_restores,
        forfeits=use.partial_refund is PartialRefund.FORFEIT, points_back=use.points_back, heir=heir,
        closes=plan.closes_at if isinstance(plan, NewDraw) else None, free=face * stock,
    )  # fmt: skip
    model.offers.append(made)
    model.budget += face * stock
    return made


def _approved(row: Any, model: Campaign) -> Campaign:
    type(row).objects.filter(pk=row.pk).update(budget_fen=model.budget)
    with transaction.atomic():
        submitted = services.submit(by=DRAFTER, campaign_id=row.pk, now=DAWN)
        services.approve(by=APPROVER, campaign_id=row.pk, version=submitted.version, now=DAWN)
    return model
