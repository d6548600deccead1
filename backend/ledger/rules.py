"""Pure decisions of the ledger: which lots a spend takes, and how a debt is repaid."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from backend.ledger.types import LotView

REPAYMENT_PERCENT = 50  # of every later award goes to a debt, so that earning still pays
_NEVER = datetime.max.replace(tzinfo=UTC)


def spending_order(lots: Iterable[LotView]) -> list[LotView]:
    """Earliest expiry first, then earliest earned, then id; what never expires comes last."""
    return sorted(lots, key=lambda lot: (lot.expires_at or _NEVER, lot.earned_at, lot.id))


def take(parts: Sequence[tuple[int, int]], amount: int) -> list[tuple[int, int]]:
    """(id, units) taken from `parts`, given as (id, units there), in their order, until `amount` is reached.

    Takes less than `amount` when there is less; the caller's guard has judged the sum before.
    """
    taken = []
    for number, there in parts:
        units = min(there, amount)
        if units:
            taken.append((number, units))
        amount -= units
    return taken


def repayment(*, debt: int, award: int) -> int:
    """How much of an award goes to a debt: half of it, rounded up, never more than the debt."""
    return min(debt, -(-award * REPAYMENT_PERCENT // 100))
