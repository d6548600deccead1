"""Re-derives the ledger from its journal. Each function yields a sentence per disagreement; none means proved."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import F, Sum

from backend.ledger.models import Account, Balance, Transfer


def balances() -> Iterator[str]:
    """Every guarded account has one balance row, equal to its credits less its debits; open accounts have none."""
    derived = _derived()
    rows = dict(Balance.objects.values_list("account_id", "amount"))
    for account in Account.objects.order_by("pk").iterator():
        if account.guarded and rows.get(account.pk) != derived.get(account.pk, 0):
            stored, journal = rows.get(account.pk), derived.get(account.pk, 0)
            yield f"account {account.pk} {account}: balance {stored}, journal {journal}"
        if not account.guarded and account.pk in rows:
            yield f"account {account.pk} {account}: open, yet it has a balance row"


def chains() -> Iterator[str]:
    """In each guarded account every transfer left the balance that the one before it, plus itself, gives."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS)
        for account, transfer, left, expected in cursor:
            yield f"transfer {transfer}: left {left} in account {account}, the journal says {expected}"


def assets() -> Iterator[str]:
    """Both sides of every transfer count the transfer's own asset."""
    wrong = Transfer.objects.exclude(debit__asset=F("asset"), credit__asset=F("asset"))
    for transfer in wrong.values_list("pk", flat=True).iterator():
        yield f"transfer {transfer}: its accounts count another asset"


def sizes() -> dict[str, int]:
    """How much was looked at."""
    return {"accounts": Account.objects.count(), "transfers": Transfer.objects.count()}


def _derived() -> dict[int, int]:
    totals: dict[int, int] = {}
    for side, sign in (("credit_id", 1), ("debit_id", -1)):
        for account, amount in Transfer.objects.values_list(side).annotate(total=Sum("amount")):
            totals[account] = totals.get(account, 0) + sign * amount
    return totals


_CHAINS = """
WITH side AS (
  SELECT t.debit_id AS account, t.id, -t.amount AS change, t.debit_balance_after AS after FROM ledger_transfer t
  UNION ALL
  SELECT t.credit_id, t.id, t.amount, t.credit_balance_after FROM ledger_transfer t
), running AS (
  SELECT side.account, side.id, side.after,
         SUM(side.change) OVER (PARTITION BY side.account ORDER BY side.id) AS expected
  FROM side JOIN ledger_account a ON a.id = side.account AND a.guarded
)
SELECT account, id, after, expected FROM running WHERE after IS NULL OR after <> expected ORDER BY id
"""
