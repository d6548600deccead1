"""Lists of people to whom vouchers are given: sent in as CSV, previewed, decided on by a second operator."""

import csv
import io
from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import value_door
from backend.edge.errors import TooLarge
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import IsOperator
from campaigns import services
from campaigns.api import way_shapes as shapes
from campaigns.models import Grant
from campaigns.queries import ways

MAX_BYTES = 2 * 1024 * 1024


class _Csv(BaseParser):
    """The text of a file, so that the door can tell a repeat from another file."""

    media_type = "text/csv"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> dict[str, str]:
        raw: bytes = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge(limit_bytes=MAX_BYTES)
        try:
            return {"csv": raw.decode("utf-8")}
        except UnicodeDecodeError as wrong:
            raise ParseError from wrong


class OfferGrantsView(APIView):
    permission_classes = [IsOperator]
    parser_classes = [_Csv]
    moves_value = True

    @extend_schema(
        operation_id="draft_grant", request={"text/csv": OpenApiTypes.STR}, responses={201: shapes.GrantPreviewAnswer}
    )
    def post(self, request: Request, offer_id: UUID) -> Response:
        """Takes a list in: a telephone or a resident's id a line, and a note. It is read within seconds."""
        body, by = request.data, person(request).pk
        text = str(body.get("csv", "")) if isinstance(body, dict) else ""
        return value_door(
            request,
            lambda: services.draft_grant(by=by, offer_id=offer_id, text=text, now=clock.now()),
            shapes.grant_body,
        )


class GrantsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="grants", parameters=PAGE_PARAMETERS, responses={200: shapes.GrantsAnswer})
    def get(self, request: Request) -> Response:
        """Lists, newest first."""
        return page(request, ways.grants(), lambda grant: shapes.GrantAnswer(grant).data)


class GrantView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="grant", responses={200: shapes.GrantPreviewAnswer})
    def get(self, request: Request, grant_id: UUID) -> Response:
        """One list: how far it is, what it needs, which lines are at fault."""
        return Response(shapes.grant_body(ways.grant(grant_id)))


class GrantDecisionsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(
        operation_id="decide_grant", request=shapes.GrantDecisionRequest, responses={201: shapes.GrantPreviewAnswer}
    )
    def post(self, request: Request, grant_id: UUID) -> Response:
        """Approves the preview that was read, or rejects. Only somebody else than who sent it in can approve."""
        body, by = parse(shapes.GrantDecisionRequest, request), person(request).pk

        def decide() -> Grant:
            now = clock.now()
            if body["approve"]:
                preview = body["preview_sha256"]
                return services.approve_grant(by=by, grant_id=grant_id, preview_sha256=preview, now=now)
            return services.reject_grant(by=by, grant_id=grant_id, reason=body["reason"], now=now)

        return value_door(request, decide, lambda grant: shapes.grant_body(ways.grant(grant.pk)))


class GrantReportView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="grant_report", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, grant_id: UUID) -> HttpResponseBase:
        """Every line with what became of it, as CSV."""
        rows = ways.lines_of(ways.grant(grant_id))
        return StreamingHttpResponse(_report(rows), content_type="text/csv; charset=utf-8")


def _report(rows: Any) -> Iterator[str]:
    """One line each; a note never begins a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", "who", "note", "state", "reason"])
    for row in rows.iterator():
        writer.writerow([row.number, _plain(row.shown), _plain(row.note), row.state, row.fault])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in set("=+-@") else cell
