"""Drawing up statements: what happened and is on none goes on exactly one.

Any number of runs may go at once. Two for one store and period meet at the unique statement; two for one store and
different periods meet at the unique sources of their lines, where the second leaves out what the first has taken.
Both insert lines in one order, so they cannot wait for each other.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from backend.audit import services as audit
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.merchants.models import Store
from campaigns.errors.settlement import PeriodNotOver
from campaigns.models import Statement, StatementLine
from campaigns.queries import settlement as pending
from campaigns.rules import settlement as rules

_BATCH = 500  # lines an INSERT


def run_settlement(*, by: object, now: datetime, limit: int = 5) -> int:
    """The T+n run: statements for up to `limit` stores, for what happened by the midnight that `now` asks for.

    Returns how many stores were due, 0 when none is left. Safe to run late, twice and beside itself.
    """
    return settle(by=by, until=rules.period_end_of(clock.local(now).date()), now=now, limit=limit)


def settle(*, by: object, until: date, now: datetime, limit: int = 5) -> int:
    """As `run_settlement`, for all that happened before the day `until`. Raises PeriodNotOver for a day to come."""
    require_transaction()
    period_end = clock.start_of(until)
    if period_end > now:
        raise PeriodNotOver(ends_at=period_end)
    stores = pending.stores_due(period_end, limit)
    for store in stores:
        _draw_up(by, store, period_end, now)
    return len(stores)


def _draw_up(by: object, store: Store, period_end: datetime, now: datetime) -> None:
    """One store's statement, or nothing where another run has been quicker."""
    lines = list(pending.pending_lines(store.pk, period_end))
    if not lines:
        return
    try:
        with transaction.atomic():
            statement = _statement(by, store, _start(store.pk, lines, period_end), period_end, now)
    except IntegrityError:
        return  # the same period is being settled by another run
    _write(statement, _placed(statement, lines))
    total = statement.lines.aggregate(total=Sum("amount_fen"))["total"] or 0
    Statement.objects.filter(pk=statement.pk).update(lines_fen=total)
    audit.record(by=by, action="settlement.draw_up", subject=statement.pk, now=now, lines_fen=total)


def _statement(by: object, store: Store, start: datetime, period_end: datetime, now: datetime) -> Statement:
    number = new_id()
    return Statement.objects.create(
        id=number,
        number=rules.number_of(number, clock.local(period_end).date()),
        merchant_id=store.merchant_id,
        store=store,
        period_start=start,
        period_end=period_end,
        made_by=str(by),
        made_at=now,
    )


def _start(store_id: UUID, lines: list[StatementLine], period_end: datetime) -> datetime:
    """Where the statement before ended; for the first one the day of its first line."""
    before = pending.last_period_end(store_id)
    first = min(clock.day_bounds(line.at)[0] for line in lines)
    return before or min(first, period_end - timedelta(days=1))


def _placed(statement: Statement, lines: Iterable[StatementLine]) -> Iterator[StatementLine]:
    """The lines with their statement; a late one with the statement that its time belongs to."""
    periods: list[Statement] | None = None
    for line in lines:
        line.statement = statement
        line.late = line.at < statement.period_start
        if line.late:
            periods = periods if periods is not None else list(Statement.objects.filter(store=statement.store_id))
            line.belongs_to = next((each for each in periods if each.period_start <= line.at < each.period_end), None)
        yield line


def _write(statement: Statement, lines: Iterable[StatementLine]) -> None:
    """`ignore_conflicts` is the guard: a source that a run beside this one has taken is left out."""
    StatementLine.objects.bulk_create(lines, batch_size=_BATCH, ignore_conflicts=True)
