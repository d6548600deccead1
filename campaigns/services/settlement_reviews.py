"""Lines in question: held for a review or disputed by the merchant, decided on by somebody else; and adjustments.

Lock order: the statement, then new rows. A hold and an approval meet at the statement's row, where the hold takes the
line out of the sum and brings a confirmed statement back to its draft, so nobody approves a sum that has changed.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from backend.ledger.types import AccountRef
from backend.merchants import queries as merchants
from backend.merchants.models import Store
from campaigns.errors import settlement as errors
from campaigns.models import (
    ADJUSTMENTS,
    Adjustment,
    Campaign,
    LineHold,
    Statement,
    StatementLine,
    merchant_account,
)
from campaigns.queries import settlement as queries
from campaigns.rules import settlement as rules
from campaigns.types.settlement import HoldKind, LineHoldState, SettlementCode, StatementState

_OPEN = [StatementState.DRAFT.value, StatementState.CONFIRMED.value]


def dispute_line(*, by: User, statement_id: UUID, line_id: int, reason: str, now: datetime) -> LineHold:
    """The merchant questions a line: a claim leaves the sum until an operator decides, so the rest can be paid.

    Raises NotFound, StatementStepRefused after the approval, LineHeld.
    """
    statement = queries.statement_seen_by(by, statement_id)
    merchants.store_in_care(by, statement.store_id)
    return _hold(by, statement, line_id, HoldKind.DISPUTE, reason, now)


def hold_line(*, by: User, statement_id: UUID, line_id: int, reason: str, now: datetime) -> LineHold:
    """An operator takes a line out of the sum for a review. Raises as `dispute_line` does."""
    return _hold(by, queries.statement_seen_by(by, statement_id), line_id, HoldKind.REVIEW, reason, now)


def _hold(by: User, statement: Statement, line_id: int, kind: HoldKind, reason: str, now: datetime) -> LineHold:
    require_transaction()
    line = StatementLine.objects.filter(pk=line_id, statement=statement).first()
    if line is None:
        raise NotFound
    held = rules.held_part(line.amount_fen)
    undecided = Statement.objects.filter(pk=statement.pk, state__in=_OPEN)
    if not undecided.update(held_fen=F("held_fen") + held, state=StatementState.DRAFT.value, **_UNCONFIRMED):
        statement.refresh_from_db()
        raise errors.StatementStepRefused(state=statement.state)
    try:
        with transaction.atomic():
            made = LineHold.objects.create(
                line=line, kind=kind.value, held_fen=held, reason=reason, opened_by=str(by.pk), opened_at=now
            )
    except IntegrityError:
        raise errors.LineHeld from None
    audit.record(by=by.pk, action=f"settlement.{kind.value}", subject=statement.pk, now=now, line=line.pk, why=reason)
    return made


_UNCONFIRMED = {"confirmed_by": "", "confirmed_at": None}


def resolve_hold(*, by: User, hold_id: int, correction_fen: int, reason: str, now: datetime) -> LineHold:
    """Decides on a held line: what left the sum comes back on a later statement, with a correction beside it.

    `correction_fen` is 0 for a line that was right, its negative amount for one that should not be, or between.
    Raises NotFound, HoldResolved, CorrectionTooLarge, OtherPersonNeeded for whoever opened it.
    """
    require_transaction()
    hold = LineHold.objects.select_related("line__statement__store", "line__campaign").filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    rules.require_correction(correction_fen, line_fen=hold.line.amount_fen)
    decided = {"correction_fen": correction_fen, "resolution": reason, "resolved_by": str(by.pk), "resolved_at": now}
    open_one = LineHold.objects.filter(pk=hold_id, state=LineHoldState.OPEN.value).exclude(opened_by=str(by.pk))
    if not open_one.update(state=LineHoldState.RESOLVED.value, **decided):
        hold.refresh_from_db(fields=["state"])
        raise errors.HoldResolved if hold.state == LineHoldState.RESOLVED else errors.OtherPersonNeeded
    audit.record(by=by.pk, action="settlement.resolve", subject=hold.pk, now=now, correction_fen=correction_fen)
    if correction_fen:
        book_adjustment(by, hold.line.statement.store, hold.line.campaign, correction_fen, reason, now)
    hold.refresh_from_db()
    return hold


def adjust(
    *, by: User, store_id: UUID, amount_fen: int, reason: str, campaign_id: UUID | None = None, now: datetime
) -> Adjustment:
    """Books money to (positive) or from (a clawback) a store's merchant; the next statement shows it.

    Raises NotFound for an unknown store or campaign.
    """
    require_transaction()
    store = Store.objects.filter(pk=store_id).first()
    campaign = Campaign.objects.filter(pk=campaign_id).first() if campaign_id else None
    if store is None or (campaign_id and campaign is None):
        raise NotFound
    return book_adjustment(by, store, campaign, amount_fen, reason, now)


def book_adjustment(
    by: User,
    store: Store,
    campaign: Campaign | None,
    amount_fen: int,
    reason: str,
    now: datetime,
    payer: AccountRef = ADJUSTMENTS,
) -> Adjustment:
    """The adjustment and its transfer, from or to `payer`. For verbs that have judged it already."""
    made = Adjustment.objects.create(
        store=store, campaign=campaign, amount_fen=amount_fen, reason=reason, made_by=str(by.pk), at=now
    )
    due = merchant_account(store.merchant_id)
    debit, credit = (payer, due) if amount_fen > 0 else (due, payer)
    ledger.post(
        debit=debit,
        credit=credit,
        amount=abs(amount_fen),
        code=SettlementCode.ADJUSTMENT,
        reference=f"adjustment:{made.pk}",
        event_id=made.pk,
        now=now,
    )
    audit.record(by=by.pk, action="settlement.adjust", subject=made.pk, now=now, amount_fen=amount_fen, why=reason)
    return made
