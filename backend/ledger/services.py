"""The only writer of balances.

Lock order: within one `post` the two balance rows are taken by ascending account id, so that opposite transfers
between the same two people cannot deadlock. Callers take their own rows first and post last.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from backend.core.transactions import require_transaction
from backend.ledger import errors
from backend.ledger.models import Account, Balance, Transfer
from backend.ledger.types import AccountRef


def open_account(ref: AccountRef) -> int:
    """The id of the account, made if it is not there. A guarded account begins with a balance of zero."""
    require_transaction()
    account, made = Account.objects.get_or_create(
        owner=ref.owner, asset=ref.asset.value, defaults={"guarded": ref.guarded}
    )
    if account.guarded != ref.guarded:
        raise ValueError(f"{account} was opened with guarded={account.guarded}")
    if made and ref.guarded:
        Balance.objects.create(account=account, amount=0)
    return account.pk


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
) -> Transfer:
    """Moves `amount` units from `debit` to `credit`; both sides change, or neither.

    Raises Overdraft when a guarded debit account holds less, ReferenceReused when `reference` was posted before,
    ValueError for what a caller must never ask (amount below 1, two assets).
    """
    require_transaction()
    if amount < 1 or debit.asset != credit.asset:
        raise ValueError(f"cannot move {amount} from {debit.asset} to {credit.asset}")
    source, target = open_account(debit), open_account(credit)
    changes = [(source, -amount, debit.guarded), (target, amount, credit.guarded)]
    after = {account: _change(account, delta) for account, delta, guarded in sorted(changes) if guarded}
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
                debit_balance_after=after.get(source),
                credit_balance_after=after.get(target),
            )
    except IntegrityError:
        if Transfer.objects.filter(reference=reference).exists():
            raise errors.ReferenceReused(reference=reference) from None
        raise


def _change(account: int, delta: int) -> int:
    """Adds `delta` where the result stays at zero or above; the row count is the guard. Returns the new balance."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, [delta, account, delta])
        row = cursor.fetchone()
    if row is None:
        held = Balance.objects.get(account_id=account).amount
        raise errors.Overdraft(missing=-delta - held)
    return int(row[0])


_CHANGE = "UPDATE ledger_balance SET amount = amount + %s WHERE account_id = %s AND amount + %s >= 0 RETURNING amount"
