"""Receipts, purchases, refunds, and acts at the counter."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning.types import Activity
from backend.edge import signing
from backend.edge.doors import door, value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import IsCounter, LoggedIn, Signed
from backend.edge.problems import in_english
from backend.purchases import queries, services
from backend.purchases.api import registry_shapes as registered
from backend.purchases.api import shapes
from backend.purchases.models import Receipt, TillKey
from backend.tokens.api.views import code_body

SIGNATURE = [
    OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=True)
    for name in ("X-Key-Id", "X-Timestamp", "X-Nonce", "X-Signature")
]


class ReceiptsView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(
        operation_id="receipts",
        parameters=[*PAGE_PARAMETERS, shapes.StoreChoice],
        responses={200: listing(shapes.CounterReceipt)},
    )
    def get(self, request: Request) -> Response:
        """The green orders of one's store, newest first, with what was claimed and refunded of each."""
        store = _store_in_query(request)
        return page(request, queries.receipts_at(person(request), store), shapes.counter_receipt_body)

    @extend_schema(operation_id="issue_receipt", request=shapes.ReceiptRequest, responses={201: shapes.CodedReceipt})
    def post(self, request: Request) -> Response:
        """A code to print or show, which one resident may claim once; the same order again has the same code."""
        body, by = parse(shapes.ReceiptRequest, request), person(request)
        sale, store = shapes.sale_of(body), body.get("store")

        def act() -> Receipt:
            return services.issue_at_counter(by=by, store_id=store, sale=sale, now=clock.now())

        return _with_code(value_door(request, act, shapes.receipt_body))


class TillAuthentication(BaseAuthentication):
    """A signed request is its till's. `request.auth` keeps the claim, whose nonce the act uses up."""

    def authenticate(self, request: Request) -> tuple[TillKey, signing.Claim]:
        return signing.prove(request, queries.till_key, clock.now())

    def authenticate_header(self, request: Request) -> str:
        return "HMAC-SHA256"


class TillReceiptsView(APIView):
    authentication_classes = [TillAuthentication]
    permission_classes = [Signed]

    @extend_schema(
        operation_id="issue_receipt_at_till",
        parameters=SIGNATURE,
        request=shapes.SaleRequest,
        responses={201: shapes.CodedReceipt},
    )
    def post(self, request: Request) -> Response:
        """The same for a shop's till, signed with the store's key (docs/partners.md)."""
        sale, (key, claim) = shapes.sale_of(parse(shapes.SaleRequest, request)), _till(request)

        def act() -> Receipt:
            return services.issue_at_till(key=key, claim=claim, sale=sale, now=clock.now())

        return _with_code(door(request, act, shapes.receipt_body, success=201))


class PurchasesView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="claim_receipt", request=shapes.ClaimRequest, responses={201: shapes.EarnedAnswer})
    def post(self, request: Request) -> Response:
        """Points for a green purchase, by the code on its receipt; each receipt is good once."""
        code, by = parse(shapes.ClaimRequest, request)["code"], person(request)
        return _earning(request, lambda: services.claim(by=by, code=code, now=clock.now()))


class MyPurchasesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(
        operation_id="my_purchases", parameters=PAGE_PARAMETERS, responses={200: listing(shapes.PurchaseAnswer)}
    )
    def get(self, request: Request) -> Response:
        """One's green purchases, newest first."""
        mine = queries.purchases_of(person(request).pk)
        return page(request, mine, shapes.purchase_body, ordering="-receipt")


class CounterPurchasesView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="buy_at_counter", request=shapes.CounterPurchase, responses={201: shapes.EarnedAnswer})
    def post(self, request: Request) -> Response:
        """Points for the resident whose personal code the counter scans, for an order of this store."""
        body, by = parse(shapes.CounterPurchase, request), person(request)
        sale, store, shown = shapes.sale_of(body), body.get("store"), body["resident_code"]
        return _earning(
            request,
            lambda: services.buy_at_counter(by=by, store_id=store, resident_code=shown, sale=sale, now=clock.now()),
        )


class RefundsView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="refund_purchase", request=shapes.CounterRefund, responses={201: shapes.RefundAnswer})
    def post(self, request: Request, receipt_id: UUID) -> Response:
        """Undoes a part of an order of one's store, claimed or not; points go back in proportion."""
        body, by = parse(shapes.CounterRefund, request), person(request)
        store = body.pop("store", None)
        act = lambda: services.refund_at_counter(  # noqa: E731
            by=by, store_id=store, receipt_id=receipt_id, **body, now=clock.now()
        )
        return value_door(request, act, shapes.refund_body)


class TillRefundsView(APIView):
    authentication_classes = [TillAuthentication]
    permission_classes = [Signed]

    @extend_schema(
        operation_id="refund_at_till",
        parameters=SIGNATURE,
        request=shapes.RefundRequest,
        responses={201: shapes.RefundAnswer},
    )
    def post(self, request: Request, receipt_id: UUID) -> Response:
        """The same for a shop's till, signed with the store's key."""
        body, (key, claim) = parse(shapes.RefundRequest, request), _till(request)
        act = lambda: services.refund_at_till(  # noqa: E731
            key=key, claim=claim, receipt_id=receipt_id, **body, now=clock.now()
        )
        return door(request, act, shapes.refund_body, success=201)


class ActsView(APIView):
    permission_classes = [IsCounter]
    moves_value = True

    @extend_schema(operation_id="acts", parameters=[shapes.StoreChoice], responses={200: registered.ActsAnswer})
    def get(self, request: Request) -> Response:
        """What one's store may confirm at present."""
        english, found = in_english(request), queries.permits_at(person(request), _store_in_query(request), clock.now())
        return Response({"next": None, "results": [registered.permit_body(row, english) for row in found]})

    @extend_schema(operation_id="confirm_act", request=shapes.ActRequest, responses={201: shapes.EarnedAnswer})
    def post(self, request: Request) -> Response:
        """Points for an act that the counter saw (own cup, clean plate, trade-in …), where it is registered for it."""
        body, by = parse(shapes.ActRequest, request), person(request)
        activity, store, shown = Activity(body["activity"]), body.get("store"), body["resident_code"]
        return _earning(
            request,
            lambda: services.confirm(by=by, store_id=store, resident_code=shown, activity=activity, now=clock.now()),
        )


def _earning(request: Request, act: Callable[[], Any]) -> Response:
    english = in_english(request)
    return value_door(request, act, lambda done: shapes.earned_body(done, english))


def _with_code(response: Response) -> Response:
    """The symbol is drawn here, outside the door; a replayed answer gets the same one, because it never changes."""
    if response.status_code == 201:
        body = response.data
        code = code_body(services.receipt_code(receipt_id=UUID(body["id"]), now=clock.now()))
        response.data = body | {name: code[name] for name in ("payload", "url", "qr")}
    return response


def _till(request: Request) -> tuple[TillKey, signing.Claim]:
    return cast(TillKey, request.user), cast(signing.Claim, request.auth)


def _store_in_query(request: Request) -> UUID | None:
    found: UUID | None = parse_query(shapes.StoreChoice, request).get("store")
    return found
