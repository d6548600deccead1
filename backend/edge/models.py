"""The remembered answers of idempotency keys, and the nonces of signed requests."""

from django.db import models


class RememberedAnswer(models.Model):
    """The answer to one (caller, key), written in the same transaction as its effect.

    `body` is JSON text: PostgreSQL's jsonb would give its names back in another order, and a replay is the same to
    the byte.
    """

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key} -> {self.status}"


class UsedNonce(models.Model):
    """A signed request that was acted on. The unique row is the guard against the same request again."""

    key_id = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_id", "nonce"], name="one_use_of_a_nonce")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.nonce}"
