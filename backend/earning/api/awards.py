"""Awards with their reasons, the rules behind them, and how operators change the rules."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning import queries, rules, services
from backend.earning.api.reviews import reason_title
from backend.earning.models import Award, AwardRule, RuleDraft
from backend.earning.types import ACTIVITIES, Activity, AwardStatus, Foreseen
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Instant, Text, parse
from backend.edge.permissions import Anyone, IsOperator, LoggedIn
from backend.edge.problems import in_english


class AwardAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    happened_at = serializers.DateTimeField()
    activity = serializers.CharField()
    title = serializers.CharField(help_text="The activity in words.")
    variant = serializers.CharField()
    amount = serializers.IntegerField()
    unit = serializers.CharField()
    status = serializers.CharField(help_text="awarded, pending, pending_review, or how that ended: approved, rejected.")
    available_at = serializers.DateTimeField(allow_null=True)
    grade = serializers.CharField()
    points = serializers.IntegerField()
    carbon_mg = serializers.IntegerField()
    why = serializers.CharField()
    review_reason = serializers.CharField(allow_null=True)
    review_reason_code = serializers.CharField(allow_null=True)
    appeal = serializers.CharField(allow_null=True, help_text="filed, upheld or declined")
    appeal_until = serializers.DateTimeField(allow_null=True, help_text="While a rejection can be appealed against.")
    photo = serializers.UUIDField(allow_null=True)
    takes_photo = serializers.BooleanField(help_text="Whether `POST me/awards/{id}/photos` may add one.")


AwardsAnswer = listing(AwardAnswer)


class ExplainedAward(AwardAnswer):
    rule = serializers.CharField()
    rule_since = serializers.DateTimeField()
    steps = serializers.ListField(child=serializers.CharField(), help_text="How the points came about.")
    more = serializers.ListField(child=serializers.CharField(), help_text="What would have earned more.")
    doubts = serializers.ListField(child=serializers.CharField())
    evidence_digest = serializers.CharField()
    review_reason_title = serializers.CharField(allow_blank=True)
    appeal_text = serializers.CharField(allow_blank=True)
    appeal_reason_title = serializers.CharField(allow_blank=True)
    appeal_reason = serializers.CharField(allow_blank=True, help_text="What the operator wrote who decided the appeal.")


class RuleAnswer(serializers.Serializer[Any]):
    activity = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateTimeField()
    terms = serializers.DictField(help_text="rates, grades, caps, min_interval_seconds, points_valid_days")


class RulesAnswer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Always null: one rule for each activity.")
    results = RuleAnswer(many=True)


class DraftRequest(serializers.Serializer[Any]):
    activity = serializers.ChoiceField(choices=[activity.value for activity in Activity])
    terms = serializers.DictField()
    valid_from = Instant()
    note = Text(max_length=200, required=False, default="")


class DraftAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    activity = serializers.CharField()
    terms = serializers.DictField()
    valid_from = serializers.DateTimeField()
    note = serializers.CharField()
    drafted_by = serializers.CharField()


class ForeseenAnswer(serializers.Serializer[Any]):
    acts = serializers.IntegerField()
    people = serializers.IntegerField()
    points_then = serializers.IntegerField(help_text="What these acts were given.")
    points_now = serializers.IntegerField(help_text="What the draft would have given.")
    refused = serializers.DictField(child=serializers.IntegerField(), help_text="Refused by the draft, by code.")


DraftsAnswer = listing(DraftAnswer)


class AwardsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_awards", parameters=PAGE_PARAMETERS, responses={200: AwardsAnswer})
    def get(self, request: Request) -> Response:
        """One's rewarded acts, newest first, those that wait too."""
        english = in_english(request)
        return page(request, queries.awards_of(person(request).pk), lambda row: _award(row, english))


class AwardView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_award", responses={200: ExplainedAward})
    def get(self, request: Request, award_id: UUID) -> Response:
        """Why an act earned what it earned, on what evidence, by which rule, and what would have earned more."""
        award = queries.award_of(person(request).pk, award_id)
        return Response(_explained(award, in_english(request)))


class RulesView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="rules", responses={200: RulesAnswer})
    def get(self, request: Request) -> Response:
        """What earns how much at present: one rule for each activity."""
        english = in_english(request)
        found = queries.rules_in_force(clock.now())
        return Response({"next": None, "results": [_rule(rule, english) for rule in found]})


class DraftsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="rule_drafts", parameters=PAGE_PARAMETERS, responses={200: DraftsAnswer})
    def get(self, request: Request) -> Response:
        """Drafts that are not published yet, newest first."""
        return page(request, queries.drafts(), _draft)

    @extend_schema(operation_id="draft_rule", request=DraftRequest, responses={201: DraftAnswer})
    def post(self, request: Request) -> Response:
        """Drafts a rule. It changes nothing until another operator publishes it."""
        body, by = parse(DraftRequest, request), person(request).pk
        body["activity"] = Activity(body["activity"])
        return value_door(request, lambda: services.draft_rule(by=by, **body, now=clock.now()), _draft)


class PreviewView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="preview_rule", responses={200: ForeseenAnswer})
    def get(self, request: Request, draft_id: UUID) -> Response:
        """What the draft would have given for the last thirty days' awards."""
        return Response(_foreseen(services.preview_rule(draft_id=draft_id, now=clock.now())))


class PublicationView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="publish_rule", request=None, responses={201: RuleAnswer})
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Puts a draft in force from its start on, by somebody other than its author. Old awards do not change."""
        by, english = person(request).pk, in_english(request)
        return value_door(
            request,
            lambda: services.publish_rule(by=by, draft_id=draft_id, now=clock.now()),
            lambda rule: _rule(rule, english),
        )


def _award(row: Award, english: bool) -> dict[str, Any]:
    review, appeal = getattr(row, "review", None), getattr(row, "appeal", None)
    has_photo = hasattr(row, "photo")
    may_appeal = appeal is None and review and not review.approved
    waits = row.status == AwardStatus.PENDING and review is None
    return {
        "id": row.pk,
        "at": clock.local(row.at),
        "happened_at": clock.local(row.happened_at),
        "activity": row.activity,
        "title": ACTIVITIES[Activity(row.activity)].en if english else ACTIVITIES[Activity(row.activity)].zh,
        "variant": row.variant,
        "amount": row.amount,
        "unit": ACTIVITIES[Activity(row.activity)].unit.value,
        "status": row.status if review is None else "approved" if review.approved else "rejected",
        "available_at": clock.local(row.release_at) if waits and row.release_at else None,
        "grade": row.grade,
        "points": row.points,
        "carbon_mg": row.carbon_mg,
        "why": row.why_en if english else row.why_zh,
        "review_reason": review.reason if review else None,
        "review_reason_code": review.reason_code if review else None,
        "appeal": appeal.state if appeal else None,
        "appeal_until": clock.local(review.at + services.APPEAL_TIME) if review and may_appeal else None,
        "photo": row.photo.pk if has_photo else None,
        "takes_photo": not has_photo and queries.is_under_review(row),
    }


def _explained(row: Award, english: bool) -> dict[str, Any]:
    act, working = queries.act_of(row), queries.working_of(row)
    steps = rules.steps(working, ACTIVITIES[act.activity].unit) if working else []
    return _award(row, english) | {
        "rule": str(row.rule),
        "rule_since": clock.local(row.rule.valid_from),
        "steps": [words[english] for words in steps],
        "more": [words[english] for words in rules.more(row.rule.terms, act, working)],
        "doubts": [rules.words(doubt)[english] for doubt in row.doubts],
        "evidence_digest": row.evidence.digest,
        **_decided(row, english),
    }


def _decided(row: Award, english: bool) -> dict[str, Any]:
    """The reasons of a review and of an appeal in words."""
    review, appeal = getattr(row, "review", None), getattr(row, "appeal", None)
    return {
        "review_reason_title": reason_title(review.reason_code if review else "", english),
        "appeal_text": appeal.text if appeal else "",
        "appeal_reason_title": reason_title(appeal.reason_code if appeal else "", english),
        "appeal_reason": appeal.reason if appeal else "",
    }


def _rule(rule: AwardRule, english: bool) -> dict[str, Any]:
    info = ACTIVITIES[Activity(rule.activity)]
    return {
        "activity": rule.activity,
        "title": info.en if english else info.zh,
        "unit": info.unit.value,
        "version": rule.version,
        "valid_from": clock.local(rule.valid_from),
        "terms": rule.terms_data,
    }


def _draft(draft: RuleDraft) -> dict[str, Any]:
    return {
        "id": draft.pk,
        "activity": draft.activity,
        "terms": draft.terms,
        "valid_from": clock.local(draft.valid_from),
        "note": draft.note,
        "drafted_by": draft.drafted_by,
    }


def _foreseen(found: Foreseen) -> dict[str, Any]:
    return {
        "acts": found.acts,
        "people": found.people,
        "points_then": found.points_then,
        "points_now": found.points_now,
        "refused": found.refused,
    }
