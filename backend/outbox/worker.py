"""Doing the work: take, run, end; again and again until told to stop."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, close_old_connections, transaction

from backend.core import clock
from backend.outbox import bell, queries, registry, services
from backend.outbox.errors import GiveUp, LeaseLost, TryAgain
from backend.outbox.types import Lane, Work

log = logging.getLogger("backend.outbox")
POLL_SECONDS = 1.0
BUSY_SECONDS = 2.0  # after a fault of the database
Clock = Callable[[], datetime]


def work_once(*, worker: str, lane: Lane, read_clock: Clock = clock.now, served: set[str] | None = None) -> bool:
    """Takes one due task, runs it and ends it. False when nothing was taken.

    `served` are the strands that had their turn in this round: the others come first, and when none of them is due a
    new round begins. So a strand of a hundred thousand tasks holds up no other.
    A handler's fault becomes a retry or a dead letter; a fault of the database comes out of here, and the lease then
    runs out by itself.
    """
    served = set() if served is None else served
    if not _is_due(lane, served, read_clock()):  # on SQLite an idle worker never takes the writer's lock
        return False
    with transaction.atomic(durable=True):
        work = services.take(worker=worker, lane=lane, but=served, now=read_clock())
    if work is None:
        return False
    served |= {work.strand} - {""}
    try:
        _run(work, read_clock)
    except LeaseLost as lost:
        log.warning("%s", lost)
    except GiveUp as wrong:
        _fail(work, str(wrong), read_clock(), for_good=True)
    except TryAgain as wrong:
        _fail(work, str(wrong), read_clock())
    except DatabaseError as wrong:
        _fail(work, _told(wrong), read_clock())
    except Exception as wrong:
        log.exception("%s %s failed", work.topic, work.key)
        _fail(work, _told(wrong), read_clock())
    return True


def run_forever(*, worker: str, lane: Lane, stop: threading.Event) -> None:
    """Works until `stop` is set, and ends the task at hand first. Nothing that the database does ends it."""
    served: set[str] = set()
    while not stop.is_set():
        try:
            if not work_once(worker=worker, lane=lane, served=served):
                bell.wait(POLL_SECONDS)
        except Exception:
            log.exception("worker %s: the database refused, another try in %s s", worker, BUSY_SECONDS)
            stop.wait(BUSY_SECONDS)
        finally:
            close_old_connections()


def run_due(*, worker: str, read_clock: Clock = clock.now) -> int:
    """Everything that is due in every lane, one after the other; how many tasks were tried."""
    done = 0
    while any(work_once(worker=worker, lane=lane, read_clock=read_clock) for lane in Lane):
        done += 1
    return done


def name_of_this_process() -> str:
    """What stands in a lease: host and process, for people who look for the one that hangs."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def _is_due(lane: Lane, served: set[str], now: datetime) -> bool:
    """Whether there is something to take. The round ends, and `served` is emptied, when nothing but it is due."""
    if queries.due(lane, now, served).exists():
        return True
    if not served:
        return False
    served.clear()
    return queries.due(lane, now).exists()


def _run(work: Work, read_clock: Clock) -> None:
    known = registry.known(work.topic)
    if isinstance(known, registry.Job):
        while _piece(work, known.step, read_clock):
            pass
    elif known.policy.atomic:
        with transaction.atomic(durable=True):
            known.handler(work, read_clock())
            services.complete(work=work, now=read_clock())
        return
    else:
        known.handler(work, read_clock())
    with transaction.atomic(durable=True):
        services.complete(work=work, now=read_clock())


def _piece(work: Work, step: Callable[[datetime], int], read_clock: Clock) -> int:
    """One piece of a job; the lease is renewed first, so that two workers of one job wait for each other's row."""
    with transaction.atomic(durable=True):
        services.renew(work=work, now=read_clock())
        return step(read_clock())


def _fail(work: Work, reason: str, now: datetime, *, for_good: bool = False) -> None:
    try:
        with transaction.atomic(durable=True):
            services.fail(work=work, reason=reason, now=now, for_good=for_good)
    except LeaseLost as lost:
        log.warning("%s", lost)


def _told(wrong: Exception) -> str:
    return f"{type(wrong).__name__}: {wrong}"
