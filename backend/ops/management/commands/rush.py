"""A rush on one offer: the real stack, what the machine could do at best, and whether the books are exact after it."""

import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from backend.core import clock
from backend.core import commands as core
from backend.ops.rush import crowd, figures, pgbench
from backend.ops.rush.driver import Answer, drive, post
from backend.ops.rush.workers import workers
from campaigns.models import Offer, Voucher

_SPARE_CONNECTIONS, _MOST_CONNECTIONS = 5, 20
RECORDED = 2  # claims in this process: one to warm up, one to record


class Command(core.Command):
    help = (
        "Lets a crowd claim one offer through the real HTTP stack, on PostgreSQL, in a database made for it and "
        "dropped. Prints rates, ratios, latencies and refusals, and ends with `prove`. Exit 1: not exact, or a 5xx."
    )
    examples = """
  DATABASE_URL=postgres://… manage.py rush
  DATABASE_URL=postgres://… manage.py rush --stock 1000 --people 2000 --workers 2 --clients 16
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stock", type=int, default=10_000, help="vouchers (10000)")
        parser.add_argument("--people", type=int, default=20_000, help="who want one (20000)")
        parser.add_argument("--workers", type=int, default=8, help="server processes (8)")
        parser.add_argument("--clients", type=int, default=32, help="requests under way at once (32)")
        parser.add_argument("--rounds", type=int, default=3, help="comparisons before the offer sells out (3)")

    def handle(self, *args: Any, stock: int, people: int, workers: int, clients: int, rounds: int, **_: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("a rush wants PostgreSQL: DATABASE_URL=postgres://…")
        if not rounds * clients <= stock * 9 // 10 <= people:
            raise CommandError("--people must be at least 9/10 of --stock, and that at least --rounds times --clients")
        pgbench.program()
        with _database():
            self.stdout.write(f"{people} people, {stock} vouchers, {workers} workers, {clients} clients")
            answers = self._rush(stock, people, workers, clients, rounds)
            exact = figures.given(answers) == min(stock, people)
            self.stdout.write(f"vouchers given {figures.given(answers)}, faults {figures.faults(answers)}")
            call_command("prove", stdout=self.stdout)
            if figures.faults(answers) or not exact:
                raise SystemExit(1)

    def _rush(self, stock: int, people: int, number: int, clients: int, rounds: int) -> list[Answer]:
        size, now = stock * 9 // 10 // rounds, clock.now()
        crowd.gather(people + RECORDED + rounds * size, now=now)
        offer, other = crowd.open_offers(stock, rounds * size + RECORDED, now=now)
        tokens = [crowd.token(person, now) for person in range(people)]
        bare = [post("/api/v1/rush/bare", token, "bare") for token in tokens]
        claims = [post(_path(offer), token, "claim") for token in tokens]
        unknown = [post(f"/api/v1/offers/{uuid4()}/claims", token, "nothing") for token in tokens]
        answers: list[Answer] = []
        compared: list[figures.Round] = []
        name, share = connection.settings_dict["NAME"], _share(number, clients)
        with _script(other, people, now) as file, workers(number, database=name, connections=share) as port:
            for each in (bare, unknown):  # each process loads its modules
                drive(each[: 4 * clients], port=port, clients=clients)
            for turn in range(rounds):
                part = slice(turn * size, (turn + 1) * size)
                _, bare_seconds = drive(bare[part], port=port, clients=clients)
                said, seconds = drive(claims[part], port=port, clients=clients)
                first = people + RECORDED + turn * size
                rate = pgbench.run(file, first=first, clients=clients, transactions=size)
                compared.append(figures.Round(size / bare_seconds, size / seconds, rate))
                answers += said
                self.stdout.write(f"{compared[-1]}   {figures.latencies(said)}")
            self.stdout.write(figures.ratios(compared))
            rest = [each for request in claims[rounds * size :] for each in (request, request)]
            said, seconds = drive(rest, port=port, clients=clients)
        self.stdout.write(f"then everybody else, twice each: {len(rest) / seconds:.1f}/s   {figures.latencies(said)}")
        self.stdout.write(figures.outcomes(answers + said))
        return answers + said


def _path(offer: Offer) -> str:
    return f"/api/v1/offers/{offer.pk}/claims"


def _share(workers: int, clients: int) -> int:
    """How many connections each worker may hold, so that pgbench finds its own beside them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int - count(*) FROM pg_stat_activity")
        (free,) = cursor.fetchone()
    share = (free - clients - _SPARE_CONNECTIONS) // workers
    if share < 2:
        raise CommandError(f"{free} connections are free: fewer --workers or --clients, or a higher max_connections")
    return int(min(share, _MOST_CONNECTIONS))


@contextmanager
def _database() -> Iterator[None]:
    """A database beside the configured one, for this rush only."""
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"rush_{uuid4().hex[:10]}"
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


@contextmanager
def _script(offer: Offer, first: int, now: datetime) -> Iterator[Path]:
    """What a claim sends, as a script for pgbench. The first claim fills what a process remembers."""
    _claim(offer, first, now)
    statements = pgbench.record(lambda: _claim(offer, first + 1, now))
    voucher = Voucher.objects.get(resident_id=crowd.ID.format(crowd.FIRST + first + 1))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "claim.sql"
        file.write_text(pgbench.script(statements, person=first + 1, voucher=str(voucher.pk)), encoding="utf-8")
        yield file


def _claim(offer: Offer, person: int, now: datetime) -> None:
    headers = {"Authorization": f"Bearer {crowd.token(person, now)}", "Idempotency-Key": "claim"}
    answer = Client(SERVER_NAME="127.0.0.1").post(_path(offer), b"{}", "application/json", headers=headers)
    if answer.status_code != 201:
        raise CommandError(f"a claim was refused before the rush: {answer.content.decode()}")
