"""Health: is the process alive, and can it serve."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.api.views import MeView as Profile
from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.permissions import Anyone, FromInside, LoggedIn
from backend.ops import metrics, privacy
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


class _Plain(BaseRenderer):
    media_type, format, charset = "text/plain", "txt", "utf-8"

    def render(self, data: str, *_: Any) -> bytes:
        return data.encode()


class MetricsView(APIView):
    """For the monitor inside the network: what came through a proxy is not answered."""

    authentication_classes: list[Any] = []
    permission_classes = [FromInside]
    renderer_classes = [_Plain]
    throttle_classes: list[Any] = []

    @extend_schema(operation_id="metrics", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request) -> Response:
        """Prometheus text: size of the journal, the seal's lag and alarm, budgets, waiting reviews."""
        return Response(metrics.text(clock.now()))


class MeView(Profile):
    """One's own profile, and the end of it: erasure must reach every app, so this door stands in ops."""

    @extend_schema(operation_id="forget_me", responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request) -> Response:
        """Forgets the person: telephone, name, household, roles, conversations. The books keep a nameless id."""
        by = person(request)
        return door(request, lambda: privacy.erase(by=by, now=clock.now()), lambda _: {})


class ExportView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="export_me", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        """A copy of everything that is held about the person."""
        headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
        return Response(privacy.export(person(request)), headers=headers)
