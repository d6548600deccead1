"""What the ledger speaks of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Asset(StrEnum):
    """What is counted. Amounts are whole numbers of the unit."""

    POINT = "POINT"  # points
    FEN = "FEN"  # money, 1/100 yuan
    MG_CO2E = "MG_CO2E"  # milligrams of CO2 equivalent avoided


@dataclass(frozen=True)
class AccountRef:
    """Names an account: `owner` is the caller's opaque text, for instance `resident:<id>`.

    A guarded account has a materialised balance that can never fall below zero. An open one (issuance, outside
    world) has none: its balance is whatever its transfers say, so it is never a hot row.
    """

    asset: Asset
    owner: str
    guarded: bool = True


@dataclass(frozen=True)
class Entry:
    """One transfer as one account sees it: `amount` is signed, `balance_after` is the balance it left."""

    id: int
    at: datetime
    code: str
    amount: int
    balance_after: int
    event_id: UUID
    memo: dict[str, object]
