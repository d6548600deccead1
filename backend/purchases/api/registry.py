"""The registry of what is green: open to read, for operators to write; and the tills' keys."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning.types import Activity
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import parse
from backend.edge.permissions import Anyone, AnyoneReadsOperatorsWrite, IsOperator
from backend.edge.problems import in_english
from backend.purchases import queries, services
from backend.purchases.api import registry_shapes as registered
from backend.purchases.api import shapes
from backend.purchases.models import Certification, Goods, Permit
from backend.purchases.models.registry import Registration
from backend.purchases.types import Category, CertificationKind, Label, NewCertification, NewGoods


class GreenStoresView(APIView):
    permission_classes = [Anyone]

    @extend_schema(
        operation_id="green_stores",
        parameters=PAGE_PARAMETERS,
        responses={200: listing(registered.GreenStoreAnswer)},
    )
    def get(self, request: Request) -> Response:
        """Stores where green purchases or acts earn now, with what they are certified and registered for."""
        english = in_english(request)
        rows = queries.green_stores(clock.now())
        return page(request, rows, lambda row: registered.green_store_body(row, english), ordering=("name", "id"))


class GoodsView(APIView):
    permission_classes = [AnyoneReadsOperatorsWrite]

    @extend_schema(
        operation_id="green_products", parameters=PAGE_PARAMETERS, responses={200: listing(registered.GoodsAnswer)}
    )
    def get(self, request: Request) -> Response:
        """Goods that earn now at a certified store: whole categories under a label, and single products."""
        english = in_english(request)
        return page(request, queries.goods_in_force(clock.now()), lambda row: registered.goods_body(row, english))

    @extend_schema(
        operation_id="list_green_product",
        request=registered.GoodsRequest,
        responses={201: registered.GoodsAnswer},
    )
    def post(self, request: Request) -> Response:
        """Puts goods on the list, from now or later on."""
        body, by, english = parse(registered.GoodsRequest, request), person(request).pk, in_english(request)
        new = NewGoods(
            category=Category(body["category"]),
            label=Label(body["label"]),
            title=body["title"],
            title_en=body["title_en"],
            product=body["product"],
            certificate=body["certificate"],
        )
        valid = shapes.period_of(body)
        return door(
            request,
            lambda: services.list_goods(by=by, new=new, valid=valid, now=clock.now()),
            lambda row: registered.goods_body(row, english),
            success=201,
        )


class CertificationsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="certifications",
        parameters=PAGE_PARAMETERS,
        responses={200: listing(registered.CertificationAnswer)},
    )
    def get(self, request: Request) -> Response:
        """Every certification, ended ones too, newest first."""
        english = in_english(request)
        return page(request, Certification.objects.all(), lambda row: registered.certification_body(row, english))

    @extend_schema(
        operation_id="certify_store",
        request=registered.CertificationRequest,
        responses={201: registered.CertificationAnswer},
    )
    def post(self, request: Request) -> Response:
        """Registers a store's certification."""
        body, by, english = (
            parse(registered.CertificationRequest, request),
            person(request).pk,
            in_english(request),
        )
        new = NewCertification(CertificationKind(body["kind"]), body["number"], body["issuer"])
        valid = shapes.period_of(body)
        return door(
            request,
            lambda: services.certify(by=by, store_id=body["store"], new=new, valid=valid, now=clock.now()),
            lambda row: registered.certification_body(row, english),
            success=201,
        )


class PermitsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="permits", parameters=PAGE_PARAMETERS, responses={200: listing(registered.PermitAnswer)}
    )
    def get(self, request: Request) -> Response:
        """Which store may confirm which act, ended registrations too, newest first."""
        english = in_english(request)
        return page(request, Permit.objects.all(), lambda row: registered.permit_body(row, english))

    @extend_schema(
        operation_id="permit_act", request=registered.PermitRequest, responses={201: registered.PermitAnswer}
    )
    def post(self, request: Request) -> Response:
        """Lets the counters of a store confirm an act."""
        body, by, english = parse(registered.PermitRequest, request), person(request).pk, in_english(request)
        activity, valid = Activity(body["activity"]), shapes.period_of(body)
        return door(
            request,
            lambda: services.permit(by=by, store_id=body["store"], activity=activity, valid=valid, now=clock.now()),
            lambda row: registered.permit_body(row, english),
            success=201,
        )


class _EndView(APIView):
    """Ends one registration; what earned by it stays."""

    permission_classes = [IsOperator]

    def ended(self, request: Request, kind: type[Registration], row_id: UUID, body: Any) -> Response:
        by, english = person(request).pk, in_english(request)
        return door(
            request,
            lambda: services.end(by=by, kind=kind, row_id=row_id, now=clock.now()),
            lambda row: body(row, english),
        )


class CertificationView(_EndView):
    @extend_schema(operation_id="end_certification", responses={200: registered.CertificationAnswer})
    def delete(self, request: Request, row_id: UUID) -> Response:
        """Ends a certification from now on."""
        return self.ended(request, Certification, row_id, registered.certification_body)


class PermitView(_EndView):
    @extend_schema(operation_id="end_permit", responses={200: registered.PermitAnswer})
    def delete(self, request: Request, row_id: UUID) -> Response:
        """Ends a store's registration for an act from now on."""
        return self.ended(request, Permit, row_id, registered.permit_body)


class OneGoodsView(_EndView):
    @extend_schema(operation_id="end_green_product", responses={200: registered.GoodsAnswer})
    def delete(self, request: Request, row_id: UUID) -> Response:
        """Takes goods off the list from now on."""
        return self.ended(request, Goods, row_id, registered.goods_body)


class TillKeysView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="till_keys", parameters=PAGE_PARAMETERS, responses={200: listing(registered.TillKeyAnswer)}
    )
    def get(self, request: Request, store_id: UUID) -> Response:
        """The keys of a store's till, without their secrets."""
        return page(request, queries.till_keys(store_id), registered.till_key_body)

    @extend_schema(operation_id="issue_till_key", request=None, responses={201: registered.NewTillKey})
    def post(self, request: Request, store_id: UUID) -> Response:
        """A new key, whose secret is shown this once; so it is not remembered under an Idempotency-Key."""
        by = person(request).pk
        return door(
            request,
            lambda: services.issue_till_key(by=by, store_id=store_id, now=clock.now()),
            lambda key: {"key_id": key.key_id, "secret": key.secret},
            success=201,
        )


class TillKeyView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="revoke_till_key", responses={200: shapes.Done})
    def delete(self, request: Request, store_id: UUID, key_id: str) -> Response:
        """From now on nothing signed with this key is believed."""
        by = person(request).pk
        act = lambda: services.revoke_till_key(by=by, store_id=store_id, key_id=key_id, now=clock.now())  # noqa: E731
        return door(request, act, lambda _: {})
