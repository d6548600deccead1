"""Drops, draws and challenges for everybody; the way of an offer for operators."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door, value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import Anyone, IsOperator, LoggedIn
from campaigns import services
from campaigns.api import way_shapes as shapes
from campaigns.api.serializers import ClaimRequest
from campaigns.queries import held, ways


class WayView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="choose_way", request=shapes.WayRequest, responses={201: shapes.WayAnswer})
    def post(self, request: Request, offer_id: UUID) -> Response:
        """Chooses how the offer's vouchers reach people: once, while its campaign is a draft."""
        plan, by = shapes.plan_of(parse(shapes.WayRequest, request)), person(request).pk
        return value_door(
            request,
            lambda: services.choose_way(by=by, offer_id=offer_id, plan=plan, now=clock.now()),
            shapes.way_body,
        )


class DropView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="drop", responses={200: shapes.DropAnswer})
    def get(self, request: Request, offer_id: UUID) -> Response:
        """A drop: when it opens, how many wait, and the seed of its order, by its hash first."""
        return Response(shapes.drop_body(ways.drop(offer_id)))


class TicketsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="take_ticket", request=OpenApiTypes.OBJECT, responses={201: shapes.PlaceAnswer})
    def post(self, request: Request, offer_id: UUID) -> Response:
        """A place to wait; the same one again for who has one."""
        parse(ClaimRequest, request)
        now = clock.now()
        return door(
            request,
            lambda: services.take_ticket(by=person(request), offer_id=offer_id, now=now),
            lambda ticket: shapes.place_body(ways.standing_of(ticket, now)),
            success=201,
        )


class QueueView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="queue", parameters=PAGE_PARAMETERS, responses={200: shapes.QueueAnswer})
    def get(self, request: Request, offer_id: UUID) -> Response:
        """The drawn order, by public numbers, for anybody who computes it again."""
        rows = ways.queue(offer_id)
        return page(request, rows, lambda ticket: shapes.QueuedAnswer(ticket).data, ordering="position")


class MyTicketView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_ticket", responses={200: shapes.PlaceAnswer})
    def get(self, request: Request, offer_id: UUID) -> Response:
        """One's own position, and how long it may take."""
        ticket = ways.my_ticket(offer_id, person(request).pk)
        return Response(shapes.place_body(ways.standing_of(ticket, clock.now())))


class DrawView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="draw", responses={200: shapes.DrawAnswer})
    def get(self, request: Request, offer_id: UUID) -> Response:
        """Everything out of which anybody can compute the winners, as far as it exists."""
        return Response(shapes.draw_body(ways.draw(offer_id)))


class EntriesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="enter_draw", request=OpenApiTypes.OBJECT, responses={201: shapes.EntryAnswer})
    def post(self, request: Request, offer_id: UUID) -> Response:
        """Signs up, once; the same entry again for who has one."""
        parse(ClaimRequest, request)
        return door(
            request,
            lambda: services.enter_draw(by=person(request), offer_id=offer_id, now=clock.now()),
            lambda entry: dict(shapes.EntryAnswer(entry).data),
            success=201,
        )


class MyEntryView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_entry", responses={200: shapes.EntryAnswer})
    def get(self, request: Request, offer_id: UUID) -> Response:
        """One's own number in the list, and the place that it won."""
        return Response(shapes.EntryAnswer(ways.my_entry(offer_id, person(request).pk)).data)


class MyWaysView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_ways", responses={200: shapes.MyWaysAnswer})
    def get(self, request: Request) -> Response:
        """One's tickets and entries, the latest fifty of each, for a page that shows many offers."""
        by, now = person(request).pk, clock.now()
        tickets, entries = held.tickets_of(by).order_by("-id")[:50], held.entries_of(by).order_by("-id")[:50]
        return Response(shapes.my_ways_body(tickets, entries, now))


class ChallengesView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="challenges", parameters=PAGE_PARAMETERS, responses={200: shapes.ChallengesAnswer})
    def get(self, request: Request) -> Response:
        """Challenges that are on."""
        return page(request, ways.challenges(clock.now()), shapes.challenge_body, ordering="-offer_id")


class MyChallengesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_challenges", responses={200: shapes.ProgressesAnswer})
    def get(self, request: Request) -> Response:
        """How far one is with each challenge that is on."""
        return Response(shapes.progress_body(ways.progress_of(person(request).pk, clock.now())))
