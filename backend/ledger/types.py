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
    USE = "USE"  # one use of a limit: a limit is an account with an allowance


class Kind(StrEnum):
    """How an account is kept."""

    OPEN = "open"  # no balance row: issuance, sinks, the outside world; never hot
    GUARDED = "guarded"  # a materialised balance that can never fall below zero
    LOTTED = "lotted"  # guarded, and made of lots that expire
    HELD = "held"  # as lotted, but what waits here for its hold does not expire


@dataclass(frozen=True)
class AccountRef:
    """Names an account: `owner` is the caller's opaque text, for instance `resident:<id>`.

    `hot` marks a guarded row that many people change at once (a budget): it is taken last.
    """

    asset: Asset
    owner: str
    kind: Kind = Kind.GUARDED
    hot: bool = False

    @property
    def guarded(self) -> bool:
        return self.kind is not Kind.OPEN

    @property
    def lotted(self) -> bool:
        return self.kind in (Kind.LOTTED, Kind.HELD)

    @property
    def held(self) -> "AccountRef":
        """Where what is held from this account waits."""
        return AccountRef(self.asset, f"{self.owner}:held", Kind.HELD if self.lotted else Kind.GUARDED)


def budget_account(programme: str, asset: Asset) -> AccountRef:
    """What is left to issue. Hot: everybody who earns changes this row, so it is taken last."""
    return AccountRef(asset, f"budget:{programme}", Kind.GUARDED, hot=True)


@dataclass(frozen=True)
class LotTerms:
    """What is known of units when they are issued. `expires_at` is the first instant at which they are gone."""

    programme: str
    earned_at: datetime
    expires_at: datetime | None = None
    note: str = ""  # rule version and evidence grade, in the caller's words


@dataclass(frozen=True)
class LotView:
    """A lot as the pure rules see it."""

    id: int
    remaining: int
    earned_at: datetime
    expires_at: datetime | None


class UseKind(StrEnum):
    """What happened to a part of a lot."""

    SPENT = "spent"
    MOVED = "moved"  # into a lot of another account, with the same expiry
    EXPIRED = "expired"
    REVOKED = "revoked"  # back to where the lot came from
    RESTORED = "restored"  # put back: a spend was reversed
    RETURNED = "returned"  # put back: a move was reversed


PUTS_BACK = (UseKind.RESTORED, UseKind.RETURNED)


class HoldState(StrEnum):
    OPEN = "open"
    POSTED = "posted"
    VOIDED = "voided"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True)
class HoldRequest:
    """One part of a hold: `amount` from `debit`, meant for `credit`."""

    debit: AccountRef
    credit: AccountRef
    amount: int


@dataclass(frozen=True)
class Issued:
    """What an issue did: the transfer's id, and the balance it left after what went to a debt."""

    transfer_id: int
    balance: int


@dataclass(frozen=True)
class BudgetView:
    """Where a programme's appropriation is; the parts add up to it at every instant."""

    appropriated: int
    available: int
    held: int
    outstanding: int
    redeemed: int
    expired: int

    @property
    def agrees(self) -> bool:
        return self.appropriated == self.available + self.held + self.outstanding + self.redeemed + self.expired


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
