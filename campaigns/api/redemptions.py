"""The counter: preview, redeem, give back; and the short code that a resident reads out to it."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door, value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import IsCounter, LoggedIn
from backend.merchants.queries import counter_store
from campaigns import queries, services
from campaigns.api import redemption_shapes as shapes


class TypedCodesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="typed_code", request=OpenApiTypes.OBJECT, responses={201: shapes.TypedCodeAnswer})
    def post(self, request: Request, voucher_id: UUID) -> Response:
        """A short code of one's own usable voucher, for a counter to type; the one before it is void."""
        parse(shapes.NothingAsked, request)
        return door(
            request,
            lambda: services.issue_typed(by=person(request), voucher_id=voucher_id, now=clock.now()),
            shapes.typed_body,
            success=201,
        )


class PreviewView(APIView):
    permission_classes = [IsCounter]

    @extend_schema(
        operation_id="preview_redemption", request=shapes.PreviewRequest, responses={200: shapes.PreviewAnswer}
    )
    def post(self, request: Request) -> Response:
        """What redeeming with the same words would do; `hold` keeps the voucher while the customer pays."""
        body = shapes.asked(parse(shapes.PreviewRequest, request))
        return door(request, lambda: services.preview(by=person(request), **body, now=clock.now()), shapes.preview_body)


class HoldView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="redeem_held", request=shapes.HeldRequest, responses={201: shapes.RedemptionAnswer})
    def post(self, request: Request, hold_id: UUID) -> Response:
        """Makes the redemption that the hold has prepared."""
        said = parse(shapes.HeldRequest, request)
        device = counter_device(request)
        return value_door(
            request,
            lambda: services.redeem_held(by=person(request), hold_id=hold_id, **said, device=device, now=clock.now()),
            shapes.redemption_body,
        )

    @extend_schema(operation_id="release_hold", responses={200: shapes.ReleaseAnswer})
    def delete(self, request: Request, hold_id: UUID) -> Response:
        """Lets the voucher go before the hold's time."""
        return door(
            request,
            lambda: services.release(by=person(request), hold_id=hold_id, now=clock.now()),
            lambda _: {"released": True},
        )


class RedemptionsView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="redeem", request=shapes.RedemptionRequest, responses={201: shapes.RedemptionAnswer})
    def post(self, request: Request) -> Response:
        """Takes the voucher's value off a bill. The same voucher, bill and order number answer the same redemption."""
        body = shapes.asked(parse(shapes.RedemptionRequest, request))
        device = counter_device(request)
        return value_door(
            request,
            lambda: services.redeem(by=person(request), **body, device=device, now=clock.now()),
            shapes.redemption_body,
        )

    @extend_schema(
        operation_id="redemptions",
        parameters=[shapes.RedemptionsQuery, *PAGE_PARAMETERS],
        responses={200: shapes.RedemptionsAnswer},
    )
    def get(self, request: Request) -> Response:
        """What the counter's store redeemed, newest first: today, or under one order number."""
        query = parse_query(shapes.RedemptionsQuery, request)
        store = counter_store(person(request), query.get("store"))
        return page(
            request, queries.redemptions_at(store.pk, clock.now(), query.get("order_no")), shapes.redemption_body
        )


class ReturnsView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="give_back", request=shapes.ReturnRequest, responses={201: shapes.ReturnAnswer})
    def post(self, request: Request, redemption_id: UUID) -> Response:
        """Books a refund; by the offer's terms the voucher comes back, or its money goes to the programme."""
        body = parse(shapes.ReturnRequest, request)
        return value_door(
            request,
            lambda: services.give_back(by=person(request), redemption_id=redemption_id, **body, now=clock.now()),
            shapes.return_body,
        )


def counter_device(request: Request) -> str:
    """What an enrolled counter device sends of itself; empty for a counter that is only logged in."""
    return request.headers.get("X-Counter-Device", "")
