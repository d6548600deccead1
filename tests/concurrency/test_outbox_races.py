"""Leases under fire: one task, many workers; and a database that stays locked.

The control takes the fence out of the statement that leases. Then what each worker read is what it takes, and one
task is done by several at once.
"""

import sqlite3
import threading
from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection, transaction

from backend.core import clock
from backend.outbox import services, worker
from backend.outbox.models import Task
from backend.outbox.services import leases
from backend.outbox.types import Lane, Policy, TaskStatus, Work
from tests.concurrency.race import race
from tests.factories import NOON
from tests.factories_outbox import TOPIC, Recorder, job, only, task

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 16


def promise(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            services.enqueue(topic=TOPIC, payload={}, key=number, now=NOON)


def drain(number: int) -> list[int]:
    """Takes and ends tasks until none is left; the ids that this worker took."""
    taken = []
    while True:
        with transaction.atomic(durable=True):
            work = services.take(worker=str(number), lane=Lane.MAIN, now=NOON)
        if work is None and not Task.objects.filter(status=TaskStatus.WAITING.value).exists():
            return taken
        if work is not None:
            taken.append(work.id)
            with transaction.atomic(durable=True):
                services.complete(work=work, now=NOON)


def test_no_two_workers_have_one_lease() -> None:
    with only(task(Recorder())):
        promise(60)
        found = race([lambda number=number: drain(number) for number in range(WORKERS)])
    taken = Counter(each for ids in found for each in ids)  # type: ignore[union-attr]
    assert (len(taken), set(taken.values())) == (60, {1})
    assert set(Task.objects.values_list("status", "tries", "fence")) == {("done", 1, 1)}


def look_then_take(number: int, seen: threading.Barrier) -> bool:
    """A worker whose look and whose taking are apart, so that all have looked before one takes."""
    row = Task.objects.get()
    seen.wait(timeout=60)
    with transaction.atomic(durable=True):
        return leases._lease(row, str(number), NOON + timedelta(minutes=1), NOON)


def taken_at_once() -> int:
    seen = threading.Barrier(8)
    with only(task(Recorder())):
        promise(1)
        found = race([lambda number=number: look_then_take(number, seen) for number in range(8)])
    return sum(each is True for each in found)


def test_all_have_seen_the_task_and_one_takes_it() -> None:
    assert taken_at_once() == 1


def test_without_the_fence_all_take_it() -> None:
    def unguarded(row: Task, name: str, until: datetime, now: datetime) -> bool:
        changes = {"status": TaskStatus.LEASED.value, "due_at": until, "worker": name}
        return bool(Task.objects.filter(pk=row.pk).update(**changes, fence=row.fence + 1, tries=row.tries + 1))

    with patch.object(leases, "_lease", unguarded):
        assert taken_at_once() == 8


def test_one_job_is_run_by_one_of_many_processes() -> None:
    runs: list[datetime] = []
    later = NOON + timedelta(hours=1)

    def once(number: int) -> bool:
        return worker.work_once(worker=str(number), lane=Lane.MAIN, read_clock=lambda: later)

    with only(job(lambda now: runs.append(now) or 0)):  # type: ignore[func-returns-value]
        with transaction.atomic():
            services.plan_jobs(now=NOON)
        found = race([lambda number=number: once(number) for number in range(8)])
    assert (sorted(map(str, found)), len(runs)) == (["False"] * 7 + ["True"], 1)


def test_a_promise_made_by_many_at_once_is_one() -> None:
    with only(task(Recorder())):
        assert set(race([lambda: promise(1)] * WORKERS)) == {None}
    assert Task.objects.count() == 1


def test_a_locked_database_does_not_end_a_worker(caplog: pytest.LogCaptureFixture) -> None:
    """SQLite only: another process keeps the writer's lock for longer than the time-out, several times."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no lock of the whole database")
    done, stop, refused = threading.Event(), threading.Event(), threading.Event()

    def handler(work: Work, now: datetime) -> None:
        done.set()

    def tell(*_: object) -> None:
        refused.set()

    options = settings.DATABASES["default"]["OPTIONS"] | {"timeout": 0.05}
    with (
        only(task(handler, Policy(lease_seconds=1))),
        patch.dict(settings.DATABASES["default"], OPTIONS=options),
        patch.object(worker, "BUSY_SECONDS", 0.05),
        patch.object(worker.log, "exception", tell),
    ):
        with transaction.atomic():
            services.enqueue(topic=TOPIC, payload={}, key=1, now=clock.now())
        locker = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(
            target=worker.run_forever, kwargs={"worker": "w", "lane": Lane.MAIN, "stop": stop}, daemon=True
        )
        thread.start()
        try:
            assert refused.wait(60)
            assert (thread.is_alive(), done.is_set()) == (True, False)
            locker.execute("ROLLBACK")
            assert done.wait(60)
        finally:
            stop.set()
            thread.join(60)
            locker.close()
    assert not thread.is_alive()
