"""Partners' rides: recorded once, counted for whoever linked the card, in any order and any number of times."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts import crypto
from backend.accounts.models import User
from backend.carbon.models import Entry
from backend.earning import queries as earning
from backend.earning.models import Award, EvidenceDetail
from backend.ops.upkeep import STEPS
from backend.travel import queries, services
from backend.travel.models import Ride, Rider, Tally
from backend.travel.services.settling import KEPT_UNLINKED
from backend.travel.types import AccountKind, RideStatus
from tests import factories
from tests import factories_travel as travel

pytestmark = pytest.mark.django_db
NOON = travel.NOON


@pytest.fixture(autouse=True)
def _rules(db: None) -> None:
    travel.standard_rules()


def books(user: User) -> tuple[int, int]:
    """A resident's points and milligrams."""
    grams = sum(Entry.objects.filter(resident_id=user.pk).values_list("mg", flat=True))
    return earning.points_of(user.pk, NOON).balance, grams


def codes(found: list[Any]) -> list[str | None]:
    return [each.refusal.code if each.refusal else None for each in found]


def test_a_linked_card_earns_points_and_carbon() -> None:
    (person, card), partner = travel.linked(), travel.partner()
    assert codes(travel.record(partner, [travel.event(card)])) == [None]
    assert travel.settle() == 1
    award = Award.objects.get(resident_id=person.pk)
    assert (award.points, award.carbon_mg, award.grade) == (9, 9 * 46_700, "operator_feed")
    assert books(person) == (9, 9 * 46_700)
    ride = Ride.objects.get()
    assert (ride.status, ride.rider, ride.tally.total if ride.tally else 0) == (RideStatus.SETTLED, None, 9300)
    assert list(queries.disagreements()) == []


def test_a_ride_of_unknown_distance_counts_as_one() -> None:
    (person, card), partner = travel.linked(), travel.partner()
    travel.record(partner, [travel.event(card, mode="bus", distance_m=None)])
    travel.settle()
    assert books(person) == (2, 120_000)


def test_neither_the_number_nor_the_minute_of_a_ride_is_kept() -> None:
    (_, card), partner = travel.linked(), travel.partner()
    travel.record(partner, [travel.event(card, at=(NOON - timedelta(minutes=17)).isoformat())])
    travel.settle()
    with connection.cursor() as cursor:
        for model in (Ride, Rider, Tally, EvidenceDetail):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            assert card not in str(cursor.fetchall())
    assert Ride.objects.get().at == NOON - timedelta(hours=1)


def test_the_same_file_again_changes_nothing() -> None:
    (person, card), partner = travel.linked(), travel.partner()
    events = [travel.event(card), travel.event(travel.card()), travel.event(card, mode="bike", distance_m=2400)]
    first = travel.record(partner, events)
    travel.settle()
    before = (books(person), Ride.objects.count(), Tally.objects.count(), Award.objects.count())
    assert travel.record(partner, events, now=NOON + timedelta(hours=2)) == first
    travel.settle()
    assert (books(person), Ride.objects.count(), Tally.objects.count(), Award.objects.count()) == before


def test_a_reference_with_another_content_is_refused_alone() -> None:
    (person, card), partner = travel.linked(), travel.partner()
    event = travel.event(card)
    travel.record(partner, [event])
    changed = event | {"distance_m": 9301}
    assert codes(travel.record(partner, [changed, travel.event(card)])) == ["event_reference_reused", None]
    twice = travel.event(card)
    found = travel.record(partner, [twice, twice, twice | {"mode": "bus"}])
    assert codes(found) == [None, None, "event_reference_reused"]
    assert sorted(Ride.objects.values_list("distance_m", flat=True)) == [9300, 9300, 9300]
    assert books(person) == (0, 0)


def test_the_same_instant_in_another_zone_is_the_same_event() -> None:
    partner, event = travel.partner(), travel.event(travel.card(), at="2026-06-05T10:00:00+08:00")
    travel.record(partner, [event])
    assert codes(travel.record(partner, [event | {"at": "2026-06-05T02:00:00Z"}])) == [None]


