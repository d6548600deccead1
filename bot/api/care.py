"""What a resident, or a guest by the conversation's id, does with a conversation: read, vote, ask for a person, delete.

A guest's conversation has no owner: whoever knows its id, which cannot be guessed, is the guest.
"""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import Anyone, LoggedIn
from backend.edge.throttles import Assistant, HandOff
from bot import queries
from bot.api import care_shapes as shapes
from bot.care import keeping, tickets, votes
from bot.care.types import Queue, VoteReason


def _caller(request: Request) -> UUID | None:
    return request.user.pk if request.user is not None else None


class ConversationView(APIView):
    permission_classes = [Anyone]
    throttle_classes = [Assistant]

    @extend_schema(operation_id="conversation", responses={200: shapes.ConversationAnswer})
    def get(self, request: Request, conversation: UUID) -> Response:
        """What was asked and answered, and what people answered."""
        kept = queries.conversation_of(conversation, _caller(request))
        return Response(
            {
                "id": kept.pk,
                "turns": [shapes.turn_body(turn) for turn in queries.turns_of(kept)],
                "tickets": [shapes.ticket_body(ticket) for ticket in queries.tickets_of(kept)],
            }
        )

    @extend_schema(operation_id="delete_conversation", responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, conversation: UUID) -> Response:
        """Deletes it for good, with its votes and tickets."""
        by = _caller(request)
        return door(request, lambda: keeping.delete(by=by, conversation=conversation), lambda _: {})


class VoteView(APIView):
    permission_classes = [Anyone]
    throttle_classes = [Assistant]

    @extend_schema(operation_id="vote", request=shapes.VoteRequest, responses={200: shapes.VoteAnswer})
    def post(self, request: Request, conversation: UUID, turn: UUID) -> Response:
        """Says once whether an answer helped, and if not, why."""
        body, by = parse(shapes.VoteRequest, request), _caller(request)
        reason = VoteReason(body["reason"]) if "reason" in body else None
        act = lambda: votes.vote(  # noqa: E731
            by=by, conversation=conversation, turn=turn, helpful=body["helpful"], reason=reason, now=clock.now()
        )
        return door(request, act, shapes.vote_body)


class TicketsView(APIView):
    permission_classes = [Anyone]
    throttle_classes = [HandOff]

    @extend_schema(operation_id="hand_over", request=shapes.TicketRequest, responses={201: shapes.TicketAnswer})
    def post(self, request: Request, conversation: UUID) -> Response:
        """Hands the conversation to a person, who reads it up to here; the answer comes into the conversation, and
        into the inbox of a resident who is logged in."""
        body, by = parse(shapes.TicketRequest, request), _caller(request)
        queue = Queue(body["queue"])
        act = lambda: tickets.hand_over(  # noqa: E731
            by=by, conversation=conversation, queue=queue, note=body["note"], now=clock.now()
        )
        return door(request, act, shapes.ticket_body, success=201)


class CloseView(APIView):
    permission_classes = [Anyone]
    throttle_classes = [Assistant]

    @extend_schema(operation_id="close_ticket", request=None, responses={200: shapes.TicketAnswer})
    def post(self, request: Request, conversation: UUID, ticket: UUID) -> Response:
        """Nobody is needed any more."""
        by = _caller(request)
        act = lambda: tickets.close(by=by, ticket_id=ticket, conversation=conversation, now=clock.now())  # noqa: E731
        return door(request, act, shapes.ticket_body)


class OwnTicketsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_tickets", parameters=PAGE_PARAMETERS, responses={200: shapes.Tickets})
    def get(self, request: Request) -> Response:
        """One's tickets, newest first."""
        return page(request, queries.own_tickets(person(request).pk), shapes.ticket_body)
