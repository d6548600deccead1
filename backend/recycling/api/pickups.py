"""Door-to-door pick-up: book, move, cancel, assign, weigh at the door."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door, value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import IsCollector, IsOperator, LoggedIn
from backend.recycling import queries, services
from backend.recycling.api import shapes
from backend.recycling.types import DayPart, PickupKind


class ZonesView(APIView):
    def get_permissions(self) -> list[Any]:
        return [IsOperator() if self.request.method == "POST" else LoggedIn()]

    permission_classes = [LoggedIn]

    @extend_schema(operation_id="pickup_zones", responses={200: shapes.ZonesAnswer})
    def get(self, request: Request) -> Response:
        """The parts of the district that collectors serve."""
        return Response({"results": [{"id": zone.pk, "name": zone.name} for zone in queries.zones()]})

    @extend_schema(operation_id="open_zone", request=shapes.NewZone, responses={201: shapes.ZoneAnswer})
    def post(self, request: Request) -> Response:
        """A new zone; operators only."""
        name = parse(shapes.NewZone, request)["name"]
        act = lambda: services.open_zone(by=person(request).pk, name=name, now=clock.now())  # noqa: E731
        return door(request, act, lambda zone: {"id": zone.pk, "name": zone.name}, success=201)


class SlotsView(APIView):
    def get_permissions(self) -> list[Any]:
        return [IsOperator() if self.request.method == "POST" else LoggedIn()]

    permission_classes = [LoggedIn]

    @extend_schema(operation_id="pickup_slots", parameters=PAGE_PARAMETERS, responses={200: shapes.SlotsAnswer})
    def get(self, request: Request, zone_id: UUID) -> Response:
        """Slots of a zone that can still be booked, soonest first."""
        rows = queries.open_slots(zone_id, clock.now())
        return page(request, rows, shapes.slot_body, ordering=("starts_at", "id"))

    @extend_schema(operation_id="open_slot", request=shapes.NewSlot, responses={201: shapes.SlotAnswer})
    def post(self, request: Request, zone_id: UUID) -> Response:
        """Room for so many pick-ups in a part of a day; operators only."""
        body = parse(shapes.NewSlot, request)
        act = lambda: services.open_slot(  # noqa: E731
            by=person(request).pk, zone_id=zone_id, day=body["day"], part=DayPart(body["part"]),
            capacity=body["capacity"], now=clock.now(),
        )  # fmt: skip
        return door(request, act, shapes.slot_body, success=201)


class CollectorsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="collectors_of_zone", responses={200: shapes.CollectorsAnswer})
    def get(self, request: Request, zone_id: UUID) -> Response:
        """Who may fetch in a zone, for operators who assign."""
        found = queries.collectors_of(zone_id)
        return Response({"results": [{"id": one.pk, "name": one.name, "phone": one.phone_masked} for one in found]})


class PickupsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="my_pickups", parameters=PAGE_PARAMETERS, responses={200: shapes.PickupsAnswer})
    def get(self, request: Request) -> Response:
        """One's own pick-ups, newest first, with the door PIN of those to come."""
        return page(request, queries.pickups_of(person(request).pk), shapes.own_pickup_body)

    @extend_schema(operation_id="book_pickup", request=shapes.NewPickup, responses={201: shapes.PickupAnswer})
    def post(self, request: Request) -> Response:
        """Books a slot: bulky things, e-waste, or recyclables from ten kilograms on."""
        body = parse(shapes.NewPickup, request)
        asked = {
            "slot_id": body["slot"], "kind": PickupKind(body["kind"]), "address": body["address"],
            "note": body["note"], "declared_grams": body.get("declared_grams"),
        }  # fmt: skip
        act = lambda: services.book(by=person(request), now=clock.now(), **asked)  # noqa: E731
        return value_door(request, act, shapes.own_pickup_body)


class RescheduleView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="move_pickup", request=shapes.NewTime, responses={201: shapes.PickupAnswer})
    def post(self, request: Request, pickup_id: UUID) -> Response:
        """Moves one's own pick-up to another slot, until two hours before either."""
        slot = parse(shapes.NewTime, request)["slot"]
        act = lambda: services.reschedule(  # noqa: E731
            by=person(request), pickup_id=pickup_id, slot_id=slot, now=clock.now()
        )
        return value_door(request, act, shapes.own_pickup_body)


class CancellationView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="cancel_pickup", request=None, responses={201: shapes.PickupAnswer})
    def post(self, request: Request, pickup_id: UUID) -> Response:
        """Cancels one's own pick-up, until two hours before it."""
        act = lambda: services.cancel(by=person(request), pickup_id=pickup_id, now=clock.now())  # noqa: E731
        return value_door(request, act, shapes.own_pickup_body)


class DayView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="pickups_of_a_day",
        parameters=[*PAGE_PARAMETERS, shapes.DayQuery],
        responses={200: shapes.PickupsAnswer},
    )
    def get(self, request: Request) -> Response:
        """Every pick-up of a day, without addresses, for those who assign them."""
        return page(request, queries.pickups_on(_day(request)), shapes.pickup_body)


class AssignmentView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="assign_pickup", request=shapes.Assignment, responses={200: shapes.PickupAnswer})
    def post(self, request: Request, pickup_id: UUID) -> Response:
        """Gives a pick-up to a collector of its zone, or to another one."""
        collector = parse(shapes.Assignment, request)["collector"]
        act = lambda: services.assign(  # noqa: E731
            by=person(request).pk, pickup_id=pickup_id, collector_id=collector, now=clock.now()
        )
        return door(request, act, shapes.pickup_body)


class RoundView(APIView):
    permission_classes = [IsCollector]

    @extend_schema(
        operation_id="my_round", parameters=[*PAGE_PARAMETERS, shapes.DayQuery], responses={200: shapes.PickupsAnswer}
    )
    def get(self, request: Request) -> Response:
        """A collector's own round of a day, with addresses, in the order of the slots."""
        rows = queries.round_of(person(request), _day(request))
        return page(request, rows, shapes.round_body, ordering=("slot__starts_at", "id"))


class DoorWeighingView(APIView):
    permission_classes = [IsCollector]
    moves_value = True

    @extend_schema(operation_id="weigh_at_door", request=shapes.DoorWeighing, responses={201: shapes.WeighedAnswer})
    def post(self, request: Request, pickup_id: UUID) -> Response:
        """Weighs at the door, with the resident's code or their door PIN, and ends the pick-up."""
        body = parse(shapes.DoorWeighing, request)
        act = lambda: services.collect(  # noqa: E731
            by=person(request), pickup_id=pickup_id, lines=shapes.lines_of(body["lines"]),
            resident_code=body["resident_code"], pin=body["pin"], now=clock.now(),
        )  # fmt: skip
        return value_door(request, act, shapes.weighed_body)


class MissedView(APIView):
    permission_classes = [IsCollector]

    @extend_schema(operation_id="miss_pickup", request=shapes.Missed, responses={200: shapes.PickupAnswer})
    def post(self, request: Request, pickup_id: UUID) -> Response:
        """Nobody answered the door: ends the pick-up without an award."""
        reason = parse(shapes.Missed, request)["reason"]
        act = lambda: services.miss(by=person(request), pickup_id=pickup_id, reason=reason, now=clock.now())  # noqa: E731
        return door(request, act, shapes.pickup_body)


def _day(request: Request) -> Any:
    return parse_query(shapes.DayQuery, request).get("day") or clock.local(clock.now()).date()
