"""The carbon book at the door: one's own grams, the district's, and the methods that count them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.carbon import queries
from backend.carbon.models import Method
from backend.carbon.types import Line
from backend.core import clock
from backend.edge.permissions import Anyone, LoggedIn
from backend.edge.problems import in_english


class LineAnswer(serializers.Serializer[Any]):
    activity = serializers.CharField()
    mg = serializers.IntegerField()
    method = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the contract's name for it
    uncertainty_percent = serializers.IntegerField()
    note = serializers.CharField()


class BookAnswer(serializers.Serializer[Any]):
    total_mg = serializers.IntegerField()
    by_activity = LineAnswer(many=True)


class FactorAnswer(serializers.Serializer[Any]):
    variant = serializers.CharField(help_text="Material or mode; empty for every one.")
    mg = serializers.IntegerField()
    per = serializers.IntegerField(help_text="Units of the method that avoid `mg`.")


class MethodAnswer(serializers.Serializer[Any]):
    method = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    unit = serializers.CharField()
    factors = FactorAnswer(many=True)
    per_day_mg = serializers.IntegerField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # the contract's name for it
    uncertainty_percent = serializers.IntegerField()
    note = serializers.CharField()
    valid_from = serializers.DateTimeField()


class MethodsAnswer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Always null: there are few methods.")
    results = MethodAnswer(many=True)


class MyCarbonView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_carbon", responses={200: BookAnswer})
    def get(self, request: Request) -> Response:
        """What one's acts avoided, in milligrams of CO2e, by activity and by version of the method that counted it."""
        return Response(_book(queries.lines_of(person(request).pk), in_english(request)))


class PublicCarbonView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="public_carbon", responses={200: BookAnswer})
    def get(self, request: Request) -> Response:
        """The whole district's book: the sum of every entry, adjustments included."""
        return Response(_book(queries.lines(), in_english(request)))


class MethodsView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="carbon_methods", responses={200: MethodsAnswer})
    def get(self, request: Request) -> Response:
        """Every version of every counting method, with its figures and where they come from."""
        english = in_english(request)
        return Response({"next": None, "results": [_method(row, english) for row in queries.methods()]})


def _book(lines: list[Line], english: bool) -> dict[str, Any]:
    return {"total_mg": sum(line.mg for line in lines), "by_activity": [_line(line, english) for line in lines]}


def _line(line: Line, english: bool) -> dict[str, Any]:
    return {
        "activity": line.activity,
        "mg": line.mg,
        "method": line.method,
        "version": line.version,
        "title": line.title_en if english else line.title_zh,
        "source": line.source,
        "uncertainty_percent": line.uncertainty_percent,
        "note": line.note_en if english else line.note_zh,
    }


def _method(row: Method, english: bool) -> dict[str, Any]:
    return {
        "method": row.slug,
        "version": row.version,
        "title": row.title_en if english else row.title_zh,
        "unit": row.unit,
        "factors": [{"variant": name, "mg": mg, "per": per} for name, (mg, per) in sorted(row.factors_data.items())],
        "per_day_mg": row.per_day_mg,
        "source": row.source,
        "uncertainty_percent": row.uncertainty_percent,
        "note": row.note_en if english else row.note_zh,
        "valid_from": clock.local(row.valid_from),
    }
