"""Whether allowances, their escrow and their lines say what the journal says."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Max, Q, Sum

from backend.ledger import queries as ledger
from backend.ledger.types import AccountRef
from campaigns.models import LOSS_OFFLINE, OfflineAllowance, OfflineEntry, escrow_account
from campaigns.types.offline import AllowanceState, OfflineCode, Verdict
from campaigns.types.settlement import SettlementCode


def disagreements() -> Iterator[str]:
    """One sentence a place; run it within one snapshot.

    Every escrow holds its ceiling less what was lost and given back, the loss account passes on what it got, and a
    charged line is a redemption of its voucher and its sum.
    """
    lines = _lines()
    lost = 0
    for allowance in OfflineAllowance.objects.order_by("pk").iterator():
        yield from _allowance(allowance, lines.get(allowance.pk, {}))
        lost += allowance.lost_fen
    passed = ledger.totals_by_code(LOSS_OFFLINE)
    booked = (passed.get(OfflineCode.LOSS, 0), -passed.get(SettlementCode.ADJUSTMENT, 0))
    if booked != (lost, lost):
        yield f"offline losses: allowances lost {lost}, the loss account got and paid {booked}"
    charged = OfflineEntry.objects.filter(verdict=Verdict.CHARGED.value)
    unlike = charged.exclude(redemption__voucher_id=F("voucher_id"), redemption__discount_fen=F("discount_fen"))
    for pk in unlike.order_by("pk").values_list("pk", flat=True).iterator():
        yield f"offline line {pk}: charged, but its redemption is another"


def _lines() -> dict[Any, dict[str, Any]]:
    rows = OfflineEntry.objects.order_by().values("allowance")
    settled = ~Q(verdict=Verdict.REFUSED.value)
    sums = rows.annotate(
        count=Count("pk"), last=Max("seq"), settled=Count("pk", filter=settled),
        used=Sum("discount_fen", filter=settled), lost=Sum("discount_fen", filter=Q(verdict=Verdict.LOSS.value)),
        paid=Sum("adjustment__amount_fen"),
    )  # fmt: skip
    return {row["allowance"]: dict(row) for row in sums}


def _allowance(allowance: OfflineAllowance, lines: dict[str, Any]) -> Iterator[str]:
    count, lost, paid = (lines.get(name) or 0 for name in ("count", "lost", "paid"))
    if (count, lines.get("last") or 0) != (allowance.next_seq - 1, allowance.next_seq - 1):
        yield f"allowance {allowance.pk}: awaits line {allowance.next_seq}, has {count}"
    if not (lost == paid == allowance.lost_fen):
        yield f"allowance {allowance.pk}: lost {allowance.lost_fen}, its lines {lost}, their adjustments {paid}"
    if (lines.get("settled") or 0) > allowance.used_count or (lines.get("used") or 0) > allowance.used_fen:
        yield f"allowance {allowance.pk}: its lines used more than it counted"
    closed = allowance.state == AllowanceState.CLOSED
    expected = {
        OfflineCode.ESCROW: allowance.total_fen,
        OfflineCode.LOSS: -lost,
        OfflineCode.RELEASE: lost - allowance.total_fen if closed else 0,
    }
    if (booked := _flows(escrow_account(allowance.pk))) != {code: sum_ for code, sum_ in expected.items() if sum_}:
        yield f"allowance {allowance.pk}: its escrow should be {expected}, the journal says {booked}"


def _flows(account: AccountRef) -> dict[str, int]:
    return {code: total for code, total in ledger.totals_by_code(account).items() if total}
