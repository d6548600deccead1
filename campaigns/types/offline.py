"""What offline redemption speaks of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class OfflineCode(StrEnum):
    """What the ledger calls the transfers of an allowance."""

    ESCROW = "offline_escrow"  # fen from the campaign's budget to the allowance's escrow
    LOSS = "offline_loss"  # fen from the escrow to the loss account
    RELEASE = "offline_release"  # fen that no loss needed, from the escrow back to the campaign's budget


class AllowanceState(StrEnum):
    """An allowance is closed once; then its device is told nothing more and its escrow is back."""

    OPEN = "open"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What the server says of a line that a device accepted.

    A charged line is a redemption. A loss is paid to the merchant from the escrow. A refused one broke the rules that
    the device knew, so the merchant bears it.
    """

    CHARGED = "charged"
    LOSS = "loss"
    REFUSED = "refused"


@dataclass(frozen=True)
class AllowanceTerms:
    """What a device may accept without a network: redemptions, fen of each and of all, and for how long."""

    max_count: int
    each_fen: int
    total_fen: int
    issued_at: datetime
    expires_at: datetime
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfflineLine:
    """A line of a device's log, as it was signed: the texts stand as the device wrote them.

    `prev` is the digest of the line before it, 64 zeros for the first. `accepted_at` and `revocations_at` (empty where
    the device had no list) are UTC with milliseconds and a Z.
    """

    allowance: UUID
    seq: int
    prev: str
    code: str
    order_no: str
    bill_fen: int
    discount_fen: int
    accepted_at: str
    revocations_at: str
    signature: str
