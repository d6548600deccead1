"""Campaigns: what everybody may read, and the steps that operators take with them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import Anyone, AnyoneReadsOperatorsWrite, IsOperator
from campaigns import queries, services
from campaigns.api import plan_shapes as shapes
from campaigns.models import Campaign
from campaigns.types import Money

_STEPS: dict[str, Callable[..., Campaign]] = {
    "submit": services.submit,
    "send_back": services.send_back,
    "approve": services.approve,
    "pause": services.pause,
    "resume": services.resume,
    "stop": services.stop,
}
_WANTS = {"submit": [], "approve": ["version"]}  # every other step wants its reason


class CampaignsView(APIView):
    permission_classes = [AnyoneReadsOperatorsWrite]
    moves_value = True

    @extend_schema(operation_id="campaigns", parameters=PAGE_PARAMETERS, responses={200: shapes.CampaignsAnswer})
    def get(self, request: Request) -> Response:
        """Campaigns that run or will, with their offers, newest first."""
        now = clock.now()
        return page(request, queries.public_campaigns(now), lambda campaign: shapes.campaign_body(campaign, now))

    @extend_schema(operation_id="draft_campaign", request=shapes.PlanRequest, responses={201: shapes.PlanAnswer})
    def post(self, request: Request) -> Response:
        """Drafts a campaign, which nobody but operators sees before a second one has approved it."""
        new, by = shapes.plan_in(parse(shapes.PlanRequest, request)), person(request).pk
        return _door(request, lambda now: services.draft_campaign(by=by, new=new, now=now).pk)


class CampaignView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="campaign", responses={200: shapes.CampaignAnswer})
    def get(self, request: Request, campaign_id: UUID) -> Response:
        """One campaign with its offers, also after its end."""
        return Response(shapes.campaign_body(queries.public_campaign(campaign_id), clock.now()))


class PlansView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="plans", parameters=[shapes.PlansQuery, *PAGE_PARAMETERS], responses={200: shapes.PlansAnswer}
    )
    def get(self, request: Request) -> Response:
        """Every campaign's plan, newest first."""
        state = parse_query(shapes.PlansQuery, request).get("state")
        return page(request, queries.plans(state), shapes.plan_body)


class PlanView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="plan", responses={200: shapes.PlanAnswer})
    def get(self, request: Request, campaign_id: UUID) -> Response:
        """One campaign's plan, with what it costs at most and who pays it."""
        return Response(shapes.plan_body(queries.plan(campaign_id)))


class CampaignOffersView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="add_offer", request=shapes.PlannedOfferRequest, responses={201: shapes.PlanAnswer})
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """Adds an offer. To a campaign that was approved it comes with no stock, and asks for a change of money."""
        offer, by = shapes.offer_in(parse(shapes.PlannedOfferRequest, request)), person(request).pk
        return _door(
            request, lambda now: services.add_offer(by=by, campaign_id=campaign_id, offer=offer, now=now).campaign_id
        )


class StepsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(operation_id="step_campaign", request=shapes.StepRequest, responses={201: shapes.PlanAnswer})
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """Takes the campaign a step on: submit, send back, approve, pause, resume, stop."""
        body, by = parse(shapes.StepRequest, request), person(request).pk
        step = body.pop("step")
        said = {name: body[name] for name in _WANTS.get(step, ["reason"])}
        return _door(request, lambda now: _STEPS[step](by=by, campaign_id=campaign_id, now=now, **said).pk)


class MoneyChangesView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(
        operation_id="propose_money", request=shapes.MoneyChangeRequest, responses={201: shapes.MoneyChangeAnswer}
    )
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """Asks for a change of a campaign's money; a second operator decides."""
        body, by = parse(shapes.MoneyChangeRequest, request), person(request).pk
        reason, offer_id = body.pop("reason"), body.pop("offer", None)
        money = Money(offer_id=offer_id, **body)
        return value_door(
            request,
            lambda: services.propose_money(by=by, campaign_id=campaign_id, money=money, reason=reason, now=clock.now()),
            shapes.change_body,
        )


class MoneyDecisionsView(APIView):
    permission_classes = [IsOperator]
    moves_value = True

    @extend_schema(
        operation_id="decide_money", request=shapes.MoneyDecisionRequest, responses={201: shapes.MoneyChangeAnswer}
    )
    def post(self, request: Request, change_id: UUID) -> Response:
        """Approves or rejects a change of money, once. Only somebody else than who asked can approve."""
        body, by = parse(shapes.MoneyDecisionRequest, request), person(request).pk
        verb = services.approve_money if body["approve"] else services.reject_money
        return value_door(
            request,
            lambda: verb(by=by, change_id=change_id, reason=body["reason"], now=clock.now()),
            shapes.change_body,
        )


def _door(request: Request, act: Callable[[datetime], Any]) -> Response:
    """Runs `act`, which returns the campaign's id, and answers with the plan as it is then."""
    return value_door(request, lambda: queries.plan(act(clock.now())), shapes.plan_body)
