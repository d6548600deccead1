"""Public-good projects, and giving points away."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning import queries, services
from backend.earning.models import Project
from backend.edge.doors import value_door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import WholeNumber, parse
from backend.edge.permissions import Anyone, LoggedIn
from backend.ledger.models import Transfer

MOST_POINTS = 1_000_000


class ProjectAnswer(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ("id", "title", "title_en", "about")


ProjectsAnswer = listing(ProjectAnswer)


class Donation(serializers.Serializer[Any]):
    points = WholeNumber(min_value=1, max_value=MOST_POINTS)


class Gift(Donation):
    to = serializers.UUIDField(help_text="A member of your household, from `GET me/household`.")


class GivenAnswer(serializers.Serializer[Any]):
    points = serializers.IntegerField()
    balance = serializers.IntegerField()


class ProjectsView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="projects", parameters=PAGE_PARAMETERS, responses={200: ProjectsAnswer})
    def get(self, request: Request) -> Response:
        """Public-good projects that take donations of points."""
        return page(request, queries.open_projects(), lambda project: ProjectAnswer(project).data)


class DonationsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="donate", request=Donation, responses={201: GivenAnswer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Gives points to a project. They keep their expiry."""
        points, by = parse(Donation, request)["points"], person(request)

        def act() -> Transfer:
            return services.donate(by=by, project_id=project_id, points=points, now=clock.now())

        return value_door(request, act, _given)


class GiftsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="share_points", request=Gift, responses={201: GivenAnswer})
    def post(self, request: Request) -> Response:
        """Gives points to another member of one's household. They keep their expiry."""
        body, by = parse(Gift, request), person(request)
        return value_door(request, lambda: services.share(by=by, **body, now=clock.now()), _given)


def _given(transfer: Transfer) -> dict[str, Any]:
    return {"points": transfer.amount, "balance": transfer.debit_balance_after}
