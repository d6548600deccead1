"""At a station: weighing, correcting, reporting, and its screens."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning.types import Position, StationStatus
from backend.edge.doors import door, value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import IsAttendant, LoggedIn
from backend.recycling import queries, services
from backend.recycling.api import shapes
from backend.recycling.types import Line, Material


class WeighingsView(APIView):
    permission_classes = [IsAttendant]
    moves_value = True

    @extend_schema(operation_id="weighings", parameters=PAGE_PARAMETERS, responses={200: shapes.WeighingsAnswer})
    def get(self, request: Request) -> Response:
        """What was weighed at one's stations, newest first. It names no resident."""
        attended = {station.pk for station in queries.stations_attended(person(request))}
        return page(request, queries.weighings_at(attended), shapes.weighing_body)

    @extend_schema(operation_id="weigh", request=shapes.NewWeighing, responses={201: shapes.WeighedAnswer})
    def post(self, request: Request) -> Response:
        """Books what a resident has on the attendant's scale. Their code is used up; each line is an award."""
        body = parse(shapes.NewWeighing, request)
        asked = {"resident_code": body["resident_code"], "lines": shapes.lines_of(body["lines"])}
        act = lambda: services.weigh(  # noqa: E731
            by=person(request), station_id=body.get("station"), now=clock.now(), **asked
        )
        return value_door(request, act, shapes.weighed_body)


class CorrectionsView(APIView):
    permission_classes = [IsAttendant]
    moves_value = True

    @extend_schema(
        operation_id="correct_weighing", request=shapes.NewCorrection, responses={201: shapes.CorrectionAnswer}
    )
    def post(self, request: Request, weighing_id: UUID) -> Response:
        """Sets one line of one's own weighing right within ten minutes, once, with a reason."""
        body = parse(shapes.NewCorrection, request)
        right = Line(Material(body["material"]), body["grams"])
        act = lambda: services.correct(  # noqa: E731
            by=person(request), weighing_id=weighing_id, position=body["position"], right=right,
            reason=body["reason"], now=clock.now(),
        )  # fmt: skip
        render = lambda made: {"weighing": weighing_id, "position": body["position"], "grams": made.grams}  # noqa: E731
        return value_door(request, act, render)


class AttendedView(APIView):
    permission_classes = [IsAttendant]

    @extend_schema(operation_id="attended_stations", responses={200: shapes.AttendedStations})
    def get(self, request: Request) -> Response:
        """The stations that one attends."""
        attended = queries.stations_attended(person(request))
        return Response({"results": [{"id": each.pk, "name": each.name} for each in attended]})


class ReportsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="report_station", request=shapes.NewReport, responses={201: shapes.ReportAnswer})
    def post(self, request: Request, station_id: UUID) -> Response:
        """How a station is. An attendant's word counts at once, that of three residents within an hour for two hours.

        With the station's code, a resident who came and found it full is thanked once a day.
        """
        body = parse(shapes.NewReport, request)
        position = Position(body["lat"], body["lng"]) if "lat" in body else None
        act = lambda: services.report(  # noqa: E731
            by=person(request), station_id=station_id, status=StationStatus(body["status"]),
            code=body.get("code", ""), position=position, now=clock.now(),
        )  # fmt: skip
        return value_door(request, act, shapes.reported_body)


class DisplaysView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="enrol_display", request=shapes.NewDisplay, responses={201: shapes.DisplayAnswer})
    def post(self, request: Request, station_id: UUID) -> Response:
        """A new screen of the station, by its attendants or an operator. The secret is shown this once."""
        name = parse(shapes.NewDisplay, request)["name"]
        act = lambda: services.enrol_display(  # noqa: E731
            by=person(request), station_id=station_id, name=name, now=clock.now()
        )
        return door(request, act, shapes.display_body, success=201)


class DisplayView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="revoke_display", request=None, responses={200: shapes.Done})
    def delete(self, request: Request, display_id: UUID) -> Response:
        """The screen goes dark at its next code."""
        act = lambda: services.revoke_display(by=person(request), display_id=display_id, now=clock.now())  # noqa: E731
        return door(request, act, lambda _: {})
