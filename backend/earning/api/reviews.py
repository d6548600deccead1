"""The queue of awards that wait for a person, with what there is to judge them by."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning import rules, services
from backend.earning.models import Award, EvidenceDetail, Review
from backend.earning.queries import evidence as reads
from backend.earning.types import ACTIVITIES, REASONS, Activity, ReasonCode
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, parse, parse_query
from backend.edge.permissions import IsOperator
from backend.edge.problems import in_english

REASON_CODES = [code.value for code in ReasonCode]


class ReviewsQuery(serializers.Serializer[Any]):
    activity = serializers.ChoiceField(choices=[each.value for each in Activity], required=False)
    doubt = serializers.RegexField(r"^[a-z_]{1,40}\Z", required=False, help_text="A reason code among `doubts`.")


class ExplainedDoubt(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    threshold = serializers.FloatField(allow_null=True)
    explanation = serializers.CharField()


class EvidenceSummary(serializers.Serializer[Any]):
    digest = serializers.CharField()
    photo = serializers.UUIDField(allow_null=True)
    alike = serializers.ListField(child=serializers.UUIDField(), help_text="Photos that look like this one.")
    kept_until = serializers.DateTimeField(allow_null=True, help_text="Null when the particulars are gone.")


class WaitingAward(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    happened_at = serializers.DateTimeField()
    resident = serializers.UUIDField()
    activity = serializers.CharField()
    variant = serializers.CharField()
    amount = serializers.IntegerField()
    unit = serializers.CharField()
    station = serializers.CharField(allow_null=True)
    doubts = serializers.ListField(child=serializers.CharField())
    signals = ExplainedDoubt(many=True)
    evidence = EvidenceSummary()
    points = serializers.IntegerField()
    grade = serializers.CharField()
    rule = serializers.CharField()
    why = serializers.CharField()


WaitingAwards = listing(WaitingAward)


class Decision(serializers.Serializer[Any]):
    approve = serializers.BooleanField()
    reason_code = serializers.ChoiceField(choices=REASON_CODES, required=False, default=ReasonCode.OTHER.value)
    reason = Text(max_length=200)


class ReviewAnswer(serializers.Serializer[Any]):
    award = serializers.UUIDField()
    approved = serializers.BooleanField()
    reason_code = serializers.CharField()
    reason_title = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class ReviewsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="reviews", parameters=[*PAGE_PARAMETERS, ReviewsQuery], responses={200: WaitingAwards})
    def get(self, request: Request) -> Response:
        """Awards that wait for an operator's decision, newest first, with their evidence and explained doubts."""
        query = parse_query(ReviewsQuery, request)
        english = in_english(request)
        return page(request, reads.to_review(**query), lambda award: _waiting(award, english))


class DecisionsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="decide_review", request=Decision, responses={201: ReviewAnswer})
    def post(self, request: Request, award_id: UUID) -> Response:
        """Approves or rejects an award that waits, once, with a reason that the resident can read."""
        body, by = parse(Decision, request), person(request)
        body["reason_code"] = ReasonCode(body["reason_code"])
        english = in_english(request)
        return value_door(
            request,
            lambda: services.review(by=by, award_id=award_id, **body, now=clock.now()),
            lambda made: _review(made, english),
        )


def reason_title(code: str, english: bool) -> str:
    """A reason code in words; empty for none."""
    reason = REASONS[ReasonCode(code)] if code else None
    return "" if reason is None else reason.en if english else reason.zh


def _waiting(award: Award, english: bool) -> dict[str, Any]:
    detail = getattr(award.evidence, "detail", None)
    photo = getattr(award, "photo", None)
    return {
        "id": award.pk,
        "at": clock.local(award.at),
        "happened_at": clock.local(award.happened_at),
        "resident": award.resident_id,
        "activity": award.activity,
        "variant": award.variant,
        "amount": award.amount,
        "unit": ACTIVITIES[Activity(award.activity)].unit.value,
        "station": award.station.name if award.station else None,
        "doubts": award.doubts,
        "signals": [_doubt(code, detail, english) for code in award.doubts],
        "evidence": {
            "digest": award.evidence.digest,
            "photo": photo.pk if photo else None,
            "alike": _alike(award, detail),
            "kept_until": clock.local(detail.keep_until) if detail else None,
        },
        "points": award.points,
        "grade": award.grade,
        "rule": str(award.rule),
        "why": award.why_en if english else award.why_zh,
    }


def _alike(award: Award, detail: EvidenceDetail | None) -> list[Any]:
    """As it was when the photo was the act itself; looked up now where it was added afterwards."""
    photo = getattr(award, "photo", None)
    if photo is not None and photo.digest != award.evidence.digest:
        return reads.alike(photo)
    return detail.detail.get("alike", []) if detail else []


def _doubt(code: str, detail: EvidenceDetail | None, english: bool) -> dict[str, Any]:
    told = detail.detail.get("signals", []) if detail else []
    found: dict[str, Any] = next((each for each in told if each["kind"] == code), {})
    title = rules.words(code)[english]
    return {
        "code": code,
        "title": title,
        "score": found.get("score"),
        "threshold": found.get("threshold"),
        "explanation": found.get("en" if english else "zh", title),
    }


def _review(review: Review, english: bool) -> dict[str, Any]:
    return {
        "award": review.award_id,
        "approved": review.approved,
        "reason_code": review.reason_code,
        "reason_title": reason_title(review.reason_code, english),
        "reason": review.reason,
        "at": clock.local(review.at),
    }
