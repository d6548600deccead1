"""One's cards and accounts with operators."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.parsing import Text, parse
from backend.edge.permissions import LoggedIn
from backend.travel import queries, services
from backend.travel.models import Rider
from backend.travel.types import AccountKind


class NewLink(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[kind.value for kind in AccountKind])
    account = Text(max_length=60, help_text="The card or account number; only its keyed digest is kept.")
    consent = serializers.BooleanField(help_text="That operators' ride records are matched with this account.")


class LinkAnswer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    account = serializers.CharField(help_text="Masked.")
    linked_at = serializers.DateTimeField(allow_null=True)


class LinksAnswer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Always null: there is one of each kind at most.")
    results = LinkAnswer(many=True)


class LinksView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_links", responses={200: LinksAnswer})
    def get(self, request: Request) -> Response:
        """The accounts one has linked."""
        return Response({"next": None, "results": [_body(row) for row in queries.links_of(person(request).pk)]})

    @extend_schema(operation_id="link_account", request=NewLink, responses={201: LinkAnswer})
    def post(self, request: Request) -> Response:
        """Links a transit card, a bike account or a 碳惠通 account, so that operators' rides count."""
        body, by = parse(NewLink, request), person(request)
        return door(request, lambda: services.link(by=by, **body, now=clock.now()), _body, success=201)


class LinkView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="unlink_account", responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, kind: str) -> Response:
        """Ends the link and the consent with it."""
        by = person(request)
        return door(request, lambda: services.unlink(by=by, kind=kind, now=clock.now()), lambda _: {})


def _body(row: Rider) -> dict[str, Any]:
    linked_at = clock.local(row.linked_at) if row.linked_at else None
    return {"kind": row.kind, "account": row.masked, "linked_at": linked_at}
