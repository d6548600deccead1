"""What is held about a person's ways to vouchers and their use, in the copy and after being forgotten."""

from typing import Any

import pytest

from backend.core import clock
from campaigns import services
from campaigns.models import Entry, GrantLine, Voucher
from campaigns.types import NewChallenge, NewDraw, NewDrop, NewGrant, Period
from tests.api.clients import client_of
from tests.factories import person
from tests.factories_campaigns import DAY
from tests.factories_ways import act, approve_list, disagreements, enter, offer_by, queue_up, run, send_list

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ["drop_tickets", "draw_entries", "challenges_completed", "lists", "redemptions", "returns", "printed_codes"]


def copy_of(user: Any) -> dict[str, Any]:
    body: dict[str, Any] = client_of(user).get("me/export").json()
    return {kind: body[kind] for kind in KINDS}


def test_tickets_entries_completions_and_lists_are_in_the_copy_of_their_person_alone() -> None:
    now = clock.now()
    anna, ben = person(), person()
    queue_up(anna, offer_by(NewDrop(per_second=5), now=now), now)
    entry = enter(anna, offer_by(NewDraw(closes_at=now + DAY), now=now), now)
    offer_by(NewChallenge(activities=["metro_ride"], goal=1, period=Period.WEEK), now=now)
    act(anna, now)
    run(services.advance_challenges, now)
    found = copy_of(anna)
    assert {kind: len(found[kind]) for kind in KINDS[:3]} == dict.fromkeys(KINDS[:3], 1)
    assert found["draw_entries"][0]["number"] == entry.number
    assert copy_of(ben) == {kind: [] for kind in KINDS}


def test_being_forgotten_takes_number_and_note_off_the_lists_and_leaves_the_books_whole() -> None:
    now = clock.now()
    anna = person(now=now)
    of = offer_by(NewGrant(), now=now)
    grant = send_list(of, f"{anna.pk},王阿姨\n", now=now)
    run(services.advance_grants, now)
    approve_list(grant, now=now)
    run(services.advance_grants, now)
    assert copy_of(anna)["lists"][0]["note"] == "王阿姨"
    client_of(anna).delete("/api/v1/me")
    line = GrantLine.objects.get()
    assert (line.shown, line.note, line.state) == ("", "", "handed")
    assert (Voucher.objects.count(), Entry.objects.count()) == (1, 0)
    assert disagreements() == []
