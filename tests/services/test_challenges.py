"""Challenges: a completed period earns one voucher, whatever account it was done with; taken-back acts do not count."""

import pytest

from campaigns import services
from campaigns.models import Completion, Offer, Voucher
from campaigns.queries import ways
from campaigns.types import NewChallenge, Period
from tests.factories import NOON, person
from tests.factories_campaigns import DAY
from tests.factories_ways import act, disagreements, offer_by, run

pytestmark = pytest.mark.django_db
MONDAY = NOON - 4 * DAY  # NOON is a Friday


def weekly(goal: int = 3, *, counts_units: bool = False, stock: int = 10) -> Offer:
    plan = NewChallenge(activities=["metro_ride"], goal=goal, period=Period.WEEK, counts_units=counts_units)
    return offer_by(plan, starts_at=NOON - 10 * DAY, ends_at=NOON + 14 * DAY, per_person_limit=5, stock=stock)


def test_a_completed_week_earns_one_voucher_and_the_next_week_another() -> None:
    weekly()
    anna, ben = person(), person()
    for back in range(3):
        act(anna, MONDAY + back * DAY)
    act(ben, NOON)
    [mine] = ways.progress_of(ben.pk, NOON)
    assert (mine.done, mine.goal, mine.state) == (1, 3, None)
    assert run(services.advance_challenges) == 2  # noted, handed out
    assert run(services.advance_challenges) == 0
    act(anna, NOON)
    assert run(services.advance_challenges) == 0
    assert list(Voucher.objects.values_list("resident_id", "source")) == [(anna.pk, "challenge")]
    for back in range(3):
        act(anna, MONDAY + (7 + back) * DAY)
    run(services.advance_challenges, NOON + 7 * DAY)
    assert Voucher.objects.count() == 2
    assert disagreements() == []


def test_what_was_taken_back_or_waits_does_not_count() -> None:
    weekly(goal=2)
    anna = person()
    act(anna, NOON, status="pending")
    act(anna, NOON)
    assert run(services.advance_challenges) == 0
    assert Completion.objects.count() == 0


def test_units_may_be_counted_and_late_bookings_still_do() -> None:
    weekly(goal=5000, counts_units=True)
    anna = person()
    act(anna, MONDAY, amount=4999)
    assert run(services.advance_challenges) == 0
    act(anna, MONDAY + 6 * DAY, amount=1)
    assert run(services.advance_challenges, MONDAY + 9 * DAY) == 2
    assert Completion.objects.get().done == 5000
    assert Completion.objects.get().starts_on == MONDAY.date()
    assert disagreements() == []


def test_an_empty_stock_is_told_as_the_reason() -> None:
    weekly(goal=1, stock=1)
    for each in [person(), person()]:
        act(each, NOON)
    run(services.advance_challenges)
    assert sorted(Completion.objects.values_list("state", "fault")) == [("handed", ""), ("refused", "offer_sold_out")]
    assert Voucher.objects.count() == 1
    assert disagreements() == []
