"""Offers, claims, the wallet and the counter over HTTP: the contract's names, and refusals that move nothing."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.core import clock
from backend.core.ids import new_id
from backend.ledger.models import Transfer
from backend.tokens.rendering import decode_image
from campaigns import queries
from campaigns.models import Offer, Redemption, Voucher
from tests.factories import give_points, person
from tests.factories_campaigns import DAY, USCCS, claim, code_of, counter, offer, redeem, store

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def shop(now):
    return store(now=now)


@pytest.fixture
def cashier(shop, now):
    return counter(shop, now=now)


@pytest.fixture
def resident(now):
    return person(points=100, now=now)


@pytest.fixture
def of(now):
    return offer(now=now, title_en="5 yuan off 20")


def client(user: User | None = None) -> APIClient:
    found = APIClient()
    if user is not None:
        found.force_authenticate(user)
    return found


def post(user: User | None, path: str, body: Any, key: str | None = None, **headers: str):
    headers = {"Idempotency-Key": key or str(new_id())} | headers
    return client(user).post(V1 + path, body, format="json", headers=headers)


def redemption(voucher: Voucher, **changes: Any) -> dict[str, Any]:
    return {"code": code_of(voucher, clock.now()), "bill_fen": 2500, "order_no": "A-1"} | changes


def state() -> dict[str, object]:
    return {
        "transfers": Transfer.objects.count(),
        "vouchers": sorted(Voucher.objects.values_list("pk", "status")),
        "redemptions": Redemption.objects.count(),
        "claimed": sum(Offer.objects.values_list("claimed", flat=True)),
    }


def assert_refused(answer, status: int, code: str, before: dict[str, object]) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = json.loads(answer.content)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert state() == before
    return problem


def test_offers_are_open_to_all_with_what_remains(of, resident, now):
    claim(resident, of, now)
    listed = client().get(V1 + "offers").json()
    assert listed["next"] is None
    (row,) = listed["results"]
    assert row == client().get(f"{V1}offers/{of.pk}").json()
    wanted = {
        "id": str(of.pk),
        "title": "满20减5元",
        "title_en": "5 yuan off 20",
        "points_price": 20,
        "face_value_fen": 500,
        "min_spend_fen": 2000,
        "remaining": 9,
        "per_person_limit": 1,
        "valid_days": 10,
        "terms": ["领取后 10 天内有效。"],
        "terms_en": [],
        "every_store": True,
        "stores": [],
    }
    assert {name: row[name] for name in wanted} == wanted
    assert row["starts_at"].endswith("+08:00")
    assert row["ends_at"].endswith("+08:00")


def test_ended_offers_leave_the_list_and_keep_their_page(of, now):
    ended = offer(now=now, starts_at=now - 2 * DAY, ends_at=now - DAY)
    coming = offer(now=now, starts_at=now + DAY, ends_at=now + 2 * DAY)
    listed = [row["id"] for row in client().get(V1 + "offers").json()["results"]]
    assert listed == [str(of.pk), str(coming.pk)]
    assert client().get(f"{V1}offers/{ended.pk}").status_code == 200


def test_offers_come_in_pages_the_cheapest_first(now):
    made = [str(offer(now=now, points_price=price).pk) for price in (20, 40, 40, 60)]
    first = client().get(V1 + "offers", {"limit": 2}).json()
    second = client().get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == made
    assert second["next"] is None


def test_an_offer_names_its_stores(shop, now):
    of = offer(now=now, store_ids=frozenset({shop.pk}))
    row = client().get(f"{V1}offers/{of.pk}").json()
    assert row["every_store"] is False
    assert row["stores"] == [{"id": str(shop.pk), "name": shop.name, "address": shop.address}]


@pytest.mark.parametrize("number", ["nonsense", "01a20329-39cc-7722-a239-4ccf96b83e31"])
def test_an_offer_that_is_not_there(number):
    assert client().get(f"{V1}offers/{number}").status_code == 404


def test_campaigns_that_run_list_their_offers(of, now):
    ended = offer(now=now - 60 * DAY)
    listed = client().get(V1 + "campaigns").json()
    (row,) = listed["results"]
    assert (row["id"], row["title"]) == (str(of.campaign_id), "绿色消费季")
    assert [each["id"] for each in row["offers"]] == [str(of.pk)]
    assert str(ended.campaign_id) != row["id"]


def test_a_claim_answers_with_the_voucher_and_replays(of, resident):
    first = post(resident, f"offers/{of.pk}/claims", {}, key="one")
    again = post(resident, f"offers/{of.pk}/claims", {}, key="one")
    assert first.status_code == 201
    voucher = first.json()["voucher"]
    assert (voucher["status"], voucher["face_value_fen"], voucher["offer"]) == ("claimed", 500, str(of.pk))
    assert voucher["expires_at"]
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Voucher.objects.filter(resident_id=resident.pk).count() == 1
    assert list(queries.disagreements()) == []


def test_refusals_of_a_claim(of, resident, now):
    poor = person(points=13, now=now)
    sold_out, later = offer(now=now, stock=0), offer(now=now, starts_at=now + timedelta(hours=1))
    post(resident, f"offers/{of.pk}/claims", {})
    before = state()
    for user, which, status, code, data in [
        (resident, of, 409, "claim_limit_reached", {"limit": 1}),
        (poor, of, 409, "insufficient_points", {"missing": 7, "price": 20}),
        (resident, sold_out, 409, "offer_sold_out", {}),
        (resident, later, 409, "offer_not_open", {}),
    ]:
        problem = assert_refused(post(user, f"offers/{which.pk}/claims", {}), status, code, before)
        assert {name: problem[name] for name in data} == data
    assert "opens_at" in problem
    assert_refused(post(resident, f"offers/{new_id()}/claims", {}), 404, "not_found", before)
    assert_refused(post(None, f"offers/{of.pk}/claims", {}), 401, "unauthenticated", before)
    missing = client(poor).post(f"{V1}offers/{of.pk}/claims", {}, format="json")
    assert_refused(missing, 400, "idempotency_key_required", before)


def test_a_remembered_refusal_replays_though_it_would_pass_now(of, now):
    poor = person(points=13, now=now)
    path = f"offers/{of.pk}/claims"
    first = post(poor, path, {}, key="one")
    with transaction.atomic():
        give_points(poor, 50, now)
    assert post(poor, path, {}, key="one").json() == first.json()
    assert post(poor, path, {}, key="two").status_code == 201


@pytest.mark.parametrize("body", [[], "text", 1, None])
def test_a_claim_wants_an_object(of, resident, body):
    before = state()
    answer = client(resident).post(
        f"{V1}offers/{of.pk}/claims",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert_refused(answer, 400, "invalid_request", before)


def test_the_wallet_is_one_s_own(of, resident, now):
    mine = claim(resident, of, now)
    theirs = claim(person(points=50, now=now), of, now)
    listed = client(resident).get(V1 + "me/vouchers").json()["results"]
    assert [row["id"] for row in listed] == [str(mine.pk)]
    assert client(resident).get(f"{V1}me/vouchers/{theirs.pk}/code").status_code == 404
    assert client().get(V1 + "me/vouchers").status_code == 401
    assert client().get(f"{V1}me/vouchers/{mine.pk}/code").status_code == 401


def test_the_wallet_filters_by_the_status_of_the_moment(of, resident, cashier, now):
    used, old = claim(resident, of, now), claim(resident, offer(now=now - 20 * DAY), now - 20 * DAY)
    redeem(cashier, used, now=now)

    def shown(status: str) -> list[tuple[str, str]]:
        listed = client(resident).get(V1 + "me/vouchers", {"status": status}).json()["results"]
        return [(row["id"], row["status"]) for row in listed]

    assert shown("claimed") == []
    assert shown("redeemed") == [(str(used.pk), "redeemed")]
    assert shown("expired") == [(str(old.pk), "expired")]
    before = state()
    assert_refused(client(resident).get(V1 + "me/vouchers?status=lost"), 400, "invalid_request", before)


def test_a_voucher_s_code_can_be_scanned_and_redeemed(of, resident, cashier, now):
    voucher = claim(resident, of, now)
    shown = client(resident).get(f"{V1}me/vouchers/{voucher.pk}/code").json()
    assert set(shown) == {"payload", "url", "expires_at", "refresh_at", "qr"}
    kind, _, picture = shown["qr"].partition(",")
    assert kind == "data:image/png;base64"
    assert decode_image(base64.b64decode(picture)) == [shown["url"]]
    assert shown["url"].endswith(shown["payload"])
    assert post(cashier, "redemptions", redemption(voucher, code=shown["payload"])).status_code == 201


def test_a_voucher_that_no_counter_would_take_shows_no_code(of, resident, cashier, now):
    used, old = claim(resident, of, now), claim(resident, offer(now=now - 20 * DAY), now - 20 * DAY)
    redeem(cashier, used, now=now)
    before = state()
    for voucher, code in [(used, "voucher_already_redeemed"), (old, "voucher_expired")]:
        assert_refused(client(resident).get(f"{V1}me/vouchers/{voucher.pk}/code"), 409, code, before)


def test_a_redemption_answers_with_what_is_left_to_pay(of, resident, cashier, shop, now):
    voucher = claim(resident, of, now)
    body = redemption(voucher)
    first, again = (post(cashier, "redemptions", body, key="one") for _ in range(2))
    assert first.status_code == 201
    done = first.json()
    wanted = {
        "voucher": str(voucher.pk),
        "store": str(shop.pk),
        "store_name": shop.name,
        "order_no": "A-1",
        "bill_fen": 2500,
        "discount_fen": 500,
        "payable_fen": 2000,
    }
    assert {name: done[name] for name in wanted} == wanted
    assert again.json() == done
    assert again["Idempotency-Replayed"] == "true"
    assert client(cashier).get(V1 + "redemptions").json() == {"next": None, "results": [done]}
    assert list(queries.disagreements()) == []


def test_refusals_of_a_redemption(of, resident, cashier, now):
    other = store("乙店", uscc=USCCS[1], now=now)
    bound = claim(resident, offer(now=now, store_ids=frozenset({other.pk})), now)
    used, good = claim(resident, of, now), claim(resident, offer(now=now), now)
    redeem(cashier, used, order_no="A-0", now=now)
    before = state()
    for body, status, code in [
        (redemption(used), 409, "voucher_already_redeemed"),
        (redemption(bound), 409, "wrong_store"),
        (redemption(good, bill_fen=1999), 422, "below_minimum_spend"),
        (redemption(good, order_no="A-0"), 409, "order_already_used"),
        (redemption(good, code="nonsense"), 422, "code_malformed"),
        (redemption(good, code=code_of(good, now - timedelta(minutes=5))), 422, "code_expired"),
        (redemption(good, store=str(other.pk)), 403, "forbidden"),
    ]:
        assert_refused(post(cashier, "redemptions", body), status, code, before)
    assert_refused(post(resident, "redemptions", redemption(good)), 403, "forbidden", before)
    assert_refused(post(None, "redemptions", redemption(good)), 401, "unauthenticated", before)


@pytest.mark.parametrize(
    "changes",
    [
        {"bill_fen": 0},
        {"bill_fen": -1},
        {"bill_fen": 100_000_001},
        {"bill_fen": "2500"},
        {"bill_fen": 2500.0},
        {"bill_fen": True},
        {"bill_fen": None},
        {"order_no": ""},
        {"order_no": "  "},
        {"order_no": "A" * 65},
        {"order_no": "A\u0000"},
        {"order_no": "A\u202e1"},
        {"order_no": "\ud800"},
        {"order_no": 7},
        {"code": "A" * 513},
        {"code": []},
        {"store": "here"},
    ],
)
def test_a_body_that_makes_no_sense_moves_nothing(of, resident, cashier, now, changes):
    voucher = claim(resident, of, now)
    before = state()
    answer = client(cashier).post(
        V1 + "redemptions",
        json.dumps(redemption(voucher) | changes),
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert_refused(answer, 400, "invalid_request", before)


def test_a_counter_sees_its_own_store_s_day(of, resident, cashier, now):
    yesterday = redeem(cashier, claim(resident, offer(now=now - DAY), now - DAY), order_no="A-0", now=now - DAY)
    elsewhere = counter(store("乙店", uscc=USCCS[1], now=now), now=now)
    redeem(elsewhere, claim(resident, of, now), order_no="B-1", now=now)
    today = redeem(cashier, claim(resident, offer(now=now), now), now=now)
    listed = client(cashier).get(V1 + "redemptions").json()["results"]
    assert [row["id"] for row in listed] == [str(today.pk)]
    assert str(yesterday.pk) not in str(listed)
    assert client(resident).get(V1 + "redemptions").status_code == 403
    assert client().get(V1 + "redemptions").status_code == 401


def test_a_refusal_speaks_the_reader_s_language(resident, now):
    path = f"offers/{offer(now=now, stock=0).pk}/claims"
    chinese = post(resident, path, {}, **{"Accept-Language": "zh-CN"})
    english = post(resident, path, {}, **{"Accept-Language": "en"})
    assert "已被领完" in json.loads(chinese.content)["detail"]
    assert "All vouchers of this offer are taken" in json.loads(english.content)["detail"]


@pytest.mark.parametrize("path", ["offers", "campaigns", "me/vouchers", "redemptions"])
@pytest.mark.parametrize("cursor", ["nonsense", base64.b64encode(b"p=nonsense").decode(), "AAAA", "%00"])
def test_a_cursor_of_one_s_own_making_breaks_nothing(path, cursor, cashier):
    assert client(cashier).get(V1 + path, {"cursor": cursor}).status_code in (200, 400, 404)
