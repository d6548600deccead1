"""Lots: made by issues and moves, consumed in order, expired when due, put back by reversals.

Every function here runs under the balance row of the lots' account (see the package's lock order).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.models import BigIntegerField

from backend.core.batch import Batch, Write
from backend.core.compiled import Compiled, Slot
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.ledger import rules
from backend.ledger.models import Account, Lot, LotUse, Transfer
from backend.ledger.services import accounts, posting
from backend.ledger.types import AccountRef, Kind, LotTerms, UseKind

Taken = list[tuple[Lot, int]]


def put_new(batch: Batch, account: int, amount: int, made: Write, terms: LotTerms, now: datetime) -> None:
    """A lot of units that were issued just now."""
    batch.insert(
        Lot,
        account_id=account,
        transfer_id=made,
        programme=terms.programme,
        amount=amount,
        remaining=amount,
        earned_at=terms.earned_at,
        available_from=now,
        expires_at=terms.expires_at,
        note=terms.note,
    )


def put_moved(batch: Batch, account: int, taken: Taken, made: Write, now: datetime) -> None:
    """Lots for units that came from other lots: a transfer never moves an expiry to a later date."""
    for lot, units in taken:
        batch.insert(
            Lot,
            account_id=account,
            transfer_id=made,
            parent_id=lot.pk,
            programme=lot.programme,
            amount=units,
            remaining=units,
            earned_at=lot.earned_at,
            available_from=now,
            expires_at=lot.expires_at,
            note=lot.note,
        )


def spendable(account: int, ref: AccountRef, now: datetime, *, within: Transfer | None = None) -> list[Lot]:
    """The account's lots, after the due ones have left it; one read where none is due. The row must be locked."""
    found = live(account, within=within)
    if ref.kind is Kind.LOTTED and any(lot.expires_at and lot.expires_at <= now for lot in found):
        expire_account(account, ref, now)
        return live(account, within=within)
    return found


def live(account: int, *, within: Transfer | None = None) -> list[Lot]:
    """The account's lots that have something left, or those of them that one transfer made."""
    if within is not None:
        return list(Lot.objects.filter(account_id=account, remaining__gt=0, transfer=within))
    return _LIVE.rows(account=account)


_LIVE = Compiled(lambda: Lot.objects.filter(account_id=Slot("account", BigIntegerField()), remaining__gt=0))


def choose(found: Sequence[Lot], amount: int, short: accounts.Short = accounts.overdraft) -> Taken:
    """Which lots give how much of `amount`, in spending order. Raises what `short` makes of it when they hold less."""
    lots = {lot.pk: lot for lot in found}
    order = rules.spending_order(lot.view for lot in found)
    parts = rules.take([(lot.id, lot.remaining) for lot in order], amount)
    missing = amount - sum(units for _, units in parts)
    if missing:
        raise short(missing)
    return [(lots[number], units) for number, units in parts]


def record(batch: Batch, parts: Taken, made: Write, kind: UseKind, *, back: bool = False) -> None:
    """Lowers (or, going `back`, raises) what remains of each lot and writes down why."""
    for lot, units in parts:
        change = units if back else -units
        short = partial(accounts.overdraft, units)
        batch.add(_REMAIN, [change, lot.pk, change], otherwise=short, row=("lot", lot.pk))
        batch.insert(LotUse, lot_id=lot.pk, transfer_id=made, kind=kind.value, amount=units)


_REMAIN = (
    "UPDATE ledger_lot SET remaining = remaining + %s "
    "WHERE id = %s AND remaining + %s >= 0 AND {go} RETURNING remaining AS value"
)


def expire_due(*, now: datetime, limit: int = 500) -> int:
    """Expires the due lots of up to `limit` accounts; returns how many accounts had some, 0 when none is left.

    May run late, twice, in pieces or beside itself: every spend does the same for its own payer first.
    """
    require_transaction()
    due = Lot.objects.filter(remaining__gt=0, expires_at__lte=now, account__kind=Kind.LOTTED.value)
    numbers = list(due.order_by("account_id").values_list("account_id", flat=True).distinct()[:limit])
    for account in Account.objects.filter(pk__in=numbers).order_by("pk"):
        accounts.lock([(account.hot, account.pk)])
        expire_account(account.pk, account.ref, now)
    return len(numbers)


def expire_account(account: int, ref: AccountRef, now: datetime) -> None:
    """Moves what remains of the account's due lots to their programmes' breakage, under the account's row."""
    due = Lot.objects.filter(account_id=account, remaining__gt=0, expires_at__lte=now)
    if not due.exists():
        return
    accounts.lock([(ref.hot, account)])
    for lot in due.order_by("expires_at", "pk"):
        _expire(lot, account, ref, now)


def _expire(lot: Lot, account: int, ref: AccountRef, now: datetime) -> None:
    breakage = AccountRef(ref.asset, f"breakage:{lot.programme}", Kind.OPEN)
    times = lot.uses.filter(kind=UseKind.EXPIRED.value).count()  # a reversal may bring back what expires again
    batch = Batch()
    made = posting.move(
        batch,
        account,
        accounts.open_account(breakage),
        debit=ref,
        credit=breakage,
        amount=lot.remaining,
        code="expiry",
        reference=f"expiry:{lot.pk}:{times}",
        event_id=new_id(),
        now=now,
        memo={"why_zh": "积分到期", "why_en": "Points expired", "lot": lot.pk},
    )
    record(batch, [(lot, lot.remaining)], made.row, UseKind.EXPIRED)
    batch.send()
