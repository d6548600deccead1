"""What a month is made of, in plain Python: campaigns and offers, vouchers and their uses, shops and statements."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any


class No(Exception):
    """The model refuses."""

    def __init__(self, code: str) -> None:
        self.code = code


@dataclass(eq=False)
class Campaign:
    """`free` is what no offer has: the budget less what is allotted, promised and paid."""

    pk: Any
    starts: datetime
    ends: datetime
    budget: int
    free: int
    day_budget: int | None = None
    per_week: int | None = None
    survives_stop: bool = False
    status: str = "scheduled"
    days: Counter[date] = field(default_factory=Counter)
    weeks: Counter[tuple[Any, date]] = field(default_factory=Counter)
    offers: list["Offer"] = field(default_factory=list)


@dataclass(eq=False)
class Offer:
    """`free` is what of the allotted money no voucher promises; `held` what vouchers promise."""

    pk: Any
    campaign: Campaign
    face: int
    price: int
    stock: int
    per_person: int
    starts: datetime
    ends: datetime
    life: timedelta
    min_spend: int
    way: str = "exchange"
    kind: str = "threshold"
    restores: bool = True
    forfeits: bool = True
    points_back: bool = False
    heir: "Offer | None" = None
    closes: datetime | None = None  # a draw's list
    is_open: bool = True
    claimed: int = 0
    free: int = 0
    held: int = 0
    rolled: int = 0
    taken: Counter[Any] = field(default_factory=Counter)
    tickets: set[Any] = field(default_factory=set)  # of a drop, or entries of a draw
    drawn: bool = False
    closed: bool = False
    kept: int = 0  # for approved lists


@dataclass(eq=False)
class Voucher:
    pk: Any
    offer: Offer
    who: Any
    remaining: int
    points: int
    claimed_at: datetime
    expires_at: datetime
    status: str = "claimed"
    paid_at: set[Any] = field(default_factory=set)  # merchants that redeemed it
    lost_at: set[Any] = field(default_factory=set)  # merchants that were paid a loss for it

    def require_usable(self, now: datetime) -> None:
        if self.status == "redeemed":
            raise No("voucher_already_redeemed")
        if self.status == "expired" or now >= self.expires_at:
            raise No("voucher_expired")


@dataclass(eq=False)
class Redemption:
    pk: Any
    voucher: Voucher
    store: "Store"
    discount: int
    payable: int
    released: int
    refunded: int = 0
    returned: int = 0


@dataclass(eq=False)
class Store:
    """`waiting` is what no statement has: (amount, when). Every merchant has one store."""

    pk: Any
    merchant: Any
    due: int = 0  # by the journal, to the merchant
    active: bool = True
    waiting: list[tuple[int, datetime]] = field(default_factory=list)
    last_end: datetime | None = None

    def book(self, amount: int, at: datetime) -> None:
        self.due += amount
        self.waiting.append((amount, at))

    def require_active(self) -> None:
        if not self.active:
            raise No("merchant_suspended")


@dataclass(eq=False)
class Statement:
    pk: Any
    store: Store
    lines: list[int]
    held: int = 0
    state: str = "draft"

    @property
    def due(self) -> int:
        return sum(self.lines) - self.held
