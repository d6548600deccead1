"""Trips along routes or declared, steps, and how far one is today."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning.api.serializers import Coordinates
from backend.earning.types import ACTIVITIES, Position
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, WholeNumber, parse
from backend.edge.permissions import LoggedIn
from backend.edge.problems import language_of
from backend.travel import queries, services
from backend.travel.models import Trip
from backend.travel.types import Mode, Outcome, Steps, Today

_DECLARED = {"mode", "distance_m", "duration_seconds"}
MOST_STEPS = 100_000  # that somebody can declare for one day


class TripRequest(Coordinates):
    """Either a head's `code` with the phone's position, or a declared trip."""

    code = Text(max_length=512, required=False)
    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode], required=False)
    distance_m = WholeNumber(min_value=1_000, max_value=40_000, required=False)
    duration_seconds = WholeNumber(min_value=60, max_value=4 * 3600, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        declared = _DECLARED & attrs.keys()
        if ("code" in attrs) == bool(declared) or declared not in (set(), _DECLARED):
            raise serializers.ValidationError(
                "给出 code，或 mode、distance_m、duration_seconds。"
                "Give code, or all of mode, distance_m and duration_seconds."
            )
        return super().validate(attrs)


class StepsRequest(serializers.Serializer[Any]):
    day = serializers.DateField(help_text="Today or yesterday in the district.")
    steps = WholeNumber(min_value=0, max_value=MOST_STEPS)


class WeChatStepsRequest(serializers.Serializer[Any]):
    encrypted_data = Text(max_length=20_000)
    iv = Text(max_length=64)


class OutcomeAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.CharField(help_text="started, counted, awarded, pending or pending_review")
    distance_m = serializers.IntegerField()
    points = serializers.IntegerField()
    carbon_mg = serializers.IntegerField()
    balance = serializers.IntegerField(allow_null=True)
    why = serializers.CharField(allow_blank=True)


class SyncedAnswer(serializers.Serializer[Any]):
    days = OutcomeAnswer(many=True, help_text="Oldest first.")


class TripAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.CharField()
    mode = serializers.CharField()
    route = serializers.CharField(allow_null=True)
    started_at = serializers.DateTimeField(help_text="Of a trip that ended, the hour.")
    distance_m = serializers.IntegerField()


TripsAnswer = listing(TripAnswer)


class ActivityToday(serializers.Serializer[Any]):
    activity = serializers.CharField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    unit = serializers.CharField()
    total = serializers.IntegerField()
    credited = serializers.IntegerField()
    points = serializers.IntegerField(help_text="For each `per` units.")
    per = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)


class TodayAnswer(serializers.Serializer[Any]):
    open_trip = TripAnswer(allow_null=True)
    today = ActivityToday(many=True)


class TripsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="my_trips", parameters=PAGE_PARAMETERS, responses={200: TripsAnswer})
    def get(self, request: Request) -> Response:
        """One's trips, newest first."""
        return page(request, queries.trips_of(person(request).pk), trip_body)

    @extend_schema(operation_id="travel", request=TripRequest, responses={201: OutcomeAnswer})
    def post(self, request: Request) -> Response:
        """Starts or finishes a trip by a trail head's code, or declares one. The position is used and not kept."""
        body, by, language = parse(TripRequest, request), person(request), language_of(request._request)

        def act() -> Outcome:
            if "code" not in body:
                return services.declare_trip(by=by, **body, now=clock.now())
            position = Position(body["lat"], body["lng"]) if "lat" in body else None
            return services.scan(by=by, code=body["code"], position=position, now=clock.now())

        return value_door(request, act, lambda made: outcome_body(made, language))


class StepsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="declare_steps", request=StepsRequest, responses={201: OutcomeAnswer})
    def post(self, request: Request) -> Response:
        """Counts a day's steps. Only an increase earns; a lower figure moves nothing."""
        body, by, language = parse(StepsRequest, request), person(request), language_of(request._request)
        steps = Steps(body["day"], body["steps"])
        return value_door(
            request,
            lambda: services.declare_steps(by=by, steps=steps, now=clock.now()),
            lambda made: outcome_body(made, language),
        )


class WeChatStepsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="sync_steps", request=WeChatStepsRequest, responses={201: SyncedAnswer})
    def post(self, request: Request) -> Response:
        """Counts the last week's steps of WeChat Run, as `wx.getWeRunData` gives them: encrypted, opened here."""
        body, by, language = parse(WeChatStepsRequest, request), person(request), language_of(request._request)
        return value_door(
            request,
            lambda: services.sync_steps(by=by, encrypted=body["encrypted_data"], iv=body["iv"], now=clock.now()),
            lambda made: {"days": [outcome_body(each, language) for each in made]},
        )


class TodayView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_travel", responses={200: TodayAnswer})
    def get(self, request: Request) -> Response:
        """The trip under way, and how far each activity is today."""
        mine, now = person(request).pk, clock.now()
        under_way = queries.open_trip(mine)
        today = [today_body(each) for each in queries.today(mine, now)]
        return Response({"open_trip": trip_body(under_way) if under_way else None, "today": today})


def outcome_body(made: Outcome, language: str) -> dict[str, Any]:
    names = ("id", "status", "distance_m", "points", "carbon_mg", "balance")
    return {name: getattr(made, name) for name in names} | {"why": made.why_en if language == "en" else made.why_zh}


def trip_body(trip: Trip) -> dict[str, Any]:
    return {
        "id": trip.pk,
        "status": trip.status,
        "mode": trip.mode,
        "route": trip.start.route.name if trip.start else None,
        "started_at": clock.local(trip.started_at),
        "distance_m": trip.distance_m,
    }


def today_body(each: Today) -> dict[str, Any]:
    info = ACTIVITIES[each.activity]
    return {
        "activity": each.activity.value,
        "title": info.zh,
        "title_en": info.en,
        "unit": info.unit.value,
        "total": each.total,
        "credited": each.credited,
        "points": each.points,
        "per": each.per,
        "limit": each.limit,
    }
