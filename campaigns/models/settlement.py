"""Statements, their lines, holds of lines, adjustments, and the bank's files.

That a redemption is on exactly one statement is the unique `redemption` of a line; so it is for each kind of source.
"""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.merchants.models import Merchant, Store
from campaigns.models.campaigns import Campaign
from campaigns.models.redemptions import Redemption, Return
from campaigns.rules import MAX_ORDER_NO_CHARS
from campaigns.rules.settlement import MAX_REASON_CHARS
from campaigns.types.settlement import HoldKind, LineHoldState, LineKind, PaymentOutcome, StatementState

_BY_CHARS = 64  # a person's id, or the name of a process
_DECIDED = [StatementState.APPROVED.value, StatementState.PAID.value, StatementState.CLOSED.value]
_SOURCES = {
    LineKind.REDEMPTION: "redemption",
    LineKind.RETURN: "returned",
    LineKind.ADJUSTMENT: "adjustment",
    LineKind.RELEASED: "hold_released",
    LineKind.CARRIED: "statement_carried",
}


def _one_source() -> Q:
    """Each kind of line has its own source, and no other."""
    condition = Q()
    for kind, own in _SOURCES.items():
        others = {f"{name}__isnull": name != own for name in _SOURCES.values()}
        condition |= Q(kind=kind.value, **others)
    return condition


