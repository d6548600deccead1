"""Stations, check-ins, one's points, carbon and personal code."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import queries as accounts
from backend.accounts.authentication import person
from backend.accounts.types import Role
from backend.core import clock
from backend.core.errors import Forbidden
from backend.earning import queries, services
from backend.earning.api import serializers as shapes
from backend.earning.types import Position
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import Anyone, IsOperator, LoggedIn
from backend.edge.problems import language_of
from backend.edge.rendering import Png
from backend.ledger import queries as ledger
from backend.tokens import services as tokens
from backend.tokens.api.views import code_body
from backend.tokens.rendering.poster import station_poster
from backend.tokens.types import Purpose


class StationsView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="stations", parameters=[shapes.StationsQuery], responses={200: shapes.StationsAnswer})
    def get(self, request: Request) -> Response:
        """Recycling points, nearest first when a position is given. The position is used and not kept."""
        query = parse_query(shapes.StationsQuery, request)
        found = queries.nearest_stations(_position(query), query["limit"], clock.now())
        return Response({"next": None, "results": [shapes.station_body(view) for view in found]})


class StationView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="station", responses={200: shapes.StationAnswer})
    def get(self, request: Request, station_id: UUID) -> Response:
        """One recycling point with its present status."""
        return Response(shapes.station_body(queries.station_view(queries.station(station_id), clock.now())))


class StationCodeView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="station_code", responses={200: shapes.CodeAnswer})
    def get(self, request: Request, station_id: UUID) -> Response:
        """The rotating code for the station's screen; for its attendants and for operators."""
        station = queries.station(station_id)
        if not (person(request).has_role(Role.OPERATOR) or station.pk in _stations_of(request)):
            raise Forbidden
        now = clock.now()
        code = tokens.issue(purpose=Purpose.STATION_SCREEN, subject=station.pk, now=now)
        return Response(code_body(code) | {"station": shapes.station_body(queries.station_view(station, now))})


class StationPosterView(APIView):
    permission_classes = [IsOperator]
    renderer_classes = [Png, JSONRenderer]

    @extend_schema(operation_id="station_poster", responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, station_id: UUID) -> Response:
        """The A4 poster with the station's printed code, for operators; PNG at 150 dpi."""
        station = queries.station(station_id)
        code = tokens.issue(purpose=Purpose.STATION_PRINTED, subject=station.pk, now=clock.now())
        picture = station_poster(name=station.name, address=station.address, url=code.url)
        return Response(picture, content_type="image/png")


class CheckInsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="check_in", request=shapes.CheckInRequest, responses={201: shapes.CheckInAnswer})
    def post(self, request: Request) -> Response:
        """Points for being at a recycling point. A printed code needs the phone's position; a rotating one does not."""
        body = parse(shapes.CheckInRequest, request)
        position, code = _position(body), body["code"]

        def act() -> Any:
            return services.check_in(by=person(request), code=code, position=position, now=clock.now())

        return value_door(request, act, shapes.checkin_body)


class PointsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_points", responses={200: shapes.PointsAnswer})
    def get(self, request: Request) -> Response:
        """`available = balance - held`; `pending` waits for review, outside `balance`."""
        return Response(shapes.points_body(queries.points_of(person(request).pk, clock.now())))


class EntriesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_entries", parameters=PAGE_PARAMETERS, responses={200: shapes.EntriesAnswer})
    def get(self, request: Request) -> Response:
        """Every change of one's points, newest first, each with its reason and the balance it left."""
        language, account = language_of(request._request), accounts.points_account(person(request).pk)
        journal = ledger.journal_of(account).prefetch_related("uses__lot")
        return page(request, journal, lambda row: shapes.entry_body(row, account.owner, language))


class MyCodeView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_code", responses={200: shapes.CodeAnswer})
    def get(self, request: Request) -> Response:
        """The rotating personal code that an attendant or a device scans."""
        return Response(code_body(tokens.issue(purpose=Purpose.RESIDENT, subject=person(request).pk, now=clock.now())))


def _position(fields: dict[str, Any]) -> Position | None:
    return Position(fields["lat"], fields["lng"]) if "lat" in fields else None


def _stations_of(request: Request) -> set[UUID]:
    return accounts.scopes(person(request), Role.ATTENDANT, "station")
