"""What a bank file would pay, and what came of one that was imported."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.core import clock
from backend.core.errors import NotFound
from campaigns.models import PaymentFile, PaymentRow, Statement
from campaigns.rules.payments import match
from campaigns.types.settlement import BankRow, Finding, Payable, PaymentOutcome, StatementState


def plan(rows: Sequence[BankRow]) -> list[Finding]:
    """What each row of the file is, and which statements it leaves out, as the books are now. Moves nothing."""
    named = {row.statement for row in rows if row.statement}
    wanted = Q(state=StatementState.APPROVED.value) | Q(state=StatementState.PAID.value, number__in=named)
    statements = Statement.objects.filter(wanted).select_related("merchant").order_by("period_end", "number")
    references = PaymentRow.objects.filter(
        outcome=PaymentOutcome.PAID.value, reference__in={row.reference for row in rows}
    )
    return match(rows, [_payable(each) for each in statements], set(references.values_list("reference", flat=True)))


def _payable(statement: Statement) -> Payable:
    assert statement.approved_at is not None
    return Payable(
        id=statement.pk,
        number=statement.number,
        merchant=statement.merchant.name,
        uscc=statement.merchant.uscc,
        due_fen=statement.due_fen,
        approved_on=clock.local(statement.approved_at).date(),
        paid=statement.state == StatementState.PAID,
    )


def payment_files() -> "QuerySet[PaymentFile]":
    """Every bank file that was imported."""
    return PaymentFile.objects.all()


def payment_file(file_id: UUID) -> PaymentFile:
    """One imported file. Raises NotFound."""
    found = PaymentFile.objects.filter(pk=file_id).first()
    if found is None:
        raise NotFound
    return found


def rows_of(file: PaymentFile) -> "QuerySet[PaymentRow]":
    """What came of each row, in the file's order, then what was missing."""
    return file.rows.select_related("statement").order_by("pk")
