"""Re-derives the ledger from its journal. Each function yields a sentence per disagreement; none means proved.

The sums are the database's own (one pass each), so that a million transfers take seconds, not minutes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, Sum

from backend.ledger import queries
from backend.ledger.models import Account, Balance, Budget, Transfer
from backend.ledger.types import Asset


def assets() -> Iterator[str]:
    """Both sides of every transfer count the transfer's own asset."""
    wrong = Transfer.objects.exclude(debit__asset=F("asset"), credit__asset=F("asset"))
    for transfer in wrong.order_by("pk").values_list("pk", flat=True).iterator():
        yield f"transfer {transfer}: its accounts count another asset"


def balances() -> Iterator[str]:
    """Every guarded account has one balance row, equal to its credits less its debits; open accounts have none."""
    derived = derived_balances()
    rows = dict(Balance.objects.values_list("account_id", "amount"))
    for account in Account.objects.order_by("pk").iterator():
        stored, journal = rows.get(account.pk), derived.get(account.pk, 0)
        if account.ref.guarded and stored != journal:
            yield f"account {account.pk} {account}: balance {stored}, journal {journal}"
        if not account.ref.guarded and stored is not None:
            yield f"account {account.pk} {account}: open, yet it has a balance row"


def chains(as_of: datetime | None = None) -> Iterator[str]:
    """In each guarded account every transfer left the balance that the one before it, plus itself, gives."""
    instant = connection.ops.adapt_datetimefield_value(as_of) if as_of else None
    where = "WHERE t.at <= %s" if instant else ""
    for account, transfer, left, expected in _rows(_CHAINS.format(where=where), [instant] * 2 if instant else []):
        yield f"transfer {transfer}: left {left} in account {account}, the journal says {expected}"


def lots() -> Iterator[str]:
    """What remains of each lot is its amount less its uses, and the lots of an account are its balance."""
    for lot, remaining, derived in _rows(_LOTS):
        yield f"lot {lot}: {remaining} remain, its uses leave {derived}"
    for account, held, balance in _rows(_LOT_SUMS):
        yield f"account {account}: its lots hold {held}, its balance is {balance}"
    for transfer, amount, parts in _rows(_MADE):
        yield f"transfer {transfer}: of {amount}, its lots hold {parts}"
    for transfer, amount, parts in _rows(_USED):
        yield f"transfer {transfer}: of {amount}, it used {parts} of lots"


def reversals() -> Iterator[str]:
    """No transfer is reversed beyond its amount, and the counter that guards it equals the reversals."""
    for transfer, amount, counted, found in _rows(_REVERSALS):
        yield f"transfer {transfer}: of {amount}, {counted} counted as reversed, {found} found in the journal"


def holds() -> Iterator[str]:
    """Open holds are what waits in the held accounts; a resolved part went on or went back, all of it, once."""
    for account, waiting, balance in _rows(_HELD):
        yield f"account {account}: open holds {waiting}, balance {balance}"
    for part, hold, amount, went in _rows(_RESOLVED):
        yield f"hold {hold}, part {part}: of {amount}, {went} went on or back"


def budgets() -> Iterator[str]:
    """What was appropriated is available, held, outstanding, redeemed or expired; nothing else."""
    treasury = queries.net_by_account("appropriations")
    for budget in Budget.objects.order_by("pk"):
        asset = Asset(budget.asset)
        view = queries.budget(budget.programme, asset)
        given = treasury.get((f"budget:{budget.programme}", asset.value), 0)
        if not view.agrees or given != budget.appropriated:
            yield f"budget {budget}: {view}; appropriated in the journal: {given}"


def derived_balances() -> dict[int, int]:
    """What the journal says each account holds."""
    totals: dict[int, int] = {}
    for side, sign in (("credit_id", 1), ("debit_id", -1)):
        for account, amount in Transfer.objects.values_list(side).annotate(total=Sum("amount")):
            totals[account] = totals.get(account, 0) + sign * amount
    return totals


def sizes() -> dict[str, int]:
    """How much was looked at."""
    return {"accounts": Account.objects.count(), "transfers": Transfer.objects.count()}


