"""A statement's way: confirmed by the merchant, approved by a second person; the bank's file pays it.

Each step is one guarded statement on the statement's row: the state it comes from, and the sum that the person saw.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from backend.merchants import queries as merchants
from backend.webhooks import services as webhooks
from backend.webhooks.types import EventType
from campaigns.errors import settlement as errors
from campaigns.models import Statement, merchant_account, payable_account
from campaigns.queries import settlement as queries
from campaigns.rules import settlement as rules
from campaigns.types.settlement import SettlementCode, StatementState


def confirm_statement(*, by: User, statement_id: UUID, due_fen: int, now: datetime) -> Statement:
    """The merchant agrees to the sum that was seen. Raises NotFound, StatementStepRefused, StatementChanged."""
    require_transaction()
    statement = queries.statement_seen_by(by, statement_id)
    merchants.store_in_care(by, statement.store_id)
    step = {"state": StatementState.CONFIRMED.value, "confirmed_by": str(by.pk), "confirmed_at": now}
    if not _seen(statement, StatementState.DRAFT, due_fen).update(**step):
        _refuse(statement, StatementState.DRAFT, due_fen)
    audit.record(by=by.pk, action="settlement.confirm", subject=statement.pk, now=now, due_fen=due_fen)
    statement.refresh_from_db()
    return statement


def approve_statement(*, by: User, statement_id: UUID, due_fen: int, now: datetime) -> Statement:
    """A second person releases the sum to the bank; below zero the statement is closed and a later one carries it.

    Second is who neither made nor confirmed it, nor made an adjustment on it. Raises NotFound, StatementStepRefused,
    StatementChanged, OtherPersonNeeded.
    """
    require_transaction()
    statement, person = queries.statement_seen_by(by, statement_id), str(by.pk)
    ready = _seen(statement, StatementState.CONFIRMED, due_fen)
    second = ready.exclude(made_by=person).exclude(confirmed_by=person)
    if statement.lines.filter(adjustment__made_by=person).exists():  # lines never change, so this read cannot be stale
        second = second.none()
    step = {"state": rules.state_when_approved(due_fen).value, "approved_by": person, "approved_at": now}
    if not second.update(**step):
        _refuse(statement, StatementState.CONFIRMED, due_fen)
    if due_fen > 0:
        _make_payable(statement, due_fen, now)
    audit.record(by=by.pk, action="settlement.approve", subject=statement.pk, now=now, due_fen=due_fen)
    _tell_partners(statement, due_fen, now)
    statement.refresh_from_db()
    return statement


def _seen(statement: Statement, state: StatementState, due_fen: int) -> "QuerySet[Statement]":
    """The guard of a step: the statement in `state` and with the sum that the person saw."""
    return Statement.objects.filter(pk=statement.pk, state=state.value, lines_fen=F("held_fen") + due_fen)


def _refuse(statement: Statement, wanted: StatementState, due_fen: int) -> None:
    statement.refresh_from_db()
    if statement.state != wanted:
        raise errors.StatementStepRefused(state=statement.state)
    if statement.due_fen != due_fen:
        raise errors.StatementChanged(due_fen=statement.due_fen)
    raise errors.OtherPersonNeeded


def _make_payable(statement: Statement, due_fen: int, now: datetime) -> None:
    ledger.post(
        debit=merchant_account(statement.merchant_id),
        credit=payable_account(statement.merchant_id),
        amount=due_fen,
        code=SettlementCode.APPROVAL,
        reference=f"statement:{statement.pk}:approved",
        event_id=statement.pk,
        now=now,
        memo={"number": statement.number},
    )


def _tell_partners(statement: Statement, due_fen: int, now: datetime) -> None:
    webhooks.publish(
        type=EventType.SETTLEMENT_APPROVED,
        subject=statement.pk,
        data={"number": statement.number, "store": str(statement.store_id), "due_fen": due_fen},
        now=now,
    )
