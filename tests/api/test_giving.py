"""Giving points to a project and inside a household, and deciding on awards that wait."""

from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.accounts.types import Role
from backend.core import clock
from backend.earning import queries
from backend.earning.models import Project
from backend.earning.types import Activity
from backend.ledger import proof
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests import factories
from tests.api.clients import client_of, problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna() -> User:
    return factories.person(points=100, now=clock.now())


@pytest.fixture
def ben() -> User:
    return factories.person()


@pytest.fixture(autouse=True)
def _the_books_agree() -> Any:
    yield
    checks = (proof.balances, proof.chains, proof.lots, proof.reversals, proof.budgets)
    assert [sentence for check in checks for sentence in check()] == []


def code_of(user: User) -> str:
    return tokens.issue(purpose=Purpose.RESIDENT, subject=user.pk, now=clock.now()).payload


def together(anna: User, ben: User) -> None:
    assert client_of(anna).post("me/household/invitations", {"code": code_of(ben)}).status_code == 201
    assert client_of(ben).post("me/household/acceptance").status_code == 200


def points(user: User) -> int:
    return ledger.balance(points_account(user.pk))


def test_points_go_to_a_project_and_keep_their_expiry(anna: User) -> None:
    project = Project.objects.create(title="社区花园", title_en="Garden")
    [row] = client_of().get("projects").json()["results"]
    assert row["id"] == str(project.pk)
    answer = client_of(anna).post(f"projects/{project.pk}/donations", {"points": 30})
    assert (answer.status_code, answer.json()) == (201, {"points": 30, "balance": 70})
    assert ledger.balance(queries.project_account(project.pk)) == 30
    [entry, _] = client_of(anna).get("me/points/entries").json()["results"]
    assert ("社区花园" in entry["why"], entry["lots"][0]["points"]) == (True, 30)


@pytest.mark.parametrize("body", [{"points": 0}, {"points": -5}, {"points": "5"}, {"points": 1.5}, {}])
def test_a_gift_of_nothing_is_refused(anna: User, body: Any) -> None:
    project = Project.objects.create(title="社区花园", title_en="Garden")
    problem(client_of(anna).post(f"projects/{project.pk}/donations", body), 400, "invalid_request")
    assert points(anna) == 100


def test_more_than_one_has_is_refused(anna: User) -> None:
    project = Project.objects.create(title="社区花园", title_en="Garden")
    before = Transfer.objects.count()
    body = problem(
        client_of(anna).post(f"projects/{project.pk}/donations", {"points": 101}), 409, "insufficient_points"
    )
    assert (body["missing"], points(anna), Transfer.objects.count()) == (1, 100, before)


def test_a_closed_project_takes_nothing(anna: User) -> None:
    project = Project.objects.create(title="社区花园", title_en="Garden", open=False)
    problem(client_of(anna).post(f"projects/{project.pk}/donations", {"points": 1}), 409, "project_closed")
    assert points(anna) == 100


class TestHousehold:
    def test_nothing_is_shared_before_consent(self, anna: User, ben: User) -> None:
        client_of(anna).post("me/household/invitations", {"code": code_of(ben)})
        problem(client_of(anna).post("me/points/gifts", {"to": str(ben.pk), "points": 5}), 403, "not_one_household")
        assert (points(anna), points(ben)) == (100, 0)

    def test_who_has_joined_may_share(self, anna: User, ben: User) -> None:
        together(anna, ben)
        assert client_of(anna).post("me/points/gifts", {"to": str(ben.pk), "points": 5}).status_code == 201
        assert (points(anna), points(ben)) == (95, 5)

    def test_a_stranger_gets_nothing(self, anna: User, ben: User) -> None:
        together(anna, ben)
        stranger = factories.person()
        problem(
            client_of(anna).post("me/points/gifts", {"to": str(stranger.pk), "points": 5}), 403, "not_one_household"
        )
        problem(client_of(anna).post("me/points/gifts", {"to": str(anna.pk), "points": 5}), 403, "not_one_household")
        assert points(anna) == 100

    def test_one_household_a_person(self, anna: User, ben: User) -> None:
        together(anna, ben)
        carla = factories.person()
        problem(client_of(carla).post("me/household/invitations", {"code": code_of(ben)}), 409, "already_in_household")

    def test_leaving_ends_it(self, anna: User, ben: User) -> None:
        together(anna, ben)
        assert client_of(ben).delete("/api/v1/me/household").status_code == 200
        problem(client_of(ben).get("me/household"), 404, "not_found")
        problem(client_of(anna).post("me/points/gifts", {"to": str(ben.pk), "points": 5}), 403, "not_one_household")

    def test_eight_people_at_most(self, anna: User) -> None:
        for _ in range(7):
            client_of(anna).post("me/household/invitations", {"code": code_of(factories.person())})
        late = client_of(anna).post("me/household/invitations", {"code": code_of(factories.person())})
        problem(late, 409, "household_full")
        assert len(client_of(anna).get("me/household").json()["members"]) == 8

    def test_a_stations_code_invites_nobody(self, anna: User) -> None:
        code = tokens.issue(purpose=Purpose.STATION_SCREEN, subject=factories.station().pk, now=clock.now()).payload
        problem(client_of(anna).post("me/household/invitations", {"code": code}), 422, "code_wrong_purpose")


class TestReview:
    @pytest.fixture
    def waiting(self, ben: User) -> str:
        """An award that waits: the printed code, far from its station."""
        now = clock.now()
        factories.rule(Activity.CHECKIN_PRINTED, points=4)
        code = tokens.issue(purpose=Purpose.STATION_PRINTED, subject=factories.station().pk, now=now).payload
        body = client_of(ben).post("checkins", {"code": code, "lat": 29.6, "lng": 106.6}).json()
        assert (body["status"], points(ben)) == ("pending_review", 0)
        return str(body["id"])

    @pytest.fixture
    def operator(self) -> User:
        user = factories.person()
        with transaction.atomic():
            accounts.grant(
                by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=clock.now()
            )
        return user

    @pytest.mark.parametrize(("approve", "balance"), [(True, 4), (False, 0)])
    def test_a_decision_releases_or_takes_back(
        self, operator: User, ben: User, waiting: str, approve: bool, balance: int
    ) -> None:
        [row] = client_of(operator).get("reviews").json()["results"]
        assert row["id"] == waiting
        answer = client_of(operator).post(f"reviews/{waiting}/decisions", {"approve": approve, "reason": "核实"})
        assert answer.status_code == 201
        body = client_of(ben).get("me/points").json()
        assert (body["balance"], body["pending"]) == (balance, 0)
        assert client_of(operator).get("reviews").json()["results"] == []

    def test_it_is_decided_once(self, operator: User, ben: User, waiting: str) -> None:
        decide = {"approve": True, "reason": "核实"}
        client_of(operator).post(f"reviews/{waiting}/decisions", decide)
        problem(client_of(operator).post(f"reviews/{waiting}/decisions", decide), 409, "already_reviewed")
        assert points(ben) == 4

    def test_only_an_operator_decides(self, ben: User, waiting: str) -> None:
        problem(client_of(ben).post(f"reviews/{waiting}/decisions", {"approve": True, "reason": "x"}), 403, "forbidden")
        problem(client_of().get("reviews"), 401, "unauthenticated")
        assert points(ben) == 0
