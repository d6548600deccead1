"""Drops, draws and lists under many hands at once: one ticket a person, nobody left out of an order, one voucher each.

`make test` runs this on SQLite and on PostgreSQL. Guards are also taken away, so that each race is seen.
"""

from datetime import timedelta
from threading import Barrier, local
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from backend.accounts.models import User
from campaigns import rules, services
from campaigns.models import Draw, Drop, Entry, GrantLine, Offer, Ticket, Voucher
from campaigns.queries import ways
from campaigns.services import draws, drops, handing
from campaigns.types import NewDraw, NewDrop, NewGrant
from tests.concurrency.race import race
from tests.concurrency.test_campaign_races import kinds
from tests.factories import NOON, person
from tests.factories_campaigns import claim
from tests.factories_ways import approve_list, disagreements, enter, offer_by, queue_up, run, send_list

pytestmark = pytest.mark.django_db(transaction=True)
ACTS = 24
CLOSING = NOON + timedelta(hours=1)


def crowd(size: int = ACTS) -> list[User]:
    return [person(points=50) for _ in range(size)]


def dropped(stock: int = 5) -> Offer:
    return offer_by(NewDrop(per_second=1000), starts_at=CLOSING, stock=stock)


def test_tickets_race_the_drawing_of_the_order_and_none_is_left_out() -> None:
    of, people = dropped(), crowd()
    for each in people[:8]:
        queue_up(each, of)
    acts: list[Any] = [lambda who=who: queue_up(who, of, CLOSING) for who in people]
    acts.insert(ACTS // 2, lambda: run(services.advance_drops, CLOSING, pieces=1))
    results = race(acts)
    assert kinds(results) == {"Ticket": ACTS, "int": 1}, results
    run(services.advance_drops, CLOSING)
    positions = sorted(Ticket.objects.values_list("position", flat=True))
    assert positions == list(range(1, ACTS + 1))
    assert Drop.objects.get().taken == ACTS
    assert disagreements() == []


def test_without_the_count_on_the_drop_s_row_a_ticket_is_left_out() -> None:
    """The control: the ticket is written by what was read of the drop, while the order is drawn in between."""
    of, who = dropped(), person()
    read, drawn = Barrier(2), Barrier(2)

    def unguarded(drop: Drop) -> None:
        read.wait(timeout=60)
        connection.close()
        drawn.wait(timeout=60)

    def ticket() -> Any:
        found = drops._open_drop(of.pk, NOON)
        unguarded(found)
        columns = {"resident_id": who.pk, "person_id": who.pk, "number": "n", "position": None}
        return Ticket.objects.create(drop=found, at=NOON, **columns)

    def draw() -> int:
        read.wait(timeout=60)
        done = run(services.advance_drops, CLOSING)
        drawn.wait(timeout=60)
        return done

    race([ticket, draw])
    assert list(Ticket.objects.values_list("position", flat=True)) == [None]
    assert any("tickets are not those" in sentence for sentence in disagreements())


def test_admitted_people_claim_at_once_and_exactly_the_stock_is_claimed() -> None:
    of, people = dropped(stock=5), crowd()
    for each in people:
        queue_up(each, of)
    run(services.advance_drops, CLOSING)
    results = race([lambda who=who: claim(who, of, CLOSING) for who in people + people[:8]])
    assert set(kinds(results)) <= {"Voucher", "OfferSoldOut", "ClaimLimitReached"}, results
    assert (kinds(results)["Voucher"], Voucher.objects.count()) == (5, 5)
    assert disagreements() == []


def test_one_person_on_many_threads_has_one_ticket_and_one_entry() -> None:
    who, drop = person(), dropped()
    draw = offer_by(NewDraw(closes_at=CLOSING))
    assert kinds(race([lambda: queue_up(who, drop)] * 12)) == {"Ticket": 12}
    assert kinds(race([lambda: enter(who, draw)] * 12)) == {"Entry": 12}
    assert (Ticket.objects.count(), Drop.objects.get().taken) == (1, 1)
    assert (Entry.objects.count(), Draw.objects.get().entries) == (1, 1)


def test_entries_race_the_closing_and_the_hash_is_of_all_that_are_in() -> None:
    of, people = offer_by(NewDraw(closes_at=CLOSING)), crowd()
    before = CLOSING - timedelta(seconds=1)
    acts: list[Any] = [lambda who=who: enter(who, of, before) for who in people]
    acts.insert(ACTS // 2, lambda: run(services.advance_draws, CLOSING, pieces=1))
    results = race(acts)
    assert set(kinds(results)) <= {"Entry", "EntriesClosed", "int"}, results
    draw = Draw.objects.get()
    assert draw.entries == Entry.objects.count() == kinds(results)["Entry"]
    assert draw.list_sha256 == rules.list_digest(ways.numbers_of(draw))
    assert disagreements() == []


def test_without_the_guard_an_entry_slips_in_behind_the_published_list() -> None:
    of, late, seen = offer_by(NewDraw(closes_at=CLOSING)), person(), local()
    enter(person(), of)
    read, closed = Barrier(2), Barrier(2)

    def judged_before(*_: object) -> None:
        assert seen.status == "open"

    def slip_in() -> Any:
        seen.status = Draw.objects.get().status
        connection.close()
        read.wait(timeout=60)
        closed.wait(timeout=60)
        return enter(late, of)

    def close() -> int:
        read.wait(timeout=60)
        done = run(services.advance_draws, CLOSING)
        closed.wait(timeout=60)
        return done

    with patch.object(draws, "_count", judged_before):
        results = race([slip_in, close])
    assert kinds(results) == {"Entry": 1, "int": 1}, results
    assert any("not those that were published" in sentence for sentence in disagreements())


def granted(people: list[User]) -> None:
    of = offer_by(NewGrant(), per_person_limit=9, stock=50)
    grant = send_list(of, "".join(f"{each.pk}\n" for each in people))
    run(services.advance_grants)
    approve_list(grant)


def test_workers_side_by_side_hand_out_one_voucher_a_line() -> None:
    people = crowd(6)
    granted(people)
    race([lambda: run(services.advance_grants)] * 6)
    run(services.advance_grants)
    assert sorted(Voucher.objects.values_list("resident_id", flat=True)) == sorted(each.pk for each in people)
    assert set(GrantLine.objects.values_list("state", flat=True)) == {"handed"}
    assert disagreements() == []


def test_the_unique_source_holds_even_where_the_line_s_guard_is_gone() -> None:
    """The control of the line's guard: without it the second voucher meets the unique source; without both, two."""
    [anna] = crowd(1)
    granted([anna])
    line = GrantLine.objects.get()
    of, all_ready = Offer.objects.select_related("campaign").get(), Barrier(2)

    def twice(source: Any) -> Any:
        all_ready.wait(timeout=60)
        return run(lambda now: bool(handing.hand_out(offer=of, resident_id=anna.pk, source=source, now=now)), pieces=1)

    guarded = handing.Source(handing.Way.GRANT, line.pk)
    assert kinds(race([lambda: twice(guarded)] * 2)) == {"int": 1, "IntegrityError": 1}
    assert Voucher.objects.count() == 1
    free = [handing.Source(handing.Way.GRANT, anna.pk), handing.Source(handing.Way.GRANT, of.pk)]
    assert kinds(race([lambda each=each: twice(each) for each in free])) == {"int": 2}
    assert any("nothing was handed out" in sentence for sentence in disagreements())
