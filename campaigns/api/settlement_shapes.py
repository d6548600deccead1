"""Shapes of the settlement endpoints."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.edge.pagination import listing
from backend.edge.parsing import Text, WholeNumber
from campaigns.models import LineHold, PaymentFile, PaymentRow, Statement, StatementLine
from campaigns.queries import payments, settlement
from campaigns.rendering import content_of, sha256_of
from campaigns.rules.settlement import MAX_ADJUSTMENT_FEN, MAX_REASON_CHARS
from campaigns.types.settlement import (
    Finding,
    HoldKind,
    LineHoldState,
    LineKind,
    PaymentOutcome,
    StatementState,
    StoreDay,
)

MAX_FILE_CHARS = 200_000
_STATES = [state.value for state in StatementState]


class StatementsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=_STATES, required=False)
    store = serializers.UUIDField(required=False)


class StatementRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    merchant = serializers.CharField(source="merchant.name")
    store = serializers.UUIDField(source="store_id")
    store_name = serializers.CharField(source="store.name")
    period_start = serializers.DateTimeField()
    period_end = serializers.DateTimeField(help_text="Half-open: the first instant that is not on it.")
    state = serializers.ChoiceField(choices=_STATES)
    lines_fen = serializers.IntegerField()
    held_fen = serializers.IntegerField(help_text="In review or disputed; back on a later statement.")
    due_fen = serializers.IntegerField(help_text="Lines less held; below zero it is carried.")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    paid_reference = serializers.CharField(allow_blank=True)


StatementsAnswer = listing(StatementRow)


class StatementAnswer(StatementRow):
    shares_fen = serializers.DictField(child=serializers.IntegerField(), help_text="Whose money the sum is.")
    content_sha256 = serializers.CharField(help_text="Of the CSV; it stands in the XLSX too.")
    lines = serializers.CharField(help_text="Where its lines are.")


class HoldAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in HoldKind])
    state = serializers.ChoiceField(choices=[state.value for state in LineHoldState])
    held_fen = serializers.IntegerField()
    reason = serializers.CharField()
    correction_fen = serializers.IntegerField()
    resolution = serializers.CharField(allow_blank=True)


class LineAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in LineKind])
    at = serializers.DateTimeField()
    order_no = serializers.CharField(allow_blank=True)
    amount_fen = serializers.IntegerField(help_text="Positive where the merchant gets money.")
    shares_fen = serializers.DictField(child=serializers.IntegerField(), source="shares")
    late = serializers.BooleanField()
    belongs_to = serializers.CharField(source="belongs_to.number", default=None, allow_null=True)
    reason = serializers.CharField(source="adjustment.reason", default=None, allow_null=True)
    hold = serializers.SerializerMethodField()

    @extend_schema_field(HoldAnswer(allow_null=True))
    def get_hold(self, line: StatementLine) -> dict[str, Any] | None:
        """The review or dispute of the line, if there is one."""
        hold = getattr(line, "hold", None)
        return dict(HoldAnswer(hold).data) if hold else None


LinesAnswer = listing(LineAnswer)


class AgreeRequest(serializers.Serializer[Any]):
    due_fen = WholeNumber(min_value=-(10**15), max_value=10**15, help_text="The sum as you saw it.")


class LineRequest(serializers.Serializer[Any]):
    line = WholeNumber(min_value=1, max_value=2**63 - 1)
    reason = Text(max_length=MAX_REASON_CHARS)


class ResolutionRequest(serializers.Serializer[Any]):
    correction_fen = WholeNumber(
        min_value=-MAX_ADJUSTMENT_FEN, max_value=MAX_ADJUSTMENT_FEN, help_text="0 where the line was right."
    )
    reason = Text(max_length=MAX_REASON_CHARS)


class AdjustmentRequest(serializers.Serializer[Any]):
    store = serializers.UUIDField()
    campaign = serializers.UUIDField(required=False, help_text="Whose money it is; left out, finance assigns it.")
    amount_fen = WholeNumber(min_value=-MAX_ADJUSTMENT_FEN, max_value=MAX_ADJUSTMENT_FEN)
    reason = Text(max_length=MAX_REASON_CHARS)

    def validate_amount_fen(self, amount_fen: int) -> int:
        """An adjustment moves something."""
        if not amount_fen:
            raise serializers.ValidationError("金额不能为零。The amount cannot be zero.")
        return amount_fen


class AdjustmentAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    store = serializers.UUIDField(source="store_id")
    amount_fen = serializers.IntegerField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class BankFileRequest(serializers.Serializer[Any]):
    name = Text(max_length=120)
    csv = serializers.CharField(max_length=MAX_FILE_CHARS, trim_whitespace=False)


class FindingAnswer(serializers.Serializer[Any]):
    row = serializers.IntegerField(allow_null=True)
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in PaymentOutcome])
    reference = serializers.CharField(allow_blank=True)
    payee = serializers.CharField(allow_blank=True)
    amount_fen = serializers.IntegerField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    statement = serializers.CharField(allow_null=True, help_text="The statement's number.")
    due_fen = serializers.IntegerField(allow_null=True)


class PreviewAnswer(serializers.Serializer[Any]):
    paid = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    differences = serializers.IntegerField()
    results = FindingAnswer(many=True)


class PaymentFileRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    sha256 = serializers.CharField()
    at = serializers.DateTimeField()


PaymentFilesAnswer = listing(PaymentFileRow)


class PaymentFileAnswer(PaymentFileRow, PreviewAnswer):
    pass


class DayQuery(serializers.Serializer[Any]):
    date = serializers.DateField(required=False, help_text="Today unless told.")


class DayAnswer(serializers.Serializer[Any]):
    date = serializers.DateField()
    redemptions = serializers.IntegerField()
    bill_fen = serializers.IntegerField()
    discount_fen = serializers.IntegerField()
    returns = serializers.IntegerField()
    refund_fen = serializers.IntegerField()
    returned_discount_fen = serializers.IntegerField()
    net_fen = serializers.IntegerField(help_text="Discounts less what was given back.")
    pending_fen = serializers.IntegerField(help_text="Owed to the store and on no approved statement, of any day.")


def statement_row(statement: Statement) -> dict[str, Any]:
    """A statement in a list."""
    return dict(StatementRow(statement).data)


def statement_body(statement: Statement) -> dict[str, Any]:
    """A statement with whose money it is and the digest of its files."""
    shares = settlement.shares_of_statement(statement)
    return {
        **statement_row(statement),
        "shares_fen": shares,
        "content_sha256": sha256_of(content_of(statement, settlement.lines_of(statement).iterator(), shares)),
        "lines": f"/api/v1/settlements/{statement.pk}/lines",
    }


def hold_body(hold: LineHold) -> dict[str, Any]:
    """The review or dispute of a line."""
    return dict(HoldAnswer(hold).data)


def day_body(day: Any, found: StoreDay) -> dict[str, Any]:
    """A store's day."""
    return {"date": day, **{name: getattr(found, name) for name in found.__dataclass_fields__}}


