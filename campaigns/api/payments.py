"""The bank's files: what one would do, doing it, and what came of earlier ones."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import IsOperator
from campaigns import services
from campaigns.api import settlement_shapes as shapes
from campaigns.queries import payments as queries
from campaigns.rules.payments import read_bank_file


class PaymentPreviewView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="preview_payments", request=shapes.BankFileRequest, responses={200: shapes.PreviewAnswer}
    )
    def post(self, request: Request) -> Response:
        """What the bank file would pay and where it differs. Moves nothing."""
        body = parse(shapes.BankFileRequest, request)
        return Response(shapes.preview_body(queries.plan(read_bank_file(body["csv"]))))


class PaymentFilesView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(
        operation_id="import_payments", request=shapes.BankFileRequest, responses={201: shapes.PaymentFileAnswer}
    )
    def post(self, request: Request) -> Response:
        """Books what the bank paid, whole or not at all; the same file again answers with its first import."""
        body = parse(shapes.BankFileRequest, request)
        return value_door(
            request,
            lambda: services.import_payments(by=person(request), name=body["name"], text=body["csv"], now=clock.now()),
            shapes.payment_file_body,
        )

    @extend_schema(operation_id="payment_files", parameters=PAGE_PARAMETERS, responses={200: shapes.PaymentFilesAnswer})
    def get(self, request: Request) -> Response:
        """The bank files that were imported, newest first."""
        return page(request, queries.payment_files(), lambda file: shapes.PaymentFileRow(file).data)


class PaymentFileView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="payment_file", responses={200: shapes.PaymentFileAnswer})
    def get(self, request: Request, file_id: UUID) -> Response:
        """One bank file with what came of each row and which statements it left out."""
        return Response(shapes.payment_file_body(queries.payment_file(file_id)))
