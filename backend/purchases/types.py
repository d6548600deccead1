"""What green consumption speaks of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.earning.types import Activity, Awarded


class CertificationKind(StrEnum):
    """What a store may be certified as; each makes its green goods earn."""

    GREEN_MALL = "green_mall"
    GREEN_HOTEL = "green_hotel"
    GREEN_MARKET = "green_market"


class Category(StrEnum):
    """What is bought. The list is closed: a till can name no other."""

    APPLIANCE = "appliance"
    ELECTRONICS = "electronics"
    WATER_SAVING = "water_saving"
    BUILDING = "building"
    FURNITURE = "furniture"
    FOOD = "food"
    HOUSEHOLD = "household"
    TEXTILE = "textile"
    DINING = "dining"
    LODGING = "lodging"


class Label(StrEnum):
    """The mark that makes goods green."""

    ENERGY_GRADE_1 = "energy_grade_1"
    ENERGY_GRADE_2 = "energy_grade_2"
    WATER_GRADE_1 = "water_grade_1"
    GREEN_PRODUCT = "green_product"  # 绿色产品认证
    GREEN_FOOD = "green_food"
    ORGANIC = "organic"


Words = tuple[str, str]  # Chinese, English

CERTIFICATIONS: dict[CertificationKind, Words] = {
    CertificationKind.GREEN_MALL: ("绿色商场", "Green mall"),
    CertificationKind.GREEN_HOTEL: ("绿色饭店", "Green hotel"),
    CertificationKind.GREEN_MARKET: ("绿色市场", "Green market"),
}
CATEGORIES: dict[Category, Words] = {
    Category.APPLIANCE: ("家用电器", "Appliances"),
    Category.ELECTRONICS: ("数码产品", "Electronics"),
    Category.WATER_SAVING: ("节水器具", "Water-saving fittings"),
    Category.BUILDING: ("绿色建材", "Building materials"),
    Category.FURNITURE: ("家具", "Furniture"),
    Category.FOOD: ("食品", "Food"),
    Category.HOUSEHOLD: ("日用品", "Household goods"),
    Category.TEXTILE: ("纺织服装", "Textiles"),
    Category.DINING: ("餐饮", "Dining"),
    Category.LODGING: ("住宿", "Lodging"),
}
LABELS: dict[Label, Words] = {
    Label.ENERGY_GRADE_1: ("能效1级", "Energy grade 1"),
    Label.ENERGY_GRADE_2: ("能效2级", "Energy grade 2"),
    Label.WATER_GRADE_1: ("水效1级", "Water grade 1"),
    Label.GREEN_PRODUCT: ("绿色产品认证", "Green product certificate"),
    Label.GREEN_FOOD: ("绿色食品", "Green food"),
    Label.ORGANIC: ("有机产品", "Organic"),
}

AT_COUNTER = (  # what a registered counter may confirm
    Activity.TRADE_IN,
    Activity.CLEAN_PLATE,
    Activity.OWN_CUP,
    Activity.OWN_BAG,
    Activity.SMALL_PORTION,
    Activity.PACKAGING_RETURN,
    Activity.SECOND_HAND,
    Activity.GREEN_HOTEL,
    Activity.WASTE_FREE_SPOT,
)
AT_OCCASION = (Activity.GREEN_CLASS, Activity.CHALLENGE, Activity.VOLUNTEERING, Activity.WASTE_FREE_SPOT)


@dataclass(frozen=True)
class Period:
    """[starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class NewCertification:
    kind: CertificationKind
    number: str
    issuer: str


@dataclass(frozen=True)
class NewGoods:
    """A whole category under a label, or, with `product` (its bar code or model), one product."""

    category: Category
    label: Label
    title: str
    title_en: str
    product: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class Sale:
    """One order at a till: what was paid for the green goods in it, and the digest of what it was paid with."""

    order_no: str
    amount_fen: int
    category: Category
    product: str = ""
    payer_digest: str = ""


@dataclass(frozen=True)
class Earned:
    """What a purchase, an act or an attendance brought; `id` is its own id."""

    id: UUID
    awarded: Awarded


@dataclass(frozen=True)
class Refunded:
    """`points` went back; `left_fen` of the order can still be refunded."""

    id: UUID
    refund_fen: int
    points: int
    left_fen: int


@dataclass(frozen=True)
class NewOccasion:
    """A class, a challenge or a volunteering day that its organiser's code confirms."""

    title: str
    title_en: str
    activity: Activity
    organiser: str
    place: str
    capacity: int


@dataclass(frozen=True)
class IssuedTillKey:
    """The only time that the secret is seen."""

    key_id: str
    secret: str