def test_references_of_two_partners_do_not_meet() -> None:
    event = travel.event(travel.card())
    assert codes(travel.record(travel.partner(), [event])) == [None]
    assert codes(travel.record(travel.partner(), [event | {"distance_m": 10}])) == [None]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"at": (NOON + timedelta(minutes=6)).isoformat()}, "event_in_future"),
        ({"at": (NOON - timedelta(days=7)).isoformat()}, "event_too_old"),
        ({"at": "2026-06-05T10:00:00"}, "event_invalid"),
        ({"mode": "walk"}, "event_invalid"),
        ({"mode": "bike", "distance_m": None}, "event_distance_implausible"),
        ({"distance_m": 0}, "event_distance_implausible"),
        ({"distance_m": 10**12}, "event_distance_implausible"),
        ({"distance_m": "9300"}, "event_invalid"),
        ({"rider": "12"}, "event_invalid"),
        ({"reference": "with blank"}, "event_invalid"),
        ({"exclusive_elsewhere": "yes"}, "event_invalid"),
        ({"position": [29.5, 106.5]}, "event_invalid"),
    ],
)
def test_each_event_is_judged_by_itself(changes: dict[str, Any], code: str) -> None:
    (person, card), partner = travel.linked(), travel.partner()
    found = travel.record(partner, [travel.event(card) | changes, "no event", travel.event(card)])
    assert codes(found) == [code, "event_invalid", None]
    assert Ride.objects.count() == 1
    travel.settle()
    assert books(person)[0] == 9


def test_a_late_event_counts_up_to_the_agreed_age() -> None:
    (_, card), partner = travel.linked(), travel.partner(max_age_seconds=3600 * 24)
    just = (NOON - timedelta(hours=24) + timedelta(seconds=1)).isoformat()
    old = (NOON - timedelta(hours=24)).isoformat()
    assert codes(travel.record(partner, [travel.event(card, at=just), travel.event(card, at=old)])) == [
        None,
        "event_too_old",
    ]


def test_a_mode_outside_the_agreement_is_refused() -> None:
    partner = travel.partner(modes=["bus"])
    assert codes(travel.record(partner, [travel.event(travel.card())])) == ["event_mode_not_agreed"]
    assert not Ride.objects.exists()


def test_a_ride_claimed_elsewhere_is_recorded_and_counted_nowhere() -> None:
    (person, card), partner = travel.linked(), travel.partner()
    assert codes(travel.record(partner, [travel.event(card, exclusive_elsewhere=True)])) == [None]
    travel.settle()
    assert (Ride.objects.get().status, books(person)) == (RideStatus.ELSEWHERE, (0, 0))


def test_a_ride_waits_for_its_rider_and_counts_when_the_card_is_linked() -> None:
    card, partner, person = travel.card(), travel.partner(), factories.person()
    travel.record(partner, [travel.event(card)])
    assert travel.settle() == 0
    travel.link(person, card)
    assert travel.settle() == 1
    assert books(person)[0] == 9


def test_a_ride_that_nobody_claims_is_cut_off_from_its_card() -> None:
    card, partner, person = travel.card(), travel.partner(), factories.person()
    travel.record(partner, [travel.event(card)])
    later = NOON + KEPT_UNLINKED
    for now, left in ((later - timedelta(seconds=1), 1), (later, 0)):
        with transaction.atomic():
            services.forget_due(now=now)
        assert Rider.objects.count() == left
    assert (Ride.objects.get().status, Ride.objects.get().rider) == (RideStatus.FORGOTTEN, None)
    travel.link(person, card, now=later)
    assert (travel.settle(later), books(person)) == (0, (0, 0))


def test_forgetting_is_one_delete_that_asks_again_who_linked() -> None:
    """A card that is linked between the look and the delete stays: the condition is in the DELETE."""
    (person, _), later = travel.linked(), NOON + KEPT_UNLINKED
    with transaction.atomic():
        services.unlink(by=person, kind=AccountKind.TRANSIT_CARD, now=NOON)
    with CaptureQueriesContext(connection) as seen, transaction.atomic():
        services.forget_due(now=later)
    (delete,) = [query["sql"] for query in seen.captured_queries if query["sql"].startswith("DELETE")]
    assert ('"resident_id" IS NULL' in delete, "EXISTS" in delete) == (True, True)
    assert not Rider.objects.exists()


