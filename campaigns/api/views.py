"""Offers for everybody, vouchers for their owners."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import batch_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import Anyone, LoggedIn
from backend.tokens import services as tokens
from backend.tokens.api.views import code_body
from backend.tokens.types import Purpose
from campaigns import queries, services
from campaigns.api import serializers as shapes
from campaigns.types import VoucherStatus


class OffersView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="offers", parameters=PAGE_PARAMETERS, responses={200: shapes.OffersAnswer})
    def get(self, request: Request) -> Response:
        """Offers that are open or will be, the cheapest in points first, with what remains."""
        offers = queries.current_offers(clock.now())
        return page(request, offers, lambda offer: shapes.OfferAnswer(offer).data, ordering=("points_price", "id"))


class OfferView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="offer", responses={200: shapes.OfferAnswer})
    def get(self, request: Request, offer_id: UUID) -> Response:
        """One offer, also after its end."""
        return Response(shapes.OfferAnswer(queries.offer(offer_id)).data)


class ClaimsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="claim_offer", request=OpenApiTypes.OBJECT, responses={201: shapes.ClaimAnswer})
    def post(self, request: Request, offer_id: UUID) -> Response:
        """Exchanges points for one voucher."""
        parse(shapes.ClaimRequest, request)
        now = clock.now()
        return batch_door(
            request,
            lambda batch: services.enter_claim(batch, by=person(request), offer_id=offer_id, now=now),
            lambda voucher: {"voucher": shapes.voucher_body(voucher, now)},
        )


class VouchersView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(
        operation_id="my_vouchers",
        parameters=[shapes.VouchersQuery, *PAGE_PARAMETERS],
        responses={200: shapes.VouchersAnswer},
    )
    def get(self, request: Request) -> Response:
        """One's own vouchers, newest first; a voucher past its time counts as expired."""
        wanted = parse_query(shapes.VouchersQuery, request).get("status")
        now = clock.now()
        rows = queries.vouchers_of(person(request).pk, now, VoucherStatus(wanted) if wanted else None)
        return page(request, rows, lambda voucher: shapes.voucher_body(voucher, now))


class VoucherCodeView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="voucher_code", responses={200: shapes.VoucherCodeAnswer})
    def get(self, request: Request, voucher_id: UUID) -> Response:
        """The rotating code of one's own usable voucher, for a counter to scan."""
        now = clock.now()
        voucher = queries.usable_voucher(voucher_id, person(request).pk, now)
        issued = tokens.issue(purpose=Purpose.VOUCHER, subject=voucher.pk, now=now)
        return Response(code_body(issued))
