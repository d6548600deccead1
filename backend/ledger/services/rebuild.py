"""The caches made again from the journal: balances, and what remains of lots."""

from django.db.models import Sum

from backend.core.transactions import require_transaction
from backend.ledger import proof
from backend.ledger.models import Account, Balance, Lot, LotUse
from backend.ledger.types import PUTS_BACK, Kind


def rebuild() -> int:
    """Deletes every materialised balance and derives it, and each lot's remainder, anew. Returns how many balances."""
    require_transaction()
    derived = proof.derived_balances()
    Balance.objects.all().delete()
    guarded = Account.objects.exclude(kind=Kind.OPEN.value).values_list("pk", flat=True)
    made = Balance.objects.bulk_create(
        (Balance(account_id=number, amount=derived.get(number, 0)) for number in guarded), batch_size=2000
    )
    _rebuild_lots()
    return len(made)


def _rebuild_lots() -> None:
    taken: dict[int, int] = {}
    for lot, kind, total in LotUse.objects.values_list("lot_id", "kind").annotate(total=Sum("amount")):
        taken[lot] = taken.get(lot, 0) + (-total if kind in PUTS_BACK else total)
    lots = list(Lot.objects.only("pk", "amount", "remaining"))
    for lot in lots:
        lot.remaining = lot.amount - taken.get(lot.pk, 0)
    Lot.objects.bulk_update(lots, ["remaining"], batch_size=1000)
