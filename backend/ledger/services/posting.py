"""Posting: one transfer, its balances and its lots."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.core.transactions import require_transaction
from backend.ledger.errors import ReferenceReused
from backend.ledger.models import Transfer
from backend.ledger.services import accounts, lots
from backend.ledger.types import AccountRef, Kind, LotTerms, UseKind


def post(
    *,
    debit: AccountRef,
    credit: AccountRef,
    amount: int,
    code: str,
    reference: str,
    event_id: UUID,
    now: datetime,
    memo: dict[str, object] | None = None,
    lot: LotTerms | None = None,
    within: Transfer | None = None,
) -> Transfer:
    """Moves `amount` units from `debit` to `credit`; both sides change, or neither.

    A lotted account first loses its due lots. A debit then spends its lots in order; a lotted credit account gets a
    lot: of `lot` terms when the units are new, with the old expiry when they come from lots. `within` narrows the
    spend to the lots that one earlier transfer made (a hold).

    Raises Overdraft when a guarded debit account holds less, ReferenceReused when `reference` was posted before,
    ValueError for what a caller must never ask (amount below 1, two assets, new units without terms).
    """
    require_transaction()
    if amount < 1 or debit.asset != credit.asset:
        raise ValueError(f"cannot move {amount} from {debit.asset} to {credit.asset}")
    if credit.lotted and not debit.lotted and lot is None:
        raise ValueError(f"new units for {credit.owner} need lot terms")
    source, target = accounts.open_accounts(debit, credit)
    if debit.lotted:
        accounts.lock((ref.hot, account) for ref, account in ((debit, source), (credit, target)) if ref.guarded)
        if debit.kind is Kind.LOTTED:
            lots.expire_account(source, debit, now)
    elif credit.kind is Kind.LOTTED:
        lots.expire_account(target, credit, now)
    made = move(
        debit=debit, credit=credit, source=source, target=target, amount=amount, code=code, reference=reference,
        event_id=event_id, now=now, memo=memo,
    )  # fmt: skip
    if debit.lotted:
        kind = UseKind.MOVED if credit.lotted else UseKind.SPENT
        taken = lots.take_out(source, amount, made, kind, within=within)
        if credit.lotted:
            lots.put_moved(target, taken, made, now)
    elif lot is not None and credit.lotted:
        lots.put_new(target, amount, made, lot, now)
    return made


def move(
    *,
    debit: AccountRef,
    credit: AccountRef,
    source: int,
    target: int,
    amount: int,
    code: str,
    reference: str,
    event_id: UUID,
    now: datetime,
    memo: dict[str, object] | None = None,
    reverses: Transfer | None = None,
) -> Transfer:
    """The balances and the journal's row, without the lots. For this package only."""
    changes = [(debit.hot, source, -amount)] if debit.guarded else []
    changes += [(credit.hot, target, amount)] if credit.guarded else []
    after = {account: accounts.change(account, delta) for _, account, delta in sorted(changes)}
    try:
        with transaction.atomic():
            return Transfer.objects.create(
                asset=debit.asset.value,
                debit_id=source,
                credit_id=target,
                amount=amount,
                code=code,
                reference=reference,
                event_id=event_id,
                at=now,
                memo=memo or {},
                reverses=reverses,
                debit_balance_after=after.get(source),
                credit_balance_after=after.get(target),
            )
    except IntegrityError:
        if Transfer.objects.filter(reference=reference).exists():
            raise ReferenceReused(reference=reference) from None
        raise
