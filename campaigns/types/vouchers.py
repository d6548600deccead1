"""Offers, vouchers and what the ledger calls their transfers."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class VoucherStatus(StrEnum):
    """The life of a voucher: claimed, then redeemed or expired. A full refund makes a redeemed one claimed again."""

    CLAIMED = "claimed"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class TransferCode(StrEnum):
    """What the ledger calls the transfers of this app."""

    ALLOTMENT = "campaign_allotment"  # fen from the campaign's budget to an offer's, or back
    CLAIM = "voucher_claim"  # points to the redeemed pool; fen from the offer to what is outstanding
    REDEMPTION = "voucher_redemption"  # fen from what is outstanding to the merchant
    EXPIRY = "voucher_expiry"  # fen from what is outstanding to the next offer, or back to the campaign
    REST = "voucher_rest"  # fen that a redemption left unused, from what is outstanding back to the campaign
    RETURN = "voucher_return"  # fen from the merchant back to what is outstanding or to the campaign
    REFILL = "voucher_refill"  # the rest once more, from the campaign to a voucher that a refund brought back
    POINTS_BACK = "voucher_points_back"  # points from the redeemed pool, where the offer's terms give them back


class VoucherKind(StrEnum):
    """What a voucher takes off a bill. The face value is always the most that it can cost."""

    THRESHOLD = "threshold"  # the face value off a bill that reaches the minimum (满减)
    PERCENTAGE = "percentage"  # a share of the bill, at most the face value
    FIXED = "fixed"  # worth its face value once; what a smaller bill leaves of it is lost
    GIFT = "gift"  # a named item of the bill, its price up to the face value
    MULTI_USE = "multi_use"  # worth its face value over several bills


class PartialRefund(StrEnum):
    """What a refund of a part of the payment does with the voucher's money."""

    FORFEIT = "forfeit"  # all of it goes back to the programme at the first partial refund: the usual city terms
    PROPORTIONAL = "proportional"  # as much of it as of the payment


@dataclass(frozen=True)
class UseTimes:
    """When vouchers may be used, on the district's clock. Empty means no limit.

    `weekdays` are 1 (Monday) to 7, `parts` half-open [from, to) in minutes of the day, `excluded` days without use.
    """

    weekdays: tuple[int, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    excluded: tuple[date, ...] = ()


@dataclass(frozen=True)
class UseTerms:
    """How vouchers of an offer are used and what a refund does. The defaults are the usual terms of a city.

    `percent_off_bp` is in basis points of the bill, for a percentage; `gift_item` is the item's name on the bill.
    `categories` of goods are empty for any. `per_payment` vouchers may be used on one payment: of this offer alone, or,
    where `combines`, of any offers with the same terms of combination. `full_refund_restores`: a full refund while
    the voucher is valid returns it with its old expiry. `points_back`: a full refund that cannot return the voucher
    gives back the points that it cost; of one used in parts, this part's share of them.
    """

    kind: VoucherKind = VoucherKind.THRESHOLD
    percent_off_bp: int = 0
    gift_item: str = ""
    categories: tuple[str, ...] = ()
    times: UseTimes = UseTimes()
    per_payment: int = 1
    combines: bool = False
    full_refund_restores: bool = True
    partial_refund: PartialRefund = PartialRefund.FORFEIT
    points_back: bool = False


@dataclass(frozen=True)
class BillItem:
    """A line of a bill: what it is called, and its price in fen."""

    name: str
    price_fen: int


@dataclass(frozen=True)
class Bill:
    """What is to be paid before any voucher, in fen; category and items as far as the counter gives them."""

    fen: int
    category: str = ""
    items: tuple[BillItem, ...] = ()


@dataclass(frozen=True)
class VoucherValue:
    """The money of a voucher, in fen: its minimum bill, and what is set aside for it now."""

    min_spend_fen: int
    remaining_fen: int


@dataclass(frozen=True)
class Quote:
    """What a voucher does to a bill, in fen. `released_fen` goes back to the programme, `left_fen` stays on it."""

    discount_fen: int
    payable_fen: int
    released_fen: int = 0
    left_fen: int = 0


@dataclass(frozen=True)
class Paid:
    """A redemption as its returns see it, in fen: what was paid and taken off, and what has gone back of both."""

    payable_fen: int
    discount_fen: int
    refunded_fen: int = 0
    returned_fen: int = 0


@dataclass(frozen=True)
class Refund:
    """What a refund moves beside the payer's money: `returned_fen` leaves the merchant.

    `restores`: it goes back on the voucher, which is good again; otherwise to the programme.
    """

    returned_fen: int
    restores: bool
    full: bool


@dataclass(frozen=True)
class NewOffer:
    """What an operator decides about an offer. Money in fen; the times are half-open: [starts_at, ends_at).

    `terms` and `terms_en` are sentences shown to residents. `store_ids` is where its vouchers may be used;
    None is every store, also those of later merchants. A voucher is good for `valid_days`, at most through `last_day`.
    What expires unused goes to the offer `rolls_into` and raises its stock; else it returns to the campaign.
    """

    title: str
    points_price: int
    face_value_fen: int
    min_spend_fen: int
    stock: int
    starts_at: datetime
    ends_at: datetime
    valid_days: int
    per_person_limit: int = 1
    title_en: str = ""
    terms: tuple[str, ...] = ()
    terms_en: tuple[str, ...] = ()
    store_ids: frozenset[UUID] | None = None
    last_day: date | None = None
    rolls_into: UUID | None = None
    use: UseTerms = UseTerms()


@dataclass(frozen=True)
class Tally:
    """How many rows, and the sum of their amounts (fen or points)."""

    count: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.count} ({self.total})"
