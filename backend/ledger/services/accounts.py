"""Opening accounts, and the one statement that changes a balance."""

from collections.abc import Iterable

from django.db import connection

from backend.core.transactions import require_transaction
from backend.ledger.errors import Overdraft
from backend.ledger.models import Account, Balance
from backend.ledger.types import AccountRef


def open_account(ref: AccountRef) -> int:
    """The id of the account, made if it is not there. A guarded account begins with a balance of zero."""
    return open_accounts(ref)[0]


def open_accounts(*refs: AccountRef) -> list[int]:
    """The ids of the accounts, in order; one read where all exist."""
    require_transaction()
    rows = Account.objects.filter(owner__in=[ref.owner for ref in refs])
    found = {(row.owner, row.asset): row for row in rows}
    return [_checked(found.get((ref.owner, ref.asset.value)) or _made(ref), ref) for ref in refs]


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
        change(account, 0)


def change(account: int, delta: int) -> int:
    """Adds `delta` where the result stays at zero or above; the row count is the guard. Returns the new balance."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, [delta, account, delta])
        row = cursor.fetchone()
    if row is None:
        raise Overdraft(missing=-delta - Balance.objects.get(account_id=account).amount)
    return int(row[0])


_CHANGE = "UPDATE ledger_balance SET amount = amount + %s WHERE account_id = %s AND amount + %s >= 0 RETURNING amount"
