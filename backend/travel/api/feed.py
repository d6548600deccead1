"""The operators' door: signed batches of events."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.api.serializers import Payer
from backend.core import clock
from backend.core.errors import Refusal
from backend.edge import signing
from backend.edge.doors import door
from backend.edge.parsing import Instant, parse
from backend.edge.problems import language_of
from backend.travel import queries, services
from backend.travel.errors import NotThisPartner
from backend.travel.models import Partner, PartnerKey
from backend.travel.rules.rides import MOST_EVENTS
from backend.travel.types import FEED_MODES, Recorded

_HEADERS = [
    OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=text)
    for name, text in (
        ("X-Key-Id", "Which of the partner's keys signs."),
        ("X-Timestamp", "Unix seconds."),
        ("X-Nonce", "16-64 characters, new for each request."),
        ("X-Signature", "HMAC-SHA256 in hex; see docs/partners.md."),
    )
]


class EventShape(serializers.Serializer[Any]):
    """One ride. Each is judged by itself; only `Events` bounds how many come at once."""

    reference = serializers.CharField(max_length=64, help_text="Yours, and never used for another ride.")
    mode = serializers.ChoiceField(choices=[mode.value for mode in FEED_MODES])
    rider = serializers.CharField(max_length=60, help_text="The card or account number. Never stored.")
    at = Instant(help_text="When the ride ended; RFC 3339 with offset.")
    distance_m = serializers.IntegerField(required=False, allow_null=True)
    exclusive_elsewhere = serializers.BooleanField(default=False, help_text="Claimed in another programme.")
    payer = Payer()


class EventsShape(serializers.Serializer[Any]):
    events = EventShape(many=True)


class Events(serializers.Serializer[Any]):
    events = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=MOST_EVENTS)


class EventResult(serializers.Serializer[Any]):
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=["recorded", "refused"])
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)


class EventsAnswer(serializers.Serializer[Any]):
    recorded = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = EventResult(many=True)


class PartnerAuthentication(BaseAuthentication):
    """A signed request is its partner's. `request.auth` keeps the claim, whose nonce the act uses up."""

    def authenticate(self, request: Request) -> tuple[PartnerKey, signing.Claim]:
        return signing.prove(request, queries.signing_key, clock.now())

    def authenticate_header(self, request: Request) -> str:
        return "HMAC-SHA256"


class IsPartner(BasePermission):
    """The holder of a live partner's key."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, PartnerKey)


class EventsView(APIView):
    authentication_classes = [PartnerAuthentication]
    permission_classes = [IsPartner]

    @extend_schema(
        operation_id="send_events", parameters=_HEADERS, request=EventsShape, responses={202: EventsAnswer}, auth=[]
    )
    def post(self, request: Request, code: str) -> Response:
        """Records a signed batch of rides, at most 500; a result for each, in order.

        Sending a batch again is safe: the same reference with the same content is recorded once.
        """
        partner = _partner(request, code)
        events, language, now = parse(Events, request)["events"], language_of(request._request), clock.now()

        def act() -> list[Recorded]:
            signing.use_nonce(request.auth, now)  # type: ignore[arg-type]  # the claim that was proved
            return services.record_rides(partner=partner, events=events, now=now)

        return door(request, act, lambda found: _body(found, language), success=202)


def _partner(request: Request, code: str) -> Partner:
    partner: Partner = request.user.partner  # type: ignore[union-attr]  # a PartnerKey, as IsPartner has seen
    if partner.code != code:
        raise NotThisPartner
    return partner


def _body(found: list[Recorded], language: str) -> dict[str, Any]:
    results = [result_body(each, language) for each in found]
    refused = sum(each.refusal is not None for each in found)
    return {"recorded": len(found) - refused, "refused": refused, "results": results}


def result_body(each: Recorded, language: str) -> dict[str, Any]:
    """What a partner is told of one event."""
    if isinstance(each.refusal, Refusal):
        why = {"code": each.refusal.code, "detail": each.refusal.detail(language)}
        return {"reference": each.reference, "status": "refused", **why}
    return {"reference": each.reference, "status": "recorded"}
