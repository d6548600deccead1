"""Handlers and jobs for tests of the outbox: registered for one test, gone after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from backend.outbox import registry
from backend.outbox.types import Calendar, Every, Handler, Policy, Step, Work

TOPIC = "test.topic"
JOB = "test job"


@contextmanager
def only(*known: registry.Task | registry.Job) -> Iterator[None]:
    """The registry holds these alone, so that no job of the house comes between."""
    with patch.object(registry, "_known", {each.topic: each for each in known}):
        yield


def task(handler: Handler, policy: Policy = Policy()) -> registry.Task:  # noqa: B008 - frozen
    return registry.Task(TOPIC, policy, handler)


def job(step: Step, calendar: Calendar = Every(seconds=60)) -> registry.Job:  # noqa: B008 - frozen
    return registry.Job(JOB, calendar, step)


class Recorder:
    """A handler that remembers what it was given, and raises what it is told to."""

    def __init__(self, *faults: Exception) -> None:
        self.done: list[Work] = []
        self._faults = list(faults)

    def __call__(self, work: Work, now: datetime) -> None:
        self.done.append(work)
        if self._faults:
            raise self._faults.pop(0)


Clock = Callable[[], datetime]
