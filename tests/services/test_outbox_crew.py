"""The workers of one process: started together, started again after a crash, stopped together."""

import threading
from datetime import datetime

import pytest
from django.db import transaction

from backend.core import clock
from backend.outbox import crew, services
from backend.outbox.models import Task
from backend.outbox.types import Lane, Policy, Work
from tests.factories_outbox import TOPIC, job, only, task

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_crash_is_logged_and_the_thread_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    stop, starts = threading.Event(), []

    def run() -> None:
        starts.append(1)
        if len(starts) < 3:
            raise SystemExit("a thread has no business doing this")
        stop.set()

    crew.supervise(run, stop, first_seconds=0.001)
    assert (len(starts), caplog.text.count("crashed")) == (3, 2)


def test_a_crew_does_what_is_promised_plans_its_jobs_and_ends_after_the_task_at_hand() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(work: Work, now: datetime) -> None:
        begun.set()
        go_on.wait(60)

    with only(task(slow, Policy(lane=Lane.CALLS)), job(lambda now: 0)):
        workers = crew.Crew({Lane.MAIN: 1, Lane.CALLS: 1})
        workers.start()
        with transaction.atomic():
            services.enqueue(topic=TOPIC, payload={}, key=1, now=clock.now())
        assert begun.wait(60)
        stopping = threading.Thread(target=workers.stop, args=[60])
        stopping.start()
        go_on.set()
        stopping.join(60)
    assert not stopping.is_alive()
    assert Task.objects.get(topic=TOPIC).status == "done"
    assert Task.objects.filter(topic="job.test job").count() == 1
