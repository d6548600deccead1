"""What waits for a statement, statements for those who may see them, and a store's day."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.core.errors import NotFound
from backend.merchants import queries as merchants
from backend.merchants.models import Store
from campaigns.models import Adjustment, LineHold, Redemption, Return, Statement, StatementLine
from campaigns.rules import settlement as rules
from campaigns.types.settlement import LineHoldState, LineKind, StatementState, StoreDay

# -- what waits for a statement ---------------------------------------------------------------------------------------


def redemptions_waiting(before: datetime | None = None) -> "QuerySet[Redemption]":
    """Redemptions that are on no statement, of before an instant if told."""
    rows = Redemption.objects.filter(line=None)
    return rows.filter(at__lt=before) if before else rows


def returns_waiting(before: datetime | None = None) -> "QuerySet[Return]":
    """Returns that are on no statement."""
    rows = Return.objects.filter(line=None)
    return rows.filter(at__lt=before) if before else rows


def adjustments_waiting(before: datetime | None = None) -> "QuerySet[Adjustment]":
    """Adjustments that are on no statement."""
    rows = Adjustment.objects.filter(line=None)
    return rows.filter(at__lt=before) if before else rows


def releases_waiting(before: datetime | None = None) -> "QuerySet[LineHold]":
    """Held amounts that were decided on and are not back on a statement."""
    rows = LineHold.objects.filter(state=LineHoldState.RESOLVED.value, held_fen__gt=0, release=None)
    return rows.filter(resolved_at__lt=before) if before else rows


def debts_waiting(before: datetime | None = None) -> "QuerySet[Statement]":
    """Closed statements below zero that no later statement carries."""
    rows = Statement.objects.filter(state=StatementState.CLOSED.value, lines_fen__lt=F("held_fen"), carried=None)
    return rows.filter(approved_at__lt=before) if before else rows


def stores_due(period_end: datetime, limit: int) -> list[Store]:
    """Up to `limit` stores with something for a statement of the period that ends, and without one so late."""
    waiting = (
        Exists(redemptions_waiting(period_end).filter(store=OuterRef("pk"))),
        Exists(returns_waiting(period_end).filter(redemption__store=OuterRef("pk"))),
        Exists(adjustments_waiting(period_end).filter(store=OuterRef("pk"))),
        Exists(releases_waiting(period_end).filter(line__statement__store=OuterRef("pk"))),
        Exists(debts_waiting(period_end).filter(store=OuterRef("pk"))),
    )
    some = Q(waiting[0]) | Q(waiting[1]) | Q(waiting[2]) | Q(waiting[3]) | Q(waiting[4])
    settled = Exists(Statement.objects.filter(store=OuterRef("pk"), period_end__gte=period_end))
    return list(Store.objects.filter(some, ~Q(settled)).order_by("pk")[:limit])


def last_period_end(store_id: UUID) -> datetime | None:
    """Where the store's newest statement ends."""
    rows = Statement.objects.filter(store=store_id).order_by("-period_end")
    return rows.values_list("period_end", flat=True).first()


def pending_lines(store_id: UUID, before: datetime) -> Iterator[StatementLine]:
    """The lines, not yet written and without a statement, that the store's next statement is made of."""
    with_campaign = redemptions_waiting(before).select_related("voucher__offer__campaign")
    for redemption in with_campaign.filter(store=store_id).order_by("pk").iterator():
        yield _line_of_redemption(redemption)
    back = returns_waiting(before).select_related("redemption__voucher__offer__campaign")
    for returned in back.filter(redemption__store=store_id).order_by("pk").iterator():
        yield _line_of_return(returned)
    for adjustment in adjustments_waiting(before).select_related("campaign").filter(store=store_id).order_by("pk"):
        yield _line_of_adjustment(adjustment)
    held = releases_waiting(before).select_related("line")
    for hold in held.filter(line__statement__store=store_id).order_by("pk"):
        yield _line_of_release(hold)
    for statement in debts_waiting(before).filter(store=store_id).order_by("pk"):
        yield _line_of_debt(statement)


def _line_of_redemption(redemption: Redemption) -> StatementLine:
    campaign, amount = redemption.voucher.offer.campaign, redemption.discount_fen
    return StatementLine(
        kind=LineKind.REDEMPTION.value,
        redemption=redemption,
        campaign=campaign,
        at=redemption.at,
        order_no=redemption.order_no,
        amount_fen=amount,
        shares=rules.shares_of(amount, campaign.shares),
    )


def _line_of_return(returned: Return) -> StatementLine:
    campaign, amount = returned.redemption.voucher.offer.campaign, -returned.returned_discount_fen
    return StatementLine(
        kind=LineKind.RETURN.value,
        returned=returned,
        campaign=campaign,
        at=returned.at,
        order_no=returned.redemption.order_no,
        amount_fen=amount,
        shares=rules.shares_of(amount, campaign.shares),
    )


