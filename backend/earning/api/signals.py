"""What the fraud signals found, and what operators make of it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning import services
from backend.earning.models import Signal
from backend.earning.queries import signals as reads
from backend.earning.types import SignalKind, SignalState
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, parse, parse_query
from backend.edge.permissions import IsOperator
from backend.edge.problems import in_english


class SignalsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[each.value for each in SignalState], required=False)
    kind = serializers.ChoiceField(choices=[each.value for each in SignalKind], required=False)


class SignalDecision(serializers.Serializer[Any]):
    confirm = serializers.BooleanField(help_text="True keeps the subject watched, false ends it.")
    reason = Text(max_length=200)


class SignalAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    subject_kind = serializers.CharField(help_text="person, witness, station")
    subject = serializers.UUIDField()
    score = serializers.FloatField()
    threshold = serializers.FloatField()
    explanation = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    watch_until = serializers.DateTimeField(help_text="Until then awards of the subject go to review.")
    state = serializers.CharField()
    reason = serializers.CharField()
    found_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


SignalsAnswer = listing(SignalAnswer)


class SignalsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="signals", parameters=[*PAGE_PARAMETERS, SignalsQuery], responses={200: SignalsAnswer})
    def get(self, request: Request) -> Response:
        """What the nightly look found, newest first, each with its score and why."""
        query, english = parse_query(SignalsQuery, request), in_english(request)
        return page(request, reads.signals(**query), lambda signal: _signal(signal, english))


class SignalDecisionsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="decide_signal", request=SignalDecision, responses={201: SignalAnswer})
    def post(self, request: Request, signal_id: UUID) -> Response:
        """Confirms or dismisses a signal. Awards that wait because of it are decided one by one, under `reviews`."""
        body, by, english = parse(SignalDecision, request), person(request), in_english(request)
        return value_door(
            request,
            lambda: services.decide_signal(by=by, signal_id=signal_id, **body, now=clock.now()),
            lambda signal: _signal(signal, english),
        )


def _signal(signal: Signal, english: bool) -> dict[str, Any]:
    return {
        "id": signal.pk,
        "kind": signal.kind,
        "subject_kind": signal.subject_kind,
        "subject": signal.subject_id,
        "score": signal.score,
        "threshold": signal.threshold,
        "explanation": signal.en if english else signal.zh,
        "since": clock.local(signal.since),
        "until": clock.local(signal.until),
        "watch_until": clock.local(signal.watch_until),
        "state": signal.state,
        "reason": signal.reason,
        "found_at": clock.local(signal.found_at),
        "decided_at": clock.local(signal.decided_at) if signal.decided_at else None,
    }
