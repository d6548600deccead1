"""The outbox: a promise is kept if and only if it was committed; retries, dead letters, late workers, jobs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from backend.audit.models import AuditRow
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import NoTransaction
from backend.outbox import queries, services, worker
from backend.outbox.errors import GiveUp, LeaseLost, TaskTooLarge, UnknownTopic
from backend.outbox.models import Task
from backend.outbox.types import Lane, Policy, Work
from tests.factories import NOON
from tests.factories_outbox import TOPIC, Recorder, job, only, task

pytestmark = pytest.mark.django_db(transaction=True)


def promise(key: object = "1", **changes: Any) -> None:
    with transaction.atomic():
        services.enqueue(**({"topic": TOPIC, "payload": {"n": 1}, "key": key, "now": NOON} | changes))


def work(now: datetime = NOON, lane: Lane = Lane.MAIN) -> bool:
    return worker.work_once(worker="w", lane=lane, read_clock=lambda: now)


def take(now: datetime = NOON) -> Work | None:
    with transaction.atomic():
        return services.take(worker="w", lane=Lane.MAIN, now=now)


def row() -> Task:
    return Task.objects.get()


def test_a_promise_is_kept_once_and_its_payload_forgotten() -> None:
    done = Recorder()
    with only(task(done)):
        promise()
        assert [work(), work()] == [True, False]
    assert [(each.key, each.payload, each.tries) for each in done.done] == [("1", {"n": 1}, 1)]
    assert (row().status, row().payload, row().ended_at) == ("done", {}, NOON)


def test_what_is_rolled_back_is_not_promised() -> None:
    with only(task(Recorder())):
        with transaction.atomic():
            services.enqueue(topic=TOPIC, payload={}, key=1, now=NOON)
            transaction.set_rollback(True)
        assert (work(), Task.objects.count()) == (False, 0)


def test_one_key_is_one_promise_even_after_it_was_kept() -> None:
    done = Recorder()
    with only(task(done)):
        promise()
        promise(payload={"n": 2})
        work()
        promise(payload={"n": 3})
        assert not work()
    assert [each.payload for each in done.done] == [{"n": 1}]


def test_a_promise_wants_a_transaction_a_known_topic_and_a_small_payload() -> None:
    with only(task(Recorder())):
        with pytest.raises(NoTransaction):
            services.enqueue(topic=TOPIC, payload={}, key=1, now=NOON)
        for wrong, changes in [
            (UnknownTopic, {"topic": "nobody"}),
            (TaskTooLarge, {"payload": {"x": "字" * 6000}}),
            (TaskTooLarge, {"key": "k" * 201}),
        ]:
            with pytest.raises(wrong):
                promise(**changes)
    assert Task.objects.count() == 0


def test_nothing_is_done_before_its_time() -> None:
    with only(task(Recorder())):
        promise(due_at=NOON + timedelta(minutes=5))
        assert [work(NOON + timedelta(seconds=299)), work(NOON + timedelta(seconds=300))] == [False, True]


def test_a_failure_waits_and_tries_again_then_is_a_dead_letter_with_its_reason() -> None:
    done = Recorder(*[ValueError(f"no {n}") for n in range(3)])
    with only(task(done, Policy(tries=3, first_seconds=10, factor=2))):
        promise()
        now = NOON
        for most in (10, 20):
            assert work(now)
            assert row().status == "waiting"
            assert now + timedelta(seconds=most / 2) <= row().due_at <= now + timedelta(seconds=most)
            assert not work(row().due_at - timedelta(microseconds=1))
            now = row().due_at
        assert work(now)
        assert (row().status, row().reason, row().tries) == ("dead", "ValueError: no 2", 3)
        assert not work(now + timedelta(days=9))


def test_giving_up_ends_it_at_once() -> None:
    with only(task(Recorder(GiveUp("the telephone is gone")))):
        promise()
        work()
    assert (row().status, row().reason, row().tries) == ("dead", "the telephone is gone", 1)


def test_a_dead_letter_gets_its_tries_again_and_only_a_dead_one() -> None:
    done = Recorder(GiveUp("no"))
    with only(task(done)):
        promise()
        with pytest.raises(NotFound), transaction.atomic():
            services.replay(by="anna", task_id=row().pk, now=NOON)
        work()
        with transaction.atomic():
            services.replay(by="anna", task_id=row().pk, now=NOON)
        assert [work(), row().status, len(done.done)] == [True, "done", 2]
    assert list(AuditRow.objects.values_list("by", "action")) == [("anna", "outbox.replay")]


def test_a_lease_that_ran_out_is_taken_by_another_and_the_late_one_can_end_nothing() -> None:
    with only(task(Recorder(), Policy(lease_seconds=60))):
        promise()
        late = take()
        assert late is not None
        assert take(NOON + timedelta(seconds=59)) is None
        second = take(NOON + timedelta(seconds=60))
        assert second is not None
        assert (second.tries, second.fence) == (2, late.fence + 1)
        for verb, more in [(services.complete, {}), (services.renew, {}), (services.fail, {"reason": "late"})]:
            with pytest.raises(LeaseLost), transaction.atomic():
                verb(work=late, now=NOON + timedelta(seconds=61), **more)  # type: ignore[operator]
        assert (row().status, row().reason) == ("leased", "")
        with transaction.atomic():
            services.complete(work=second, now=NOON)
    assert row().status == "done"


def test_a_renewed_lease_is_not_taken() -> None:
    with only(task(Recorder(), Policy(lease_seconds=60))):
        promise()
        mine = take()
        assert mine is not None
        with transaction.atomic():
            services.renew(work=mine, now=NOON + timedelta(seconds=50))
        assert take(NOON + timedelta(seconds=100)) is None
        assert take(NOON + timedelta(seconds=110)) is not None


def test_a_task_that_kills_its_workers_is_buried() -> None:
    with only(task(Recorder(), Policy(tries=2, lease_seconds=1))):
        promise()
        for second in range(2):
            assert take(NOON + timedelta(seconds=second)) is not None
        assert take(NOON + timedelta(seconds=2)) is None
    assert (row().status, "killed" in row().reason) == ("dead", True)


def test_an_atomic_task_whose_lease_was_lost_has_no_effect() -> None:
    def slow(held: Work, now: datetime) -> None:
        AuditRow.objects.create(at=now, by="x", action="effect", subject="s")
        Task.objects.update(fence=held.fence + 1)  # what another worker's taking does

    with only(task(slow, Policy(atomic=True))):
        promise()
        assert work()
    assert AuditRow.objects.count() == 0
    assert row().status == "leased"


def test_an_atomic_task_that_fails_has_no_effect_and_comes_again() -> None:
    def half(held: Work, now: datetime) -> None:
        AuditRow.objects.create(at=now, by="x", action="effect", subject="s")
        if held.tries == 1:
            raise ValueError

    with only(task(half, Policy(atomic=True))):
        promise()
        work()
        assert (AuditRow.objects.count(), row().status) == (0, "waiting")
        work(row().due_at)
    assert (AuditRow.objects.count(), row().status) == (1, "done")


def test_a_worker_leaves_what_another_release_can_do() -> None:
    with only(task(Recorder())):
        promise()
    with only(job(lambda now: 0)):
        assert not work(NOON + timedelta(days=1))
    assert (row().status, row().tries) == ("waiting", 0)


def test_lanes_do_not_wait_for_each_other() -> None:
    with only(task(Recorder(), Policy(lane=Lane.CALLS))):
        promise()
        assert [work(), work(lane=Lane.CALLS)] == [False, True]


def test_the_database_keeps_the_states() -> None:
    with only(task(Recorder())):
        promise()
        for wrong in ("done", "dead", "nonsense"):
            with pytest.raises(DatabaseError), transaction.atomic():
                Task.objects.update(status=wrong)
    assert row().status == "waiting"


# -- tidying, telling -------------------------------------------------------------------------------------------------


def plan(now: datetime = NOON) -> None:
    with transaction.atomic():
        services.plan_jobs(now=now)


def test_ended_tasks_are_forgotten_dead_ones_later_and_open_ones_never() -> None:
    with only(task(Recorder(ValueError(), GiveUp("no")))):
        for key in ("waits", "dies", "done"):
            promise(key)
        for _ in range(3):
            work()
        for days, left in [(7, 3), (8, 2), (91, 1)]:
            with transaction.atomic():
                services.prune(now=NOON + timedelta(days=days))
            assert Task.objects.count() == left
    assert row().key == "waits"


def test_depth_counts_what_waits_what_is_late_and_what_is_dead() -> None:
    with only(task(Recorder(GiveUp("no"))), job(lambda now: 0)):
        plan()
        for key in ("dies", "late"):
            promise(key)
        promise("later", due_at=NOON + timedelta(hours=1))
        work()
        depth = queries.depth(Lane.MAIN, NOON + timedelta(seconds=30))
    assert (depth.waiting, depth.dead, depth.oldest_due_seconds) == (2, 1, 30.0)
    assert queries.depth(Lane.CALLS, NOON).oldest_due_seconds is None


def test_the_command_tells_and_replays(capsys: pytest.CaptureFixture[str]) -> None:
    done = Recorder(GiveUp("the number is gone"))
    with only(task(done)):
        promise("k-1")
        work()
        call_command("outbox")
        assert "after 1 tries: the number is gone" in capsys.readouterr().out
        call_command("outbox", replay_topic="another")
        assert row().status == "dead"
        call_command("outbox", replay_topic=TOPIC)
        assert (work(clock.now()), row().status) == (True, "done")
        with pytest.raises(CommandError, match="no dead letter"):
            call_command("outbox", replay=row().pk)
