"""A million transfers in a PostgreSQL database of its own, and how long `prove` takes over them.

    python -m tests.bench.million [--transfers 1000000] [--sealed]

The rows are written by the database itself (generate_series), as the ledger's services would have written them:
people earn one lot and spend it whole, again and again.
"""

import argparse
import os
import subprocess
import sys
import time
from uuid import uuid4

import psycopg

from tests import servers

_PEOPLE = 10_000
_ROWS = """
INSERT INTO ledger_account (id, asset, owner, kind, hot) VALUES
  (1, 'POINT', 'appropriations', 'open', false), (2, 'POINT', 'budget:bench', 'guarded', true),
  (3, 'POINT', 'redeemed-points', 'open', false);
INSERT INTO ledger_account (id, asset, owner, kind, hot)
  SELECT 10 + n, 'POINT', 'resident:' || n, 'lotted', false FROM generate_series(0, {people} - 1) n;
INSERT INTO ledger_budget (programme, asset, appropriated, version) VALUES ('bench', 'POINT', {total}, 1);
INSERT INTO ledger_transfer (id, asset, debit_id, credit_id, amount, code, reference, event_id, at, memo,
                             credit_balance_after)
  VALUES (1, 'POINT', 1, 2, {total}, 'appropriation', 'appropriation:bench', gen_random_uuid(), now(), '{{}}', {total});
INSERT INTO ledger_transfer (id, asset, debit_id, credit_id, amount, code, reference, event_id, at, memo,
                             debit_balance_after, credit_balance_after)
  SELECT 2 + n, 'POINT',
         CASE WHEN n / {people} % 2 = 0 THEN 2 ELSE 10 + n % {people} END,
         CASE WHEN n / {people} % 2 = 0 THEN 10 + n % {people} ELSE 3 END,
         10, CASE WHEN n / {people} % 2 = 0 THEN 'award' ELSE 'spend' END, 'bench:' || n, gen_random_uuid(), now(),
         '{{}}',
         CASE WHEN n / {people} % 2 = 0
              THEN {total} - 10 * ((n / {people} / 2) * {people} + n % {people} + 1) ELSE 0 END,
         CASE WHEN n / {people} % 2 = 0 THEN 10 END
  FROM generate_series(0, {transfers} - 1) n;
INSERT INTO ledger_lot (id, account_id, transfer_id, programme, amount, remaining, earned_at, available_from, note)
  SELECT id, credit_id, id, 'bench', 10, CASE WHEN id - 2 + {people} < {transfers} THEN 0 ELSE 10 END, at, at, ''
  FROM ledger_transfer WHERE code = 'award';
INSERT INTO ledger_lotuse (lot_id, transfer_id, kind, amount)
  SELECT id - {people}, id, 'spent', 10 FROM ledger_transfer WHERE code = 'spend';
INSERT INTO ledger_balance (account_id, amount)
  SELECT account_id, SUM(remaining) FROM ledger_lot GROUP BY account_id;
INSERT INTO ledger_balance (account_id, amount)
  SELECT 2, {total} - 10 * COUNT(*) FROM ledger_transfer WHERE code = 'award';
ANALYZE;
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=1_000_000)
    parser.add_argument(
        "--sealed", action="store_true", help="seal them first, so that prove re-derives every leaf too"
    )
    given = parser.parse_args()
    if "postgres" in servers.missing():
        print(f"skipped: {servers.missing()['postgres']}")
        return 0
    name = f"bench_{uuid4().hex[:10]}"
    with psycopg.connect(servers.POSTGRES_URL, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            return _measure(f"{servers.POSTGRES_URL.rsplit('/', 1)[0]}/{name}", given.transfers, given.sealed)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _measure(url: str, transfers: int, sealed: bool) -> int:
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
    started = time.monotonic()
    with psycopg.connect(url, autocommit=True) as database:
        for statement in _ROWS.format(people=_PEOPLE, transfers=transfers, total=transfers * 10).split(";\n"):
            if statement.strip():
                database.execute(statement)
    print(f"{transfers:,} transfers written in {time.monotonic() - started:.1f} s", flush=True)
    if sealed:
        started = time.monotonic()
        subprocess.run([sys.executable, "manage.py", "seal"], env=environment, check=True)
        print(f"sealed in {time.monotonic() - started:.1f} s", flush=True)
    started = time.monotonic()
    code = subprocess.run([sys.executable, "manage.py", "prove"], env=environment, check=False).returncode
    print(f"prove: exit {code}, {time.monotonic() - started:.1f} s in all")
    return code


if __name__ == "__main__":
    sys.exit(main())
