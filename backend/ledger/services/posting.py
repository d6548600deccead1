"""Posting: one transfer, its balances and its lots."""

from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, Required, TypedDict, Unpack
from uuid import UUID

from backend.core.batch import Batch, Write
from backend.core.transactions import require_transaction
from backend.ledger.errors import ReferenceReused
from backend.ledger.models import Transfer
from backend.ledger.services import accounts, lots
from backend.ledger.types import AccountRef, Kind, LotTerms, UseKind


class Posting(TypedDict):
    """What is asked of `post`. `short` says in the caller's words what it means that units are missing."""

    debit: Required[AccountRef]
    credit: Required[AccountRef]
    amount: Required[int]
    code: Required[str]
    reference: Required[str]
    event_id: Required[UUID]
    now: Required[datetime]
    memo: NotRequired[dict[str, object] | None]
    short: NotRequired[accounts.Short]


@dataclass(frozen=True)
class Entry:
    """A transfer whose writes wait in a batch."""

    fields: dict[str, object]
    row: Write
    debit_after: Write | None
    credit_after: Write | None

    @property
    def transfer(self) -> Transfer:
        """The transfer as the journal has it, once the batch was sent."""
        after = {
            "debit_balance_after": self.debit_after and self.debit_after.value,
            "credit_balance_after": self.credit_after and self.credit_after.value,
        }
        made = Transfer(pk=self.row.value, **self.fields, **after)
        made._state.adding = False
        return made


def post(*, lot: LotTerms | None = None, within: Transfer | None = None, **asked: Unpack[Posting]) -> Transfer:
    """Moves `amount` units from `debit` to `credit`; both sides change, or neither.

    A lotted account first loses its due lots. A debit then spends its lots in order; a lotted credit account gets a
    lot: of `lot` terms when the units are new, with the old expiry when they come from lots. `within` narrows the
    spend to the lots that one earlier transfer made (a hold).

    Raises Overdraft, or what `short` makes of it, when a guarded debit account holds less; ReferenceReused when
    `reference` was posted before; ValueError for what a caller must never ask (amount below 1, two assets, new units
    without terms).
    """
    batch = Batch()
    entry = enter(batch, lot=lot, within=within, **asked)
    batch.send()
    return entry.transfer


def enter(
    batch: Batch, *, lot: LotTerms | None = None, within: Transfer | None = None, **asked: Unpack[Posting]
) -> Entry:
    """The same as `post`, with the writes left in `batch`; a lotted payer's row is locked at once.

    What is refused for the balance or the reference is refused when the batch is sent.
    """
    require_transaction()
    debit, credit, amount, now = asked["debit"], asked["credit"], asked["amount"], asked["now"]
    if amount < 1 or debit.asset != credit.asset:
        raise ValueError(f"cannot move {amount} from {debit.asset} to {credit.asset}")
    if credit.lotted and not debit.lotted and lot is None:
        raise ValueError(f"new units for {credit.owner} need lot terms")
    source, target = accounts.open_accounts(debit, credit)
    short = asked.get("short", accounts.overdraft)
    if debit.lotted:
        accounts.lock((ref.hot, account) for ref, account in ((debit, source), (credit, target)) if ref.guarded)
        taken = lots.choose(lots.spendable(source, debit, now, within=within), amount, short)
        entry = move(batch, source, target, **asked)
        lots.record(batch, taken, entry.row, UseKind.MOVED if credit.lotted else UseKind.SPENT)
        if credit.lotted:
            lots.put_moved(batch, target, taken, entry.row, now)
        return entry
    if credit.kind is Kind.LOTTED:
        lots.expire_account(target, credit, now)
    entry = move(batch, source, target, **asked)
    if lot is not None and credit.lotted:
        lots.put_new(batch, target, amount, entry.row, lot, now)
    return entry


def move(
    batch: Batch, source: int, target: int, *, reverses: Transfer | None = None, **asked: Unpack[Posting]
) -> Entry:
    """The balances and the journal's row, without the lots. For this package only."""
    debit, credit, amount, reference = asked["debit"], asked["credit"], asked["amount"], asked["reference"]
    short = asked.get("short", accounts.overdraft)
    changes = [(debit.hot, source, -amount)] if debit.guarded else []
    changes += [(credit.hot, target, amount)] if credit.guarded else []
    after = {account: accounts.change(batch, account, delta, short) for _, account, delta in sorted(changes)}
    fields: dict[str, object] = {
        "asset": debit.asset.value,
        "debit_id": source,
        "credit_id": target,
        "amount": amount,
        "code": asked["code"],
        "reference": reference,
        "event_id": asked["event_id"],
        "at": asked["now"],
        "memo": asked.get("memo") or {},
        "reverses_id": reverses and reverses.pk,
    }
    row = batch.insert(
        Transfer,
        unless=["reference"],
        otherwise=lambda: ReferenceReused(reference=reference),
        **fields,
        debit_balance_after=after.get(source),
        credit_balance_after=after.get(target),
    )
    return Entry(fields, row, after.get(source), after.get(target))
