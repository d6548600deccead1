"""Leases: who works on a task, for how long, and how it ends.

The guard of every verb is one UPDATE that names the fence it saw. Taking raises the fence, so of two workers that saw
the same row one takes it, and a worker whose lease has gone to another can neither end the task nor prolong it. That
two tasks of one strand are never worked on side by side is a unique index.
"""

import logging
import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from backend.core import clock
from backend.core.transactions import require_transaction
from backend.outbox import queries, registry, rules
from backend.outbox.errors import LeaseLost
from backend.outbox.models import Task
from backend.outbox.types import Lane, TaskStatus, Work

log = logging.getLogger("backend.outbox")
_LOOK_AT = 5  # rows that one try looks at: others may take the first before this worker does
_KILLED = "its workers were killed, or took longer than the lease"


def take(*, worker: str, lane: Lane, but: Collection[str] = (), now: datetime) -> Work | None:
    """The task that is due longest, leased to `worker`; None when nothing is due, or all of it went to others.

    Nothing is taken of the strands in `but`, nor of a strand that another worker has just taken of.
    A task that has used up its tries by killing its workers is buried here, because nobody lived to say so.
    """
    require_transaction()
    due, taken = queries.due(lane, now, but), set()
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)  # spares workers the wait for each other; it guards nothing
    for row in due[:_LOOK_AT]:
        policy = registry.known(row.topic).policy
        if row.status == TaskStatus.LEASED.value and rules.is_spent(policy, tries=row.tries):
            _end(_work(row), _KILLED, now)
        elif _lease(row, worker, now + timedelta(seconds=policy.lease_seconds), now):
            return _work(row, tries=row.tries + 1, fence=row.fence + 1)
        elif row.strand:
            taken.add(row.strand)
    return take(worker=worker, lane=lane, but={*but, *taken}, now=now) if taken else None


def renew(*, work: Work, now: datetime) -> None:
    """Prolongs the lease from `now`. Raises LeaseLost."""
    require_transaction()
    until = now + timedelta(seconds=registry.known(work.topic).policy.lease_seconds)
    _require(_held(work).update(due_at=until), work)


def complete(*, work: Work, now: datetime) -> None:
    """The work is done: a task ends and forgets its payload, a job waits for its next time. Raises LeaseLost."""
    require_transaction()
    known = registry.known(work.topic)
    if isinstance(known, registry.Job):
        _come_again(work, known, "", now)
        return
    _require(_held(work).update(status=TaskStatus.DONE.value, due_at=None, payload={}, reason="", ended_at=now), work)


def fail(*, work: Work, reason: str, now: datetime, for_good: bool = False) -> None:
    """The work failed: it is due again after its back-off, or ended when its tries are used up or `for_good`.

    Raises LeaseLost.
    """
    require_transaction()
    policy = registry.known(work.topic).policy
    if for_good or rules.is_spent(policy, tries=work.tries):
        _end(work, reason, now)
        return
    due = rules.retry_at(policy, tries=work.tries, now=now, chance=random.random())  # noqa: S311 - no secret
    _require(_held(work).update(status=TaskStatus.WAITING.value, due_at=due, reason=_short(reason)), work)


def _lease(row: Task, worker: str, until: datetime, now: datetime) -> bool:
    """The guard: whoever raises the fence first has the lease, unless another task of its strand is leased."""
    seen = Task.objects.filter(pk=row.pk, fence=row.fence, status=row.status, due_at__lte=now)
    changes = {"status": TaskStatus.LEASED.value, "due_at": until, "worker": worker}
    try:
        with transaction.atomic():
            return bool(seen.update(**changes, fence=F("fence") + 1, tries=F("tries") + 1))
    except IntegrityError:
        return False


def _end(work: Work, reason: str, now: datetime) -> None:
    """A dead letter; a job is never dead, it tries again at its next time."""
    log.error("%s %s is given up after %s tries: %s", work.topic, work.key, work.tries, reason)
    known = registry.known(work.topic)
    if isinstance(known, registry.Job):
        _come_again(work, known, reason, now)
        return
    changes = {"status": TaskStatus.DEAD.value, "due_at": None, "reason": _short(reason), "ended_at": now}
    _require(_held(work).update(**changes), work)


def _come_again(work: Work, job: registry.Job, reason: str, now: datetime) -> None:
    due = rules.next_slot(job.calendar, after=clock.local(now))
    changes = {"status": TaskStatus.WAITING.value, "tries": 0, "reason": _short(reason), "ended_at": now}
    _require(_held(work).update(due_at=due, **changes), work)


def _held(work: Work) -> "QuerySet[Task]":
    return Task.objects.filter(pk=work.id, fence=work.fence, status=TaskStatus.LEASED.value)


def _require(count: int, work: Work) -> None:
    if not count:
        raise LeaseLost(f"{work.topic} {work.key}: another worker has it")


def _work(row: Task, *, tries: int | None = None, fence: int | None = None) -> Work:
    return Work(
        id=row.pk,
        topic=row.topic,
        key=row.key,
        payload=row.payload,
        tries=row.tries if tries is None else tries,
        fence=row.fence if fence is None else fence,
        strand=row.strand,
    )


def _short(reason: str) -> str:
    return reason[:300]
