"""Appeals: filed by residents, decided by operators who did not decide before."""

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
from backend.earning.api.reviews import REASON_CODES, reason_title
from backend.earning.models import Appeal
from backend.earning.queries import evidence as reads
from backend.earning.types import AppealState, ReasonCode
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, parse, parse_query
from backend.edge.permissions import IsOperator, LoggedIn
from backend.edge.problems import in_english


class AppealRequest(serializers.Serializer[Any]):
    text = Text(max_length=500, help_text="What should be looked at again, and why.")


class AppealsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[each.value for each in AppealState], required=False)


class AppealDecision(serializers.Serializer[Any]):
    uphold = serializers.BooleanField()
    reason_code = serializers.ChoiceField(choices=REASON_CODES)
    reason = Text(max_length=200)


class OwnAppeal(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="rejection, one_person")
    award = serializers.UUIDField(allow_null=True)
    restored_award = serializers.UUIDField(allow_null=True, help_text="The award that an upheld appeal brought.")
    text = serializers.CharField()
    state = serializers.CharField()
    reason_code = serializers.CharField()
    reason_title = serializers.CharField()
    reason = serializers.CharField()
    filed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class AppealAnswer(OwnAppeal):
    resident = serializers.UUIDField()
    rejected_because = serializers.CharField(allow_null=True)


OwnAppeals = listing(OwnAppeal)


Appeals = listing(AppealAnswer)


class AwardAppealsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="appeal_rejection", request=AppealRequest, responses={201: OwnAppeal})
    def post(self, request: Request, award_id: UUID) -> Response:
        """Asks for a second look at a rejected award of one's own, once, within fourteen days."""
        text, by, english = parse(AppealRequest, request)["text"], person(request), in_english(request)
        return value_door(
            request,
            lambda: services.appeal_rejection(by=by, award_id=award_id, text=text, now=clock.now()),
            lambda appeal: _own(appeal, english),
        )


class MyAppealsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="my_appeals", parameters=PAGE_PARAMETERS, responses={200: OwnAppeals})
    def get(self, request: Request) -> Response:
        """One's appeals, newest first."""
        english = in_english(request)
        return page(request, reads.appeals_of(person(request).pk), lambda appeal: _own(appeal, english))

    @extend_schema(operation_id="appeal_one_person", request=AppealRequest, responses={201: OwnAppeal})
    def post(self, request: Request) -> Response:
        """Says that one is not the same person as others with the same telephone, device or payment account."""
        text, by, english = parse(AppealRequest, request)["text"], person(request), in_english(request)
        return value_door(
            request,
            lambda: services.appeal_one_person(by=by, text=text, now=clock.now()),
            lambda appeal: _own(appeal, english),
        )


class AppealsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="appeals", parameters=[*PAGE_PARAMETERS, AppealsQuery], responses={200: Appeals})
    def get(self, request: Request) -> Response:
        """Everybody's appeals, newest first; `state=filed` are those that wait."""
        query, english = parse_query(AppealsQuery, request), in_english(request)
        return page(request, reads.appeals(**query), lambda appeal: _whole(appeal, english))


class AppealDecisionsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="decide_appeal", request=AppealDecision, responses={201: AppealAnswer})
    def post(self, request: Request, appeal_id: UUID) -> Response:
        """Upholds or declines an appeal, once, by somebody other than the reviewer."""
        body, by, english = parse(AppealDecision, request), person(request), in_english(request)
        body["reason_code"] = ReasonCode(body["reason_code"])
        return value_door(
            request,
            lambda: services.decide_appeal(by=by, appeal_id=appeal_id, **body, now=clock.now()),
            lambda appeal: _whole(appeal, english),
        )


def _own(appeal: Appeal, english: bool) -> dict[str, Any]:
    restored = getattr(appeal.award, "restored", None) if appeal.award else None
    return {
        "id": appeal.pk,
        "kind": appeal.kind,
        "award": appeal.award_id,
        "restored_award": restored.pk if restored else None,
        "text": appeal.text,
        "state": appeal.state,
        "reason_code": appeal.reason_code,
        "reason_title": reason_title(appeal.reason_code, english),
        "reason": appeal.reason,
        "filed_at": clock.local(appeal.filed_at),
        "decided_at": clock.local(appeal.decided_at) if appeal.decided_at else None,
    }


def _whole(appeal: Appeal, english: bool) -> dict[str, Any]:
    because = appeal.award.review.reason if appeal.award else None
    return _own(appeal, english) | {"resident": appeal.resident_id, "rejected_because": because}
