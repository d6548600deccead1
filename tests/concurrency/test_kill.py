"""`kill -9` under load: worker processes die at random points, and the books still agree.

Workers check in, claim and redeem through the doors against a database of their own. The parent kills them, several
times, with seeds that it prints; then `prove` must say yes, nothing may be half done, and a retry of an answered
key must replay.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.concurrency.own_database import ROOT, manage, own_database

ROUNDS, WORKERS = 6, 3
pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database of the test's own, migrated and filled with demo data."""
    with own_database(request.param, tmp_path, DEMO="1") as variables:
        manage(variables, "demo")
        yield variables


def test_killed_workers_leave_nothing_half_done(environment: dict[str, str], tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    chance, answered = random.Random(seed), tmp_path / "answered"
    answered.mkdir()
    for turn in range(ROUNDS):
        workers = [_worker(environment, answered, f"{seed}-{turn}-{number}") for number in range(WORKERS)]
        _await_work(answered, more=WORKERS * 3)
        time.sleep(chance.uniform(0.1, 1.5))
        for worker in workers:
            time.sleep(chance.uniform(0, 0.05))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    print(f"{_acts(answered)} acts were answered before a kill")
    proof = subprocess.run(
        [sys.executable, "manage.py", "prove"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert proof.returncode == 0, proof.stdout
    check = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.worker", "replay", str(answered)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert check.returncode == 0, check.stdout + check.stderr


def _acts(answered: Path) -> int:
    return sum(len(file.read_text().splitlines()) for file in answered.iterdir())


def _await_work(answered: Path, more: int) -> None:
    """Until the workers of this round are really at work: a process takes its time to start."""
    wanted, deadline = _acts(answered) + more, time.monotonic() + 60
    while _acts(answered) < wanted:
        assert time.monotonic() < deadline, "the workers do not act"
        time.sleep(0.05)


def _worker(environment: dict[str, str], answered: Path, name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.concurrency.worker", "work", str(answered), name]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
