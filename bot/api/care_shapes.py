"""Shapes of conversations, votes and tickets."""

from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.edge.pagination import listing
from backend.edge.parsing import Text
from bot.care.types import Queue, TicketState, VoteReason
from bot.models import NOTE_CHARACTERS, Ticket, Turn, Vote
from bot.types import Status


class VoteRequest(serializers.Serializer[None]):
    helpful = serializers.BooleanField()
    reason = serializers.ChoiceField(
        choices=[each.value for each in VoteReason], required=False, help_text="With a vote against, and only there"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["helpful"] == ("reason" in attrs):
            raise serializers.ValidationError(
                {"reason": "没有帮助时须说明原因，有帮助时不填。Required with a vote against, and only there."}
            )
        return attrs


class VoteAnswer(serializers.Serializer[None]):
    helpful = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)


class TicketRequest(serializers.Serializer[None]):
    queue = serializers.ChoiceField(choices=[each.value for each in Queue], default=Queue.OTHER.value)
    note = Text(max_length=NOTE_CHARACTERS, required=False, allow_blank=True, default="")


class TicketAnswer(serializers.Serializer[None]):
    id = serializers.UUIDField()
    conversation = serializers.UUIDField()
    queue = serializers.ChoiceField(choices=[each.value for each in Queue])
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=[each.value for each in TicketState])
    opened_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


Tickets = listing(TicketAnswer)


class KeptCitation(serializers.Serializer[None]):
    document = serializers.CharField()
    section = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    quote = serializers.CharField()


class TurnAnswer(serializers.Serializer[None]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    question = serializers.CharField(help_text="With telephone, identity and card numbers masked")
    answer = serializers.CharField()
    status = serializers.ChoiceField(choices=[each.value for each in Status])
    citations = KeptCitation(many=True)
    generated = serializers.BooleanField()
    vote = VoteAnswer(allow_null=True)


class ConversationAnswer(serializers.Serializer[None]):
    id = serializers.UUIDField()
    turns = TurnAnswer(many=True, help_text="Oldest first, the last 100")
    tickets = TicketAnswer(many=True)


def vote_body(vote: Vote) -> dict[str, Any]:
    return {"helpful": vote.helpful, "reason": vote.reason}


def ticket_body(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.pk,
        "conversation": ticket.conversation_id,
        "queue": ticket.queue,
        "note": ticket.note,
        "state": ticket.state,
        "opened_at": clock.local(ticket.opened_at),
        "answer": ticket.answer,
        "answered_at": clock.local(ticket.answered_at) if ticket.answered_at else None,
    }


def turn_body(turn: Turn) -> dict[str, Any]:
    vote = getattr(turn, "vote", None)
    return {
        "id": turn.pk,
        "at": clock.local(turn.at),
        "question": turn.question,
        "answer": turn.answer,
        "status": turn.status,
        "citations": [{"title": "", **citation} for citation in turn.citations],  # older turns kept no title
        "generated": turn.generated,
        "vote": vote_body(vote) if vote else None,
    }
