"""Statements over HTTP: the owner, the teammate, the stranger; the steps, the files, the bank's file."""

import hashlib
from datetime import timedelta

import pytest

from backend.core import clock
from backend.ledger.models import Transfer
from campaigns.models import LineHold, PaymentFile, Statement
from campaigns.queries.settlement_proof import disagreements
from tests import factories_settlement as make
from tests.api.clients import client_of, problem
from tests.factories import NOON, person
from tests.factories_campaigns import USCCS, counter, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return store()


@pytest.fixture
def statement(shop):
    return make.settled(shop)


def state():
    return (
        list(Statement.objects.values_list("state", "held_fen")),
        LineHold.objects.count(),
        PaymentFile.objects.count(),
        Transfer.objects.count(),
    )


def refused(answer, status, code, before):
    body = problem(answer, status, code)
    assert state() == before
    return body


def test_a_statement_goes_from_draft_to_paid(shop, statement):
    boss, clerk = client_of(make.owner(shop)), client_of(make.operator())
    (row,) = boss.get("settlements").json()["results"]
    assert (row["id"], row["state"], row["due_fen"], row["store_name"]) == (str(statement.pk), "draft", 500, shop.name)
    path = f"settlements/{statement.pk}"
    assert boss.post(f"{path}/confirmation", {"due_fen": 500}).json()["state"] == "confirmed"
    first = clerk.post(f"{path}/approval", {"due_fen": 500}, key="one")
    again = clerk.post(f"{path}/approval", {"due_fen": 500}, key="one")
    assert (first.status_code, first.json()["state"], again.content) == (201, "approved", first.content)
    day = f"{clock.local(clock.now()) + timedelta(days=1):%F}"
    body = {"name": "bank.csv", "csv": f"流水号,结算单号,金额（元）,日期\r\nB-1,{row['number']},5.00,{day}\r\n"}
    before = state()
    seen = clerk.post("settlements/payments/preview", body).json()
    assert (seen["paid"], seen["paid_fen"], seen["differences"], state()) == (1, 500, 0, before)
    booked = clerk.post("settlements/payments", body)
    assert (booked.status_code, booked.json()["results"]) == (201, seen["results"])
    assert clerk.post("settlements/payments", body).json()["id"] == booked.json()["id"]
    paid = boss.get(path).json()
    assert (paid["state"], paid["paid_reference"], paid["paid_on"]) == ("paid", "B-1", day)
    (listed,) = clerk.get("settlements/payments").json()["results"]
    assert clerk.get(f"settlements/payments/{listed['id']}").json() == booked.json()
    assert list(disagreements()) == []


def test_a_dispute_leaves_the_sum_and_its_resolution_comes_back(shop, statement):
    boss, clerk = client_of(make.owner(shop)), client_of(make.operator())
    path = f"settlements/{statement.pk}"
    (line,) = boss.get(f"{path}/lines").json()["results"]
    assert (line["kind"], line["amount_fen"], line["shares_fen"], line["hold"]) == (
        "redemption", 500, {"government": 500}, None,
    )  # fmt: skip
    held = boss.post(f"{path}/disputes", {"line": line["id"], "reason": "少算了"})
    assert (held.status_code, held.json()["held_fen"]) == (201, 500)
    assert boss.get(path).json()["due_fen"] == 0
    assert boss.get(f"{path}/lines").json()["results"][0]["hold"]["reason"] == "少算了"
    decided = clerk.post(
        f"settlements/holds/{held.json()['id']}/resolution", {"correction_fen": -100, "reason": "按小票"}
    )
    assert (decided.status_code, decided.json()["state"]) == (201, "resolved")
    made = clerk.post("settlements/adjustments", {"store": str(shop.pk), "amount_fen": 30, "reason": "补差"})
    assert (made.status_code, made.json()["amount_fen"]) == (201, 30)
    until = clock.local(clock.now()).date() + timedelta(days=1)
    (later,) = make.settle(until, clock.start_of(until))
    assert later.due_fen == 500 - 100 + 30


def test_owner_and_manager_see_their_own_a_counter_and_a_stranger_nothing(shop, statement):
    other = store("乙店", uscc=USCCS[1])
    teammate = store("丙店", uscc=USCCS[2])
    paths = [f"settlements/{statement.pk}{tail}" for tail in ("", "/lines", ".csv", ".xlsx")]
    for user in (make.owner(shop), make.manager(shop), make.operator()):
        assert len(client_of(user).get("settlements").json()["results"]) == 1
        assert {client_of(user).get(path).status_code for path in paths} == {200}
    for user in (make.owner(other), make.manager(teammate)):
        assert client_of(user).get("settlements").json()["results"] == []
        for path in paths:
            problem(client_of(user).get(path), 404, "not_found")
        for verb, body in (("confirmation", {"due_fen": 500}), ("disputes", {"line": 1, "reason": "x"})):
            refused(client_of(user).post(f"{paths[0]}/{verb}", body), 404, "not_found", state())
    for user in (counter(shop), person()):
        for path in ["settlements", *paths]:
            problem(client_of(user).get(path), 403, "forbidden")
    problem(client_of().get(paths[0]), 401, "unauthenticated")


