"""Putting work in, taking ended work out."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.outbox import bell, registry, rules
from backend.outbox.errors import TaskTooLarge
from backend.outbox.models import Task
from backend.outbox.types import TaskStatus

MOST_PAYLOAD_BYTES = 16 * 1024
MOST_KEY_CHARACTERS = 200
KEEP = {TaskStatus.DONE: timedelta(days=7), TaskStatus.DEAD: timedelta(days=90)}


def enqueue(
    *,
    topic: str,
    payload: dict[str, Any],
    key: object,
    strand: str = "",
    due_at: datetime | None = None,
    now: datetime,
) -> None:
    """Promises that the topic's handler will be run for `payload`, if and only if this transaction commits.

    `key` makes the promise unique within the topic: a second one with the same key changes nothing, as long as the
    first is remembered (`KEEP`). `due_at` is now unless told. Tasks of one `strand` are worked on one at a time, and
    strands take turns. The payload is plain JSON, is forgotten when the work is done, and holds ids rather than what
    they stand for. Raises UnknownTopic and TaskTooLarge.
    """
    require_transaction()
    plain, name = _plain(payload), str(key)
    if len(name) > MOST_KEY_CHARACTERS:
        raise TaskTooLarge(f"the key of a {topic} task has {len(name)} characters")
    lane = registry.known(topic).policy.lane
    due = due_at or now
    task = Task(topic=topic, key=name, payload=plain, lane=lane.value, strand=strand, due_at=due, created_at=now)
    Task.objects.bulk_create([task], ignore_conflicts=True)
    if due <= now:
        transaction.on_commit(bell.ring, robust=True)


def postpone(*, strands: Collection[str], until: datetime) -> int:
    """What waits in these strands is due no earlier than `until`; how many tasks that moved. It counts as no try."""
    require_transaction()
    waiting = Task.objects.filter(strand__in=strands, status=TaskStatus.WAITING.value)
    return waiting.filter(due_at__lt=until).update(due_at=until)


def replay(*, by: object, task_id: int, now: datetime) -> None:
    """Gives a dead task all its tries again. Raises NotFound for one that is not dead."""
    require_transaction()
    dead = Task.objects.filter(pk=task_id, status=TaskStatus.DEAD.value)
    if not dead.update(status=TaskStatus.WAITING.value, due_at=now, tries=0, ended_at=None):
        raise NotFound
    audit.record(by=by, action="outbox.replay", subject=task_id, now=now)
    transaction.on_commit(bell.ring, robust=True)


def plan_jobs(*, now: datetime) -> None:
    """One row for each scheduled job. A calendar that has come closer since the row was made is taken over."""
    require_transaction()
    for job in registry.jobs():
        due = rules.next_slot(job.calendar, after=clock.local(now))
        row = Task(topic=job.topic, key="job", lane=job.policy.lane.value, due_at=due, created_at=now)
        Task.objects.bulk_create([row], ignore_conflicts=True)
        rows = Task.objects.filter(topic=job.topic, status=TaskStatus.WAITING.value)
        rows.filter(due_at__gt=due).update(due_at=due)


def prune(*, now: datetime, limit: int = 1000) -> int:
    """Forgets up to `limit` tasks that ended long ago; returns how many."""
    require_transaction()
    total = 0
    for status, age in KEEP.items():
        old = Task.objects.filter(status=status.value, ended_at__lt=now - age).order_by("ended_at")
        total += Task.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
    return total


def _plain(payload: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(payload, cls=DjangoJSONEncoder, ensure_ascii=False)
    if len(text.encode()) > MOST_PAYLOAD_BYTES:
        raise TaskTooLarge(f"a payload has {len(text.encode())} bytes, at most {MOST_PAYLOAD_BYTES} are kept")
    plain: dict[str, Any] = json.loads(text)
    return plain
