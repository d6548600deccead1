"""The bank's file: what it would do, and doing it, once, whole or not at all."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from campaigns.models import PAID_OUT, PaymentFile, PaymentRow, Statement, payable_account
from campaigns.queries import payments as queries
from campaigns.rules import payments as rules
from campaigns.types.settlement import BankRow, Finding, Payable, PaymentOutcome, SettlementCode, StatementState


def import_payments(*, by: User, name: str, text: str, now: datetime) -> PaymentFile:
    """Books what the bank paid and keeps what differs. The same content again answers with the first import.

    Raises PaymentFileInvalid, with nothing booked, for a file that cannot be read whole.
    """
    require_transaction()
    rows = rules.read_bank_file(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    try:
        with transaction.atomic():
            file = PaymentFile.objects.create(sha256=sha256, name=name, imported_by=str(by.pk), at=now)
    except IntegrityError:
        return PaymentFile.objects.get(sha256=sha256)
    findings = [_settle(file, finding, now) for finding in queries.plan(rows)]
    counts = {outcome.value: sum(each.outcome is outcome for each in findings) for outcome in PaymentOutcome}
    audit.record(by=by.pk, action="settlement.import_payments", subject=file.pk, now=now, sha256=sha256, **counts)
    return file


def _settle(file: PaymentFile, finding: Finding, now: datetime) -> Finding:
    """Books and keeps a finding; a statement or reference that another import used meanwhile is paid twice."""
    if finding.outcome is PaymentOutcome.PAID and not _paid(file, finding, now):
        finding = Finding(PaymentOutcome.TWICE, finding.row, finding.statement)
    if finding.outcome is not PaymentOutcome.PAID:
        _keep(file, finding)
    return finding


def _paid(file: PaymentFile, finding: Finding, now: datetime) -> bool:
    """The guards: the statement is taken from its state, and the row kept under its unique reference, or neither."""
    payable, row = finding.statement, finding.row
    if payable is None or row is None:
        return False
    try:
        with transaction.atomic():
            if not _take(payable, row):
                return False
            _pay(payable, row, now)
            _keep(file, finding)
    except IntegrityError:
        return False
    return True


def _take(payable: Payable, row: BankRow) -> bool:
    paid = {"state": StatementState.PAID.value, "paid_reference": row.reference, "paid_on": row.paid_on}
    return bool(Statement.objects.filter(pk=payable.id, state=StatementState.APPROVED.value).update(**paid))


def _pay(payable: Payable, row: BankRow, now: datetime) -> None:
    statement = Statement.objects.get(pk=payable.id)
    ledger.post(
        debit=payable_account(statement.merchant_id),
        credit=PAID_OUT,
        amount=statement.due_fen,
        code=SettlementCode.PAYMENT,
        reference=f"statement:{statement.pk}:paid",
        event_id=statement.pk,
        now=now,
        memo={"bank": row.reference, "paid_on": str(row.paid_on)},
    )


def _keep(file: PaymentFile, finding: Finding) -> None:
    PaymentRow.objects.create(
        file=file,
        outcome=finding.outcome.value,
        statement_id=finding.statement.id if finding.statement else None,
        **(_told(finding) if finding.row else {}),
    )


def _told(finding: Finding) -> dict[str, Any]:
    row = finding.row
    assert row is not None
    return {
        "row": row.row,
        "reference": row.reference,
        "payee": row.payee,
        "amount_fen": row.amount_fen,
        "paid_on": row.paid_on,
    }
