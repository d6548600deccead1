"""The registry of partners and their keys, for operators."""

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
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, WholeNumber, parse
from backend.edge.permissions import IsOperator
from backend.travel import queries, services
from backend.travel.models import Partner, PartnerKey
from backend.travel.services.partners import MAX_AGE
from backend.travel.types import FEED_MODES, AccountKind

_DAY_SECONDS = 86_400
_DEFAULT_AGE = int(MAX_AGE.total_seconds())


class NewPartner(serializers.Serializer[Any]):
    code = serializers.RegexField(r"^[a-z0-9-]{3,40}$", help_text="Stands in the address of its events.")
    name = Text(max_length=60)
    account_kind = serializers.ChoiceField(choices=[kind.value for kind in AccountKind])
    modes = serializers.ListField(
        child=serializers.ChoiceField(choices=[mode.value for mode in FEED_MODES]), min_length=1, max_length=8
    )
    max_age_seconds = WholeNumber(min_value=3600, max_value=90 * _DAY_SECONDS, default=_DEFAULT_AGE)


class KeyAnswer(serializers.Serializer[Any]):
    id = serializers.CharField()
    issued_at = serializers.DateTimeField()


class IssuedKey(KeyAnswer):
    secret = serializers.CharField(help_text="Shown this once.")


class PartnerAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    account_kind = serializers.CharField()
    modes = serializers.ListField(child=serializers.CharField())
    max_age_seconds = serializers.IntegerField()
    keys = KeyAnswer(many=True)


PartnersAnswer = listing(PartnerAnswer)


class PartnersView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="partners", parameters=PAGE_PARAMETERS, responses={200: PartnersAnswer})
    def get(self, request: Request) -> Response:
        """Partners with the ids of their live keys; a secret is never shown again."""
        return page(request, queries.partners(), lambda row: _body(row, row.live_keys))

    @extend_schema(operation_id="register_partner", request=NewPartner, responses={201: PartnerAnswer})
    def post(self, request: Request) -> Response:
        """Registers an operator that may send rides once it has a key."""
        body, by = parse(NewPartner, request), person(request).pk
        act = lambda: services.register_partner(by=by, **body, now=clock.now())  # noqa: E731
        return door(request, act, lambda made: _body(made, []), success=201)


class KeysView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="issue_partner_key", request=None, responses={201: IssuedKey})
    def post(self, request: Request, code: str) -> Response:
        """A new key. Two are valid at once, so that a partner changes over without a gap.

        Not remembered under an Idempotency-Key: the answer holds a secret.
        """
        by, found = person(request).pk, queries.partner(code)
        act = lambda: services.issue_key(by=by, partner=found, now=clock.now())  # noqa: E731
        return door(request, act, lambda made: {**_key(made[0]), "secret": made[1]}, success=201)


class KeyView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="revoke_partner_key", responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, code: str, key_id: str) -> Response:
        """Revokes a key, at once and for good."""
        by, found = person(request).pk, queries.partner(code)
        act = lambda: services.revoke_key(by=by, partner=found, key_id=key_id, now=clock.now())  # noqa: E731
        return door(request, act, lambda _: {})


def _body(row: Partner, keys: list[PartnerKey]) -> dict[str, Any]:
    terms = {"account_kind": row.account_kind, "modes": row.modes, "max_age_seconds": row.max_age_seconds}
    return {"code": row.code, "name": row.name, **terms, "keys": [_key(key) for key in keys]}


def _key(key: PartnerKey) -> dict[str, Any]:
    return {"id": key.pk, "issued_at": clock.local(key.issued_at)}
