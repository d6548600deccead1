"""One row for each thing that must still happen, written in the transaction that made it necessary."""

from django.db import models
from django.db.models import Q

from backend.outbox.types import Lane, TaskStatus

_ENDED = [TaskStatus.DONE.value, TaskStatus.DEAD.value]


class Task(models.Model):
    """A task or a job. `due_at` is when it may be taken: for a leased one, the end of the lease; null once it ended.

    One column for both makes a killed worker's task due again without anybody sweeping up. A task's (topic, key) is
    unique for as long as its row is kept; a job is the one row of its topic and goes back to `waiting` after each run.
    Of the tasks of one `strand` the database lets one be worked on at a time.
    """

    edges = (
        "status",
        {
            (TaskStatus.WAITING.value, TaskStatus.LEASED.value),
            (TaskStatus.LEASED.value, TaskStatus.WAITING.value),
            (TaskStatus.LEASED.value, TaskStatus.DONE.value),
            (TaskStatus.LEASED.value, TaskStatus.DEAD.value),
            (TaskStatus.DEAD.value, TaskStatus.WAITING.value),
        },
    )

    topic = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    lane = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Lane])
    strand = models.CharField(max_length=80, default="", blank=True)
    status = models.CharField(max_length=8, default=TaskStatus.WAITING.value)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    fence = models.PositiveBigIntegerField(default=0)
    worker = models.CharField(max_length=80, default="")
    reason = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "key"], name="one_task_per_key"),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in TaskStatus]), name="task_status_known"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, status__in=_ENDED) | (Q(due_at__isnull=False) & ~Q(status__in=_ENDED)),
                name="task_due_until_it_ends",
            ),
            models.UniqueConstraint(
                fields=["strand"],
                condition=Q(status=TaskStatus.LEASED.value) & ~Q(strand=""),
                name="one_at_work_in_a_strand",
            ),
        ]
        indexes = [
            # Whole ones: SQLite does not use a partial index for a condition whose values it is given apart.
            models.Index(fields=["lane", "due_at", "id"], name="task_due"),
            models.Index(fields=["status", "ended_at"], name="task_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}: {self.status}"