def test_merchants_do_not_do_the_operators_part_nor_they_the_merchants(shop, statement):
    path, boss = f"settlements/{statement.pk}", client_of(make.owner(shop))
    for tail, body in [
        (f"{path}/approval", {"due_fen": 500}), (f"{path}/holds", {"line": 1, "reason": "x"}),
        ("settlements/holds/1/resolution", {"correction_fen": 0, "reason": "x"}),
        ("settlements/adjustments", {"store": str(shop.pk), "amount_fen": 1, "reason": "x"}),
        ("settlements/payments", {"name": "x", "csv": "x"}),
        ("settlements/payments/preview", {"name": "x", "csv": "x"}),
    ]:  # fmt: skip
        refused(boss.post(tail, body), 403, "forbidden", state())
    clerk = client_of(make.operator())
    refused(clerk.post(f"{path}/confirmation", {"due_fen": 500}), 403, "forbidden", state())
    both = make.owner(shop)
    make.make_operator(both)
    client_of(both).post(f"{path}/confirmation", {"due_fen": 500})
    refused(client_of(both).post(f"{path}/approval", {"due_fen": 500}), 409, "other_person_needed", state())


@pytest.mark.parametrize("body", [{}, {"due_fen": "500"}, {"due_fen": 1.5}, {"due_fen": 10**16}, {"due_fen": None}])
def test_a_sum_that_is_none_moves_nothing(shop, statement, body):
    answer = client_of(make.owner(shop)).post(f"settlements/{statement.pk}/confirmation", body)
    refused(answer, 400, "invalid_request", state())


def test_value_wants_a_key_and_a_bank_file_that_can_be_read(shop, statement):
    clerk = client_of(make.operator())
    body = {"name": "x", "csv": "流水号,结算单号,金额（元）,日期\nB-1,x,fünf,2026-06-06\n"}
    refused(clerk.post("settlements/payments", body, key=""), 400, "idempotency_key_required", state())
    for path in ("settlements/payments", "settlements/payments/preview"):
        told = refused(clerk.post(path, body), 422, "payment_file_invalid", state())
        assert told["rows"] == [{"row": 2, "problem": "金额（元）须大于零，最多两位小数"}]
    zero = {"store": str(shop.pk), "amount_fen": 0, "reason": "x"}
    refused(clerk.post("settlements/adjustments", zero), 400, "invalid_request", state())


def test_the_files_say_who_they_are(shop, statement):
    boss = client_of(make.owner(shop))
    told = boss.get(f"settlements/{statement.pk}").json()["content_sha256"]
    table = boss.get(f"settlements/{statement.pk}.csv", HTTP_ACCEPT="text/csv")
    assert table["Content-Type"].startswith("text/csv")
    assert hashlib.sha256(table.content).hexdigest() == table["X-Content-SHA256"] == told
    assert table["Content-Disposition"] == f'attachment; filename="{statement.number}.csv"'
    book = boss.get(f"settlements/{statement.pk}.xlsx")
    assert (book["X-Content-SHA256"], book.content[:2]) == (told, b"PK")
    assert book["Content-Digest"].startswith("sha-256=:")
    assert boss.get(f"settlements/{statement.pk}.xlsx").content == book.content


def test_a_list_costs_the_same_whatever_its_length(shop, django_assert_max_num_queries):
    make.used(shop)
    make.settle()
    for number in range(3):
        make.used(shop, order_no=f"B-{number}", now=NOON + timedelta(days=number + 1))
        until = make.TOMORROW + timedelta(days=number + 1)
        make.settle(until, clock.start_of(until))
    boss = client_of(make.owner(shop))
    with django_assert_max_num_queries(6):
        assert len(boss.get("settlements").json()["results"]) == 4
    with django_assert_max_num_queries(7):
        boss.get(f"settlements/{Statement.objects.first().pk}/lines")


def test_the_day_of_a_store_is_its_people_s(shop, statement):
    other = store("乙店", uscc=USCCS[1])
    for user in (make.owner(shop), make.manager(shop), counter(shop), make.operator()):
        day = client_of(user).get(f"stores/{shop.pk}/day", {"date": f"{make.TODAY}"}).json()
        assert (day["redemptions"], day["discount_fen"], day["pending_fen"]) == (1, 500, 500)
    problem(client_of(counter(other)).get(f"stores/{shop.pk}/day"), 404, "not_found")
    problem(client_of(person()).get(f"stores/{shop.pk}/day"), 403, "forbidden")
    problem(client_of(make.owner(shop)).get(f"stores/{shop.pk}/day", {"date": "x"}), 400, "invalid_request")
