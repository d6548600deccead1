"""Counters as enrolled devices."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import IsMerchant, LoggedIn
from backend.merchants import queries, services
from backend.merchants.api import serializers as shapes


class EnrolmentsView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(
        operation_id="issue_enrolment", request=shapes.EnrolmentRequest, responses={201: shapes.EnrolmentAnswer}
    )
    def post(self, request: Request, store_id: UUID) -> Response:
        """A code that makes one device a counter of the store, good for half an hour."""
        body = parse(shapes.EnrolmentRequest, request)
        act = lambda: services.issue_enrolment(by=person(request), store_id=store_id, **body, now=clock.now())  # noqa: E731
        return door(request, act, lambda made: dict(shapes.EnrolmentAnswer(made).data), success=201)


class CountersView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="enrol_device", request=shapes.DeviceRequest, responses={201: shapes.EnrolledAnswer})
    def post(self, request: Request) -> Response:
        """Enrols this device with the code that a manager issued. The secret is shown once."""
        body = parse(shapes.DeviceRequest, request)
        act = lambda: services.enrol(by=person(request), **body, now=clock.now())  # noqa: E731
        return door(request, act, lambda made: dict(shapes.EnrolledAnswer(made).data), success=201)


class DevicesView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(operation_id="store_devices", parameters=PAGE_PARAMETERS, responses={200: shapes.DevicesAnswer})
    def get(self, request: Request, store_id: UUID) -> Response:
        """Every device of a store in one's care, newest first, revoked ones too."""
        store = queries.store_in_care(person(request), store_id)
        return page(request, queries.devices_of(store.pk), lambda row: shapes.DeviceAnswer(row).data)


class DeviceView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(operation_id="revoke_device", responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, store_id: UUID, device_id: UUID) -> Response:
        """The device takes no more vouchers, at once."""
        act = lambda: services.revoke_device(  # noqa: E731
            by=person(request), store_id=store_id, device_id=device_id, now=clock.now()
        )
        return door(request, act, lambda _: {})
