"""Opening accounts, and the one statement that changes a balance."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import BigIntegerField, TextField

from backend.core.batch import Batch, Write
from backend.core.compiled import Compiled, Slot
from backend.core.transactions import require_transaction
from backend.ledger.errors import Overdraft
from backend.ledger.models import Account, Balance
from backend.ledger.types import AccountRef

Short = Callable[[int], Exception]  # what it means that units are missing, in the caller's words
_Key = tuple[str, str]
_MOST_KNOWN = 100_000
_known: dict[_Key, Account] = {}  # accounts never change and never go, so a process reads each one once


def overdraft(missing: int) -> Exception:
    return Overdraft(missing=missing)


def open_account(ref: AccountRef) -> int:
    """The id of the account, made if it is not there. A guarded account begins with a balance of zero."""
    return open_accounts(ref)[0]


def open_accounts(*refs: AccountRef) -> list[int]:
    """The ids of the accounts, in order; at most one read where all exist."""
    require_transaction()
    keys = [(ref.owner, ref.asset.value) for ref in refs]
    found = {key: _known[key] for key in keys if key in _known}
    if len(found) < len(set(keys)):
        found |= _read({owner for owner, asset in keys if (owner, asset) not in found})
    return [_checked(found.get(key) or _made(ref), ref) for key, ref in zip(keys, refs, strict=True)]


def forget() -> None:
    """Drops what is known of accounts. For whoever empties the tables under a living process."""
    _known.clear()


def _read(owners: set[str]) -> dict[_Key, Account]:
    """They are remembered after the commit only: an account that was made in this transaction may not stay."""
    found = {(row.owner, row.asset): row for owner in owners for row in _OWNED.rows(owner=owner)}
    transaction.on_commit(lambda: _remember(found))
    return found


_OWNED = Compiled(lambda: Account.objects.filter(owner=Slot("owner", TextField())))


def _remember(found: dict[_Key, Account]) -> None:
    if len(_known) + len(found) > _MOST_KNOWN:
        _known.clear()
    _known.update(found)


def _made(ref: AccountRef) -> Account:
    fresh = {"kind": ref.kind.value, "hot": ref.hot}
    account, made = Account.objects.get_or_create(owner=ref.owner, asset=ref.asset.value, defaults=fresh)
    if made and ref.guarded:
        Balance.objects.create(account=account, amount=0)
    return account


def _checked(account: Account, ref: AccountRef) -> int:
    if account.kind != ref.kind:
        raise ValueError(f"{account} is {account.kind}, not {ref.kind}")
    return account.pk


def lock(accounts: Iterable[tuple[bool, int]]) -> None:
    """Takes the balance rows of (hot, id) in the documented order, for who must read before it writes."""
    for _, account in sorted(accounts):
        balance_of(account)


def balance_of(account: int) -> int:
    """The balance, locked until the end of the transaction; on SQLite the transaction has locked everything."""
    locked = _LOCKED.first(account=account)
    assert locked is not None
    return locked


_LOCKED = Compiled(
    lambda: (
        Balance.objects.select_for_update()
        .filter(account=Slot("account", BigIntegerField()))
        .values_list("amount", flat=True)
    )
)


def change(batch: Batch, account: int, delta: int, short: Short = overdraft) -> Write:
    """Adds `delta` where the result stays at zero or above; the row count is the guard. Its value is the new balance.

    Raises what `short` makes of the missing units when the batch is sent.
    """
    return batch.add(_CHANGE, [delta, account, delta], otherwise=lambda: short(_missing(account, delta)), row=account)


def _missing(account: int, delta: int) -> int:
    return -delta - Balance.objects.get(account_id=account).amount


_CHANGE = (
    "UPDATE ledger_balance SET amount = amount + %s "
    "WHERE account_id = %s AND amount + %s >= 0 AND {go} RETURNING amount AS value"
)
