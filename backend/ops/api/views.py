"""Health: is the process alive, and can it serve."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.edge.permissions import Anyone
from backend.ops.queries import readiness

_LIVE = inline_serializer("LiveAnswer", {"status": serializers.CharField()})
_READY = inline_serializer(
    "ReadyAnswer", {"status": serializers.CharField(), "checks": serializers.DictField(child=serializers.CharField())}
)


class LiveView(APIView):
    """The process answers."""

    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    throttle_classes: list[Any] = []

    @extend_schema(operation_id="live", responses={200: _LIVE})
    def get(self, request: Request) -> Response:
        """200 while the process runs."""
        return Response({"status": "ok"})


class ReadyView(APIView):
    """What the process needs is there."""

    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    throttle_classes: list[Any] = []

    @extend_schema(operation_id="ready", responses={200: _READY, 503: _READY})
    def get(self, request: Request) -> Response:
        """200 when database, cache and knowledge answer; 503 with the one that does not."""
        found = readiness()
        ready = all(state == "ok" for state in found.values())
        return Response({"status": "ok" if ready else "unready", "checks": found}, status=200 if ready else 503)
