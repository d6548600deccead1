"""Budgets: a programme's appropriation is an account, and issuing is a transfer from it."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.ledger.errors import BudgetChanged, BudgetExhausted, Overdraft, ReferenceReused
from backend.ledger.models import Budget
from backend.ledger.services import posting, reversals
from backend.ledger.types import AccountRef, Asset, Issued, Kind, LotTerms, budget_account


def open_budget(*, by: object, programme: str, asset: Asset, amount: int, now: datetime) -> Budget:
    """A new programme with its first appropriation. Raises ReferenceReused when it has one."""
    require_transaction()
    try:
        with transaction.atomic():
            budget = Budget.objects.create(programme=programme, asset=asset.value, appropriated=amount)
    except IntegrityError:
        raise ReferenceReused(reference=programme) from None
    _appropriate(budget, amount, now)
    audit.record(by=by, action="ledger.open_budget", subject=programme, now=now, amount=amount, asset=asset.value)
    return budget


def change_budget(
    *, by: object, programme: str, asset: Asset, appropriated: int, version: int, now: datetime
) -> Budget:
    """Sets the appropriation, if nobody has changed it since the caller read `version`.

    Raises BudgetChanged, and BudgetExhausted when a cut asks for more than is still available.
    """
    require_transaction()
    rows = Budget.objects.filter(programme=programme, asset=asset.value)
    before = rows.get()
    if not rows.filter(version=version).update(appropriated=appropriated, version=version + 1):
        raise BudgetChanged
    _appropriate(before, appropriated - before.appropriated, now)
    audit.record(by=by, action="ledger.change_budget", subject=programme, now=now, appropriated=appropriated)
    return rows.get()


def issue(
    *,
    programme: str,
    to: AccountRef,
    amount: int,
    code: str,
    reference: str,
    event_id: UUID,
    now: datetime,
    lot: LotTerms,
    memo: dict[str, object] | None = None,
) -> Issued:
    """Issues units to `to` as one lot, out of the programme's budget; a debt of `to` is repaid from it first.

    Raises BudgetExhausted when the programme's money is used up, ReferenceReused when the act was booked before.
    """
    budget = budget_account(programme, to.asset)
    try:
        made = posting.post(
            debit=budget, credit=to, amount=amount, code=code, reference=reference, event_id=event_id, now=now,
            memo=memo, lot=lot,
        )  # fmt: skip
    except Overdraft:
        raise BudgetExhausted from None
    repaid = reversals.repay(made, to, now)
    return Issued(made.pk, (made.credit_balance_after or 0) - repaid)


def _appropriate(budget: Budget, delta: int, now: datetime) -> None:
    asset = Asset(budget.asset)
    treasury, account = AccountRef(asset, "appropriations", Kind.OPEN), budget_account(budget.programme, asset)
    if not delta:
        return
    debit, credit = (treasury, account) if delta > 0 else (account, treasury)
    try:
        posting.post(
            debit=debit, credit=credit, amount=abs(delta), code="appropriation", event_id=new_id(), now=now,
            reference=f"appropriation:{new_id()}",
        )  # fmt: skip
    except Overdraft:
        raise BudgetExhausted from None
