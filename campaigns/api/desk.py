"""The desk: vouchers on paper for people without a phone."""

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
from backend.edge.parsing import parse
from backend.edge.permissions import IsDesk
from backend.edge.rendering import Binary, Png
from backend.tokens import services as tokens
from backend.tokens.rendering.slip import voucher_slip
from backend.tokens.types import Purpose
from campaigns import queries, services
from campaigns.api import redemption_shapes as shapes
from campaigns.api.serializers import voucher_body


class Pdf(Binary):
    media_type, format = "application/pdf", "pdf"


class DeskVouchersView(APIView):
    permission_classes = [IsDesk]

    @extend_schema(operation_id="desk_vouchers", request=shapes.DeskRequest, responses={200: shapes.DeskAnswer})
    def post(self, request: Request) -> Response:
        """The usable vouchers of the person at the desk, by their number. Each look-up is kept in the audit trail."""
        phone, now = parse(shapes.DeskRequest, request)["phone"], clock.now()
        return door(
            request,
            lambda: services.look_up(by=person(request), phone=phone, now=now),
            lambda found: {"results": [voucher_body(voucher, now) for voucher in found]},
        )


class PrintedView(APIView):
    permission_classes = [IsDesk]

    @extend_schema(operation_id="printed_slips", parameters=PAGE_PARAMETERS, responses={200: shapes.PrintedAnswers})
    def get(self, request: Request) -> Response:
        """What one has printed oneself, newest first."""
        return page(request, queries.slips_by(person(request).pk), lambda slip: shapes.PrintedAnswer(slip).data)


class SlipsView(APIView):
    permission_classes = [IsDesk]
    moves_value = True

    @extend_schema(operation_id="print_slip", request=OpenApiTypes.OBJECT, responses={201: shapes.SlipAnswer})
    def post(self, request: Request, voucher_id: UUID) -> Response:
        """Makes a printed code; the one printed before is worth nothing from here on."""
        parse(shapes.NothingAsked, request)
        return value_door(
            request,
            lambda: services.print_slip(by=person(request), voucher_id=voucher_id, now=clock.now()),
            lambda slip: dict(shapes.SlipAnswer(slip).data),
        )


class PaperView(APIView):
    permission_classes = [IsDesk]
    renderer_classes = [Pdf, Png, JSONRenderer]

    @extend_schema(
        operation_id="slip_paper",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, (200, "image/png"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slip_id: UUID) -> Response:
        """The slip to print: PDF, or PNG where `Accept` asks for it."""
        now = clock.now()
        slip = queries.good_slip(slip_id, now)
        code = tokens.issue(purpose=Purpose.VOUCHER_PRINTED, subject=slip.pk, now=now)
        voucher, png = slip.voucher, request.accepted_renderer.format == "png"
        paper = voucher_slip(
            title=voucher.offer.title,
            lines=queries.words_of(voucher),
            url=code.url,
            typed=tokens.code_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=slip.pk),
            terms=voucher.offer.terms["zh"],
            file_format="PNG" if png else "PDF",
        )
        return Response(paper, content_type="image/png" if png else "application/pdf")
