"""Demo data of green consumption: the shop is certified, goods are listed, acts registered, and an occasion is open."""

from datetime import datetime, timedelta

from backend.core import clock
from backend.earning.types import Activity
from backend.merchants.models import Store
from backend.purchases import services
from backend.purchases.models import Certification, Goods, Occasion, Permit
from backend.purchases.types import (
    Category,
    CertificationKind,
    Label,
    NewCertification,
    NewGoods,
    NewOccasion,
    Period,
)
from backend.tokens import services as tokens
from backend.tokens.types import Purpose

CERTIFICATE = NewCertification(CertificationKind.GREEN_MALL, "DEMO-0001", "演示签发机构")
GOODS = (
    NewGoods(Category.APPLIANCE, Label.ENERGY_GRADE_1, "能效1级家电（演示）", "Appliances of energy grade 1 (demo)"),
    NewGoods(Category.APPLIANCE, Label.ENERGY_GRADE_2, "能效2级家电（演示）", "Appliances of energy grade 2 (demo)"),
    NewGoods(Category.FOOD, Label.ORGANIC, "有机食品（演示）", "Organic food (demo)"),
)
ACTS = (Activity.TRADE_IN, Activity.OWN_BAG, Activity.OWN_CUP, Activity.PACKAGING_RETURN)
OCCASION = NewOccasion(
    title="绿色生活讲堂（演示）",
    title_en="Green-living class (demo)",
    activity=Activity.GREEN_CLASS,
    organiser="街道办（演示）",
    place="解放碑社区中心（演示）",
    capacity=2000,
)


def load(*, by: str, store: Store, organiser_phone: str, now: datetime) -> None:
    """Makes what is missing, good for a year from today. The caller's transaction."""
    start, _ = clock.day_bounds(now)
    year = Period(start, start + timedelta(days=365))
    if not Certification.objects.filter(store=store).exists():
        services.certify(by=by, store_id=store.pk, new=CERTIFICATE, valid=year, now=now)
    for goods in GOODS:
        if not Goods.objects.filter(title=goods.title).exists():
            services.list_goods(by=by, new=goods, valid=year, now=now)
    for activity in ACTS:
        if not Permit.objects.filter(store=store, activity=activity.value).exists():
            services.permit(by=by, store_id=store.pk, activity=activity, valid=year, now=now)
    if not Occasion.objects.filter(title=OCCASION.title).exists():
        services.add_occasion(by=by, new=OCCASION, organiser_phone=organiser_phone, time=year, now=now)


def occasions(*, now: datetime) -> list[dict[str, object]]:
    """The occasion with its code of this moment, for `demo --json`."""
    rows = Occasion.objects.filter(title=OCCASION.title)
    return [
        {
            "id": str(row.pk),
            "title": row.title,
            "code": tokens.issue(purpose=Purpose.OCCASION, subject=row.pk, now=now).payload,
        }
        for row in rows
    ]
