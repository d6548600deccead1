"""How long conversations are kept, and how they go: with their turns, votes, tickets and what only they asked."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from backend.core.transactions import require_transaction
from bot.care import gaps
from bot.models import Conversation, Ticket, Turn
from bot.queries import conversation_of

KEPT = timedelta(days=180)  # after the last question, as messages are


def delete(*, by: UUID | None, conversation: UUID) -> None:
    """Deletes a conversation for good. Raises NotFound for another's."""
    require_transaction()
    conversation_of(conversation, by).delete()
    gaps.drop_unasked()


def forget(*, by: UUID) -> None:
    """Deletes all of a person's conversations and tickets."""
    require_transaction()
    Ticket.objects.filter(owner=by).delete()
    Conversation.objects.filter(owner=by).delete()
    gaps.drop_unasked()


def drop_old(*, now: datetime, limit: int = 500) -> int:
    """Deletes conversations in which nothing was asked for `KEPT`; returns how many were due, 0 when none is left."""
    require_transaction()
    recent = Turn.objects.filter(conversation=OuterRef("pk"), at__gt=now - KEPT)
    old = Conversation.objects.filter(~Exists(recent), created_at__lte=now - KEPT)
    due = list(old.order_by("id").values_list("pk", flat=True)[:limit])
    if due:
        Conversation.objects.filter(pk__in=due).delete()
        gaps.drop_unasked()
    return len(due)
