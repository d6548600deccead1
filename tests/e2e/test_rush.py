"""`manage.py rush` with a small crowd: real servers on PostgreSQL, every figure it promises, exact books."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
STOCK, PEOPLE = 60, 80
RATE = r"[\d.]+/s"


def test_a_small_rush_is_exact_and_tells_its_figures(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    options = {"--stock": STOCK, "--people": PEOPLE, "--workers": 2, "--clients": 4, "--rounds": 2}
    command = [sys.executable, "manage.py", "rush", *(str(each) for pair in options.items() for each in pair)]
    told = subprocess.run(
        command,
        cwd=pytestconfig.rootpath,
        env=os.environ | {"DATABASE_URL": servers.POSTGRES_URL, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    rounds = re.findall(rf"bare +{RATE} +claims +{RATE} +pgbench +{RATE} +p50 .* p95 .* p99 .* p99/p50", told.stdout)
    assert len(rounds) == 2, told.stdout
    assert re.search(r"claims / bare view [\d.]+ +claims / pgbench [\d.]+ +\(medians of 2 rounds\)", told.stdout)
    assert f"vouchers given {STOCK}, faults 0" in told.stdout
    outcomes = {kind: int(number) for kind, number in re.findall(r"(\w+) (\d+)(?: {3}|$)", _outcomes(told.stdout))}
    assert outcomes.pop("201") == STOCK
    assert outcomes["offer_sold_out"] >= PEOPLE - STOCK
    assert outcomes.keys() <= {"offer_sold_out", "replayed", "idempotency_in_flight"}
    assert sum(outcomes.values()) == 2 * PEOPLE - STOCK * 9 // 10 - STOCK
    assert "✗" not in told.stdout
    assert "✓ offers, vouchers and redemption" in told.stdout


def _outcomes(text: str) -> str:
    """The line with how many answers there were of each kind."""
    return next(line for line in text.splitlines() if re.match(r"\w+ \d+ {3}\w+ \d+", line))
