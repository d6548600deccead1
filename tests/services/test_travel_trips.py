"""Trails from head to head, declared trips, steps and links, at the services' promises."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.carbon.models import Entry
from backend.core.clock import ZONE
from backend.core.errors import NotFound, Refusal
from backend.earning import queries as earning
from backend.earning.errors import PositionRequired
from backend.earning.models import Award, EvidenceDetail
from backend.earning.types import Position
from backend.tokens import services as tokens
from backend.tokens.errors import CodeWrongPurpose
from backend.tokens.types import Purpose
from backend.travel import errors, services
from backend.travel.models import Rider, Tally, TrailHead, Trip
from backend.travel.services.links import LINKS_PER_MONTH
from backend.travel.types import AccountKind, Mode, Outcome, Steps, TripStatus
from tests import factories
from tests import factories_travel as travel

pytestmark = pytest.mark.django_db
NOON = travel.NOON
TODAY = date(2026, 6, 5)
FAR = Position(29.60, 106.50)


@pytest.fixture(autouse=True)
def _rules(db: None) -> None:
    travel.standard_rules()


def scan(person: User, head: TrailHead, minutes: float = 0, position: Position | None = None) -> Outcome:
    now = NOON + timedelta(minutes=minutes)
    with transaction.atomic():
        return services.scan(by=person, code=travel.code_of(head), position=position or head.place, now=now)


def points(person: User) -> tuple[int, int]:
    """Available and waiting."""
    view = earning.points_of(person.pk, NOON)
    return view.balance, view.pending


def states() -> list[str]:
    return list(Trip.objects.order_by("id").values_list("status", flat=True))


# -- trails -----------------------------------------------------------------------------------------------------------


def test_a_walk_from_head_to_head_earns_by_its_length() -> None:
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    assert scan(person, start).status == "started"
    done = scan(person, end, minutes=45)
    assert (done.status, done.points, done.distance_m) == ("awarded", 10, 2000)
    assert points(person) == (10, 0)
    assert states() == ["finished"]


def test_a_ride_on_a_riding_route_counts_carbon() -> None:
    route = travel.route(Mode.BIKE, 6000, min_seconds=900, max_seconds=7200)
    person, (start, _, end) = factories.person(), travel.heads(route)
    scan(person, start)
    assert scan(person, end, minutes=25).carbon_mg == 6000 * 48_700 // 1000


def test_part_of_a_route_earns_its_part_and_a_new_trip_starts_from_there() -> None:
    person, (start, middle, end) = factories.person(), travel.heads(travel.route())
    scan(person, start)
    assert scan(person, middle, minutes=20).distance_m == 1000
    assert scan(person, middle, minutes=21).status == "started"
    assert scan(person, end, minutes=45).distance_m == 1000
    assert points(person) == (10, 0)


def test_no_position_and_no_minute_stays_when_a_trip_has_ended() -> None:
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    scan(person, start, minutes=7)
    scan(person, end, minutes=50)
    trip = Trip.objects.get()
    assert (trip.started_at, trip.ended_at) == (NOON, NOON)
    kept = str(list(Trip.objects.values())) + str(list(EvidenceDetail.objects.values_list("detail")))
    assert str(start.lat) not in kept
    assert EvidenceDetail.objects.get().detail == {"route": str(start.route_id), "distance_m": 2000}


def test_away_from_a_head_the_walk_waits_for_review() -> None:
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    scan(person, start, position=FAR)
    assert scan(person, end, minutes=45).status == "pending_review"
    assert points(person) == (0, 10)
    assert Award.objects.get().doubts == ["not_at_the_trail_head"]


def test_faster_than_usual_waits_for_review_with_its_reason() -> None:
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    scan(person, start)
    assert scan(person, end, minutes=15).status == "pending_review"
    assert Award.objects.get().doubts == ["faster_than_usual"]


def test_faster_than_possible_ends_the_trip_so_that_waiting_at_the_finish_is_no_use() -> None:
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    scan(person, start)
    token = travel.code_of(end)
    with transaction.atomic():
        now = NOON + timedelta(minutes=3)
        with pytest.raises(errors.TripTooFast):
            services.scan(by=person, code=token, position=end.place, now=now)
    assert states() == ["refused"]
    assert scan(person, end, minutes=40).status == "started"
    assert points(person) == (0, 0)


def test_after_too_long_the_scan_is_a_new_start() -> None:
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    scan(person, start)
    assert scan(person, end, minutes=180).status == "started"
    assert states() == ["restarted", "open"]
    assert points(person) == (0, 0)


def test_another_route_takes_the_place_of_the_open_trip() -> None:
    person, (start, *_), (other, *_) = factories.person(), *(travel.heads(travel.route()) for _ in range(2))
    scan(person, start)
    assert scan(person, other, minutes=30).status == "started"
    assert states() == ["restarted", "open"]


def test_one_person_has_one_open_trip() -> None:
    person, (start, *_) = factories.person(), travel.heads(travel.route())
    scan(person, start)
    with pytest.raises(IntegrityError), transaction.atomic():
        Trip.objects.create(resident_id=person.pk, status=TripStatus.OPEN, mode="walk", started_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Trip.objects.update(status=TripStatus.FINISHED) and Trip.objects.update(status=TripStatus.OPEN)


def test_a_trip_needs_a_position_an_open_route_and_the_right_code() -> None:
    route, person = travel.route(), factories.person()
    head = travel.heads(route)[0]
    with pytest.raises(PositionRequired), transaction.atomic():
        services.scan(by=person, code=travel.code_of(head), position=None, now=NOON)
    poster = tokens.issue(purpose=Purpose.STATION_PRINTED, subject=head.pk, now=NOON).payload
    with pytest.raises(CodeWrongPurpose), transaction.atomic():
        services.scan(by=person, code=poster, position=head.place, now=NOON)
    with transaction.atomic():
        services.set_route_open(by="test", route_id=route.pk, is_open=False, now=NOON)
    with pytest.raises(errors.RouteClosed):
        scan(person, head)
    assert states() == []


# -- declared trips ---------------------------------------------------------------------------------------------------


def declare(person: User, minutes: float = 0, **changes: Any) -> Outcome:
    trip: dict[str, Any] = {"mode": Mode.BIKE, "distance_m": 4000, "duration_seconds": 1200} | changes
    with transaction.atomic():
        return services.declare_trip(by=person, now=NOON + timedelta(minutes=minutes), **trip)


def test_a_declared_trip_earns_half_and_waits() -> None:
    person = factories.person()
    assert (declare(person).status, points(person)) == ("pending", (0, 4))
    assert not Entry.objects.exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 9 * 24 * 60), st.integers(1000, 12_000)), max_size=10))
def test_declared_trips_never_pass_their_caps_in_any_order(trips: list[tuple[int, int]]) -> None:
    person = factories.person()
    for minutes, distance_m in trips:
        try:
            declare(person, minutes, distance_m=distance_m, duration_seconds=distance_m * 3600 // 15_000)
        except Refusal as refusal:
            assert refusal.code == "cap_reached"  # noqa: PT017 - any other refusal fails the test
    awards = Award.objects.filter(resident_id=person.pk)
    days = [award.happened_at.astimezone(ZONE).date() for award in awards]
    weeks: dict[object, int] = {}
    for award, day in zip(awards, days, strict=True):
        weeks[day.isocalendar()[:2]] = weeks.get(day.isocalendar()[:2], 0) + award.points
    assert len(set(days)) == len(days)
    assert all(each <= 15 for each in weeks.values())
    assert Trip.objects.filter(resident_id=person.pk).count() == len(days)


def test_an_implausible_trip_leaves_nothing() -> None:
    person = factories.person()
    with pytest.raises(errors.TripImplausible):
        declare(person, mode=Mode.WALK, distance_m=20_000, duration_seconds=600)
    assert (states(), points(person)) == ([], (0, 0))


# -- steps ------------------------------------------------------------------------------------------------------------


def step(person: User, count: int, day: date = TODAY) -> Outcome:
    with transaction.atomic():
        return services.declare_steps(by=person, steps=Steps(day, count), now=NOON)


def test_only_the_increase_earns_and_a_lower_figure_moves_nothing() -> None:
    person = factories.person()
    assert (step(person, 6500).points, points(person)) == (3, (0, 3))
    before = (Tally.objects.get().total, points(person), Award.objects.count())
    assert (step(person, 5000).status, step(person, 6500).points) == ("counted", 0)
    assert (Tally.objects.get().total, points(person), Award.objects.count()) == before
    assert (step(person, 8100).points, points(person)) == (1, (0, 4))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=6))
def test_steps_earn_by_their_highest_figure_in_any_order_and_within_the_caps(figures: list[int]) -> None:
    one, other = factories.person(), factories.person()
    for figure in figures:
        step(one, figure)
    step(other, max(figures))
    assert points(one) == points(other)
    assert sum(points(one)) == min(max(figures), 20_000) // 2000
    grams = Entry.objects.filter(resident_id=one.pk).values_list("mg", flat=True)
    assert sum(grams) <= 296_000


@pytest.mark.parametrize("days", [-2, 1])
def test_steps_are_of_today_or_yesterday(days: int) -> None:
    person = factories.person()
    step(person, 4000, TODAY - timedelta(days=1))
    with pytest.raises(errors.StepsDayOutOfRange):
        step(person, 4000, TODAY + timedelta(days=days))
    assert Tally.objects.count() == 1


# -- links ------------------------------------------------------------------------------------------------------------


def test_a_link_needs_consent_and_keeps_no_number() -> None:
    person, card = factories.person(), travel.card()
    with pytest.raises(errors.LinkConsentRequired), transaction.atomic():
        services.link(by=person, kind=AccountKind.TRANSIT_CARD, account=card, consent=False, now=NOON)
    assert not Rider.objects.exists()
    travel.link(person, card)
    assert card not in str(list(Rider.objects.values()))
    assert Rider.objects.get().masked == f"…{card[-4:]}"


def test_a_card_has_one_holder_and_a_holder_one_card_of_a_kind() -> None:
    (person, card), other = travel.linked(), factories.person()
    with pytest.raises(errors.LinkedElsewhere):
        travel.link(other, card)
    with pytest.raises(errors.LinkExists):
        travel.link(person, travel.card())
    assert travel.link(person, f"{card[:4]} {card[4:]}").resident_id == person.pk
    assert Rider.objects.exclude(resident_id=None).count() == 1


def test_unlinking_is_as_easy_and_rides_go_back_to_waiting() -> None:
    (person, card), other, partner = travel.linked(), factories.person(), travel.partner()
    travel.record(partner, [travel.event(card)])
    with transaction.atomic():
        services.unlink(by=person, kind=AccountKind.TRANSIT_CARD, now=NOON)
    assert travel.settle() == 0
    with pytest.raises(NotFound), transaction.atomic():
        services.unlink(by=person, kind=AccountKind.TRANSIT_CARD, now=NOON)
    travel.link(other, card)
    travel.settle()
    assert (points(person), points(other)) == ((0, 0), (9, 0))


def test_nobody_tries_cards_through() -> None:
    person = factories.person()
    for _ in range(LINKS_PER_MONTH):
        travel.link(person, travel.card())
        with transaction.atomic():
            services.unlink(by=person, kind=AccountKind.TRANSIT_CARD, now=NOON)
    with pytest.raises(errors.LinkLimitReached):
        travel.link(person, travel.card())
    assert not Rider.objects.exclude(resident_id=None).exists()
    travel.link(person, travel.card(), now=NOON + timedelta(days=30))
