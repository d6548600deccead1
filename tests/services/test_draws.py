"""A draw: the list before the seed, winners that anybody can compute, one voucher each; in no other order."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from backend.inbox.models import Message
from backend.seal import services as seal
from campaigns import rules, services
from campaigns.errors import CampaignStopped, EntriesClosed, NotClaimable, OfferOutsideCampaign, WayFixed
from campaigns.models import Draw, Entry, Offer, Voucher, Win
from campaigns.queries import ways
from campaigns.types import NewDraw, NewGrant
from tests.factories import NOON, person
from tests.factories_campaigns import APPROVER, DAY, DRAFTER, claim, offer
from tests.factories_plans import draft, new_offer, step
from tests.factories_ways import checkpoint, disagreements, enter, offer_by, run

pytestmark = pytest.mark.django_db
CLOSING = NOON + timedelta(hours=1)
LATER = NOON + DAY


def held(people: int, *, stock: int = 2, **changes: Any) -> tuple[Offer, list[Any]]:
    of = offer_by(NewDraw(closes_at=CLOSING), stock=stock, **changes)
    crowd = [person() for _ in range(people)]
    for each in crowd:
        enter(each, of)
    return of, crowd


def state() -> Draw:
    return Draw.objects.get()


def test_the_list_is_published_before_there_is_a_seed_and_the_winners_follow_from_both() -> None:
    _, crowd = held(5)
    checkpoint(NOON)  # of before the closing: it must not be the seed
    run(services.advance_draws, CLOSING)
    closed = state()
    assert (closed.status, closed.entries, closed.places, closed.checkpoint) == ("closed", 5, 2, "")
    assert closed.list_sha256 == rules.list_digest(ways.numbers_of(closed))
    assert run(services.advance_draws, LATER) == 0
    checkpoint(LATER)
    run(services.advance_draws, LATER)
    drawn = state()
    seed = rules.seed_of(drawn.list_sha256, drawn.checkpoint)
    winners = rules.ranked(seed, ways.numbers_of(drawn))[:2]
    assert ways.winners_of(drawn) == winners
    holders = set(Voucher.objects.values_list("resident_id", flat=True))
    assert holders == set(Entry.objects.filter(number__in=winners).values_list("resident_id", flat=True))
    told = Message.objects.filter(kind="voucher_claimed").values_list("user", flat=True)
    assert sorted(told) == sorted(each.pk for each in crowd if each.pk not in holders)
    assert run(services.advance_draws, LATER) == 0
    assert disagreements() == []


def test_a_checkpoint_of_a_journal_that_has_not_grown_is_no_seed() -> None:
    held(3)
    checkpoint(NOON)
    run(services.advance_draws, CLOSING)
    with transaction.atomic():
        seal.publish_checkpoint(by="test", now=LATER)
    assert run(services.advance_draws, LATER) == 0
    assert state().status == "closed"


def test_one_entry_a_person_and_none_after_the_closing() -> None:
    of, crowd = held(2)
    assert enter(crowd[0], of).pk == Entry.objects.get(resident_id=crowd[0].pk).pk
    with pytest.raises(EntriesClosed):
        enter(person(), of, CLOSING)
    run(services.advance_draws, CLOSING)
    with pytest.raises(EntriesClosed):
        enter(person(), of, NOON)  # a clock that is behind
    assert (Entry.objects.count(), state().entries) == (2, 2)


def test_what_is_drawn_is_not_claimed() -> None:
    of, crowd = held(1)
    with pytest.raises(NotClaimable):
        claim(crowd[0], of)
    assert Voucher.objects.count() == 0


def test_the_database_refuses_every_other_order() -> None:
    held(2)
    later = {"status": "drawn", "checkpoint": "x", "checkpoint_at": LATER, "drawn_at": LATER}

    def refused(**changes: Any) -> None:
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            Draw.objects.update(**changes)

    refused(checkpoint="x")
    refused(**later)
    refused(**later, closed_at=CLOSING, list_sha256="y")
    run(services.advance_draws, CLOSING)
    refused(list_sha256="z")
    refused(places=1)
    refused(status="open")
    refused(**(later | {"checkpoint_at": CLOSING}))
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Entry.objects.all().delete()
    assert state().status == "closed"


def test_handing_out_that_is_cut_off_goes_on_and_a_win_of_nobody_lapses() -> None:
    _, crowd = held(6, stock=4)
    run(services.advance_draws, CLOSING)
    checkpoint(LATER)
    run(services.advance_draws, LATER, pieces=1, limit=1)
    gone = Win.objects.filter(state="waiting").select_related("entry").first()
    assert gone is not None
    type(crowd[0]).objects.filter(pk=gone.entry.resident_id).update(is_active=False)
    run(services.advance_draws, LATER, limit=1)
    assert Voucher.objects.count() == 3
    assert Win.objects.get(pk=gone.pk).fault == "not_found"
    assert disagreements() == []


def test_more_places_than_entries_give_everybody_one() -> None:
    held(2, stock=9)
    run(services.advance_draws, CLOSING)
    checkpoint(LATER)
    run(services.advance_draws, LATER)
    assert Voucher.objects.count() == 2
    assert disagreements() == []


def test_a_stopped_campaign_takes_no_entries_and_hands_nothing_out() -> None:
    of, _ = held(2)
    run(services.advance_draws, CLOSING)
    step(services.stop, of.campaign, by=APPROVER, reason="x")
    with pytest.raises(CampaignStopped):
        enter(person(), of)
    checkpoint(LATER)
    run(services.advance_draws, LATER)
    assert set(Win.objects.values_list("state", "fault")) == {("refused", "offer_not_open")}
    assert Voucher.objects.count() == 0
    assert disagreements() == []


def test_the_way_is_chosen_once_and_in_a_draft() -> None:
    def choose(of: Offer, plan: Any) -> None:
        with transaction.atomic():
            services.choose_way(by=DRAFTER, offer_id=of.pk, plan=plan, now=NOON)

    made = draft(new_offer())
    version, of = made.version, made.offers.get()
    with pytest.raises(OfferOutsideCampaign):
        choose(of, NewDraw(closes_at=NOON + 9 * DAY))
    choose(of, NewGrant())
    with pytest.raises(WayFixed):
        choose(of, NewDraw(closes_at=CLOSING))
    with pytest.raises(WayFixed):
        choose(offer(), NewGrant())
    made.refresh_from_db()
    assert made.version > version
    assert Offer.objects.get(pk=of.pk).way == "grant"
    assert Draw.objects.count() == 0
