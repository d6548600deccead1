"""One budget row against sixteen, on the ledger's own statements: is the hot row worth splitting?

    python -m tests.bench.slots [--seconds 8] [--workers 4]

Each worker process issues points to people of its own, from one programme or from one of sixteen, on PostgreSQL.
Both are measured in turns within the same run; the ratio is what counts.
"""

import argparse
import os
import subprocess
import sys
import time
from uuid import uuid4

import psycopg

from tests import servers

SLOTS = 16


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--workers", type=int, default=4)
    given = parser.parse_args()
    if "postgres" in servers.missing():
        print(f"skipped: {servers.missing()['postgres']}")
        return 0
    name = f"slots_{uuid4().hex[:10]}"
    with psycopg.connect(servers.POSTGRES_URL, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            _compare(f"{servers.POSTGRES_URL.rsplit('/', 1)[0]}/{name}", given.seconds, given.workers)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    return 0


def _compare(url: str, seconds: float, workers: int) -> None:
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
    rates: dict[int, list[float]] = {1: [], SLOTS: []}
    for _ in range(3):
        for slots, found in rates.items():
            found.append(_round(environment, slots, seconds, workers))
            print(f"{slots:>2} rows: {found[-1]:7.1f} issues/s", flush=True)
    one, many = (sorted(found)[1] for found in rates.values())
    print(f"median: one row {one:.1f}/s, {SLOTS} rows {many:.1f}/s, ratio {many / one:.2f}, {workers} workers")


def _round(environment: dict[str, str], slots: int, seconds: float, workers: int) -> float:
    command = [sys.executable, "-m", "tests.bench.slots", "--as-worker", str(slots), str(seconds)]
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    return sum(float(each.communicate()[0]) for each in running)


def work(slots: int, seconds: float) -> None:
    """Issues for `seconds` and prints the rate."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    django.setup()
    from django.db import transaction

    from backend.core import clock
    from backend.core.ids import new_id
    from backend.ledger import services
    from backend.ledger.errors import ReferenceReused
    from backend.ledger.types import AccountRef, Asset, Kind, LotTerms

    for slot in range(slots):
        try:
            with transaction.atomic():
                services.open_budget(
                    by="bench", programme=f"{slots}:{slot}", asset=Asset.POINT, amount=10**9, now=clock.now()
                )
        except ReferenceReused:
            continue
    people = [AccountRef(Asset.POINT, f"p:{os.getpid()}:{number}", Kind.LOTTED) for number in range(20)]
    done, begun = 0, time.monotonic()
    while time.monotonic() - begun < seconds:
        now, programme = clock.now(), f"{slots}:{(os.getpid() + done) % slots}"
        with transaction.atomic():
            services.issue(
                programme=programme, to=people[done % 20], amount=10, code="award", reference=str(new_id()),
                event_id=new_id(), now=now, lot=LotTerms(programme, now),
            )  # fmt: skip
        done += 1
    print(done / (time.monotonic() - begun))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-worker"]:
        work(int(sys.argv[2]), float(sys.argv[3]))
    else:
        sys.exit(main())
