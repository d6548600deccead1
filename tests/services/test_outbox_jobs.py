"""Jobs by the calendar; retries and slots as rules."""

from datetime import datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.models import AuditRow
from backend.core import clock
from backend.outbox import queries, registry, rules, services, worker
from backend.outbox.errors import LeaseLost
from backend.outbox.models import Task
from backend.outbox.types import Daily, Every, Lane, Policy
from tests.factories import NOON
from tests.factories_outbox import job, only

pytestmark = pytest.mark.django_db(transaction=True)


def work(now: datetime = NOON) -> bool:
    return worker.work_once(worker="w", lane=Lane.MAIN, read_clock=lambda: now)


def row() -> Task:
    return Task.objects.get()


def plan(now: datetime = NOON) -> None:
    with transaction.atomic():
        services.plan_jobs(now=now)


def test_a_job_runs_in_pieces_until_nothing_is_left_and_comes_again() -> None:
    left, runs = [3, 2, 0, 0], []

    def step(now: datetime) -> int:
        runs.append(now)
        return left.pop(0)

    with only(job(step, Every(seconds=60))):
        plan()
        plan()
        at = NOON + timedelta(seconds=60)
        assert [work(), work(at), work(at), len(runs)] == [False, True, False, 3]
        assert (row().status, row().due_at) == ("waiting", at + timedelta(seconds=60))


def test_what_was_missed_is_caught_up_on_once() -> None:
    runs: list[datetime] = []
    with only(job(lambda now: runs.append(now) or 0, Daily(time(2, 0)))):  # type: ignore[func-returns-value]
        plan()
        later = NOON + timedelta(days=10)
        assert [work(later), work(later)] == [True, False]
        assert clock.local(row().due_at) == clock.local(NOON).replace(day=16, hour=2)
    assert runs == [later]


def test_a_job_that_fails_is_never_dead() -> None:
    def broken(now: datetime) -> int:
        raise ValueError("no")

    with only(job(broken)):
        plan()
        for _ in range(registry.JOB_POLICY.tries):
            assert work(row().due_at)
        assert (row().status, row().tries, row().reason) == ("waiting", 0, "ValueError: no")
        assert row().due_at > NOON + timedelta(seconds=120)
    assert queries.dead_letters().count() == 0


def test_a_piece_of_a_job_whose_lease_was_lost_is_rolled_back() -> None:
    def step(now: datetime) -> int:
        AuditRow.objects.create(at=now, by="x", action="piece", subject="s")
        if AuditRow.objects.count() == 2:
            raise LeaseLost("another has it")
        return 1

    with only(job(step)):
        plan()
        assert work(NOON + timedelta(minutes=2))
    assert AuditRow.objects.count() == 1


def test_a_calendar_that_came_closer_is_taken_over() -> None:
    with only(job(lambda now: 0, Every(seconds=3600))):
        plan()
    with only(job(lambda now: 0, Every(seconds=15))):
        plan()
        assert row().due_at == NOON + timedelta(seconds=15)


def test_every_job_of_the_house_runs() -> None:
    plan()
    assert len(registry.jobs()) >= 6
    later = NOON + timedelta(days=1)
    assert worker.run_due(worker="w", read_clock=lambda: later) == len(registry.jobs())
    assert set(Task.objects.values_list("status", "reason")) == {("waiting", "")}


def test_a_name_is_registered_once() -> None:
    with only(job(lambda now: 0)), pytest.raises(ValueError, match="twice"):
        registry.schedule("test job", Every(seconds=1), lambda now: 0)


# -- rules ------------------------------------------------------------------------------------------------------------


@given(
    tries=st.integers(1, 5000),
    chance=st.floats(0, 1, exclude_max=True),
    first=st.floats(0.1, 60),
    factor=st.floats(1, 10),
)
def test_a_retry_waits_within_its_bounds(tries: int, chance: float, first: float, factor: float) -> None:
    policy = Policy(first_seconds=first, factor=factor, most_seconds=3600)
    wait = (rules.retry_at(policy, tries=tries, now=NOON, chance=chance) - NOON).total_seconds()
    assert min(first, 3600) / 2 - 1e-6 <= wait <= 3600


@given(
    after=st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda gone: clock.local(NOON + gone)),
    at=st.times().map(lambda at: at.replace(microsecond=0)),
)
def test_the_next_slot_is_the_first_one_after(after: datetime, at: time) -> None:
    slot = rules.next_slot(Daily(at), after=after)
    assert timedelta(0) < slot - after <= timedelta(days=1)
    assert (slot.hour, slot.minute, slot.second) == (at.hour, at.minute, at.second)
