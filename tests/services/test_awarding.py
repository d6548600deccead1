"""Awards, waits and undoings through the services: the books agree after each, and a "no" moves nothing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.queries import pending_account, points_account
from backend.carbon import queries as carbon
from backend.carbon.models import Entry
from backend.carbon.standard import METHODS
from backend.core.errors import Refusal
from backend.core.ids import new_id
from backend.earning import errors, services
from backend.earning.models import Award, AwardRule, CapUse, EvidenceRecord, RuleDraft
from backend.earning.types import Act, Activity, Awarded, AwardStatus, Evidence, Grade
from backend.ledger import proof
from backend.ledger import queries as ledger
from backend.ledger import services as books
from backend.ledger.models import Transfer
from backend.ledger.services.reversals import debt_account
from campaigns.models import REDEEMED_POINTS
from tests import factories
from tests.factories import NOON, cap

pytestmark = pytest.mark.django_db
RECYCLING = next(method for method in METHODS if method.slug == "recycling")
WEIGHED: dict[str, Any] = {
    "rates": {"paper": [8, 1000], "kitchen": [3, 1000]},
    "grades": {"attended": {}},
    "caps": [],
    "min_interval_seconds": 0,
}


@pytest.fixture(autouse=True)
def _method() -> None:
    factories.method(RECYCLING)


def award(person: UUID, grams: int = 5000, key: str = "", now: datetime = NOON, **more: Any) -> Awarded:
    act = Act(Activity.WEIGHING, grams, more.pop("grade", Grade.ATTENDED), now, more.pop("variant", "paper"), **more)
    with transaction.atomic():
        return services.award(resident_id=person, act=act, evidence=Evidence(key or str(new_id())), now=now)


def take_back(award_id: UUID, units: int | None = None, reference: str = "", now: datetime = NOON) -> int:
    with transaction.atomic():
        return services.take_back(
            by="test", award_id=award_id, units=units, reference=reference or str(new_id()), reason="refund", now=now
        )


def books_of(person: UUID) -> tuple[int, int, int]:
    """Points, waiting points, milligrams; after asking the proof."""
    wrong = [*proof.balances(), *proof.lots(), *proof.reversals(), *proof.budgets(), *carbon.disagreements()]
    assert wrong == []
    grams = sum(line.mg for line in carbon.lines_of(person))
    return ledger.balance(points_account(person)), ledger.balance(pending_account(person)), grams


def moved() -> tuple[int, ...]:
    rows = (Award, EvidenceRecord, CapUse, Entry, Transfer)
    return tuple(model._default_manager.count() for model in rows)  # type: ignore[attr-defined]


def test_an_award_says_what_it_rests_on() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    person = factories.person().pk
    made = award(person, key="weighing:1:0")
    row = Award.objects.select_related("evidence", "rule").get(pk=made.id)
    assert (made.points, made.carbon_mg, made.balance) == (40, 5000 * 220, 40)
    assert (row.evidence.key, row.amount, row.variant, str(row.rule)) == ("weighing:1:0", 5000, "paper", "weighing v1")
    assert books_of(person) == (40, 0, 1_100_000)


def test_one_deed_counts_once() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    one, other = factories.person().pk, factories.person().pk
    award(one, key="the same scale slip")
    before = moved()
    with pytest.raises(errors.EvidenceAlreadyUsed):
        award(other, key="the same scale slip")
    assert moved() == before


def test_kitchen_waste_earns_points_and_no_carbon() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    person = factories.person().pk
    assert award(person, 2000, variant="kitchen").carbon_mg == 0
    assert books_of(person) == (6, 0, 0)


def test_a_wait_ends_once_and_counts_the_carbon_then() -> None:
    factories.rule(Activity.WEIGHING, **(WEIGHED | {"grades": {"attended": {"pending_hours": 24}}}))
    person = factories.person().pk
    made = award(person)
    assert (made.status, made.carbon_mg, books_of(person)) == (AwardStatus.PENDING, 0, (0, 40, 0))
    for now, expected in ((NOON + timedelta(hours=23), (0, 40, 0)), (NOON + timedelta(hours=24), (40, 0, 1_100_000))):
        with transaction.atomic():
            services.release_due(now=now)
        assert books_of(person) == expected
    with transaction.atomic():
        assert services.release_due(now=NOON + timedelta(days=3)) == 0


def test_a_doubt_waits_for_a_person_and_a_no_gives_everything_back() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    person, operator = factories.person().pk, factories.person()
    made = award(person, doubts=("weight_outlier",))
    assert (made.status, books_of(person)) == (AwardStatus.PENDING_REVIEW, (0, 40, 0))
    with transaction.atomic():
        assert services.release_due(now=NOON + timedelta(days=99)) == 0
        services.review(by=operator, award_id=made.id, approve=False, reason="an empty bag", now=NOON)
    assert books_of(person) == (0, 0, 0)
    assert take_back(made.id) == 0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(200, 9000),
    st.lists(st.integers(1, 4000), max_size=4),
    st.sampled_from([{}, {"pending_hours": 24}]),
    st.booleans(),
    st.integers(0, 100),
)
def test_undoing_an_act_gives_the_books_of_no_act(
    grams: int, refunds: list[int], grade: dict[str, int], released: bool, spent_percent: int
) -> None:
    """Refunds in any pieces, before or after the release, with points spent in between."""
    with transaction.atomic():
        number = AwardRule.objects.count() + 1
        since = NOON - timedelta(days=30) + timedelta(seconds=number)
        factories.rule(
            Activity.WEIGHING, version=number, valid_from=since, **(WEIGHED | {"grades": {"attended": grade}})
        )
    person = factories.person().pk
    made = award(person, grams)
    if released:
        with transaction.atomic():
            services.release_due(now=NOON + timedelta(days=2))
    spent = ledger.balance(points_account(person)) * spent_percent // 100
    if spent:
        with transaction.atomic():
            books.post(
                debit=points_account(person), credit=REDEEMED_POINTS, amount=spent, code="spend",
                reference=str(new_id()), event_id=new_id(), now=NOON,
            )  # fmt: skip
    left = grams
    for units in refunds:
        if units > left:
            with pytest.raises(errors.MoreThanAwarded):
                take_back(made.id, units)
        else:
            take_back(made.id, units)
            left -= units
    if left:
        take_back(made.id)
    points, waiting, grams_left = books_of(person)
    owed = ledger.balance(debt_account(points_account(person).owner, points_account(person).asset))
    assert (points, waiting, grams_left, owed) == (0, 0, 0, spent)


def test_the_same_reference_undoes_once() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    person = factories.person().pk
    made = award(person)
    assert [take_back(made.id, 2500, "refund 7") for _ in range(2)] == [20, 20]
    assert books_of(person) == (20, 0, 550_000)
    before = moved()
    with pytest.raises(errors.MoreThanAwarded):
        take_back(made.id, 2501)
    assert moved() == before


def test_the_highest_boost_holds_and_ends_at_once() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    person = factories.person().pk
    day = timedelta(days=1)
    with transaction.atomic():
        for source, activity, factor in (("a", Activity.WEIGHING, 20_000), ("b", None, 15_000)):
            services.register_boost(
                by="test",
                source=source,
                activity=activity,
                factor_bp=factor,
                starts_at=NOON,
                ends_at=NOON + day,
                now=NOON,
            )
    assert [award(person, now=NOON + hours * day / 24).points for hours in (-1, 0, 23, 24)] == [40, 80, 80, 40]
    with transaction.atomic():
        assert services.end_boost(by="test", source="a", now=NOON + day / 2) == 1
    assert [award(person, now=NOON + hours * day / 24).points for hours in (11, 12)] == [80, 60]


def test_a_late_act_counts_by_the_rule_and_the_day_of_its_time() -> None:
    limits = [cap("person", "day", "points", 50)]
    factories.rule(Activity.WEIGHING, **(WEIGHED | {"caps": limits}))
    later = WEIGHED | {"rates": {"paper": [80, 1000]}, "caps": limits}
    factories.rule(Activity.WEIGHING, version=2, valid_from=NOON, **later)
    person = factories.person().pk
    assert award(person).points == 50
    act = Act(Activity.WEIGHING, 5000, Grade.ATTENDED, NOON - timedelta(days=1), "paper")
    with transaction.atomic():
        late = services.award(resident_id=person, act=act, evidence=Evidence("late"), now=NOON)
    assert late.points == 40


# -- publishing -------------------------------------------------------------------------------------------------------


def draft(by: str = "one", **changes: Any) -> RuleDraft:
    with transaction.atomic():
        return services.draft_rule(
            by=by, activity=Activity.WEIGHING, terms=WEIGHED | changes, valid_from=NOON + timedelta(days=1), now=NOON
        )


def publish(by: str, made: RuleDraft, now: datetime = NOON) -> AwardRule:
    with transaction.atomic():
        return services.publish_rule(by=by, draft_id=made.pk, now=now)


def test_a_rule_takes_two_people_and_old_awards_stay() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    person = factories.person().pk
    award(person)
    made = draft(rates={"paper": [1, 1000]})
    before = moved()
    with pytest.raises(errors.SecondPersonNeeded):
        publish("one", made)
    assert AwardRule.objects.count() == 1
    assert publish("another", made).version == 2
    with pytest.raises(errors.DraftPublished):
        publish("a third", made)
    assert moved() == before
    assert award(person, now=NOON + timedelta(hours=23)).points == 40
    assert award(person, now=NOON + timedelta(days=1)).points == 5


def test_the_database_refuses_one_person_too() -> None:
    row = {"activity": "steps", "version": 1, "terms_data": {}, "valid_from": NOON, "published_at": NOON}
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardRule.objects.create(**row, drafted_by="one", published_by="one")


def test_a_rule_cannot_reach_back() -> None:
    made = draft()
    with pytest.raises(errors.StartsInThePast):
        publish("another", made, NOON + timedelta(days=2))
    with pytest.raises(Refusal), transaction.atomic():
        services.draft_rule(
            by="one", activity=Activity.WEIGHING, terms=WEIGHED, valid_from=NOON - timedelta(seconds=1), now=NOON
        )
    assert AwardRule.objects.count() == 0


def test_a_preview_reads_only() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)
    award(factories.person().pk)
    made = draft(rates={"paper": [4, 1000]})
    before = moved()
    seen = services.preview_rule(draft_id=made.pk, now=NOON + timedelta(hours=1))
    assert (seen.acts, seen.points_then, seen.points_now) == (1, 40, 20)
    assert moved() == before
