"""A drop: one ticket a person, an order that the seed gives, admission in waves, a claim only in one's turn."""

from datetime import timedelta

import pytest

from campaigns import rules, services
from campaigns.errors import InsufficientPoints, NotYourTurn, OfferNotYetOpen, OfferSoldOut, TicketNeeded
from campaigns.models import Drop, Offer, Ticket, Voucher
from campaigns.queries import ways
from campaigns.types import NewDrop
from tests.factories import NOON, person
from tests.factories_campaigns import claim
from tests.factories_ways import disagreements, offer_by, queue_up, run

pytestmark = pytest.mark.django_db
OPENING = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)


def dropped(per_second: int = 2, **terms: object) -> Offer:
    return offer_by(NewDrop(per_second=per_second), **({"starts_at": OPENING, "stock": 3} | terms))


def test_tickets_of_before_the_opening_are_shuffled_by_the_seed_and_later_ones_queue_behind() -> None:
    of, crowd = dropped(), [person(points=20) for _ in range(6)]
    first = Drop.objects.get()
    assert rules.commitment(first.seed) == first.seed_sha256
    tickets = [queue_up(each, of) for each in crowd]
    assert {each.position for each in tickets} == {None}
    late = queue_up(person(), of, OPENING)  # before the worker has looked
    run(services.advance_drops, OPENING + SECOND)
    order = list(Ticket.objects.order_by("position").values_list("number", flat=True))
    assert order == [*rules.ranked(first.seed, [each.number for each in tickets]), late.number]
    assert queue_up(person(), of, OPENING + SECOND).position == 8
    assert queue_up(crowd[0], of, OPENING + SECOND).pk == tickets[0].pk
    drop = Drop.objects.get()
    assert (drop.taken, drop.queued, Ticket.objects.count()) == (8, 8, 8)
    assert disagreements() == []


def test_a_claim_needs_a_ticket_whose_turn_has_come() -> None:
    of, crowd = dropped(), [person(points=20) for _ in range(4)]
    for each in crowd:
        queue_up(each, of)
    with pytest.raises(OfferNotYetOpen):
        claim(crowd[0], of, NOON)
    with pytest.raises(NotYourTurn):
        claim(crowd[0], of, OPENING)  # the order is not drawn
    run(services.advance_drops, OPENING, pieces=1)
    by_position = {each.position: each.resident_id for each in Ticket.objects.all()}
    people = {each.pk: each for each in crowd}
    third = people[by_position[3]]
    with pytest.raises(NotYourTurn) as no:
        claim(third, of, OPENING)
    assert no.value.data == {"position": 3, "wait_seconds": 1}
    with pytest.raises(TicketNeeded):
        claim(person(points=20), of, OPENING)
    assert Voucher.objects.count() == 0
    for position, at in [(1, 0), (2, 0), (3, 1)]:
        claim(people[by_position[position]], of, OPENING + at * SECOND)
    with pytest.raises(OfferSoldOut):
        claim(people[by_position[4]], of, OPENING + SECOND)
    with pytest.raises(OfferSoldOut):
        queue_up(person(), of, OPENING + SECOND)
    assert set(Voucher.objects.values_list("source", "points_paid")) == {("drop", 20)}
    assert disagreements() == []


def test_a_drop_may_cost_points_and_one_ticket_is_one_voucher() -> None:
    of, poor = dropped(), person(points=19)
    queue_up(poor, of)
    run(services.advance_drops, OPENING)
    with pytest.raises(InsufficientPoints):
        claim(poor, of, OPENING)
    assert Offer.objects.get(pk=of.pk).claimed == 0
    assert disagreements() == []


def test_place_and_wait_are_told_and_each_turn_once() -> None:
    of, crowd = dropped(per_second=1), [person() for _ in range(3)]
    tickets = [queue_up(each, of) for each in crowd]
    assert ways.place_of(ways.my_ticket(of.pk, crowd[0].pk), NOON).position is None
    run(services.advance_drops, OPENING)
    waits = [ways.place_of(ways.my_ticket(of.pk, each.pk), OPENING).wait_seconds for each in crowd]
    assert sorted(wait for wait in waits if wait is not None) == [0, 1, 2]
    assert Drop.objects.get().told == 1
    assert run(services.advance_drops, OPENING + 60 * SECOND) == 2
    assert run(services.advance_drops, OPENING + 90 * SECOND) == 0
    assert len({each.number for each in tickets}) == 3
