"""Draws, drops, lists and challenges over HTTP; the stand-alone script computes a draw again from the public answer."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.core import clock
from campaigns import services
from campaigns.models import Entry, Grant, Offer, Ticket, Voucher
from campaigns.types import NewChallenge, NewDraw, NewDrop, NewGrant, Period
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_campaigns import DAY, counter, offer, store
from tests.factories_people import operator
from tests.factories_plans import draft, new_offer
from tests.factories_ways import checkpoint, enter, offer_by, run

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).parents[2] / "docs" / "draw_verify.py"


@pytest.fixture
def now() -> Any:
    return clock.now()


def verify(draw: dict[str, Any], folder: Path, *more: str) -> tuple[int, str]:
    """Runs the script as anybody would: one file, a Python, nothing of ours on its path."""
    file = folder / "draw.json"
    file.write_text(json.dumps(draw), encoding="utf-8")
    call = [sys.executable, "-I", "-S", str(SCRIPT), str(file), *more]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def drawn(now: Any) -> dict[str, Any]:
    """A draw of two places among five people, over, as the public sees it."""
    begun = now - 3 * DAY
    of = offer_by(NewDraw(closes_at=begun + DAY / 2), now=begun, stock=2, ends_at=begun + 10 * DAY)
    for _ in range(5):
        enter(person(), of, begun)
    run(services.advance_draws, begun + DAY / 2)
    shown = client_of().get(f"draws/{of.pk}").json()
    assert (shown["status"], shown["places"], shown["seed"], shown["winners"]) == ("closed", 2, None, [])
    checkpoint(begun + DAY)
    run(services.advance_draws, begun + DAY)
    found: dict[str, Any] = client_of().get(f"draws/{of.pk}").json()
    assert found["list_sha256"] == shown["list_sha256"]
    return found


def test_the_script_computes_the_winners_again(drawn: dict[str, Any], tmp_path: Path) -> None:
    won = Voucher.objects.values_list("resident_id", flat=True)
    assert set(drawn["winners"]) == set(Entry.objects.filter(resident_id__in=won).values_list("number", flat=True))
    status, told = verify(drawn, tmp_path, "--list-sha256", drawn["list_sha256"], "--mine", drawn["winners"][1])
    assert (status, told) == (0, "your number won place 2\nright: 2 winners of 5 entries\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda draw: draw["winners"].reverse(), "winners"),
        (lambda draw: draw["numbers"].append("f" * 64), "entries"),
        (lambda draw: draw["numbers"].pop(), "entries"),
        (lambda draw: draw.update(seed="0" * 64), "seed"),
        (lambda draw: draw.update(checkpoint=draw["checkpoint"] + " "), "seed"),
        (lambda draw: draw.update(journal_size=10**9), "checkpoint"),
        (lambda draw: draw.update(places=1), "winners"),
        (lambda draw: draw.update(list_sha256="0" * 64), "list"),
    ],
)
def test_the_script_sees_what_was_tampered_with(drawn: Any, tmp_path: Path, change: Any, told: str) -> None:
    kept = drawn["list_sha256"]
    change(drawn)
    status, said = verify(drawn, tmp_path, "--list-sha256", kept)
    assert status == 1
    assert told in said


def test_a_draw_s_list_is_secret_until_it_closes_and_one_knows_one_s_own_number(now: Any, tmp_path: Path) -> None:
    of, anna = offer_by(NewDraw(closes_at=now + DAY / 2), now=now), person()
    problem(client_of(anna).get(f"draws/{of.pk}/entries/mine"), 404, "not_found")
    first = client_of(anna).post(f"draws/{of.pk}/entries", {})
    assert first.status_code == 201
    assert client_of(anna).get(f"draws/{of.pk}/entries/mine").json() == first.json()
    assert client_of(anna).post(f"draws/{of.pk}/entries", {}).json() == first.json()
    shown = client_of().get(f"draws/{of.pk}").json()
    assert (shown["status"], shown["entries"], shown["numbers"]) == ("open", 1, [])
    assert verify(shown, tmp_path)[0] == 2
    assert client_of().post(f"draws/{of.pk}/entries", {}).status_code == 401
    problem(client_of(anna).post(f"draws/{offer().pk}/entries", {}), 404, "not_found")
    assert Entry.objects.count() == 1


def test_a_drop_from_the_ticket_to_the_voucher(now: Any) -> None:
    of = offer_by(NewDrop(per_second=1), now=now, starts_at=now + timedelta(hours=1))
    anna = person(points=20)
    shown = client_of().get(f"drops/{of.pk}").json()
    assert (shown["seed"], shown["remaining"], shown["tickets"]) == (None, 10, 0)
    assert client_of(anna).post(f"drops/{of.pk}/tickets", {}).json()["position"] is None
    problem(client_of(anna).post(f"offers/{of.pk}/claims", {}), 409, "offer_not_open")
    Offer.objects.filter(pk=of.pk).update(starts_at=now - DAY / 24)
    problem(client_of(anna).post(f"offers/{of.pk}/claims", {}), 409, "not_your_turn")
    problem(client_of(person(points=20)).post(f"offers/{of.pk}/claims", {}), 409, "ticket_needed")
    run(services.advance_drops, now)
    mine = client_of(anna).get(f"drops/{of.pk}/tickets/mine").json()
    assert (mine["position"], mine["wait_seconds"]) == (1, 0)
    [queued] = client_of().get(f"drops/{of.pk}/queue").json()["results"]
    assert (queued["position"], queued["number"]) == (1, mine["number"])
    assert client_of(anna).post(f"offers/{of.pk}/claims", {}).status_code == 201
    assert len(client_of().get(f"drops/{of.pk}").json()["seed"]) == 64
    assert (Ticket.objects.count(), Voucher.objects.count()) == (1, 1)


def test_a_list_from_the_file_to_the_report(now: Any) -> None:
    of, anna = offer_by(NewGrant(), now=now), person()
    drafter, approver = operator(), operator()
    text = f"{anna.pk},=cmd()\nnobody\n"
    sent = client_of(drafter).post(f"offers/{of.pk}/grants", text, content_type="text/csv")
    assert sent.status_code == 201, sent.content
    grant = sent.json()["id"]
    assert client_of(drafter).post(f"offers/{of.pk}/grants", text, content_type="text/csv").json()["id"] == grant
    run(services.advance_grants, now)
    shown = client_of(approver).get(f"grants/{grant}").json()
    assert (shown["status"], shown["good"], shown["needed_fen"]) == ("ready", 1, 500)
    assert shown["faults"] == [{"line": 2, "shown": "no…", "fault": "unreadable"}]
    yes = {"approve": True, "preview_sha256": shown["preview_sha256"], "reason": "ok"}
    problem(client_of(drafter).post(f"grants/{grant}/decisions", yes), 409, "second_person_needed")
    assert client_of(approver).post(f"grants/{grant}/decisions", yes).status_code == 201
    run(services.advance_grants, now)
    report = b"".join(client_of(approver).get(f"grants/{grant}/report").streaming_content).decode()
    assert report.splitlines()[1:] == [f"1,{anna.pk},'=cmd(),handed,", "2,no…,,refused,unreadable"]
    assert Voucher.objects.get().resident_id == anna.pk


def test_lists_and_ways_are_the_operators(now: Any) -> None:
    of = offer_by(NewGrant(), now=now)
    made = draft(new_offer(now=now), now=now).offers.get()
    for user in (person(), counter(store())):
        client = client_of(user)
        problem(client.post(f"offers/{of.pk}/grants", "x", content_type="text/csv"), 403, "forbidden")
        problem(client.post(f"offers/{made.pk}/way", {"way": "grant"}), 403, "forbidden")
        problem(client.get("grants"), 403, "forbidden")
    assert Grant.objects.count() == 0
    client = client_of(operator())
    problem(client.post(f"offers/{made.pk}/way", {"way": "drop"}), 400, "invalid_request")
    assert client.post(f"offers/{made.pk}/way", {"way": "drop", "per_second": 5}).json()["way"] == "drop"
    problem(client.post(f"offers/{made.pk}/way", {"way": "grant"}), 409, "way_fixed")
    assert client_of().get("offers").json()["results"] == []


def test_challenges_show_how_far_one_is(now: Any) -> None:
    plan = NewChallenge(activities=["metro_ride"], goal=7, period=Period.WEEK)
    of = offer_by(plan, now=now)
    [shown] = client_of().get("challenges").json()["results"]
    assert (shown["offer"], shown["goal"], shown["period"]) == (str(of.pk), 7, "week")
    [mine] = client_of(person()).get("me/challenges").json()["results"]
    assert (mine["done"], mine["goal"], mine["state"]) == (0, 7, None)
    assert client_of().get("me/challenges").status_code == 401
    problem(client_of(person()).post(f"offers/{of.pk}/claims", {}), 409, "not_claimable")
    assert Voucher.objects.count() == 0
