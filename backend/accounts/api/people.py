"""What operators do for a person: confirm what they saw proof of, and keep apart on appeal who is no same person."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import services
from backend.accounts.api import serializers as shapes
from backend.accounts.api.consents import PURPOSE, purpose_of
from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.parsing import parse
from backend.edge.permissions import IsOperator


class AttributeView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="verify_attribute",
        parameters=[PURPOSE],
        request=shapes.AttributeProof,
        responses={200: OpenApiTypes.OBJECT},
    )
    def put(self, request: Request, user: UUID, purpose: str) -> Response:
        """Writes down what was seen proof of; the person must have consented, and be somebody else."""
        wanted, body, by = purpose_of(purpose), parse(shapes.AttributeProof, request), person(request)
        value = body.get("number", body.get("text"))
        if value is None or len(body) != 2:
            raise ValidationError({"number": ["number or text, one of them"]})
        act = lambda: services.verify_attribute(  # noqa: E731
            by=by, user_id=user, purpose=wanted, value=value, method=body["method"], now=clock.now()
        )
        return door(request, act, lambda _: {})


class SeparationView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="split_person", request=shapes.Appeal, responses={200: shapes.AppealAnswer})
    def post(self, request: Request, user: UUID) -> Response:
        """Keeps an account apart from every mark that joins it with others, for good; on appeal."""
        body, by = parse(shapes.Appeal, request), person(request)
        act = lambda: services.split_person(by=by, user_id=user, now=clock.now(), **body)  # noqa: E731
        return door(request, act, lambda marks: {"marks": marks})
