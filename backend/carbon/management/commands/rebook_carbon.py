"""Adjusts the carbon book to later versions of its methods now, instead of waiting for the job."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from backend.carbon import queries, services
from backend.carbon.models import Method, Rebooking
from backend.core import clock
from backend.core.commands import Command as Base


class Command(Base):
    help = "Adjusts the carbon book to later versions of its methods. Again, it changes nothing; points never move."
    examples = """
  manage.py rebook_carbon                 # what publishing a version has asked for, with progress
  manage.py rebook_carbon --status        # how far each rebooking is; changes nothing
  manage.py rebook_carbon --again bus     # looks through the newest version of `bus` once more

A version is drafted and published by two people in the console, 核算方法. A rebooking starts a minute after it was
asked for, so that acts that were just being recorded are in the book."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", action="store_true", help="only say how far each rebooking is")
        parser.add_argument(
            "--again", metavar="METHOD", help="ask for the newest version of a method to be applied again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self._ask(options["again"])
        while not options["status"] and _piece():
            self._tell(Rebooking.objects.select_related("method").order_by("-looked").filter(done_at=None))
        self._tell(queries.rebookings())

    def _ask(self, slug: str) -> None:
        newest = Method.objects.filter(slug=slug).order_by("-version").first()
        if newest is None:
            raise CommandError(f"no method {slug!r}")
        with transaction.atomic(durable=True):
            services.ask_rebooking(by="rebook_carbon", method_id=newest.pk, now=clock.now() - services.HEAD_START)

    def _tell(self, rows: Any) -> None:
        for row in rows:
            state = "done" if row.done_at else "under way"
            self.stderr.write(f"{row.method}: {row.looked:,} of {row.total:,} entries, {row.change_mg:+,} mg, {state}")


def _piece() -> int:
    with transaction.atomic(durable=True):
        return services.rebook_due(now=clock.now())