def _line_of_adjustment(adjustment: Adjustment) -> StatementLine:
    funding = adjustment.campaign.shares if adjustment.campaign else {}
    return StatementLine(
        kind=LineKind.ADJUSTMENT.value,
        adjustment=adjustment,
        campaign=adjustment.campaign,
        at=adjustment.at,
        amount_fen=adjustment.amount_fen,
        shares=rules.shares_of(adjustment.amount_fen, funding),
    )


def _line_of_release(hold: LineHold) -> StatementLine:
    """A held line comes back whole, with its shares: only claims are held, so the whole line was."""
    assert hold.resolved_at is not None
    return StatementLine(
        kind=LineKind.RELEASED.value,
        hold_released=hold,
        campaign_id=hold.line.campaign_id,
        at=hold.resolved_at,
        order_no=hold.line.order_no,
        amount_fen=hold.held_fen,
        shares=hold.line.shares,
    )


def _line_of_debt(statement: Statement) -> StatementLine:
    assert statement.approved_at is not None
    return StatementLine(
        kind=LineKind.CARRIED.value,
        statement_carried=statement,
        at=statement.approved_at,
        order_no=statement.number,
        amount_fen=statement.due_fen,
        shares=shares_of_statement(statement),
    )


# -- statements -------------------------------------------------------------------------------------------------------


def statements_seen_by(user: User) -> "QuerySet[Statement]":
    """The statements of the stores in one's care; all of them for an operator."""
    rows = Statement.objects.select_related("merchant", "store")
    return rows if user.has_role(Role.OPERATOR) else rows.filter(store__in=merchants.stores_in_care(user))


def statement_seen_by(user: User, statement_id: UUID) -> Statement:
    """One statement. Raises NotFound where it is not the caller's to see."""
    found = statements_seen_by(user).filter(pk=statement_id).first()
    if found is None:
        raise NotFound
    return found


def lines_of(statement: Statement) -> "QuerySet[StatementLine]":
    """The lines with what is shown of them, in the order in which they were written."""
    return statement.lines.select_related("hold", "belongs_to", "adjustment").order_by("pk")


def shares_of_statement(statement: Statement) -> dict[str, int]:
    """Whose money the sum is: the shares of every line that is not held."""
    rows = statement.lines.filter(Q(hold=None) | Q(hold__held_fen=0)).values_list("shares", flat=True)
    return rules.total_shares(rows.iterator())


def store_day(store_id: UUID, day: date) -> StoreDay:
    """What a store's counters did on a day of the district, and what waits for a statement."""
    start = clock.start_of(day)
    within = {"at__gte": start, "at__lt": start + timedelta(days=1)}
    taken = Redemption.objects.filter(store=store_id, **within).aggregate(
        bill=Coalesce(Sum("bill_fen"), 0), discount=Coalesce(Sum("discount_fen"), 0)
    )
    returns = Return.objects.filter(redemption__store=store_id, **within)
    back = returns.aggregate(refund=Coalesce(Sum("refund_fen"), 0), discount=Coalesce(Sum("returned_discount_fen"), 0))
    return StoreDay(
        redemptions=Redemption.objects.filter(store=store_id, **within).count(),
        bill_fen=taken["bill"],
        discount_fen=taken["discount"],
        returns=returns.count(),
        refund_fen=back["refund"],
        returned_discount_fen=back["discount"],
        net_fen=taken["discount"] - back["discount"],
        pending_fen=pending_fen("store", store_id),
    )


def pending_fen(lookup: str, value: UUID) -> int:
    """What is owed and no approved statement pays: on none yet, in one not decided on, held, or carried below zero.

    `lookup` says of whom, as a row with a `store` is asked: `store` or `store__merchant`.
    """
    whose = {lookup: value}
    undecided = Statement.objects.filter(state__in=[StatementState.DRAFT.value, StatementState.CONFIRMED.value])
    debts, held = debts_waiting().filter(**whose), LineHold.objects.filter(release=None)
    return (
        _sum(redemptions_waiting().filter(**whose), "discount_fen")
        - _sum(returns_waiting().filter(**{f"redemption__{lookup}": value}), "returned_discount_fen")
        + _sum(adjustments_waiting().filter(**whose), "amount_fen")
        + _sum(undecided.filter(**whose), F("lines_fen") - F("held_fen"))
        + _sum(held.filter(**{f"line__statement__{lookup}": value}), "held_fen")
        + _sum(debts, F("lines_fen") - F("held_fen"))
    )


def _sum(rows: "QuerySet[Any]", amount: Any) -> int:
    return int(rows.aggregate(total=Coalesce(Sum(amount), 0))["total"])
