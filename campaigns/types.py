"""What campaigns speak of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class VoucherStatus(StrEnum):
    """The life of a voucher: claimed, then redeemed or expired, once and for good."""

    CLAIMED = "claimed"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class TransferCode(StrEnum):
    """What the ledger calls the transfers of this app."""

    CLAIM = "voucher_claim"  # points to the redeemed pool; fen from the campaign to what is outstanding
    REDEMPTION = "voucher_redemption"  # fen from what is outstanding to the merchant
    EXPIRY = "voucher_expiry"  # fen from what is outstanding back to the campaign


@dataclass(frozen=True)
class NewOffer:
    """What an operator decides about an offer. Money in fen; the times are half-open: [starts_at, ends_at).

    `terms` and `terms_en` are sentences shown to residents. `store_ids` is where its vouchers may be used;
    None is every store, also those of later merchants.
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


@dataclass(frozen=True)
class Discount:
    """What a voucher takes off a bill, and what is left to pay. In fen."""

    discount_fen: int
    payable_fen: int


@dataclass(frozen=True)
class Tally:
    """How many rows, and the sum of their amounts (fen or points)."""

    count: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.count} ({self.total})"
