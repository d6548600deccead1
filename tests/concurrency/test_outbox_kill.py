"""`kill -9` in the middle of the work: it is done once more and never lost. SIGTERM: what is at hand is finished.

Real worker processes, a database of the test's own, and a partner's server that keeps them waiting while they die.
"""

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.concurrency.own_database import ROOT, manage, own_database
from tests.receiver import Receiver, receiving

EVENTS = 6
pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    with own_database(
        request.param, tmp_path, WEBHOOKS_ALLOW_PRIVATE="1", LOG_LEVEL="WARNING", DATABASE_POOL="6"
    ) as variables:
        manage(variables, "migrate", "-v", "0")
        yield variables


@pytest.fixture
def partner() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def ask(environment: dict[str, str], *words: str) -> Any:
    command = [sys.executable, "-m", "tests.concurrency.partner", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else None


def worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "worker", "--calls", "2"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def wait_for(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 90
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_what_a_killed_worker_held_is_done_once_more_and_nothing_is_lost(
    environment: dict[str, str], partner: Receiver
) -> None:
    partner.hold = threading.Event()
    ask(environment, "promise", partner.url, str(EVENTS))
    first = worker(environment)
    wait_for(lambda: len(partner.seen) == 2, "two calls at once")
    first.send_signal(signal.SIGKILL)
    first.wait()
    held = {headers["webhook-id"] for headers, _ in partner.seen}
    assert ask(environment, "state")["deliveries"]["pending"] >= 2
    partner.hold.set()
    ask(environment, "expire")
    second = worker(environment)
    try:
        wait_for(lambda: len(partner.seen) == EVENTS + 2, "every event, and the two of the killed worker again")
        wait_for(lambda: ask(environment, "state")["deliveries"] == {"delivered": EVENTS}, "all written down")
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0
    calls = Counter(headers["webhook-id"] for headers, _ in partner.seen)
    assert {message for message, count in calls.items() if count == 2} == held
    assert (len(calls), set(calls.values())) == (EVENTS, {1, 2})
    assert ask(environment, "state")["tasks"] == {"done": 2 * EVENTS}


def test_a_worker_that_is_told_to_stop_ends_what_it_holds_and_takes_nothing_new(
    environment: dict[str, str], partner: Receiver
) -> None:
    partner.hold = threading.Event()
    ask(environment, "promise", partner.url, str(EVENTS))
    running = worker(environment)
    wait_for(lambda: len(partner.seen) == 2, "two calls at once")
    running.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.5)
    partner.hold.set()
    assert running.wait(60) == 0
    state = ask(environment, "state")
    assert (len(partner.seen), state["deliveries"]["delivered"]) == (2, 2)
    assert "leased" not in state["tasks"]
