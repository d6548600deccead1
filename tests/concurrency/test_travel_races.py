"""Batches, settlers, links and scans at once; the control shows the race where the guard is taken away."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from backend.core.errors import Refusal
from backend.earning import queries as earning
from backend.earning.models import Award
from backend.travel import queries, services
from backend.travel.models import Ride, Rider, Tally, Trip
from backend.travel.types import AccountKind, TripStatus
from tests import factories
from tests import factories_travel as travel
from tests.concurrency.race import race

pytestmark = pytest.mark.django_db(transaction=True)
NOON = travel.NOON


@pytest.fixture(autouse=True)
def _rules(transactional_db: None) -> None:
    travel.standard_rules()


def settle() -> int:
    with transaction.atomic(durable=True):
        return services.settle_due(now=NOON)


def test_one_batch_sent_by_many_at_once_is_recorded_and_counted_once() -> None:
    partner, people = travel.partner(), [travel.linked() for _ in range(3)]
    events = [travel.event(card) for _, card in people for _ in range(4)]
    answers = race([partial(travel.record, partner, events[shift:] + events[:shift]) for shift in range(6)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Ride.objects.count() == len(events)
    race([settle for _ in range(6)])
    travel.settle()
    assert [earning.points_of(person.pk, NOON).balance for person, _ in people] == [20, 20, 20]
    assert list(queries.disagreements()) == []


def test_settlers_at_once_count_each_ride_once() -> None:
    partner, (person, card) = travel.partner(), travel.linked()
    travel.record(partner, [travel.event(card, distance_m=4000) for _ in range(3)])
    done = race([settle for _ in range(8)])
    assert sorted(each for each in done if each) == [3]
    assert (Tally.objects.get().total, earning.points_of(person.pk, NOON).balance) == (12_000, 12)


def test_without_the_claim_settlers_would_count_a_ride_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the queue's guarded update always says yes, and rides are not asked whether they are still due."""
    partner, (_, card) = travel.partner(), travel.linked()
    travel.record(partner, [travel.event(card, distance_m=4000)])
    rides = list(Ride.objects.all())
    original = QuerySet.update

    def unguarded(rows: Any, **changes: Any) -> int:
        if rows.model is Rider and changes == {"has_due": False}:
            return 1
        return int(original(rows, **changes))

    monkeypatch.setattr(QuerySet, "update", unguarded)
    monkeypatch.setattr("backend.travel.services.settling._due", lambda rider: rides)
    race([settle for _ in range(4)])
    assert Tally.objects.get().total > 4000
    assert list(queries.disagreements()) != []


def test_a_ride_and_a_link_that_pass_each_other_are_both_seen() -> None:
    for _ in range(5):
        partner, person, card = travel.partner(), factories.person(), travel.card()
        race([partial(travel.record, partner, [travel.event(card)]), partial(travel.link, person, card), settle])
        travel.settle()
        assert earning.points_of(person.pk, NOON).balance == 9


def test_of_many_who_link_one_card_one_has_it() -> None:
    people, card = [factories.person() for _ in range(6)], travel.card()
    found = race([partial(travel.link, person, card) for person in people])
    refused = [each for each in found if isinstance(each, Refusal)]
    assert [each.code for each in refused] == ["account_linked_elsewhere"] * 5
    assert Rider.objects.exclude(resident_id=None).count() == 1


def test_of_many_cards_that_one_person_links_one_of_a_kind_stays() -> None:
    person = factories.person()
    race([partial(travel.link, person, travel.card(), AccountKind.BIKE_ACCOUNT) for _ in range(4)])
    assert Rider.objects.filter(resident_id=person.pk).count() == 1


def test_many_scans_at_once_open_one_trip_and_finish_it_once() -> None:
    person, (start, _, end) = factories.person(), travel.heads(travel.route())

    def scan(head: Any, minutes: int) -> Any:
        with transaction.atomic(durable=True):
            now = NOON + timedelta(minutes=minutes)
            return services.scan(by=person, code=travel.code_of(head), position=head.place, now=now)

    race([partial(scan, start, 0) for _ in range(4)])
    assert Trip.objects.filter(status=TripStatus.OPEN).count() == 1
    race([partial(scan, end, 40) for _ in range(4)])
    assert Award.objects.count() == 1
    assert earning.points_of(person.pk, NOON).balance == 10
