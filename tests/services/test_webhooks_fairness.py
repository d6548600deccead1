"""One slow or dead partner delays nobody else: few requests at once, turns among partners, rest after failure."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction

from backend.inbox.models import Message
from backend.outbox import queries, services, worker
from backend.outbox.models import Task
from backend.outbox.types import Lane, Policy, Work
from backend.webhooks import rules
from backend.webhooks.models import Endpoint
from tests.concurrency.race import race
from tests.factories import NOON, person
from tests.factories_outbox import TOPIC, Recorder, only, task
from tests.factories_people import operator
from tests.factories_webhooks import endpoint, event, work
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)
BACKLOG, THREADS = 12, 4


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True


@contextmanager
def partners(count: int) -> Iterator[list[Receiver]]:
    with ExitStack() as stack:
        yield [stack.enter_context(receiving()) for _ in range(count)]


def until(happened: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened()


def fan_out(now: datetime = NOON) -> None:
    """Everything of our own, so that only calls are left to do."""
    while worker.work_once(worker="w", lane=Lane.MAIN, read_clock=lambda: now):
        pass


@contextmanager
def calling(threads: int) -> Iterator[None]:
    """Workers for other people's servers, as the crew runs them."""
    stop = threading.Event()
    crew = [
        threading.Thread(target=worker.run_forever, kwargs={"worker": str(number), "lane": Lane.CALLS, "stop": stop})
        for number in range(threads)
    ]
    for each in crew:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in crew:
            each.join(60)


def backlog_then_another(slow: Receiver, quick: Receiver) -> None:
    """Many events wait for a partner that does not answer, then one for another partner."""
    slow.hold = threading.Event()
    made, _ = endpoint(slow.url, name="slow")
    for number in range(BACKLOG):
        event(number)
    fan_out()
    assert Task.objects.filter(lane="calls", status="waiting").count() == BACKLOG
    Endpoint.objects.filter(pk=made.pk).update(types=[])
    endpoint(quick.url, name="quick")
    event("for the other")
    fan_out()


def test_a_partner_that_does_not_answer_holds_few_workers_and_the_others_are_told() -> None:
    with partners(2) as (slow, quick):
        backlog_then_another(slow, quick)
        with calling(THREADS):
            assert until(lambda: len(quick.seen) == 1)
            assert until(lambda: len(slow.seen) == rules.AT_ONCE)
            assert (len(slow.seen), queries.due(Lane.CALLS, NOON + timedelta(days=1)).count()) == (rules.AT_ONCE, 0)
            assert slow.hold is not None
            slow.hold.set()
            assert until(lambda: len(slow.seen) == BACKLOG)
    assert Task.objects.filter(lane="calls", status="done").count() == BACKLOG + 1


def test_without_lines_one_partner_has_every_worker() -> None:
    """The control: deliveries in no strand, and the other partner waits as long as the slow one does."""
    with partners(2) as (slow, quick), patch.object(rules, "strand_of", return_value=""):
        backlog_then_another(slow, quick)
        with calling(THREADS):
            assert until(lambda: len(slow.seen) == THREADS)
            assert not until(lambda: bool(quick.seen), 0.5)
            assert slow.hold is not None
            slow.hold.set()
            assert until(lambda: len(quick.seen) == 1)


def test_lines_take_turns_whichever_came_first() -> None:
    done = Recorder()
    with only(task(done)):
        with transaction.atomic():
            for strand, count in [("a", 5), ("b", 2), ("c", 1)]:
                for number in range(count):
                    services.enqueue(topic=TOPIC, payload={}, key=f"{strand}{number}", strand=strand, now=NOON)
        served: set[str] = set()
        while worker.work_once(worker="w", lane=Lane.MAIN, read_clock=lambda: NOON, served=served):
            pass
    assert [each.key for each in done.done] == ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4"]


def test_of_one_line_one_task_is_worked_on_whoever_races_for_it() -> None:
    def take(number: int) -> Work | None:
        with transaction.atomic(durable=True):
            return services.take(worker=str(number), lane=Lane.MAIN, now=NOON)

    with only(task(Recorder())):
        with transaction.atomic():
            for number in range(20):
                services.enqueue(topic=TOPIC, payload={}, key=number, strand=f"strand {number % 2}", now=NOON)
        found = race([lambda number=number: take(number) for number in range(8)])
    taken = [each for each in found if isinstance(each, Work)]
    assert {each.strand for each in taken} == {"strand 0", "strand 1"}
    assert (len(taken), sum(each is None for each in found)) == (2, 6)


def test_a_killed_worker_does_not_keep_its_line() -> None:
    with only(task(Recorder(), Policy(lease_seconds=60))):
        with transaction.atomic():
            for number in range(2):
                services.enqueue(topic=TOPIC, payload={}, key=number, strand="a", now=NOON)
        with transaction.atomic():
            first = services.take(worker="killed", lane=Lane.MAIN, now=NOON)
        assert first is not None
        assert queries.due(Lane.MAIN, NOON + timedelta(seconds=59)).count() == 0
        later = NOON + timedelta(seconds=60)
        with transaction.atomic():
            again = services.take(worker="next", lane=Lane.MAIN, now=later)
        assert again is not None
        assert (again.key, again.tries, again.fence) == (first.key, 2, first.fence + 1)


def test_a_server_that_is_down_is_asked_once_a_rest_whatever_waits_for_it() -> None:
    with receiving() as partner:
        partner.answers = [503]
        endpoint(partner.url)
        for number in range(BACKLOG):
            event(number)
        work(NOON)
        assert len(partner.seen) == 1
        event("later", now=NOON + timedelta(seconds=1))
        work(NOON + timedelta(seconds=1))
        assert len(partner.seen) == 1
        hour = NOON + timedelta(hours=1)
        work(hour)
        assert len(partner.seen) == 2
        assert Endpoint.objects.get().resting_until == hour + rules.LONGEST_REST
        assert set(Task.objects.filter(status="waiting", tries=0).values_list("due_at", flat=True)) == {
            hour + rules.LONGEST_REST
        }
        partner.answers = [200]
        work(hour + rules.LONGEST_REST)
        assert Task.objects.filter(lane="calls", status="done").count() == BACKLOG + 1
        found = Endpoint.objects.get()
        assert (found.failing_since, found.resting_until) == (None, None)


def test_an_event_that_a_partner_refuses_gives_the_others_no_rest() -> None:
    with receiving() as partner:
        partner.answers = [400, 200]
        endpoint(partner.url)
        for number in range(3):
            event(number)
        work(NOON)
        assert len(partner.seen) == 3
        assert Endpoint.objects.get().resting_until is None


def test_operators_are_told_when_an_endpoint_is_disabled_and_nobody_else_is() -> None:
    told_to, resident = operator(), person()
    with receiving() as partner:
        partner.answers = [410]
        made, _ = endpoint(partner.url, name="metro")
        event("first")
        event("second")
        work(NOON)
    [told] = Message.objects.filter(kind="duty")
    assert (told.user_id, told.data) == (told_to.pk, {"endpoint": str(made.pk)})
    assert "metro" in told.title_zh
    assert "410" in told.why_zh
    assert not Message.objects.filter(user=resident).exists()
