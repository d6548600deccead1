"""Whether statements, their lines and holds, and the bank's files agree with the journal."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from backend.ledger import queries as ledger
from backend.ledger.types import AccountRef
from backend.merchants import queries as merchants
from campaigns.models import (
    ADJUSTMENTS,
    LOSS_OFFLINE,
    PAID_OUT,
    Adjustment,
    LineHold,
    PaymentRow,
    Statement,
    StatementLine,
    merchant_account,
    payable_account,
)
from campaigns.queries.settlement import pending_fen
from campaigns.types.settlement import LineKind, PaymentOutcome, SettlementCode, StatementState

_PAYABLE = [StatementState.APPROVED.value, StatementState.PAID.value]


def disagreements() -> Iterator[str]:
    """One sentence a place where settlement and journal differ; run it within one snapshot.

    Per statement: its sums and its lines. Per line: its amount and its source, its shares. Per merchant: the balance
    of its account is what is pending, and what was approved is what moved to its payable account.
    """
    yield from _statements_against_lines()
    yield from _lines_against_sources()
    yield from _statements_against_journal()
    yield from _merchants_against_journal()
    yield from _payments_against_statements()


def _statements_against_lines() -> Iterator[str]:
    lines = dict(StatementLine.objects.values_list("statement").annotate(total=Sum("amount_fen")))
    held = dict(LineHold.objects.values_list("line__statement").annotate(total=Sum("held_fen")))
    for statement in Statement.objects.order_by("pk").iterator():
        found = (lines.get(statement.pk, 0), held.get(statement.pk, 0))
        if found != (statement.lines_fen, statement.held_fen):
            stored = (statement.lines_fen, statement.held_fen)
            yield f"statement {statement.number}: sum and held {stored}, its lines say {found}"


def _lines_against_sources() -> Iterator[str]:
    agrees = (
        Q(kind=LineKind.REDEMPTION.value, amount_fen=F("redemption__discount_fen"))
        | Q(kind=LineKind.RETURN.value, amount_fen=-F("returned__returned_discount_fen"))
        | Q(kind=LineKind.ADJUSTMENT.value, amount_fen=F("adjustment__amount_fen"))
        | Q(kind=LineKind.RELEASED.value, amount_fen=F("hold_released__held_fen"))
        | Q(
            kind=LineKind.CARRIED.value,
            amount_fen=F("statement_carried__lines_fen") - F("statement_carried__held_fen"),
        )
    )
    for pk in StatementLine.objects.exclude(agrees).order_by("pk").values_list("pk", flat=True).iterator():
        yield f"line {pk}: its amount is not its source's"
    elsewhere = (
        Q(kind=LineKind.REDEMPTION.value) & ~Q(redemption__store=F("statement__store"))
        | Q(kind=LineKind.RETURN.value) & ~Q(returned__redemption__store=F("statement__store"))
        | Q(kind=LineKind.ADJUSTMENT.value) & ~Q(adjustment__store=F("statement__store"))
    )
    for pk in StatementLine.objects.filter(elsewhere).order_by("pk").values_list("pk", flat=True).iterator():
        yield f"line {pk}: it is on another store's statement"
    for pk, amount, shares in StatementLine.objects.values_list("pk", "amount_fen", "shares").order_by("pk").iterator():
        if sum(shares.values()) != amount:
            yield f"line {pk}: of {amount}, its shares are {sum(shares.values())}"


def _statements_against_journal() -> Iterator[str]:
    for codes, states in (("approved", _PAYABLE), ("paid", [StatementState.PAID.value])):
        code = SettlementCode.APPROVAL if codes == "approved" else SettlementCode.PAYMENT
        booked = dict(ledger.transfers_coded(code.value).values_list("reference", "amount").iterator())
        for statement in Statement.objects.filter(state__in=states).order_by("pk").iterator():
            found = booked.pop(f"statement:{statement.pk}:{codes}", 0)
            if found != statement.due_fen:
                yield f"statement {statement.number}: {statement.due_fen} {codes}, the journal says {found}"
        yield from (f"{reference}: in the journal without such a statement" for reference in booked)


def _merchants_against_journal() -> Iterator[str]:
    for pk in merchants.merchant_ids():
        due, pending = _net(merchant_account(pk)), pending_fen("store__merchant", pk)
        if due != pending:
            yield f"merchant {pk}: the journal owes {due}, statements and what waits for them {pending}"
        unpaid = Statement.objects.filter(merchant=pk, state=StatementState.APPROVED.value)
        if (payable := _net(payable_account(pk))) != (told := _total(unpaid, F("lines_fen") - F("held_fen"))):
            yield f"merchant {pk}: the journal has {payable} payable, approved statements {told}"
    adjusted = _total(Adjustment.objects.all(), "amount_fen")
    if (booked := -_net(ADJUSTMENTS) + _paid_for_offline()) != adjusted:
        yield f"adjustments {adjusted}, the journal says {booked}"


def _payments_against_statements() -> Iterator[str]:
    paid = Statement.objects.filter(state=StatementState.PAID.value)
    rows = PaymentRow.objects.filter(outcome=PaymentOutcome.PAID.value)
    unlike = rows.exclude(
        statement__state=StatementState.PAID.value,
        statement__paid_reference=F("reference"),
        amount_fen=F("statement__lines_fen") - F("statement__held_fen"),
    )
    yield from (f"payment {each.reference}: its statement does not say so" for each in unlike.iterator())
    told, found = paid.count(), rows.aggregate(count=Count("pk"))["count"]
    if told != found:
        yield f"statements paid {told}, payments {found}"
    if (total := _total(rows, "amount_fen")) != (booked := _net(PAID_OUT)):
        yield f"payments {total}, the journal paid out {booked}"


def _paid_for_offline() -> int:
    """What merchants were paid from the loss account of offline redemption: adjustments too, with another payer."""
    return -ledger.totals_by_code(LOSS_OFFLINE).get(SettlementCode.ADJUSTMENT, 0)


def _net(account: AccountRef) -> int:
    return sum(ledger.totals_by_code(account).values())


def _total(rows: "QuerySet[Statement] | QuerySet[PaymentRow] | QuerySet[Adjustment]", amount: object) -> int:
    return int(rows.aggregate(total=Coalesce(Sum(amount), 0))["total"])
