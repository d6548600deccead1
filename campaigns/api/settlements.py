"""Statements for merchants and operators: reading, agreeing, questioning, downloading."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door, value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import IsMerchant, IsMerchantOrOperator, IsOperator, IsStaffOrOperator
from backend.edge.rendering import Binary
from backend.merchants.queries import store_worked_at
from campaigns import services
from campaigns.api import settlement_shapes as shapes
from campaigns.models import LineHold
from campaigns.queries import settlement as queries
from campaigns.rendering import content_of, csv_bytes, sha256_of, xlsx_bytes
from campaigns.rendering.statements import Content

CSV_TYPE, XLSX_TYPE = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Csv(Binary):
    media_type, format = CSV_TYPE, "csv"


class Xlsx(Binary):
    media_type, format = XLSX_TYPE, "xlsx"


class StatementsView(APIView):
    permission_classes = [IsMerchantOrOperator]

    @extend_schema(
        operation_id="settlements",
        parameters=[shapes.StatementsQuery, *PAGE_PARAMETERS],
        responses={200: shapes.StatementsAnswer},
    )
    def get(self, request: Request) -> Response:
        """Statements of the stores in one's care, newest first; all for an operator."""
        wanted = parse_query(shapes.StatementsQuery, request)
        return page(request, queries.statements_seen_by(person(request)).filter(**wanted), shapes.statement_row)


class StatementView(APIView):
    permission_classes = [IsMerchantOrOperator]

    @extend_schema(operation_id="settlement", responses={200: shapes.StatementAnswer})
    def get(self, request: Request, statement_id: UUID) -> Response:
        """One statement: its sums, whose money they are, and the digest of its files."""
        return Response(shapes.statement_body(queries.statement_seen_by(person(request), statement_id)))


class LinesView(APIView):
    permission_classes = [IsMerchantOrOperator]

    @extend_schema(operation_id="settlement_lines", parameters=PAGE_PARAMETERS, responses={200: shapes.LinesAnswer})
    def get(self, request: Request, statement_id: UUID) -> Response:
        """The statement's lines in their order."""
        lines = queries.lines_of(queries.statement_seen_by(person(request), statement_id))
        return page(request, lines, lambda line: shapes.LineAnswer(line).data, ordering="id")


class _Download(APIView):
    permission_classes = [IsMerchantOrOperator]

    def file(self, request: Request, statement_id: UUID, make: Callable[[Content], bytes], kind: str) -> Response:
        """The statement as a file, with the digests of its content and of its bytes."""
        statement = queries.statement_seen_by(person(request), statement_id)
        lines = queries.lines_of(statement).iterator()
        content = content_of(statement, lines, queries.shares_of_statement(statement))
        made = make(content)
        response = Response(made, content_type=kind)
        response["Content-Disposition"] = (
            f'attachment; filename="{statement.number}.{request.accepted_renderer.format}"'
        )
        response["Content-Digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(made).digest()).decode()}:"
        response["X-Content-SHA256"] = sha256_of(content)
        return response


class StatementCsvView(_Download):
    renderer_classes = [Csv, JSONRenderer]

    @extend_schema(operation_id="settlement_csv", responses={(200, CSV_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, statement_id: UUID) -> Response:
        """The statement as CSV: the same bytes whenever it is made again."""
        return self.file(request, statement_id, csv_bytes, CSV_TYPE + "; charset=utf-8")


class StatementXlsxView(_Download):
    renderer_classes = [Xlsx, JSONRenderer]

    @extend_schema(operation_id="settlement_xlsx", responses={(200, XLSX_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, statement_id: UUID) -> Response:
        """The statement as a workbook: the same bytes whenever it is made again."""
        return self.file(request, statement_id, xlsx_bytes, XLSX_TYPE)


class ConfirmationView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(operation_id="confirm_settlement", request=shapes.AgreeRequest, responses={200: shapes.StatementRow})
    def post(self, request: Request, statement_id: UUID) -> Response:
        """The merchant agrees to the sum as it was seen."""
        return _agree(request, services.confirm_statement, statement_id, door)


class ApprovalView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="approve_settlement", request=shapes.AgreeRequest, responses={201: shapes.StatementRow})
    def post(self, request: Request, statement_id: UUID) -> Response:
        """A second person releases the sum to the bank; nothing to pay closes the statement."""
        return _agree(request, services.approve_statement, statement_id, value_door)


class DisputesView(APIView):
    permission_classes = [IsMerchant]

    @extend_schema(operation_id="dispute_line", request=shapes.LineRequest, responses={201: shapes.HoldAnswer})
    def post(self, request: Request, statement_id: UUID) -> Response:
        """The merchant questions a line; the rest of the statement can go on."""
        return _question(request, services.dispute_line, statement_id)


class HoldsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="hold_line", request=shapes.LineRequest, responses={201: shapes.HoldAnswer})
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Takes a line out of the sum for a review."""
        return _question(request, services.hold_line, statement_id)


class ResolutionView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="resolve_hold", request=shapes.ResolutionRequest, responses={201: shapes.HoldAnswer})
    def post(self, request: Request, hold_id: int) -> Response:
        """Decides on a held line: it comes back on a later statement, with a correction beside it."""
        body = parse(shapes.ResolutionRequest, request)
        return value_door(
            request,
            lambda: services.resolve_hold(by=person(request), hold_id=hold_id, **body, now=clock.now()),
            shapes.hold_body,
        )


class AdjustmentsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(
        operation_id="adjust_settlement", request=shapes.AdjustmentRequest, responses={201: shapes.AdjustmentAnswer}
    )
    def post(self, request: Request) -> Response:
        """Books money to or from a store's merchant; its next statement shows it."""
        body = parse(shapes.AdjustmentRequest, request)
        asked = {"store_id": body.pop("store"), "campaign_id": body.pop("campaign", None), **body}
        return value_door(
            request,
            lambda: services.adjust(by=person(request), **asked, now=clock.now()),
            lambda made: dict(shapes.AdjustmentAnswer(made).data),
        )


class StoreDayView(APIView):
    permission_classes = [IsStaffOrOperator]

    @extend_schema(operation_id="store_day", parameters=[shapes.DayQuery], responses={200: shapes.DayAnswer})
    def get(self, request: Request, store_id: UUID) -> Response:
        """A store's day: redemptions, returns, totals, and what waits for a statement."""
        store = store_worked_at(person(request), store_id)
        day = parse_query(shapes.DayQuery, request).get("date") or clock.local(clock.now()).date()
        return Response(shapes.day_body(day, queries.store_day(store.pk, day)))


def _agree(
    request: Request, verb: Callable[..., Any], statement_id: UUID, through: Callable[..., Response]
) -> Response:
    body = parse(shapes.AgreeRequest, request)
    act = lambda: verb(by=person(request), statement_id=statement_id, **body, now=clock.now())  # noqa: E731
    return through(request, act, shapes.statement_row)  # without its digest: that reads every line, in a transaction


def _question(request: Request, verb: Callable[..., LineHold], statement_id: UUID) -> Response:
    body = parse(shapes.LineRequest, request)
    asked = {"statement_id": statement_id, "line_id": body["line"], "reason": body["reason"]}
    act = lambda: verb(by=person(request), **asked, now=clock.now())  # noqa: E731
    return door(request, act, shapes.hold_body, success=201)
