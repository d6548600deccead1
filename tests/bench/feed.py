"""50,000 events of a partner: how fast they are recorded and counted, and in how much memory.

    python -m tests.bench.feed [--events 50000] [--linked 500]

The floor is bare: the same rows inserted by the driver alone, in the same database and the same chunks. The file is
read by `manage.py ingest_events`, in a process of its own, twice: the second time must change nothing. One event in
fifty is of a rider who linked the card. Measured on SQLite, and on PostgreSQL where it answers.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from tests import servers
from tests.bench.processes import peak_megabytes

CHUNK = 500


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--linked", type=int, default=500, help="riders who linked their card")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rides.ndjson"
        _write(file, given.events, given.linked)
        sqlite = _measure(f"sqlite:///{folder}/bench.sqlite3", file, given.linked, folder)
        if "postgres" in servers.missing():
            print(f"postgresql skipped: {servers.missing()['postgres']}")
            return sqlite
        name = f"feed_{uuid4().hex[:10]}"
        with psycopg.connect(servers.POSTGRES_URL, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
            try:
                url = f"{servers.POSTGRES_URL.rsplit('/', 1)[0]}/{name}"
                return sqlite or _measure(url, file, given.linked, folder)
            finally:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _write(file: Path, events: int, linked: int) -> None:
    """Rides of the last two days; every fiftieth is of one of the cards that will be linked."""
    chance, now = random.Random(5), datetime.now(UTC)
    with file.open("w") as out:
        for number in range(events):
            rider = number // 50 % linked if number % 50 == 0 else 10**9 + chance.randrange(events)
            event = {
                "reference": f"T-{number}",
                "mode": chance.choice(["bus", "metro", "bike"]),
                "rider": f"5000{rider:012d}",
                "at": (now - timedelta(minutes=chance.randrange(10, 2880))).isoformat(),
                "distance_m": chance.randrange(500, 15_000),
            }
            out.write(json.dumps(event) + "\n")


def _measure(url: str, file: Path, linked: int, folder: str) -> int:
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": folder, "LOG_LEVEL": "ERROR"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
    print(f"-- {url.split(':')[0]}", flush=True)
    floor = _own("--as-floor", str(file), env=environment)
    print(f"floor: {floor:,.0f} bare inserts/s")
    _own("--as-riders", str(linked), env=environment)
    first = _own("--as-record", str(file), env=environment)
    _tell("recorded", first, floor)
    before = _own("--as-count", env=environment)
    _tell("recorded again", _own("--as-record", str(file), env=environment), floor)
    same = _own("--as-count", env=environment) == before
    rides, awards, seconds = _own("--as-settle", env=environment)
    print(f"counted: {rides:,} rides in {awards:,} awards, {seconds:.1f} s, {rides / seconds:,.0f} rides/s")
    print(f"twice the same file: {'nothing changed' if same else 'THE BOOKS CHANGED'}", flush=True)
    return 0 if same and before[0] == first[0] else 1


def _tell(what: str, measured: list[float], floor: float) -> None:
    events, seconds, began_mb, peak_mb = measured
    rate = events / seconds
    print(
        f"{what}: {events:,} events in {seconds:.1f} s, {rate:,.0f}/s, {rate / floor:.2f} of the floor; "
        f"peak {peak_mb:.0f} MB, {peak_mb - began_mb:.0f} MB more than before the first line",
        flush=True,
    )


def _own(*arguments: str, env: dict[str, str]) -> Any:
    command = [sys.executable, "-m", "tests.bench.feed", *arguments]
    answer = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer.splitlines()[-1])


def work(task: str, *arguments: str) -> None:
    """What needs Django, in a process of its own against the database that is measured."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    django.setup()
    tasks = {
        "--as-floor": _floor,
        "--as-riders": _riders,
        "--as-record": _record,
        "--as-count": _count,
        "--as-settle": _settle,
    }
    print(json.dumps(tasks[task](*arguments)))


def _floor(file: str) -> float:
    """The rate of the same columns without their indexes' meaning: one insert of many rows, chunk by chunk."""
    from django.db import connection, transaction

    columns = "id integer primary key, reference varchar(64), digest varchar(64), metres integer, at varchar(40)"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_floor ({columns})")
    rows = [json.loads(line) for line in Path(file).read_text().splitlines()]
    started = time.monotonic()
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        values = [
            value
            for number, row in enumerate(chunk, start)
            for value in (number, row["reference"], "0" * 64, row["distance_m"], row["at"])
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO bench_floor VALUES {','.join(['(%s, %s, %s, %s, %s)'] * len(chunk))}", values)
    return len(rows) / (time.monotonic() - started)


def _riders(linked: str) -> int:
    from django.db import transaction

    from backend.accounts import services as accounts
    from backend.core import clock
    from backend.earning.services import PROGRAMME
    from backend.ledger import services as ledger
    from backend.ledger.types import Asset
    from backend.ops.setting_up import set_up
    from backend.travel import services
    from backend.travel.types import AccountKind, Mode

    now = clock.now()
    with transaction.atomic():
        ledger.open_budget(by="bench", programme=PROGRAMME, asset=Asset.POINT, amount=10**9, now=now)
        set_up(by="bench", now=now - timedelta(days=3))
        modes = [Mode.BUS, Mode.METRO, Mode.BIKE]
        services.register_partner(
            by="bench", code="bench", name="bench", account_kind=AccountKind.TRANSIT_CARD, modes=modes, now=now
        )
        for number in range(int(linked)):
            person = accounts.person_of(phone=f"139{number:08d}", now=now)
            services.link(by=person, kind=AccountKind.TRANSIT_CARD, account=f"5000{number:012d}", consent=True, now=now)
    return int(linked)


def _record(file: str) -> list[float]:
    """Events, seconds, and the resident megabytes before the first line and at the peak."""
    from django.core.management import call_command
    from django.db import connection

    connection.ensure_connection()
    call_command("ingest_events", "/dev/null", partner="bench", record_only=True, stderr=StringIO())
    began, started = peak_megabytes(), time.monotonic()
    call_command("ingest_events", file, partner="bench", record_only=True, stderr=StringIO())
    seconds = time.monotonic() - started
    with Path(file).open() as lines:
        return [sum(1 for _ in lines), seconds, began, peak_megabytes()]


def _count() -> list[int]:
    from backend.earning.models import Award
    from backend.travel.models import Ride, Rider

    return [Ride.objects.count(), Rider.objects.count(), Award.objects.count()]


def _settle() -> list[float]:
    """Rides, the awards they came to, and seconds."""
    from django.db import transaction

    from backend.core import clock
    from backend.earning.models import Award
    from backend.travel import services

    rides, started = 0, time.monotonic()
    while True:
        with transaction.atomic():
            done = services.settle_due(now=clock.now())
        if not done:
            return [rides, Award.objects.count(), time.monotonic() - started]
        rides += done


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1].startswith("--as-"):
        work(*sys.argv[1:])
    else:
        sys.exit(main())
