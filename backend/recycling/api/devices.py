"""Smart bins: their signed batches, and the operators' side of their keys."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge import signing
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import IsOperator, Signed
from backend.edge.throttles import PerDevice
from backend.recycling import queries, services, tasks
from backend.recycling.api import device_shapes as shapes
from backend.recycling.api.shapes import Done

SIGNATURE = [
    OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=True)
    for name in ("X-Key-Id", "X-Timestamp", "X-Nonce", "X-Signature")
]


class DeviceEventsView(APIView):
    """Open to nobody but the device: the signature is the login."""

    authentication_classes: list[Any] = []
    permission_classes = [Signed]

    @extend_schema(
        operation_id="device_events", parameters=SIGNATURE, request=shapes.Batch, responses={202: shapes.BatchAnswer}
    )
    def post(self, request: Request, device_id: UUID) -> Response:
        """A signed batch of a device's events, each answered with what became of it; sent again, with the same."""
        now = clock.now()
        key, claim = signing.prove(request, lambda key_id: queries.device_key(device_id, key_id), now)
        self.caller = str(device_id)
        throttle = PerDevice()
        if not throttle.allow_request(request, self):
            self.throttled(request, throttle.wait() or 0)
        events = shapes.events_of(parse(shapes.Batch, request)["events"])
        done = tasks.take_batch(device=key.device, claim=claim, events=events, now=now)
        return Response(shapes.batch_body(done), status=202)


class DevicesView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="devices", parameters=PAGE_PARAMETERS, responses={200: shapes.DevicesAnswer})
    def get(self, request: Request) -> Response:
        """Every smart bin with its keys, and where its events stand."""
        return page(request, queries.devices(), shapes.device_body)

    @extend_schema(operation_id="register_device", request=shapes.NewDevice, responses={201: shapes.DeviceAnswer})
    def post(self, request: Request) -> Response:
        """A new smart bin at a station; its first key is asked for next."""
        body = parse(shapes.NewDevice, request)
        act = lambda: services.register_device(  # noqa: E731
            by=person(request).pk, station_id=body["station"], name=body["name"], now=clock.now()
        )
        return door(request, act, shapes.device_body, success=201)


class DeviceKeysView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="issue_device_key", request=None, responses={201: shapes.NewKeyAnswer})
    def post(self, request: Request, device_id: UUID) -> Response:
        """A new key; the secret is shown this once. Two may be good at once, so that one can be changed."""
        act = lambda: services.issue_key(by=person(request).pk, device_id=device_id, now=clock.now())  # noqa: E731
        return door(request, act, shapes.key_body, success=201)


class DeviceKeyView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="revoke_device_key", request=None, responses={200: Done})
    def delete(self, request: Request, device_id: UUID, key_id: str) -> Response:
        """From now on nothing signed with this key is believed."""
        act = lambda: services.revoke_key(  # noqa: E731
            by=person(request).pk, device_id=device_id, key_id=key_id, now=clock.now()
        )
        return door(request, act, lambda _: {})


class SkipsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="skip_device_gap", request=shapes.Skip, responses={200: shapes.SkipAnswer})
    def post(self, request: Request, device_id: UUID) -> Response:
        """Gives up the numbers missing before the first waiting event, for a device that lost its memory."""
        reason = parse(shapes.Skip, request)["reason"]
        act = lambda: services.skip_gap(  # noqa: E731
            by=person(request).pk, device_id=device_id, reason=reason, now=clock.now()
        )
        return door(request, act, lambda skipped: {"skipped": skipped})
