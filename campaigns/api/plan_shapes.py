"""Shapes of campaigns: what everybody sees, and the plan that operators draft, approve and change."""

from datetime import datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.edge.pagination import listing
from backend.edge.parsing import Text, WholeNumber
from campaigns.api import plan_parts as parts
from campaigns.api.serializers import OfferAnswer
from campaigns.models import Campaign, MoneyChange
from campaigns.rules import MAX_BILL_FEN, MAX_GROUPS, MAX_VALID_DAYS, cost_of, state_at
from campaigns.types import CampaignStatus, ChangeStatus, NewCampaign, NewOffer

STATES = [state.value for state in CampaignStatus]
MAX_CAMPAIGN = timedelta(days=1100)
MAX_STOCK = 10_000_000
MAX_REASON = 200


class CampaignAnswer(serializers.Serializer[Any]):
    """A campaign as everybody sees it now. Rendered by `campaign_body`."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    state = serializers.SerializerMethodField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    groups = parts.GroupShape(many=True, help_text="All of them must hold; none is everybody.")
    windows = parts.WindowsShape()
    limits = parts.LimitsShape(help_text="Over all offers of the campaign, for one person.")
    survives_stop = serializers.BooleanField(help_text="Whether vouchers stay good if the campaign is stopped.")
    offers = OfferAnswer(many=True, source="current_offers")

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, campaign: Campaign) -> str:
        """The state by the clock, also before the books say so."""
        span = {"starts_at": campaign.starts_at, "ends_at": campaign.ends_at}
        return state_at(status=campaign.status, **span, now=self.context["now"]).value


CampaignsAnswer = listing(CampaignAnswer)


class PlanRequest(serializers.Serializer[Any]):
    title = Text(max_length=80)
    title_en = Text(max_length=80, required=False, allow_blank=True)
    starts_at = parts.Instant()
    ends_at = parts.Instant()
    budget_fen = WholeNumber(min_value=0, max_value=parts.MAX_FEN)
    day_budget_fen = WholeNumber(min_value=1, max_value=parts.MAX_FEN, required=False, allow_null=True)
    shares = parts.SharesShape(required=False)
    groups = serializers.ListField(child=parts.GroupShape(), required=False, max_length=MAX_GROUPS)
    windows = parts.WindowsShape(required=False)
    limits = parts.LimitsShape(required=False)
    survives_stop = serializers.BooleanField(required=False)
    boost = parts.BoostShape(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ends_at"] - attrs["starts_at"] > MAX_CAMPAIGN:
            raise serializers.ValidationError({"ends_at": ["活动最长约三年。A campaign lasts three years at most."]})
        return parts.forward(attrs)


class PlannedOfferRequest(serializers.Serializer[Any]):
    title = Text(max_length=80)
    title_en = Text(max_length=80, required=False, allow_blank=True)
    points_price = WholeNumber(min_value=1, max_value=10_000_000)
    face_value_fen = WholeNumber(min_value=1, max_value=MAX_BILL_FEN)
    min_spend_fen = WholeNumber(min_value=1, max_value=MAX_BILL_FEN)
    stock = WholeNumber(min_value=0, max_value=MAX_STOCK)
    per_person_limit = WholeNumber(min_value=1, max_value=parts.MAX_PER_PERSON, required=False)
    starts_at = parts.Instant()
    ends_at = parts.Instant()
    valid_days = WholeNumber(min_value=1, max_value=MAX_VALID_DAYS)
    last_day = parts.Day(required=False, allow_null=True)
    rolls_into = serializers.UUIDField(required=False, allow_null=True)
    terms = serializers.ListField(child=Text(max_length=200), required=False, max_length=20)
    terms_en = serializers.ListField(child=Text(max_length=400), required=False, max_length=20)
    stores = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_null=True, max_length=500, help_text="Null is every store."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["min_spend_fen"] < attrs["face_value_fen"]:
            raise serializers.ValidationError({"min_spend_fen": ["不能低于面额。It must reach the face value."]})
        return parts.forward(attrs)


class StepRequest(serializers.Serializer[Any]):
    step = serializers.ChoiceField(choices=["submit", "send_back", "approve", "pause", "resume", "stop"])
    reason = Text(max_length=MAX_REASON, required=False, help_text="Needed by send_back, pause, resume and stop.")
    version = WholeNumber(min_value=1, max_value=2**31 - 1, required=False, help_text="Needed by approve.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = {"submit": None, "approve": "version"}.get(attrs["step"], "reason")
        if wanted is not None and wanted not in attrs:
            raise serializers.ValidationError({wanted: ["此操作需要该项。This step needs it."]})
        return attrs


class MoneyChangeRequest(serializers.Serializer[Any]):
    budget_fen = WholeNumber(min_value=0, max_value=parts.MAX_FEN, required=False)
    day_budget_fen = WholeNumber(min_value=1, max_value=parts.MAX_FEN, required=False)
    offer = serializers.UUIDField(required=False)
    more_stock = WholeNumber(min_value=-MAX_STOCK, max_value=MAX_STOCK, required=False)
    reason = Text(max_length=MAX_REASON)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("offer" in attrs) != bool(attrs.get("more_stock")):
            told = ["须与 offer 一起给出，且不为 0。It goes with offer, and is not 0."]
            raise serializers.ValidationError({"more_stock": told})
        if attrs.keys() == {"reason"}:
            raise serializers.ValidationError({"budget_fen": ["没有任何变更。Nothing is to change."]})
        return attrs


class MoneyDecisionRequest(serializers.Serializer[Any]):
    approve = serializers.BooleanField()
    reason = Text(max_length=MAX_REASON)


class MoneyChangeAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    campaign = serializers.UUIDField(source="campaign_id")
    status = serializers.ChoiceField(choices=[each.value for each in ChangeStatus])
    budget_fen = serializers.IntegerField(allow_null=True)
    day_budget_fen = serializers.IntegerField(allow_null=True)
    offer = serializers.UUIDField(source="offer_id", allow_null=True)
    more_stock = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class PlannedOfferAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    points_price = serializers.IntegerField()
    face_value_fen = serializers.IntegerField()
    min_spend_fen = serializers.IntegerField()
    planned = serializers.IntegerField()
    stock = serializers.IntegerField()
    claimed = serializers.IntegerField()
    is_open = serializers.BooleanField()
    rolled_fen = serializers.IntegerField()
    rolls_into = serializers.UUIDField(source="rolls_into_id", allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    valid_days = serializers.IntegerField()
    last_day = serializers.DateField(allow_null=True)


class CostAnswer(serializers.Serializer[Any]):
    """What the campaign costs if every voucher is used, and who pays it."""

    vouchers = serializers.IntegerField()
    worth_fen = serializers.IntegerField()
    budget_fen = serializers.IntegerField()
    left_fen = serializers.IntegerField(help_text="Below zero the plan cannot be submitted.")
    shares_fen = serializers.DictField(child=serializers.IntegerField())
    days_at_day_budget = serializers.IntegerField(allow_null=True)


class PlanAnswer(serializers.Serializer[Any]):
    """A campaign as operators see it. Rendered by `plan_body`."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=STATES, source="status")
    version = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    budget_fen = serializers.IntegerField()
    day_budget_fen = serializers.IntegerField(allow_null=True)
    shares = parts.SharesShape()
    groups = parts.GroupShape(many=True)
    windows = parts.WindowsShape()
    limits = parts.LimitsShape()
    survives_stop = serializers.BooleanField()
    boost = parts.BoostShape(allow_null=True)
    drafted_by = serializers.CharField()
    submitted_by = serializers.CharField(allow_blank=True)
    approved_by = serializers.CharField(allow_blank=True)
    offers = PlannedOfferAnswer(many=True, source="offers.all")
    money_changes = MoneyChangeAnswer(many=True, source="money_changes.all")
    cost = serializers.SerializerMethodField()

    @extend_schema_field(CostAnswer)
    def get_cost(self, campaign: Campaign) -> Any:
        """The preview that the second person approves."""
        cost = cost_of(
            offers=[(offer.stock, offer.face_value_fen) for offer in campaign.offers.all()],
            budget_fen=campaign.budget_fen,
            day_budget_fen=campaign.day_budget_fen,
            shares=campaign.shares,
        )
        return CostAnswer(cost).data