def _rows(sql: str, given: Sequence[str] = ()) -> Iterator[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        yield from cursor


_GUARDED = "a.kind <> 'open'"
_LOTTED = "a.kind IN ('lotted', 'held')"
_PUT_BACK = "u.kind IN ('restored', 'returned')"

_CHAINS = f"""
WITH side AS (
  SELECT t.debit_id AS account, t.id, -t.amount AS change, t.debit_balance_after AS left_there
  FROM ledger_transfer t {{where}}
  UNION ALL
  SELECT t.credit_id, t.id, t.amount, t.credit_balance_after FROM ledger_transfer t {{where}}
), running AS (
  SELECT side.account, side.id, side.left_there,
         SUM(side.change) OVER (PARTITION BY side.account ORDER BY side.id) AS expected
  FROM side JOIN ledger_account a ON a.id = side.account AND {_GUARDED}
)
SELECT account, id, left_there, expected FROM running
WHERE left_there IS NULL OR left_there <> expected ORDER BY id
"""  # noqa: S608 - the names are ours
_LOTS = f"""
SELECT l.id, l.remaining, l.amount - COALESCE(SUM(CASE WHEN {_PUT_BACK} THEN -u.amount ELSE u.amount END), 0)
FROM ledger_lot l LEFT JOIN ledger_lotuse u ON u.lot_id = l.id
GROUP BY l.id, l.remaining, l.amount
HAVING l.remaining <> l.amount - COALESCE(SUM(CASE WHEN {_PUT_BACK} THEN -u.amount ELSE u.amount END), 0)
ORDER BY l.id
"""  # noqa: S608
_LOT_SUMS = f"""
SELECT a.id, COALESCE(SUM(l.remaining), 0), b.amount
FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id LEFT JOIN ledger_lot l ON l.account_id = a.id
WHERE {_LOTTED} GROUP BY a.id, b.amount HAVING COALESCE(SUM(l.remaining), 0) <> b.amount ORDER BY a.id
"""  # noqa: S608
_MADE = f"""
SELECT t.id, t.amount, COALESCE(SUM(l.amount), 0)
FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit_id AND {_LOTTED}
LEFT JOIN ledger_lot l ON l.transfer_id = t.id
WHERE t.reverses_id IS NULL GROUP BY t.id, t.amount HAVING COALESCE(SUM(l.amount), 0) <> t.amount ORDER BY t.id
"""  # noqa: S608
_USED = f"""
SELECT t.id, t.amount, COALESCE(SUM(u.amount), 0)
FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_id AND {_LOTTED}
LEFT JOIN ledger_lotuse u ON u.transfer_id = t.id AND NOT ({_PUT_BACK})
GROUP BY t.id, t.amount HAVING COALESCE(SUM(u.amount), 0) <> t.amount ORDER BY t.id
"""  # noqa: S608
_REVERSALS = """
WITH found AS (
  SELECT reverses_id AS id, SUM(amount) AS total FROM ledger_transfer WHERE reverses_id IS NOT NULL GROUP BY reverses_id
)
SELECT t.id, t.amount, COALESCE(r.used, 0), COALESCE(f.total, 0)
FROM ledger_transfer t LEFT JOIN ledger_reversed r ON r.transfer_id = t.id LEFT JOIN found f ON f.id = t.id
WHERE (r.used IS NOT NULL OR f.total IS NOT NULL)
  AND (COALESCE(r.used, 0) <> COALESCE(f.total, 0) OR COALESCE(r.used, 0) > t.amount)
ORDER BY t.id
"""
_HELD = """
SELECT a.id, COALESCE(SUM(CASE WHEN h.state = 'open' THEN t.amount END), 0), b.amount
FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
LEFT JOIN ledger_transfer t ON t.credit_id = a.id AND t.id IN (SELECT transfer_id FROM ledger_holdpart)
LEFT JOIN ledger_holdpart p ON p.transfer_id = t.id LEFT JOIN ledger_hold h ON h.id = p.hold_id
WHERE a.owner LIKE '%%:held' GROUP BY a.id, b.amount
HAVING COALESCE(SUM(CASE WHEN h.state = 'open' THEN t.amount END), 0) <> b.amount ORDER BY a.id
"""
_RESOLVED = """
SELECT p.id, p.hold_id, t.amount,
       COALESCE(posted.amount, 0) - COALESCE(undone.used, 0) + COALESCE(back.used, 0)
FROM ledger_holdpart p JOIN ledger_hold h ON h.id = p.hold_id AND h.state <> 'open'
JOIN ledger_transfer t ON t.id = p.transfer_id
LEFT JOIN ledger_transfer posted ON posted.reference = t.reference || ':posted'
LEFT JOIN ledger_reversed undone ON undone.transfer_id = posted.id
LEFT JOIN ledger_reversed back ON back.transfer_id = t.id
WHERE t.amount <> COALESCE(posted.amount, 0) - COALESCE(undone.used, 0) + COALESCE(back.used, 0) ORDER BY p.id
"""
