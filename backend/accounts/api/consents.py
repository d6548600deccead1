"""Consent, one purpose at a time: read the words, give it, take it back."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import queries, services
from backend.accounts.api import serializers as shapes
from backend.accounts.authentication import person
from backend.accounts.models import Consent
from backend.accounts.types import ConsentPurpose
from backend.core import clock
from backend.core.errors import NotFound
from backend.edge.doors import door
from backend.edge.permissions import LoggedIn
from backend.edge.problems import language_of

PURPOSE = OpenApiParameter(
    "purpose", OpenApiTypes.STR, OpenApiParameter.PATH, enum=[each.value for each in ConsentPurpose]
)


def purpose_of(name: str) -> ConsentPurpose:
    """Raises NotFound for a purpose that is none."""
    try:
        return ConsentPurpose(name)
    except ValueError:
        raise NotFound from None


class ConsentsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_consents", responses={200: shapes.Consents})
    def get(self, request: Request) -> Response:
        """Every purpose with its words, and since when one agrees."""
        given = {row.purpose: row for row in queries.consents_of(person(request).pk)}
        return Response(
            {"next": None, "results": [_body(request, purpose, given.get(purpose.value)) for purpose in ConsentPurpose]}
        )


class ConsentView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_consent", parameters=[PURPOSE], responses={200: shapes.ConsentAnswer})
    def get(self, request: Request, purpose: str) -> Response:
        """One purpose with its words, and since when one agrees."""
        wanted = purpose_of(purpose)
        given = {row.purpose: row for row in queries.consents_of(person(request).pk)}
        return Response(_body(request, wanted, given.get(wanted.value)))

    @extend_schema(operation_id="consent", parameters=[PURPOSE], request=None, responses={200: shapes.ConsentAnswer})
    def put(self, request: Request, purpose: str) -> Response:
        """Agrees, in the words that are shown."""
        wanted, by = purpose_of(purpose), person(request)
        act = lambda: services.consent(by=by, purpose=wanted, now=clock.now())  # noqa: E731
        return door(request, act, lambda given: _body(request, wanted, given))

    @extend_schema(
        operation_id="withdraw_consent", parameters=[PURPOSE], request=None, responses={200: shapes.ConsentAnswer}
    )
    def delete(self, request: Request, purpose: str) -> Response:
        """Takes the consent back; what was told under it is deleted."""
        wanted, by = purpose_of(purpose), person(request)
        act = lambda: services.withdraw(by=by, purpose=wanted, now=clock.now())  # noqa: E731
        return door(request, act, lambda _: _body(request, wanted, None))


def _body(request: Request, purpose: ConsentPurpose, given: Consent | None) -> dict[str, Any]:
    return shapes.consent_body(purpose, given, language_of(request._request))
