"""Demo data: made-up people, stations, a shop and offers, so that the whole story can be walked through.

Loading it again changes nothing. The telephone numbers are not in use by any operator, the places are marked 演示.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.earning.models import Project, Station
from backend.earning.services import PROGRAMME
from backend.earning.types import StationStatus
from backend.ledger import services as ledger
from backend.ledger.models import Budget
from backend.ledger.types import Asset
from backend.merchants import services as merchants
from backend.merchants.models import Store
from backend.ops import demo_purchases, demo_recycling, demo_travel, demo_ways
from backend.ops.setting_up import set_up
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from campaigns import services as campaigns
from campaigns.models import Campaign, Offer
from campaigns.models.terms import USUAL
from campaigns.types import NewCampaign, NewOffer, PartialRefund, UseTerms, VoucherKind

BY = "demo"
BUDGET_POINTS = 10_000_000
RESIDENTS = ("13800000001", "13800000002", "13800000003")
OFFLINE_RESERVE_FEN = 500_000  # free budget, which stands for what counters without a network may lose
ATTENDANT, COUNTER, OWNER, DESK = "13800000011", "13800000021", "13800000022", "13800000041"
OPERATORS = ("13800000031", "13800000032")  # one drafts, the other approves
STATIONS = (
    ("解放碑回收点（演示）", "渝中区解放碑片区（演示地址）", 29.5574, 106.5770, StationStatus.OPEN),
    ("化龙桥回收点（演示）", "渝中区化龙桥片区（演示地址）", 29.5530, 106.5240, StationStatus.OPEN),
    ("大溪沟回收点（演示）", "渝中区大溪沟片区（演示地址）", 29.5665, 106.5560, StationStatus.FULL),
    ("上清寺回收点（演示）", "渝中区上清寺片区（演示地址）", 29.5640, 106.5480, StationStatus.DOWN),
)
MERCHANT = ("绿色小店（演示）", "91350100M000100Y43")
CAMPAIGN = ("绿色消费券（演示）", "Green consumption vouchers (demo)")


@dataclass(frozen=True)
class _DemoOffer:
    title: str
    title_en: str
    points: int
    face_fen: int
    min_fen: int
    stock: int
    use: UseTerms = USUAL


OFFERS = (
    _DemoOffer("满20元减5元", "5 yuan off a bill of 20", 10, 500, 2000, 2000),
    _DemoOffer("满60元减15元", "15 yuan off a bill of 60", 60, 1500, 6000, 500),
    _DemoOffer("满200元减50元", "50 yuan off a bill of 200", 200, 5000, 20000, 50),
    _DemoOffer(
        "八折券，最多减30元",
        "20 % off, at most 30 yuan",
        80,
        3000,
        1000,
        200,
        UseTerms(kind=VoucherKind.PERCENTAGE, percent_off_bp=2000),
    ),
    _DemoOffer(
        "绿色出行储值券50元",
        "50 yuan to spend in parts",
        220,
        5000,
        100,
        50,
        UseTerms(kind=VoucherKind.MULTI_USE, partial_refund=PartialRefund.PROPORTIONAL),
    ),
)
PROJECTS = (("社区花园（演示）", "Community garden (demo)", "把积分捐给社区花园，由街道换成花苗与工具。"),)
TERMS = ("领取后 10 天内有效。", "每笔付款限用一张，不找零、不兑现、不可转让。")
TERMS_EN = ("Valid for 10 days from claiming.", "One per payment; no change, no cash, not transferable.")


def load(*, now: datetime) -> None:
    """Makes what is missing of the demo data."""
    with transaction.atomic(durable=True):
        set_up(by=BY, now=now)
        _budget(now)
        stations = [_station(row, now) for row in STATIONS]
        store = _store(now)
        demo_travel.load(by=BY, now=now)
        demo_purchases.load(by=BY, store=store, organiser_phone=ATTENDANT, now=now)
        operators = [_grant(phone, Role.OPERATOR, "service", None, now) for phone in OPERATORS]
        demo_ways.load(operators=operators, now=now)
        _offers(operators, now)
        for title, title_en, about in PROJECTS:
            Project.objects.get_or_create(title=title, defaults={"title_en": title_en, "about": about})
        for phone in RESIDENTS:
            accounts.person_of(phone=phone, now=now)
        _grant(ATTENDANT, Role.ATTENDANT, "station", stations[0].pk, now)
        _grant(COUNTER, Role.COUNTER, "store", store.pk, now)
        _grant(OWNER, Role.OWNER, "merchant", store.merchant_id, now)
        _grant(DESK, Role.DESK, "service", None, now)
        demo_recycling.load(by=BY, stations=stations, now=now)


def description(*, now: datetime) -> dict[str, Any]:
    """What `demo --json` prints: whom to log in as, fresh station codes, offers."""
    rows = Station.objects.in_bulk([row[0] for row in STATIONS], field_name="name")
    stations = [rows[row[0]] for row in STATIONS]
    store = Store.objects.select_related("merchant").filter(merchant__uscc=MERCHANT[1]).earliest("pk")
    offers = Offer.objects.filter(campaign__title=CAMPAIGN[0]).order_by("points_price")
    return {
        "residents": [{"phone": phone} for phone in RESIDENTS],
        "attendants": [
            {"phone": ATTENDANT, "station": str(stations[0].pk)},
            {"phone": demo_recycling.SECOND_ATTENDANT, "station": str(stations[1].pk)},
        ],
        "counters": [{"phone": COUNTER, "store": str(store.pk)}],
        "owners": [{"phone": OWNER, "merchant": str(store.merchant_id)}],
        "desks": [{"phone": DESK}],
        "operators": [{"phone": phone} for phone in OPERATORS],
        **demo_recycling.description(),
        "stations": [
            {"id": str(row.pk), "name": row.name, "status": row.status, "code": _fresh_code(row, now)}
            for row in stations
        ],
        "routes": demo_travel.routes(now=now),
        "occasions": demo_purchases.occasions(now=now),
        "offers": [{"id": str(row.pk), "title": row.title, "points_price": row.points_price} for row in offers],
    }


def _fresh_code(station: Station, now: datetime) -> str:
    return tokens.issue(purpose=Purpose.STATION_SCREEN, subject=station.pk, now=now).payload


def _budget(now: datetime) -> None:
    if not Budget.objects.filter(programme=PROGRAMME).exists():
        ledger.open_budget(by=BY, programme=PROGRAMME, asset=Asset.POINT, amount=BUDGET_POINTS, now=now)


def _station(row: tuple[str, str, float, float, StationStatus], now: datetime) -> Station:
    name, address, lat, lng, status = row
    fresh = {"address": address, "lat": lat, "lng": lng, "status": status, "updated_at": now}
    return Station.objects.get_or_create(name=name, defaults=fresh)[0]


def _store(now: datetime) -> Store:
    name, uscc = MERCHANT
    found = Store.objects.filter(merchant__uscc=uscc).first()
    if found is not None:
        return found
    merchant = merchants.register_merchant(by=BY, name=name, uscc=uscc, now=now)
    address = "渝中区解放碑片区（演示地址）"
    return merchants.add_store(
        by=BY, merchant_id=merchant.pk, name=f"{name}解放碑店", address=address, lat=29.5570, lng=106.5775, now=now
    )


def _offers(operators: list[User], now: datetime) -> None:
    """A campaign that one operator drafts and submits, and the other approves, so that it is open at once."""
    if Campaign.objects.filter(title=CAMPAIGN[0]).exists():
        return
    drafter, approver = (person.pk for person in operators)
    start, _ = clock.day_bounds(now)
    end = start + timedelta(days=365)
    title, title_en = CAMPAIGN
    budget_fen = sum(each.stock * each.face_fen for each in OFFERS) + OFFLINE_RESERVE_FEN
    plan = NewCampaign(title=title, title_en=title_en, starts_at=start, ends_at=end, budget_fen=budget_fen)
    campaign = campaigns.draft_campaign(by=drafter, new=plan, now=now)
    for each in OFFERS:
        offer = NewOffer(
            title=each.title,
            title_en=each.title_en,
            points_price=each.points,
            face_value_fen=each.face_fen,
            min_spend_fen=each.min_fen,
            stock=each.stock,
            starts_at=start,
            ends_at=end,
            valid_days=10,
            per_person_limit=5,
            terms=TERMS,
            terms_en=TERMS_EN,
            use=each.use,
        )
        campaigns.add_offer(by=drafter, campaign_id=campaign.pk, offer=offer, now=now)
    submitted = campaigns.submit(by=drafter, campaign_id=campaign.pk, now=now)
    campaigns.approve(by=approver, campaign_id=campaign.pk, version=submitted.version, now=now)


def _grant(phone: str, role: Role, scope_kind: str, scope_id: Any, now: datetime) -> User:
    user: User = accounts.person_of(phone=phone, now=now)
    accounts.grant(by=BY, user=user, role=role, scope_kind=scope_kind, scope_id=scope_id, now=now)
    return user
