"""Draws up the statements that are due, or those through a day."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from backend.core import clock
from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from campaigns import services
from campaigns.errors.settlement import PeriodNotOver
from campaigns.models import Statement
from campaigns.rules.settlement import period_end_of

_BY = "settle"


class Command(core.Command):
    help = (
        "Puts every redemption, return and adjustment that is on no statement on exactly one, store by store. "
        "Safe to run late, twice and beside itself."
    )
    examples = """
  manage.py settle                     through yesterday (T+1)
  manage.py settle --after-days 3      through three days ago (T+3)
  manage.py settle --date 2026-06-05   through that day
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--date", type=date.fromisoformat, metavar="DAY", help="the last day, such as 2026-06-05")
        which.add_argument("--after-days", type=int, default=1, metavar="N", help="T+N: the last day is N days ago (1)")

    def handle(self, *args: Any, date: date | None, after_days: int, **options: Any) -> None:
        if after_days < 1:
            raise CommandError("--after-days wants 1 or more")
        ensure_migrated()
        now = clock.now()
        until = date + timedelta(days=1) if date else period_end_of(clock.local(now).date(), after_days)
        before = set(Statement.objects.values_list("pk", flat=True).filter(period_end=clock.start_of(until)))
        try:
            while self._piece(until):
                pass
        except PeriodNotOver as early:
            raise CommandError(early.detail("en")) from None
        made = Statement.objects.filter(period_end=clock.start_of(until)).exclude(pk__in=before).order_by("number")
        for statement in made.select_related("store"):
            self.stdout.write(f"{statement.number} {statement.store}: {statement.due_fen / 100:.2f} yuan")
        self.stdout.write(f"{len(made)} statements through {until - timedelta(days=1)}")

    def _piece(self, until: date) -> int:
        with transaction.atomic(durable=True):
            return services.settle(by=_BY, until=until, now=clock.now())
