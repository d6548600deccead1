"""Reads of conversations."""

from uuid import UUID

from backend.core.errors import NotFound
from bot.models import Conversation, Turn


def conversation_of(conversation: UUID, owner: UUID | None) -> Conversation:
    """A conversation that the caller may go on with: its own, or one that belongs to nobody."""
    found = Conversation.objects.filter(pk=conversation).first()
    if found is None or found.owner_id not in (None, owner):
        raise NotFound
    return found


def earlier_questions(conversation: UUID, owner: UUID | None, limit: int = 6) -> list[str]:
    """The last questions of a conversation, oldest first. Raises NotFound."""
    rows = Turn.objects.filter(conversation=conversation_of(conversation, owner)).order_by("-id")
    return list(rows.values_list("question", flat=True)[:limit])[::-1]
