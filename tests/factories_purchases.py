"""Green stores, goods, receipts and occasions, made by the services that make them in life."""

from datetime import datetime
from typing import Any

from django.db import transaction

from backend.accounts.models import User
from backend.earning.types import Activity
from backend.merchants.models import Store
from backend.purchases import services
from backend.purchases.models import Goods, Occasion, Receipt
from backend.purchases.types import (
    Category,
    CertificationKind,
    Earned,
    IssuedTillKey,
    Label,
    NewCertification,
    NewGoods,
    NewOccasion,
    Period,
    Sale,
)
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests import factories
from tests.factories import NOON
from tests.factories_campaigns import DAY, store

RATE = {"rates": {"": [1, 1000]}, "min_interval_seconds": 0}


def around(now: datetime = NOON, days: int = 30) -> Period:
    return Period(now - days * DAY, now + days * DAY)


def green_store(name: str = "绿色商场店", *, uscc: str = "91350100M000100Y43", now: datetime = NOON) -> Store:
    """A certified store, appliances of energy grade 1 on the list, and a rule of a point for each ten yuan."""
    found = store(name, uscc=uscc, now=now)
    with transaction.atomic():
        new = NewCertification(CertificationKind.GREEN_MALL, f"SC-{name}", "市商务委（测试）")
        services.certify(by="test", store_id=found.pk, new=new, valid=around(now), now=now)
    if not Goods.objects.exists():
        goods(now=now)
    return found


def goods(category: Category = Category.APPLIANCE, product: str = "", now: datetime = NOON) -> Goods:
    new = NewGoods(category, Label.ENERGY_GRADE_1, "一级能效家电", "Appliances of grade 1", product=product)
    with transaction.atomic():
        return services.list_goods(by="test", new=new, valid=around(now), now=now)


def purchase_rule(day_points: int = 1000, **terms: Any) -> None:
    """A point for each ten yuan, within a person's cap a day."""
    caps = [factories.cap("person", "day", "points", day_points)]
    factories.rule(Activity.GREEN_PURCHASE, **(RATE | {"caps": caps} | terms))


def sale(order_no: str = "A-1", amount_fen: int = 20_000, category: Category = Category.APPLIANCE) -> Sale:
    return Sale(order_no, amount_fen, category)


def receipt(cashier: User, of: Sale | None = None, now: datetime = NOON) -> Receipt:
    with transaction.atomic():
        return services.issue_at_counter(by=cashier, store_id=None, sale=of or sale(), now=now)


def receipt_code(of: Receipt, now: datetime = NOON) -> str:
    return services.receipt_code(receipt_id=of.pk, now=now).payload


def claim(who: User, of: Receipt, now: datetime = NOON) -> Earned:
    with transaction.atomic():
        return services.claim(by=who, code=receipt_code(of, now), now=now)


def resident_code(who: User, now: datetime = NOON) -> str:
    return tokens.issue(purpose=Purpose.RESIDENT, subject=who.pk, now=now).payload


def permit(at: Store, activity: Activity = Activity.OWN_CUP, now: datetime = NOON) -> None:
    with transaction.atomic():
        services.permit(by="test", store_id=at.pk, activity=activity, valid=around(now), now=now)


def till_key(at: Store, now: datetime = NOON) -> IssuedTillKey:
    with transaction.atomic():
        return services.issue_till_key(by="test", store_id=at.pk, now=now)


def occasion(
    organiser_phone: str = "13900009999", *, capacity: int = 50, now: datetime = NOON, **changes: Any
) -> Occasion:
    """A green-living class that is on now."""
    plan: dict[str, Any] = {
        "title": "绿色生活讲堂",
        "title_en": "Green-living class",
        "activity": Activity.GREEN_CLASS,
        "organiser": "街道办",
        "place": "社区中心",
        "capacity": capacity,
    }
    time = changes.pop("time", Period(now - DAY / 24, now + DAY / 24))
    with transaction.atomic():
        return services.add_occasion(
            by="test", new=NewOccasion(**(plan | changes)), organiser_phone=organiser_phone, time=time, now=now
        )


def occasion_code(of: Occasion, now: datetime = NOON) -> str:
    return tokens.issue(purpose=Purpose.OCCASION, subject=of.pk, now=now).payload


def attend(who: User, of: Occasion, now: datetime = NOON) -> Earned:
    with transaction.atomic():
        return services.attend(by=who, code=occasion_code(of, now), now=now)