def test_the_card_of_another_kind_is_another_account() -> None:
    person, card = factories.person(), travel.card()
    travel.link(person, card, AccountKind.BIKE_ACCOUNT)
    travel.record(travel.partner(), [travel.event(card)])
    assert (travel.settle(), books(person)) == (0, (0, 0))


def test_an_activity_without_a_rule_is_counted_and_earns_nothing() -> None:
    (person, card), partner = travel.linked(), travel.partner(max_age_seconds=90 * 86_400)
    travel.record(partner, [travel.event(card, at=(NOON - timedelta(days=60)).isoformat())])
    assert travel.settle() == 1
    assert (Tally.objects.get().total, books(person)) == (9300, (0, 0))


def test_a_settled_ride_goes_back_nowhere() -> None:
    (_, card), partner = travel.linked(), travel.partner()
    travel.record(partner, [travel.event(card)])
    travel.settle()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ride.objects.update(status=RideStatus.DUE)


def test_upkeep_counts_what_is_due() -> None:
    (person, card), partner = travel.linked(), travel.partner()
    travel.record(partner, [travel.event(card)])
    with transaction.atomic():
        assert STEPS["partners' rides counted"](NOON) == 1
    assert books(person)[0] == 9


def test_a_day_with_less_in_its_tally_than_its_rides_is_found() -> None:
    (_, card), partner = travel.linked(), travel.partner()
    travel.record(partner, [travel.event(card)])
    travel.settle()
    Tally.objects.update(total=9000)
    assert [line for line in queries.disagreements() if "9300" in line]


def test_a_stolen_table_names_no_card() -> None:
    digest = crypto.digest("travel.transit_card", "5000000000000001")
    assert digest != crypto.digest("travel.bike_account", "5000000000000001")


# -- the same books for any order --------------------------------------------------------------------------------------

RIDES = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.integers(0, 1),
            "mode": st.sampled_from(["bus", "metro", "bike", "bus without distance"]),
            "distance_m": st.integers(1, 12_000),
            "hours_ago": st.integers(1, 60),
        }
    ),
    min_size=1,
    max_size=12,
)


def _events(rides: list[dict[str, Any]], cards: list[str]) -> list[dict[str, Any]]:
    return [
        travel.event(
            cards[ride["who"]],
            mode=ride["mode"].split()[0],
            distance_m=None if "without" in ride["mode"] else ride["distance_m"],
            at=(NOON - timedelta(hours=ride["hours_ago"])).isoformat(),
        )
        for ride in rides
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rides=RIDES, data=st.data())
def test_replays_and_reorderings_of_a_feed_give_the_same_books(
    rides: list[dict[str, Any]], data: st.DataObject
) -> None:
    """In order and at once, against shuffled, cut into pieces, repeated, counted in between and linked late."""
    plain, mixed = ([factories.person(), factories.person()] for _ in range(2))
    cards, others = ([travel.card(), travel.card()] for _ in range(2))
    for person, card in zip(plain, cards, strict=True):
        travel.link(person, card)
    travel.record(travel.partner(), _events(rides, cards))
    travel.settle()

    events, partner = _events(rides, others), travel.partner()
    shuffled = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=4))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(shuffled)), max_size=4)) | {0, len(shuffled)})
    linked_at = data.draw(st.integers(0, len(cuts) - 1))
    for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], len(shuffled)], strict=True)):
        if number == linked_at:
            for person, card in zip(mixed, others, strict=True):
                travel.link(person, card)
        travel.record(partner, shuffled[start:end])
        if data.draw(st.booleans()):
            travel.settle()
    travel.settle()

    assert [books(person) for person in plain] == [books(person) for person in mixed]
    assert list(queries.disagreements()) == []
