"""Reads of the outbox: what is due, how deep it is, what is dead."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from backend.outbox import registry
from backend.outbox.models import Task
from backend.outbox.types import Depth, Lane, TaskStatus


def due(lane: Lane, now: datetime, but: Collection[str] = ()) -> "QuerySet[Task]":
    """What a worker of this release may take, the longest due first; an ended lease is due like anything else.

    While a task of a strand is worked on, or was by a worker that is gone, the others of the strand wait for it. The
    strands in `but` are left out.
    """
    at_work = Task.objects.filter(status=TaskStatus.LEASED.value, lane=lane.value).exclude(strand="").values("strand")
    rows = Task.objects.filter(lane=lane.value, due_at__lte=now, topic__in=registry.topics(lane))
    rows = rows.exclude(status=TaskStatus.WAITING.value, strand__in=at_work)
    return (rows.exclude(strand__in=but) if but else rows).order_by("due_at", "id")


def depth(lane: Lane, now: datetime) -> Depth:
    """How the lane stands; jobs count as waiting only while they are due. Done tasks are never read."""
    rows = Task.objects.filter(lane=lane.value)
    job_later = Q(topic__startswith="job.", due_at__gt=now)
    found = rows.filter(due_at__isnull=False).aggregate(
        waiting=Count("pk", filter=~job_later), oldest=Min("due_at", filter=Q(due_at__lte=now))
    )
    age = (now - found["oldest"]).total_seconds() if found["oldest"] else None
    dead = rows.filter(status=TaskStatus.DEAD.value).count()
    return Depth(waiting=found["waiting"], dead=dead, oldest_due_seconds=age)


def dead_letters() -> "QuerySet[Task]":
    """What nobody tries any more, the latest first."""
    return Task.objects.filter(status=TaskStatus.DEAD.value).order_by("-ended_at", "-id")
