"""Demo data of the other ways to a voucher: a drop that is open, a draw that takes entries, a challenge that runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts.models import User
from backend.core import clock
from backend.earning.types import Activity
from campaigns import services
from campaigns.models import Campaign, Offer
from campaigns.types import NewCampaign, NewChallenge, NewDraw, NewDrop, NewOffer, Period, Plan

CAMPAIGN = ("限时绿色消费券（演示）", "Limited green vouchers (demo)")
YEAR, SIGN_UP = timedelta(days=365), timedelta(days=7)
CHECKINS = (Activity.CHECKIN_SCREEN, Activity.CHECKIN_PRINTED)
TERMS = ("领取后 10 天内有效。", "每人一张，每笔付款限用一张，不找零、不兑现、不可转让。")
TERMS_EN = (
    "Valid for 10 days once you have it.",
    "One a person, one a payment; no change, no cash, not transferable.",
)


@dataclass(frozen=True)
class _Way:
    title: str
    title_en: str
    face_fen: int
    min_fen: int
    stock: int
    points: int = 1  # an offer has a price until its way takes it away; a drop keeps it


DROP = _Way("抢券：满30元减10元", "First come: 10 yuan off a bill of 30", 1000, 3000, 500, points=5)
DRAW = _Way("摇号：满100元减40元", "Draw: 40 yuan off a bill of 100", 4000, 10000, 50)
CHALLENGE = _Way("一周签到3次：满25元减8元", "Three check-ins a week: 8 yuan off a bill of 25", 800, 2500, 500)


def load(*, operators: list[User], now: datetime) -> None:
    """Makes the campaign once: one operator drafts and submits it, the other approves. The caller's transaction."""
    if Campaign.objects.filter(title=CAMPAIGN[0]).exists():
        return
    drafter, approver = (person.pk for person in operators)
    start, _ = clock.day_bounds(now)
    title, title_en = CAMPAIGN
    budget_fen = sum(each.stock * each.face_fen for each in (DROP, DRAW, CHALLENGE))
    plan = NewCampaign(title=title, title_en=title_en, starts_at=start, ends_at=start + YEAR, budget_fen=budget_fen)
    campaign = services.draft_campaign(by=drafter, new=plan, now=now)
    ways: list[tuple[_Way, Plan]] = [
        (CHALLENGE, NewChallenge([each.value for each in CHECKINS], goal=3, period=Period.WEEK)),
        (DRAW, NewDraw(closes_at=start + SIGN_UP)),
        (DROP, NewDrop(per_second=20)),
    ]
    for way, how in ways:
        offer = _offer(drafter, campaign.pk, way, start, now)
        services.choose_way(by=drafter, offer_id=offer.pk, plan=how, now=now)
    submitted = services.submit(by=drafter, campaign_id=campaign.pk, now=now)
    services.approve(by=approver, campaign_id=campaign.pk, version=submitted.version, now=now)


def _offer(by: UUID, campaign_id: UUID, way: _Way, start: datetime, now: datetime) -> Offer:
    new = NewOffer(
        title=way.title,
        title_en=way.title_en,
        points_price=way.points,
        face_value_fen=way.face_fen,
        min_spend_fen=way.min_fen,
        stock=way.stock,
        starts_at=start,
        ends_at=start + YEAR,
        valid_days=10,
        terms=TERMS,
        terms_en=TERMS_EN,
    )
    return services.add_offer(by=by, campaign_id=campaign_id, offer=new, now=now)
