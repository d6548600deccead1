"""Lots: made by issues and moves, consumed in order, expired when due, put back by reversals.

Every function here runs under the balance row of the lots' account (see the package's lock order).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.ledger import rules
from backend.ledger.errors import Overdraft
from backend.ledger.models import Account, Lot, LotUse, Transfer
from backend.ledger.services import accounts, posting
from backend.ledger.types import AccountRef, Kind, LotTerms, UseKind

Taken = list[tuple[Lot, int]]


def put_new(account: int, amount: int, made: Transfer, terms: LotTerms, now: datetime) -> None:
    """A lot of units that were issued just now."""
    Lot.objects.create(
        account_id=account,
        transfer=made,
        programme=terms.programme,
        amount=amount,
        remaining=amount,
        earned_at=terms.earned_at,
        available_from=now,
        expires_at=terms.expires_at,
        note=terms.note,
    )


def put_moved(account: int, taken: Taken, made: Transfer, now: datetime) -> None:
    """Lots for units that came from other lots: a transfer never moves an expiry to a later date."""
    Lot.objects.bulk_create(
        Lot(
            account_id=account,
            transfer=made,
            parent=lot,
            programme=lot.programme,
            amount=units,
            remaining=units,
            earned_at=lot.earned_at,
            available_from=now,
            expires_at=lot.expires_at,
            note=lot.note,
        )
        for lot, units in taken
    )


def take_out(account: int, amount: int, made: Transfer, kind: UseKind, *, within: Transfer | None = None) -> Taken:
    """Takes `amount` units out of the account's lots in spending order and records each use.

    `within` narrows it to the lots that one transfer made. Raises Overdraft when they hold less.
    """
    live = Lot.objects.filter(account_id=account, remaining__gt=0)
    found = {lot.pk: lot for lot in (live.filter(transfer=within) if within else live)}
    order = rules.spending_order(lot.view for lot in found.values())
    parts = rules.take([(lot.id, lot.remaining) for lot in order], amount)
    short = amount - sum(units for _, units in parts)
    if short:
        raise Overdraft(missing=short)
    return record([(found[number], units) for number, units in parts], made, kind)


def record(parts: Sequence[tuple[Lot, int]], made: Transfer, kind: UseKind, *, back: bool = False) -> Taken:
    """Lowers (or, going `back`, raises) what remains of each lot and writes down why."""
    for lot, units in parts:
        change = units if back else -units
        if not Lot.objects.filter(pk=lot.pk, remaining__gte=-change).update(remaining=F("remaining") + change):
            raise Overdraft(missing=units)
    LotUse.objects.bulk_create(LotUse(lot=lot, transfer=made, kind=kind.value, amount=units) for lot, units in parts)
    return list(parts)


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
    made = posting.move(
        debit=ref,
        credit=breakage,
        source=account,
        target=accounts.open_account(breakage),
        amount=lot.remaining,
        code="expiry",
        reference=f"expiry:{lot.pk}:{times}",
        event_id=new_id(),
        now=now,
        memo={"why_zh": "积分到期", "why_en": "Points expired", "lot": lot.pk},
    )
    record([(lot, lot.remaining)], made, UseKind.EXPIRED)
