"""Applications, suspension, stores and who works there."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.accounts.types import Role
from backend.core import clock
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import HasOneRole, IsCounter, IsMerchant, IsMerchantOrOperator, IsOperator, LoggedIn
from backend.merchants import queries, services
from backend.merchants.api import serializers as shapes
from backend.merchants.models import Store


class IsOwnerOrOperator(HasOneRole):
    any_of = (Role.OWNER, Role.OPERATOR)


class ApplicationsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(
        operation_id="apply_as_merchant", request=shapes.ApplicationRequest, responses={201: shapes.ApplicationAnswer}
    )
    def post(self, request: Request) -> Response:
        """Asks to become a merchant; an operator decides."""
        body = parse(shapes.ApplicationRequest, request)
        act = lambda: services.apply(by=person(request), **body, now=clock.now())  # noqa: E731
        return door(request, act, lambda made: dict(shapes.ApplicationAnswer(made).data), success=201)

    @extend_schema(
        operation_id="merchant_applications", parameters=PAGE_PARAMETERS, responses={200: shapes.ApplicationsAnswer}
    )
    def get(self, request: Request) -> Response:
        """One's own applications, all of them for an operator; newest first."""
        rows = queries.applications_seen_by(person(request))
        return page(request, rows, lambda row: shapes.ApplicationAnswer(row).data)


class DecisionView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="decide_application", request=shapes.DecisionRequest, responses={200: shapes.ApplicationAnswer}
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Approves or rejects, once. On approval the applicant owns the new merchant."""
        body = parse(shapes.DecisionRequest, request)
        act = lambda: services.decide(  # noqa: E731
            by=person(request), application_id=application_id, **body, now=clock.now()
        )
        return door(request, act, lambda row: dict(shapes.ApplicationAnswer(row).data))


class SuspensionView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="suspend_merchant", request=shapes.ReasonRequest, responses={200: shapes.MerchantAnswer}
    )
    def post(self, request: Request, merchant_id: UUID) -> Response:
        """Stops redemption at every store of the merchant, at once."""
        body = parse(shapes.ReasonRequest, request)
        act = lambda: services.suspend(  # noqa: E731
            by=person(request).pk, merchant_id=merchant_id, **body, now=clock.now()
        )
        return door(request, act, lambda row: dict(shapes.MerchantAnswer(row).data))


class ReinstatementView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="reinstate_merchant", request=shapes.ReasonRequest, responses={200: shapes.MerchantAnswer}
    )
    def post(self, request: Request, merchant_id: UUID) -> Response:
        """Lifts a suspension."""
        body = parse(shapes.ReasonRequest, request)
        act = lambda: services.reinstate(  # noqa: E731
            by=person(request).pk, merchant_id=merchant_id, **body, now=clock.now()
        )
        return door(request, act, lambda row: dict(shapes.MerchantAnswer(row).data))


class MerchantStoresView(APIView):
    permission_classes = [IsOwnerOrOperator]

    @extend_schema(operation_id="add_store", request=shapes.StoreRequest, responses={201: shapes.StoreAnswer})
    def post(self, request: Request, merchant_id: UUID) -> Response:
        """A new store of one's own merchant."""
        body, by = parse(shapes.StoreRequest, request), person(request)

        def act() -> Store:
            queries.merchant_to_manage(by, merchant_id)
            return services.add_store(by=by.pk, merchant_id=merchant_id, **body, now=clock.now())

        return door(request, act, shapes.store_body, success=201)


class MyStoresView(APIView):
    permission_classes = [IsMerchantOrOperator]

    @extend_schema(operation_id="my_stores", parameters=PAGE_PARAMETERS, responses={200: shapes.StoresAnswer})
    def get(self, request: Request) -> Response:
        """The stores in one's care, newest first; every store for an operator."""
        return page(request, queries.stores_seen_by(person(request)), shapes.store_body)


class CounterStoresView(APIView):
    permission_classes = [IsCounter]

    @extend_schema(
        operation_id="my_counter_stores", parameters=PAGE_PARAMETERS, responses={200: shapes.CounterStoresAnswer}
    )
    def get(self, request: Request) -> Response:
        """The stores at whose counters one works, to choose among, and why one takes no vouchers at present."""
        rows = queries.stores_of_counter(person(request))
        return page(request, rows, lambda store: shapes.CounterStoreAnswer(store).data)


class StoreView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(operation_id="change_store", request=shapes.StoreChange, responses={200: shapes.StoreAnswer})
    def patch(self, request: Request, store_id: UUID) -> Response:
        """Changes place, hours or name of a store in one's care."""
        body, by = parse(shapes.StoreChange, request), person(request)

        def act() -> Store:
            queries.store_in_care(by, store_id)
            return services.change_store(by=by.pk, store_id=store_id, **body, now=clock.now())

        return door(request, act, shapes.store_body)


class StaffView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(operation_id="store_staff", parameters=PAGE_PARAMETERS, responses={200: shapes.StaffAnswer})
    def get(self, request: Request, store_id: UUID) -> Response:
        """Who works at a store in one's care, newest first."""
        store = queries.store_in_care(person(request), store_id)
        return page(request, queries.staff_of(store.pk), shapes.staff_body)

    @extend_schema(operation_id="add_staff", request=shapes.StaffRequest, responses={201: shapes.StaffMember})
    def post(self, request: Request, store_id: UUID) -> Response:
        """Names a counter; an owner also names managers."""
        body = parse(shapes.StaffRequest, request)
        role = Role(body["role"])
        act = lambda: services.add_staff(  # noqa: E731
            by=person(request), store_id=store_id, phone=body["phone"], role=role, now=clock.now()
        )
        return door(request, act, shapes.staff_body, success=201)


class StaffMemberView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(operation_id="remove_staff", responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, store_id: UUID, grant_id: int) -> Response:
        """Ends a person's role at the store, at once."""
        act = lambda: services.remove_staff(  # noqa: E731
            by=person(request), store_id=store_id, grant_id=grant_id, now=clock.now()
        )
        return door(request, act, lambda _: {})
