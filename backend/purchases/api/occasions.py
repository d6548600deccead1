"""Classes, challenges and volunteering, and the code that takes attendance."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning.api.serializers import CodeAnswer
from backend.earning.types import Activity
from backend.edge.doors import door, value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import parse
from backend.edge.permissions import AnyoneReadsOperatorsWrite, IsOperator, LoggedIn
from backend.edge.problems import in_english
from backend.purchases import queries, services
from backend.purchases.api import shapes
from backend.purchases.types import NewOccasion
from backend.tokens.api.views import code_body


class OccasionCode(CodeAnswer):
    occasion = shapes.OccasionAnswer()


class OccasionsView(APIView):
    permission_classes = [AnyoneReadsOperatorsWrite]

    @extend_schema(
        operation_id="occasions", parameters=PAGE_PARAMETERS, responses={200: listing(shapes.OccasionAnswer)}
    )
    def get(self, request: Request) -> Response:
        """What is open or to come, soonest first."""
        english = in_english(request)
        rows = queries.occasions_ahead(clock.now())
        return page(request, rows, lambda row: shapes.occasion_body(row, english), ordering=("starts_at", "id"))

    @extend_schema(operation_id="add_occasion", request=shapes.OccasionRequest, responses={201: shapes.OccasionAnswer})
    def post(self, request: Request) -> Response:
        """Adds an occasion; its organiser logs in with the telephone number given here and shows the code."""
        body, by, english = parse(shapes.OccasionRequest, request), person(request).pk, in_english(request)
        time, phone = shapes.period_of(body, "starts_at", "ends_at"), body["organiser_phone"]
        new = NewOccasion(
            title=body["title"],
            title_en=body["title_en"],
            activity=Activity(body["activity"]),
            organiser=body["organiser"],
            place=body["place"],
            capacity=body["capacity"],
        )
        return door(
            request,
            lambda: services.add_occasion(by=by, new=new, organiser_phone=phone, time=time, now=clock.now()),
            lambda row: shapes.occasion_body(row, english),
            success=201,
        )


class OccasionView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="cancel_occasion", responses={200: shapes.OccasionAnswer})
    def delete(self, request: Request, occasion_id: UUID) -> Response:
        """Takes no more attendance from now on; what was rewarded stays."""
        by, english = person(request).pk, in_english(request)
        return door(
            request,
            lambda: services.cancel_occasion(by=by, occasion_id=occasion_id, now=clock.now()),
            lambda row: shapes.occasion_body(row, english),
        )


class OccasionCodeView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="occasion_code", responses={200: OccasionCode})
    def get(self, request: Request, occasion_id: UUID) -> Response:
        """The rotating code for the organiser's screen; for the organiser and operators."""
        code = services.code_of(by=person(request), occasion_id=occasion_id, now=clock.now())
        shown = shapes.occasion_body(queries.occasion(occasion_id), in_english(request))
        return Response(code_body(code) | {"occasion": shown})


class AttendancesView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="attend", request=shapes.ClaimRequest, responses={201: shapes.EarnedAnswer})
    def post(self, request: Request) -> Response:
        """Points for being there, by the code on the organiser's screen; once for each person and occasion."""
        code, by, english = parse(shapes.ClaimRequest, request)["code"], person(request), in_english(request)
        return value_door(
            request,
            lambda: services.attend(by=by, code=code, now=clock.now()),
            lambda done: shapes.earned_body(done, english),
        )
