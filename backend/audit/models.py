"""Who did what: append-only, without foreign keys, so that it outlives what it speaks of."""

from django.db import models


class AuditRow(models.Model):
    """One act. `by` is a person's id or the name of a process; `subject` is what was acted on."""

    append_only = True

    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=120)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"]), models.Index(fields=["by", "id"])]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.by} {self.action} {self.subject}"
