"""What statements, their reviews and the bank's files are made of."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class SettlementCode(StrEnum):
    """What the ledger calls the transfers of settlement."""

    ADJUSTMENT = "settlement_adjustment"  # fen between a merchant and the adjustments
    APPROVAL = "settlement_approval"  # fen from what is due to a merchant to what is payable
    PAYMENT = "settlement_payment"  # fen from what is payable to what was paid out


class StatementState(StrEnum):
    """The life of a statement. `closed`: approved with nothing to pay; what is below zero goes on a later one."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    PAID = "paid"
    CLOSED = "closed"


class LineKind(StrEnum):
    """What a line of a statement is; `released` brings a held amount back, `carried` an earlier statement's debt."""

    REDEMPTION = "redemption"
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    RELEASED = "released"
    CARRIED = "carried"


LINE_KINDS = {
    LineKind.REDEMPTION: "核销",
    LineKind.RETURN: "退款",
    LineKind.ADJUSTMENT: "调整",
    LineKind.RELEASED: "暂扣返还",
    LineKind.CARRIED: "上期结转",
}


class HoldKind(StrEnum):
    """Who took the line out of the sum: an operator for a review, or the merchant who disputes it."""

    REVIEW = "review"
    DISPUTE = "dispute"


class LineHoldState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class PaymentOutcome(StrEnum):
    """What a row of the bank's file turned out to be. Only `paid` moves money; `missing` has no row."""

    PAID = "paid"
    OTHER_AMOUNT = "other_amount"
    TWICE = "twice"
    EXTRA = "extra"
    UNCLEAR = "unclear"
    MISSING = "missing"


@dataclass(frozen=True)
class BankRow:
    """A payment as the bank tells it. `row` counts from 2, as a spreadsheet does below its head."""

    row: int
    reference: str
    statement: str
    payee: str
    amount_fen: int
    paid_on: date


@dataclass(frozen=True)
class Payable:
    """A statement as the matching rules see it; `paid` when an earlier file paid it."""

    id: UUID
    number: str
    merchant: str
    uscc: str
    due_fen: int
    approved_on: date
    paid: bool = False


@dataclass(frozen=True)
class Finding:
    """One row of the bank's file, or one missing statement, and what it is."""

    outcome: PaymentOutcome
    row: BankRow | None = None
    statement: Payable | None = None


@dataclass(frozen=True)
class StoreDay:
    """A store's day: counts, and sums in fen. `pending_fen` is what no approved statement holds yet, of any day."""

    redemptions: int
    bill_fen: int
    discount_fen: int
    returns: int
    refund_fen: int
    returned_discount_fen: int
    net_fen: int
    pending_fen: int
