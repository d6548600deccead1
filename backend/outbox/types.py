"""What the outbox speaks of: work, how often it is tried, and when a job comes again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any


class TaskStatus(StrEnum):
    """`leased` is being worked on, or was by a worker that is gone: it may be taken again once its time is due."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class Lane(StrEnum):
    """Workers of one lane never wait for another: a partner's slow server must not hold up the expiry of points."""

    MAIN = "main"  # our own database
    CALLS = "calls"  # other people's servers
    BUILDS = "builds"  # what takes minutes of the processor; one at a time in a process


@dataclass(frozen=True)
class Work:
    """One lease of one task. `fence` grows with each lease, so that only the latest holder can end it."""

    id: int
    topic: str
    key: str
    payload: dict[str, Any]
    tries: int
    fence: int
    strand: str = ""


@dataclass(frozen=True)
class Policy:
    """How a topic is worked on. The nth retry waits `first_seconds` times `factor` to the n-1, at most `most_seconds`.

    `lease_seconds` is longer than the handler may take: after it another worker takes the task. `atomic` runs the
    handler and the task's end in one transaction, so that its effect happens exactly once; a handler that calls
    other servers is not atomic, happens at least once, and holds no row while it waits.
    """

    tries: int = 8
    first_seconds: float = 5
    factor: float = 3
    most_seconds: float = 3600
    lease_seconds: float = 60
    lane: Lane = Lane.MAIN
    atomic: bool = False


@dataclass(frozen=True)
class Every:
    """Again `seconds` after the last run ended."""

    seconds: float


@dataclass(frozen=True)
class Daily:
    """Every day at this time of the district's clock."""

    at: time


Calendar = Every | Daily
Handler = Callable[[Work, datetime], None]  # what `register` takes; raises to be tried again, GiveUp not to be
Step = Callable[[datetime], int]  # one piece of a job in its own transaction; how many were due, 0 when none is left


@dataclass(frozen=True)
class Depth:
    """How a lane stands. Ages are seconds past the time when a task was due; None when nothing is due."""

    waiting: int
    dead: int
    oldest_due_seconds: float | None