def preview_body(findings: list[Finding]) -> dict[str, Any]:
    """What a bank file would do."""
    return _with_counts([_finding(each) for each in findings])


def payment_file_body(file: PaymentFile) -> dict[str, Any]:
    """A bank file with what came of it."""
    return {**PaymentFileRow(file).data, **_with_counts([_kept(row) for row in payments.rows_of(file)])}


def _with_counts(results: list[dict[str, Any]]) -> dict[str, Any]:
    paid = [each for each in results if each["outcome"] == PaymentOutcome.PAID]
    return {
        "paid": len(paid),
        "paid_fen": sum(each["amount_fen"] for each in paid),
        "differences": len(results) - len(paid),
        "results": results,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    row, statement = finding.row, finding.statement
    return {
        "row": row.row if row else None,
        "outcome": finding.outcome.value,
        "reference": row.reference if row else "",
        "payee": row.payee if row else "",
        "amount_fen": row.amount_fen if row else None,
        "paid_on": row.paid_on if row else None,
        "statement": statement.number if statement else None,
        "due_fen": statement.due_fen if statement else None,
    }


def _kept(row: PaymentRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "outcome": row.outcome,
        "reference": row.reference,
        "payee": row.payee,
        "amount_fen": row.amount_fen if row.row else None,
        "paid_on": row.paid_on,
        "statement": row.statement.number if row.statement else None,
        "due_fen": row.statement.due_fen if row.statement else None,
    }