PlansAnswer = listing(PlanAnswer)


class PlansQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, required=False)


def plan_in(body: dict[str, Any]) -> NewCampaign:
    """The plan of a validated body."""
    given = dict(body)
    return NewCampaign(
        groups=parts.groups_in(given.pop("groups", [])),
        windows=parts.windows_in(given.pop("windows", None)),
        limits=parts.limits_in(given.pop("limits", None)),
        shares=parts.shares_in(given.pop("shares", None)),
        boost=parts.boost_in(given.pop("boost", None)),
        **given,
    )


def offer_in(body: dict[str, Any]) -> NewOffer:
    """The offer of a validated body."""
    given = dict(body)
    stores = given.pop("stores", None)
    lines: dict[str, Any] = {name: tuple(given.pop(name, ())) for name in ("terms", "terms_en")}
    return NewOffer(store_ids=None if stores is None else frozenset(stores), **lines, **given)


def campaign_body(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """A campaign as everybody sees it at `now`."""
    return dict(CampaignAnswer(campaign, context={"now": now}).data)


def plan_body(campaign: Campaign) -> dict[str, Any]:
    """A campaign as operators see it."""
    return dict(PlanAnswer(campaign).data)


def change_body(change: MoneyChange) -> dict[str, Any]:
    """A change of money as operators see it."""
    return dict(MoneyChangeAnswer(change).data)
