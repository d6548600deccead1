"""One's household: who is in it, inviting by code, joining by consent, leaving."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import queries, services
from backend.accounts.authentication import person
from backend.accounts.models import Member
from backend.core import clock
from backend.core.errors import NotFound
from backend.earning import services as earning
from backend.edge.doors import door
from backend.edge.parsing import Text, parse
from backend.edge.permissions import LoggedIn


class Invitation(serializers.Serializer[Any]):
    code = Text(max_length=512, help_text="The other person's rotating code.")


class MemberAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(help_text="Masked.")
    accepted = serializers.BooleanField()


class HouseholdAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    accepted = serializers.BooleanField(help_text="Whether you have joined; false for an open invitation.")
    members = MemberAnswer(many=True)


class HouseholdView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_household", responses={200: HouseholdAnswer})
    def get(self, request: Request) -> Response:
        """The household that one is in or invited to; 404 for none."""
        mine = queries.membership(person(request).pk)
        if mine is None:
            raise NotFound
        return Response(_household(mine))

    @extend_schema(operation_id="leave_household", responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request) -> Response:
        """Leaves the household, or declines the invitation."""
        by = person(request)
        return door(request, lambda: services.leave_household(by=by, now=clock.now()), lambda _: {})


class InvitationsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="invite", request=Invitation, responses={201: HouseholdAnswer})
    def post(self, request: Request) -> Response:
        """Invites the person whose code was scanned. Nothing is shared before they accept."""
        body, by = parse(Invitation, request), person(request)
        act = lambda: earning.invite_by_code(by=by, **body, now=clock.now())  # noqa: E731
        return door(request, act, lambda made: _household(queries.membership(by.pk) or made), success=201)


class AcceptanceView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="accept_invitation", request=None, responses={200: HouseholdAnswer})
    def post(self, request: Request) -> Response:
        """Joins the household that one was invited to."""
        by = person(request)
        return door(request, lambda: services.accept_invitation(by=by, now=clock.now()), _household)


def _household(mine: Member) -> dict[str, Any]:
    return {
        "id": mine.household_id,
        "accepted": mine.accepted_at is not None,
        "members": [_member(each) for each in queries.people_of(mine.household_id)],
    }


def _member(each: Member) -> dict[str, Any]:
    user = each.user
    accepted = each.accepted_at is not None
    return {"id": user.pk, "name": user.name, "phone": user.phone_masked, "accepted": accepted}
