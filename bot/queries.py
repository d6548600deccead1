"""Reads of conversations."""

from uuid import UUID

from django.db.models import QuerySet

from backend.core.errors import NotFound
from bot.models import Conversation, Ticket, Turn

MOST_TURNS = 100  # of a conversation, the last ones


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


def turns_of(conversation: Conversation) -> list[Turn]:
    """What was said, oldest first, with each turn's vote."""
    rows = Turn.objects.filter(conversation=conversation).select_related("vote").order_by("-id")
    return list(rows[:MOST_TURNS])[::-1]


def tickets_of(conversation: Conversation) -> list[Ticket]:
    """The conversation's tickets, oldest first."""
    return list(Ticket.objects.filter(conversation=conversation).order_by("id"))


def ticket_of(ticket: UUID, conversation: UUID, owner: UUID | None) -> Ticket:
    """A ticket of a conversation that is the caller's. Raises NotFound."""
    found = Ticket.objects.filter(pk=ticket, conversation=conversation_of(conversation, owner)).first()
    if found is None:
        raise NotFound
    return found


def own_tickets(owner: UUID) -> "QuerySet[Ticket]":
    """A resident's tickets; order and page them by `-id`."""
    return Ticket.objects.filter(owner=owner)


def transcript(ticket: Ticket) -> list[Turn]:
    """The conversation as it was when the ticket was opened, oldest first."""
    rows = Turn.objects.filter(conversation=ticket.conversation_id, at__lte=ticket.opened_at).order_by("-id")
    return list(rows[:MOST_TURNS])[::-1]
