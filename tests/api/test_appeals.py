"""Appeals: in time, once, decided by another person; upheld, the books have the points once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.accounts import queries as people
from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.queries import pending_account, points_account
from backend.accounts.types import MarkKind
from backend.carbon import queries as carbon
from backend.core import clock
from backend.earning import services
from backend.earning.models import Appeal, Award, Review
from backend.earning.queries.evidence import disagreements
from backend.earning.types import Activity
from backend.ledger import proof
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from tests import factories
from tests.api.clients import client_of, problem
from tests.factories_evidence import PHOTO_RULE, operator, rejected, waiting

pytestmark = pytest.mark.django_db(transaction=True)
UPHOLD = {"uphold": True, "reason_code": "explained", "reason": "情况属实"}
DECLINE = {"uphold": False, "reason_code": "not_plausible", "reason": "仍不成立"}


@pytest.fixture
def anna() -> User:
    factories.rule(Activity.CLEAN_PLATE, **PHOTO_RULE)
    return factories.person()


@pytest.fixture
def reviewer() -> User:
    return operator()


@pytest.fixture(autouse=True)
def _the_books_agree() -> Any:
    yield
    checks = (proof.balances, proof.chains, proof.lots, proof.reversals, proof.budgets, disagreements)
    assert [sentence for check in [*checks, carbon.disagreements] for sentence in check()] == []


def points(user: User) -> int:
    return ledger.balance(points_account(user.pk))


def appeal(user: User, award: object, text: str = "我当时在场") -> Any:
    return client_of(user).post(f"me/awards/{award}/appeals", {"text": text})


def decide(by: User, appeal_id: object, body: dict[str, Any]) -> Any:
    return client_of(by).post(f"appeals/{appeal_id}/decisions", body)


def test_an_upheld_appeal_brings_the_points_once(anna: User, reviewer: User) -> None:
    award = rejected(anna, reviewer)
    filed = appeal(anna, award.id)
    assert (filed.status_code, filed.json()["state"], points(anna)) == (201, "filed", 0)
    other = operator()
    [row] = client_of(other).get("appeals?state=filed").json()["results"]
    assert (row["id"], row["rejected_because"], row["resident"]) == (filed.json()["id"], "存疑", str(anna.pk))
    answer = decide(other, row["id"], UPHOLD).json()
    assert (answer["state"], answer["reason_title"], points(anna)) == ("upheld", "情况已说明", 10)
    made = Award.objects.get(restores=award.id)
    assert (answer["restored_award"], made.points, made.status) == (str(made.pk), 10, "awarded")
    problem(decide(operator(), row["id"], UPHOLD), 409, "appeal_decided")
    assert (points(anna), ledger.balance(pending_account(anna.pk))) == (10, 0)
    told = {each["id"]: each for each in client_of(anna).get("me/awards").json()["results"]}
    assert (told[str(award.id)]["appeal"], told[str(made.pk)]["status"]) == ("upheld", "awarded")


def test_a_declined_one_brings_nothing_and_is_not_filed_again(anna: User, reviewer: User) -> None:
    award = rejected(anna, reviewer)
    filed, before = appeal(anna, award.id).json()["id"], Transfer.objects.count()
    assert decide(operator(), filed, DECLINE).json()["state"] == "declined"
    assert (points(anna), Transfer.objects.count()) == (0, before)
    problem(appeal(anna, award.id), 409, "already_appealed")
    [own] = client_of(anna).get("me/appeals").json()["results"]
    assert (own["state"], own["reason"], own["restored_award"]) == ("declined", "仍不成立", None)
    told = client_of(anna).get("me/messages").json()["results"][0]
    assert (told["kind"], "仍不成立" in told["why"]) == ("appeal_decided", True)


def test_the_reviewer_and_the_resident_do_not_decide(reviewer: User) -> None:
    factories.rule(Activity.CLEAN_PLATE, **PHOTO_RULE)
    anna = operator()
    award = rejected(anna, reviewer)
    filed = appeal(anna, award.id).json()["id"]
    for by in (reviewer, anna):
        problem(decide(by, filed, UPHOLD), 409, "another_decides")
    assert (points(anna), Appeal.objects.get().state) == (0, "filed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.update(state="upheld", decided_by=reviewer.pk, decided_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.update(state="upheld")


def test_a_decision_stands(anna: User, reviewer: User) -> None:
    filed = appeal(anna, rejected(anna, reviewer).id).json()["id"]
    decide(operator(), filed, DECLINE)
    with pytest.raises(Exception, match="may not take this step"), transaction.atomic():
        Appeal.objects.update(state="upheld")


def test_the_reason_fits_the_decision(anna: User, reviewer: User) -> None:
    award = waiting(anna)
    body = {"approve": True, "reason_code": "photo_reused", "reason": "x"}
    refused = problem(client_of(reviewer).post(f"reviews/{award.id}/decisions", body), 422, "reason_does_not_fit")
    assert "evidence_sufficient" in refused["fitting"]
    problem(
        client_of(reviewer).post(f"reviews/{award.id}/decisions", body | {"reason_code": "?"}), 400, "invalid_request"
    )
    assert Review.objects.count() == 0
    body |= {"reason_code": "evidence_sufficient"}
    told = client_of(reviewer).post(f"reviews/{award.id}/decisions", body).json()
    assert (told["reason_code"], told["reason_title"], points(anna)) == ("evidence_sufficient", "凭证充分", 10)
    rejection = rejected(anna, reviewer)
    filed = appeal(anna, rejection.id).json()["id"]
    problem(decide(operator(), filed, UPHOLD | {"reason_code": "photo_reused"}), 422, "reason_does_not_fit")
    assert Appeal.objects.get().state == "filed"


def test_an_appeal_has_its_time(anna: User, reviewer: User) -> None:
    award = rejected(anna, reviewer)
    late = clock.now() + timedelta(days=14)
    told = client_of(anna).get(f"me/awards/{award.id}").json()
    assert (told["appeal"], told["appeal_until"] is not None) == (None, True)
    with pytest.raises(Exception, match="appeal_too_late"), transaction.atomic():
        services.appeal_rejection(by=anna, award_id=award.id, text="晚了", now=late)
    assert Appeal.objects.count() == 0


def test_only_ones_own_rejection(anna: User, reviewer: User) -> None:
    problem(appeal(factories.person(), rejected(anna, reviewer).id), 404, "not_found")
    problem(appeal(anna, waiting(anna).id), 409, "not_rejected")
    problem(appeal(anna, rejected(anna, reviewer).id, "x" * 501), 400, "invalid_request")
    problem(client_of().post("me/appeals", {"text": "x"}), 401, "unauthenticated")
    problem(client_of(anna).get("appeals"), 403, "forbidden")
    assert Appeal.objects.count() == 0
    filed = appeal(anna, rejected(anna, reviewer).id).json()["id"]
    problem(decide(anna, filed, UPHOLD), 403, "forbidden")
    assert (Appeal.objects.get().state, points(anna)) == ("filed", 0)


@pytest.mark.parametrize("first", ["appeal", "refund"])
def test_a_refund_meets_an_appeal_in_either_order(reviewer: User, first: str) -> None:
    """Three of ten units come back; whichever is first, seven tenths of the points stay."""
    factories.rule(Activity.CLEAN_PLATE, **PHOTO_RULE | {"rates": {"": [1, 1]}})
    anna = factories.person()
    award = rejected(anna, reviewer, amount=10)
    filed = appeal(anna, award.id).json()["id"]

    def refund() -> None:
        with transaction.atomic():
            services.take_back(
                by="till", award_id=award.id, units=3, reference="refund 1", reason="退货", now=clock.now()
            )

    steps = [lambda: decide(operator(), filed, UPHOLD), refund]
    for step in steps if first == "appeal" else reversed(steps):
        step()
    refund()  # the same reference again
    assert points(anna) == 7


def test_counted_as_one_person_and_split_on_appeal(anna: User) -> None:
    problem(client_of(anna).post("me/appeals", {"text": "x"}), 409, "not_joined")
    ben = factories.person()
    with transaction.atomic():
        for user in (anna, ben):
            accounts.note_mark(user=user, kind=MarkKind.DEVICE, value="one phone", now=clock.now())
    assert people.person_of(anna.pk) == people.person_of(ben.pk)
    filed = client_of(ben).post("me/appeals", {"text": "手机是二手的"})
    assert (filed.status_code, filed.json()["kind"]) == (201, "one_person")
    problem(client_of(ben).post("me/appeals", {"text": "再次"}), 409, "already_appealed")
    assert decide(operator(), filed.json()["id"], UPHOLD).json()["state"] == "upheld"
    assert (people.person_of(anna.pk), people.person_of(ben.pk)) == (anna.pk, ben.pk)
    assert [*people.cluster_disagreements()] == []


def test_a_copy_and_being_forgotten(anna: User, reviewer: User) -> None:
    appeal(anna, rejected(anna, reviewer).id, "我的话")
    assert client_of(anna).get("me/export").json()["appeals"][0]["text"] == "我的话"
    client_of(anna).delete("/api/v1/me")
    assert (Appeal.objects.get().text, Appeal.objects.get().state) == ("", "filed")
