"""Awards, rules and the carbon book at the door."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.carbon.standard import METHODS
from backend.core import clock
from backend.core.ids import new_id
from backend.earning import services
from backend.earning.models import AwardRule, RuleDraft
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade
from backend.ops.setting_up import set_up
from tests import factories
from tests.api.clients import client_of, problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _standard() -> None:
    with transaction.atomic():
        factories.budget()
        set_up(by="test", now=clock.now())


def operator() -> User:
    user = factories.person()
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=clock.now())
    return user


def weigh(person: User) -> Awarded:
    act = Act(Activity.WEIGHING, 3000, Grade.ATTENDED, clock.now(), "pet")
    with transaction.atomic():
        return services.award(resident_id=person.pk, act=act, evidence=Evidence(str(new_id())), now=clock.now())


def draft_body(**changes: Any) -> dict[str, Any]:
    terms = {"rates": {"pet": [30, 1000]}, "grades": {"attended": {}}, "caps": []}
    starts = clock.now() + timedelta(hours=1)
    return {"activity": "weighing", "terms": terms, "valid_from": starts.isoformat()} | changes


def test_setting_up_again_changes_nothing() -> None:
    with transaction.atomic():
        assert set_up(by="test", now=clock.now()) == (0, 0)
    assert AwardRule.objects.count() == len(Activity)


def test_an_award_explains_itself_to_its_owner_only() -> None:
    person, stranger = factories.person(), factories.person()
    made = weigh(person)
    [listed] = client_of(person).get("me/awards").json()["results"]
    told = client_of(person).get(f"me/awards/{made.id}", headers={"Accept-Language": "en"}).json()
    assert (listed["points"], listed["status"], listed["carbon_mg"]) == (45, "awarded", 3000 * 1650)
    assert told["steps"] == ["3000 g at 15 points per 1000 g", "45 points"]
    assert (told["rule"], told["grade"], told["unit"]) == ("weighing v1", "attended", "gram")
    problem(client_of(stranger).get(f"me/awards/{made.id}"), 404, "not_found")
    assert client_of(stranger).get("me/awards").json()["results"] == []


def test_grams_are_shown_with_method_version_and_source_and_public_totals_are_their_sum() -> None:
    one, other = factories.person(), factories.person()
    for person in (one, one, other):
        weigh(person)
    mine = client_of(one).get("me/carbon").json()
    [line] = mine["by_activity"]
    assert mine["total_mg"] == line["mg"] == 2 * 3000 * 1650
    recycling = next(method for method in METHODS if method.slug == "recycling")
    assert (line["method"], line["version"], line["source"]) == ("recycling", 1, recycling.source)
    assert client_of(None).get("open-data/carbon").json()["total_mg"] == 3 * 3000 * 1650
    methods = client_of(None).get("carbon/methods").json()["results"]
    assert {each["method"] for each in methods} == {method.slug for method in METHODS}


def test_the_rules_are_open_to_everybody() -> None:
    rules = client_of(None).get("rules").json()["results"]
    assert len(rules) == len(Activity)
    assert all(rule["title"] and rule["terms"]["caps"] for rule in rules)


def test_one_operator_drafts_and_another_publishes() -> None:
    author, other, resident = operator(), operator(), factories.person()
    made = client_of(author).post("rules/drafts", draft_body())
    assert made.status_code == 201
    path = f"rules/drafts/{made.json()['id']}"
    weigh(resident)
    seen = client_of(author).get(f"{path}/preview").json()
    assert (seen["acts"], seen["points_then"], seen["points_now"]) == (1, 45, 90)
    problem(client_of(author).post(f"{path}/publication", {}), 409, "second_person_needed")
    assert AwardRule.objects.filter(activity="weighing").count() == 1
    assert client_of(other).post(f"{path}/publication", {}).json()["version"] == 2
    problem(client_of(other).post(f"{path}/publication", {}), 409, "draft_published")
    assert client_of(author).get("rules/drafts").json()["results"] == []
    assert weigh(resident).points == 45  # until the new version starts


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"terms": {"rates": {}, "grades": {}}}, 422, "bad_rule"),
        ({"terms": {"rates": {"": [1, 0]}, "grades": {"attended": {}}}}, 422, "bad_rule"),
        ({"valid_from": "2020-01-01T00:00:00Z"}, 422, "starts_in_the_past"),
        ({"activity": "flying"}, 400, "invalid_request"),
    ],
)
def test_a_bad_draft_is_refused_and_not_kept(changes: dict[str, Any], status: int, code: str) -> None:
    problem(client_of(operator()).post("rules/drafts", draft_body(**changes)), status, code)
    assert RuleDraft.objects.count() == 0


def test_rules_are_the_operators_alone() -> None:
    for user, status in ((factories.person(), 403), (None, 401)):
        client = client_of(user)
        assert client.post("rules/drafts", draft_body()).status_code == status
        assert client.get("rules/drafts").status_code == status
    assert RuleDraft.objects.count() == 0
