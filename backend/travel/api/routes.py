"""The registry of trails and riding routes, and the posters of their heads."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, WholeNumber, parse
from backend.edge.permissions import Anyone, IsOperator
from backend.edge.rendering import Png
from backend.tokens import services as tokens
from backend.tokens.rendering.poster import station_poster
from backend.tokens.types import Purpose
from backend.travel import queries, services
from backend.travel.models import Route
from backend.travel.types import TRAIL_MODES, NewHead, NewRoute

_MOST_M, _MOST_SECONDS = 100_000, 24 * 3600


class Head(serializers.Serializer[Any]):
    name = Text(max_length=60)
    at_m = WholeNumber(min_value=0, max_value=_MOST_M, help_text="Metres along the route.")
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lng = serializers.FloatField(min_value=-180, max_value=180)


class RouteRequest(serializers.Serializer[Any]):
    name = Text(max_length=60)
    name_en = Text(max_length=80)
    mode = serializers.ChoiceField(choices=[mode.value for mode in TRAIL_MODES])
    length_m = WholeNumber(min_value=200, max_value=_MOST_M)
    min_seconds = WholeNumber(min_value=1, max_value=_MOST_SECONDS)
    max_seconds = WholeNumber(min_value=2, max_value=_MOST_SECONDS)
    heads = serializers.ListField(child=Head(), min_length=2, max_length=20)


class RouteChange(serializers.Serializer[Any]):
    open = serializers.BooleanField()


class HeadAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    at_m = serializers.IntegerField()
    lat = serializers.FloatField()
    lng = serializers.FloatField()


class RouteAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    mode = serializers.CharField()
    length_m = serializers.IntegerField()
    open = serializers.BooleanField()
    heads = HeadAnswer(many=True)


RoutesAnswer = listing(RouteAnswer)


class RoutesView(APIView):
    permission_classes = [Anyone]

    def get_permissions(self) -> list[Any]:
        return [IsOperator()] if self.request.method == "POST" else [Anyone()]

    @extend_schema(operation_id="routes", parameters=PAGE_PARAMETERS, responses={200: RoutesAnswer})
    def get(self, request: Request) -> Response:
        """Open trails and riding routes with their heads, in order along the way."""
        return page(request, queries.routes(), _body)

    @extend_schema(operation_id="add_route", request=RouteRequest, responses={201: RouteAnswer})
    def post(self, request: Request) -> Response:
        """Registers a route. Its times say what a whole length plausibly takes."""
        body, by = parse(RouteRequest, request), person(request).pk
        heads = tuple(NewHead(**head) for head in body.pop("heads"))
        act = lambda: services.add_route(by=by, route=NewRoute(**body, heads=heads), now=clock.now())  # noqa: E731
        return door(request, act, _body, success=201)


class RouteView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="change_route", request=RouteChange, responses={200: RouteAnswer})
    def patch(self, request: Request, route_id: UUID) -> Response:
        """Opens or closes a route."""
        is_open, by = parse(RouteChange, request)["open"], person(request).pk
        act = lambda: services.set_route_open(by=by, route_id=route_id, is_open=is_open, now=clock.now())  # noqa: E731
        return door(request, act, _body)


class PosterView(APIView):
    permission_classes = [IsOperator]
    renderer_classes = [Png, JSONRenderer]

    @extend_schema(operation_id="trail_head_poster", responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, route_id: UUID, head_id: UUID) -> Response:
        """The A4 poster with a head's printed code, for operators; PNG at 150 dpi."""
        head = queries.trail_head(route_id, head_id)
        code = tokens.issue(purpose=Purpose.TRAIL_HEAD, subject=head.pk, now=clock.now())
        picture = station_poster(name=head.route.name, address=head.name, url=code.url)
        return Response(picture, content_type="image/png")


def _body(route: Route) -> dict[str, Any]:
    heads = [HeadAnswer(head).data for head in route.heads.all()]
    names = ("id", "name", "name_en", "mode", "length_m", "open")
    return {name: getattr(route, name) for name in names} | {"heads": heads}
