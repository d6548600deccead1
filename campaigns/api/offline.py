"""Offline redemption: the resident's code, the counter's allowance, revocations, uploads."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door, value_door
from backend.edge.parsing import parse
from backend.edge.permissions import IsCounter, LoggedIn
from backend.tokens.api.views import picture_of
from campaigns import services
from campaigns.api import offline_shapes as shapes
from campaigns.api.redemption_shapes import NothingAsked
from campaigns.api.redemptions import counter_device


class OfflineCodesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="offline_code", request=OpenApiTypes.OBJECT, responses={201: shapes.OfflineCodeAnswer})
    def post(self, request: Request, voucher_id: UUID) -> Response:
        """A code of one's own usable voucher, good for half an hour, for a counter without a network."""
        parse(NothingAsked, request)
        answer = door(
            request,
            lambda: services.issue_offline_code(by=person(request), voucher_id=voucher_id, now=clock.now()),
            shapes.code_parts,
            success=201,
        )
        if answer.status_code == status.HTTP_201_CREATED:
            answer.data["qr"] = picture_of(answer.data["url"])
        return answer


class AllowancesView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(
        operation_id="open_allowance", request=shapes.AllowanceRequest, responses={201: shapes.AllowanceAnswer}
    )
    def post(self, request: Request) -> Response:
        """Lets the enrolled device that asks redeem offline, up to a sum that is set aside now."""
        body, device = parse(shapes.AllowanceRequest, request), counter_device(request)
        return value_door(
            request,
            lambda: services.open_allowance(
                by=person(request), device=device, campaign_id=body.pop("campaign"), **body, now=clock.now()
            ),
            shapes.allowance_body,
        )


class ClosingView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="close_allowance", request=shapes.CloseRequest, responses={201: shapes.AllowanceAnswer})
    def post(self, request: Request, allowance_id: UUID) -> Response:
        """Closes an allowance whose lines are all here; what no loss took goes back to the campaign's budget."""
        body = parse(shapes.CloseRequest, request)
        return value_door(
            request,
            lambda: services.close_allowance(by=person(request), allowance_id=allowance_id, **body, now=clock.now()),
            shapes.allowance_body,
        )


class RevocationsView(APIView):
    permission_classes = [IsCounter]

    @extend_schema(operation_id="offline_revocations", responses={200: shapes.RevocationsAnswer})
    def get(self, request: Request) -> Response:
        """The vouchers whose offline codes must not be taken any more, signed."""
        return Response(shapes.signed_body(services.revocations(now=clock.now())))


class UploadsView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="upload_offline_line", request=shapes.LineRequest, responses={201: shapes.LineAnswer})
    def post(self, request: Request) -> Response:
        """Settles the next line of a device's log. The same line once more answers what was settled."""
        line, device = shapes.line_of(parse(shapes.LineRequest, request)), counter_device(request)
        return value_door(
            request,
            lambda: services.upload_line(by=person(request), line=line, device=device, now=clock.now()),
            shapes.line_body,
        )
