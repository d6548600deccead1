"""The sorting look-up over HTTP; open to anyone, reads no database."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.edge.parsing import parse_query
from backend.edge.permissions import Anyone
from knowledge.api.serializers import SortingAnswer, SortingQuestion, sorting_body
from knowledge.waste import queries


class SortingView(APIView):
    """Which bin, or which other way."""

    authentication_classes: list[Any] = []
    permission_classes = [Anyone]

    @extend_schema(operation_id="sort_waste", parameters=[SortingQuestion], responses={200: SortingAnswer})
    def get(self, request: Request) -> Response:
        """Where things are thrown away: one result for each thing named, at least one."""
        return Response(sorting_body(queries.sort(parse_query(SortingQuestion, request)["q"])))
