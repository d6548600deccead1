"""Conversations and their turns. Numbers that identify a person are masked before they get here."""

from django.conf import settings
from django.db import models

from backend.core.ids import new_id
from bot.types import Status


class Conversation(models.Model):
    """A conversation of a resident, or of nobody: then its id is the key to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="conversations"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"conversation {self.id}"


class Turn(models.Model):
    """One question and how it ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    at = models.DateTimeField()
    question = models.CharField(max_length=600)
    answer = models.TextField()
    status = models.CharField(max_length=20, choices=[(status.value, status.value) for status in Status])
    citations = models.JSONField(default=list)
    generated = models.BooleanField(default=False)
    version = models.UUIDField(null=True)  # of the knowledge that answered; no foreign key, versions are pruned

    class Meta:
        indexes = [models.Index(fields=["conversation", "id"], name="turn_by_conversation")]

    def __str__(self) -> str:
        return f"{self.status}: {self.question[:40]}"