class Statement(models.Model):
    """What a store is owed for [period_start, period_end). Due is `lines_fen` less `held_fen`; it may be below zero.

    The lines stand from the draft on; only holds change the sum, and only before the approval.
    """

    edges = (
        "state",
        {
            (StatementState.DRAFT, StatementState.CONFIRMED),
            (StatementState.CONFIRMED, StatementState.DRAFT),  # a line was held after all
            (StatementState.CONFIRMED, StatementState.APPROVED),
            (StatementState.CONFIRMED, StatementState.CLOSED),
            (StatementState.APPROVED, StatementState.PAID),
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField("编号", max_length=24, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", verbose_name="商户")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="statements", verbose_name="门店")
    period_start = models.DateTimeField("期初")
    period_end = models.DateTimeField("期末")
    state = models.CharField(
        "状态", max_length=12, choices=[(each, each) for each in StatementState], default=StatementState.DRAFT.value
    )
    lines_fen = models.BigIntegerField("行合计（分）", default=0)
    held_fen = models.BigIntegerField("暂扣（分）", default=0)
    made_by = models.CharField(max_length=_BY_CHARS)
    made_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=_BY_CHARS, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=_BY_CHARS, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    paid_reference = models.CharField("银行流水号", max_length=80, blank=True, default="")
    paid_on = models.DateField("付款日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "结算单"
        constraints = [
            models.UniqueConstraint(fields=["store", "period_end"], name="one_statement_a_store_and_period"),
            models.CheckConstraint(condition=Q(state__in=list(StatementState)), name="statement_state_known"),
            models.CheckConstraint(condition=Q(period_start__lt=F("period_end")), name="statement_starts_first"),
            models.CheckConstraint(condition=Q(held_fen__gte=0), name="statement_holds_claims_only"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~(Q(approved_by=F("made_by")) | Q(approved_by=F("confirmed_by"))),
                name="statement_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=_DECIDED) & ~Q(approved_by="")) | (~Q(state__in=_DECIDED) & Q(approved_by="")),
                name="statement_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[StatementState.APPROVED.value, StatementState.PAID.value])
                | Q(lines_fen__gt=F("held_fen")),
                name="statement_pays_above_zero",
            ),
            models.CheckConstraint(
                condition=~Q(state=StatementState.CLOSED.value) | Q(lines_fen__lte=F("held_fen")),
                name="statement_closed_has_nothing_to_pay",
            ),
            models.CheckConstraint(
                condition=Q(state=StatementState.PAID.value, paid_on__isnull=False) & ~Q(paid_reference="")
                | (~Q(state=StatementState.PAID.value) & Q(paid_on=None, paid_reference="")),
                name="statement_paid_by_reference",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="statement_by_merchant"),
            models.Index(fields=["state", "id"], name="statement_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.state})"

    @property
    def due_fen(self) -> int:
        """What the statement comes to; below zero it is carried, never paid."""
        return self.lines_fen - self.held_fen


class Adjustment(models.Model):
    """Money between a merchant and the programme that no redemption or return explains; in the books at once.

    Positive goes to the merchant. `campaign` says whose money it is; without one finance assigns it.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="+")
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    made_by = models.CharField(max_length=_BY_CHARS)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_fen=0), name="adjustment_moves_something")]

    def __str__(self) -> str:
        return f"{self.amount_fen}: {self.reason}"


class StatementLine(models.Model):
    """One source on one statement: `amount_fen` is positive where the merchant gets money.

    `shares` says to the fen whose money it is. A line that happened before its statement's period is late; where a
    statement of the store covers its time, `belongs_to` names it.
    """

    append_only = True

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=[(each, each) for each in LineKind])
    redemption = models.OneToOneField(Redemption, on_delete=models.PROTECT, null=True, related_name="line")
    returned = models.OneToOneField(Return, on_delete=models.PROTECT, null=True, related_name="line")
    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT, null=True, related_name="line")
    hold_released = models.OneToOneField("LineHold", on_delete=models.PROTECT, null=True, related_name="release")
    statement_carried = models.OneToOneField(Statement, on_delete=models.PROTECT, null=True, related_name="carried")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    order_no = models.CharField(max_length=MAX_ORDER_NO_CHARS, blank=True, default="")
    amount_fen = models.BigIntegerField()
    shares = models.JSONField(default=dict)
    late = models.BooleanField(default=False)
    belongs_to = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=_one_source(), name="line_has_one_source")]
        indexes = [models.Index(fields=["statement", "id"], name="line_by_statement")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_fen}"


class LineHold(models.Model):
    """A line taken out of its statement's sum until somebody else decides; then it is on a later statement.

    `held_fen` is what left the sum. `correction_fen` is the adjustment that was booked with the decision.
    """

    edges = ("state", {(LineHoldState.OPEN, LineHoldState.RESOLVED)})

    line = models.OneToOneField(StatementLine, on_delete=models.PROTECT, related_name="hold")
    kind = models.CharField(max_length=12, choices=[(each, each) for each in HoldKind])
    state = models.CharField(
        max_length=12, choices=[(each, each) for each in LineHoldState], default=LineHoldState.OPEN.value
    )
    held_fen = models.BigIntegerField()
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    opened_by = models.CharField(max_length=_BY_CHARS)
    opened_at = models.DateTimeField()
    correction_fen = models.BigIntegerField(default=0)
    resolution = models.CharField(max_length=MAX_REASON_CHARS, blank=True, default="")
    resolved_by = models.CharField(max_length=_BY_CHARS, blank=True, default="")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(held_fen__gte=0), name="hold_of_a_claim"),
            models.CheckConstraint(condition=~Q(resolved_by=F("opened_by")), name="hold_decided_by_a_second_person"),
            models.CheckConstraint(
                condition=Q(state=LineHoldState.OPEN.value, resolved_by="", correction_fen=0)
                | (Q(state=LineHoldState.RESOLVED.value) & ~Q(resolved_by="")),
                name="hold_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of line {self.line_id} ({self.state})"


class PaymentFile(models.Model):
    """A bank file that was imported, named by the SHA-256 of its content: the same one again is the same import."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    imported_by = models.CharField(max_length=_BY_CHARS)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PaymentRow(models.Model):
    """What came of a row of a bank file; `row` is null for a statement that the file leaves out."""

    append_only = True

    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=16, choices=[(each, each) for each in PaymentOutcome])
    reference = models.CharField(max_length=80, blank=True, default="")
    payee = models.CharField(max_length=120, blank=True, default="")
    amount_fen = models.BigIntegerField(default=0)
    paid_on = models.DateField(null=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(outcome=PaymentOutcome.PAID.value), name="one_payment_a_reference"
            ),
            models.UniqueConstraint(
                fields=["statement"], condition=Q(outcome=PaymentOutcome.PAID.value), name="one_payment_a_statement"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.reference}"
