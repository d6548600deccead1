"""The counter and the desk over HTTP: preview, hold, return, codes typed and printed; a "no" moves nothing."""

from typing import Any

import pytest

from backend.accounts import crypto
from backend.core import clock
from backend.core.ids import new_id
from backend.ledger.models import Transfer
from backend.tokens import services as tokens
from backend.tokens.rendering import decode_image
from backend.tokens.types import Purpose
from campaigns import queries
from campaigns.models import Redemption, Return, Slip, Voucher
from campaigns.types import VoucherKind
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_campaigns import USCCS, claim, code_of, counter, offer, store
from tests.factories_redemptions import CAKE, desk, offer_of, printed_code, slip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def shop(now):
    return store(now=now)


@pytest.fixture
def cashier(shop, now):
    return client_of(counter(shop, now=now))


@pytest.fixture
def resident(now):
    return person(points=200, now=now)


@pytest.fixture
def voucher(resident, now):
    return claim(resident, offer(now=now), now)


@pytest.fixture
def stranger(now):
    return client_of(counter(store("乙店", uscc=USCCS[1], now=now), now=now))


def words(voucher: Voucher, **changes: Any) -> dict[str, Any]:
    return {"code": code_of(voucher, clock.now()), "bill_fen": 2500, "order_no": "A-1"} | changes


def state() -> dict[str, object]:
    return {
        "transfers": Transfer.objects.count(),
        "vouchers": sorted(Voucher.objects.values_list("pk", "status", "remaining_fen", "held_until")),
        "rows": [model.objects.count() for model in (Redemption, Return, Slip)],
    }


def test_a_preview_says_what_redeeming_would_and_moves_nothing(cashier, voucher):
    before = state()
    seen = cashier.post("redemptions/preview", words(voucher))
    assert seen.status_code == 200
    body = seen.json()
    wanted = {"bill_fen": 2500, "discount_fen": 500, "payable_fen": 2000, "left_fen": 0, "hold": None}
    assert {name: body[name] for name in wanted} == wanted
    assert (body["voucher"], body["use"]["kind"]) == (str(voucher.pk), "threshold")
    assert state() == before
    done = cashier.post("redemptions", words(voucher)).json()
    assert (done["discount_fen"], done["payable_fen"], done["refunded_fen"]) == (500, 2000, 0)


def test_a_preview_refuses_as_redeeming_does(cashier, voucher):
    before = state()
    for path in ("redemptions/preview", "redemptions"):
        said = problem(cashier.post(path, words(voucher, bill_fen=1990)), 422, "below_minimum_spend")
        assert said["missing_fen"] == 10
    assert state() == before


def test_a_hold_keeps_the_voucher_and_is_redeemed_by_its_number(cashier, stranger, shop, voucher, now):
    held = cashier.post("redemptions/preview", words(voucher, hold=True)).json()["hold"]
    assert cashier.post("redemptions/preview", words(voucher, hold=True)).json()["hold"] == held
    colleague = client_of(counter(shop, now=now))
    before = state()
    problem(colleague.post("redemptions", words(voucher, order_no="A-2")), 409, "voucher_held")
    problem(stranger.post(f"redemptions/holds/{held['id']}", {}), 403, "forbidden")
    problem(cashier.post(f"redemptions/holds/{new_id()}", {}), 404, "not_found")
    assert state() == before
    first = cashier.post(f"redemptions/holds/{held['id']}", {}, key="one")
    assert (first.status_code, first.json()["discount_fen"]) == (201, 500)
    assert cashier.post(f"redemptions/holds/{held['id']}", {}, key="one").headers["Idempotency-Replayed"] == "true"
    assert cashier.post(f"redemptions/holds/{held['id']}", {}, key="two").json()["id"] == first.json()["id"]
    assert list(queries.disagreements()) == []


def test_a_hold_is_let_go(cashier, stranger, shop, voucher, now):
    held = cashier.post("redemptions/preview", words(voucher, hold=True)).json()["hold"]
    problem(stranger.delete(f"/api/v1/redemptions/holds/{held['id']}"), 403, "forbidden")
    for _ in range(2):
        assert cashier.delete(f"/api/v1/redemptions/holds/{held['id']}").json() == {"released": True}
    problem(cashier.post(f"redemptions/holds/{held['id']}", {}), 409, "voucher_hold_ended")
    assert client_of(counter(shop, now=now)).post("redemptions", words(voucher, order_no="A-2")).status_code == 201


def test_a_return_answers_and_the_voucher_is_back_in_the_wallet(cashier, stranger, resident, voucher):
    done = cashier.post("redemptions", words(voucher)).json()
    path = f"redemptions/{done['id']}/returns"
    before = state()
    problem(stranger.post(path, {"refund_fen": 2000}), 403, "forbidden")
    problem(client_of(resident).post(path, {"refund_fen": 2000}), 403, "forbidden")
    problem(client_of().post(path, {"refund_fen": 2000}), 401, "unauthenticated")
    problem(cashier.post(path, {"refund_fen": 2000}, key=""), 400, "idempotency_key_required")
    said = problem(cashier.post(path, {"refund_fen": 2001}), 409, "refund_exceeds_payment")
    assert said["refundable_fen"] == 2000
    assert state() == before
    made = cashier.post(path, {"refund_fen": 2000, "reference": "R-1"})
    assert made.status_code == 201
    wanted = {"refund_fen": 2000, "refunded_fen": 2000, "returned_discount_fen": 500, "voucher_returned": True}
    assert {name: made.json()[name] for name in wanted} == wanted
    (row,) = client_of(resident).get("me/vouchers").json()["results"]
    assert (row["status"], row["remaining_fen"]) == ("claimed", 500)
    (listed,) = cashier.get("redemptions?order_no=A-1").json()["results"]
    assert listed["refunded_fen"] == 2000
    assert cashier.get("redemptions?order_no=A-9").json()["results"] == []


@pytest.mark.parametrize(
    "body",
    [{}, {"refund_fen": -1}, {"refund_fen": "1"}, {"refund_fen": 1, "reference": "R" * 65}, {"refund_fen": 10**9}],
)
def test_a_return_that_makes_no_sense_moves_nothing(cashier, voucher, body):
    done = cashier.post("redemptions", words(voucher)).json()
    before = state()
    problem(cashier.post(f"redemptions/{done['id']}/returns", body), 400, "invalid_request")
    assert state() == before


@pytest.mark.parametrize("items", [[{"name": CAKE}], [{"name": CAKE, "price_fen": 0}], "cake", [{}] * 101])
def test_items_that_make_no_sense_move_nothing(cashier, voucher, items):
    before = state()
    problem(cashier.post("redemptions", words(voucher, items=items)), 400, "invalid_request")
    assert state() == before


def test_a_gift_is_taken_off_its_price(cashier, resident, now):
    gift = claim(resident, offer_of(VoucherKind.GIFT, now=now), now)
    body = words(gift, items=[{"name": CAKE, "price_fen": 880}])
    assert cashier.post("redemptions", body).json()["discount_fen"] == 880


def test_a_wallet_shows_kinds_and_what_remains(cashier, resident, now):
    multi = claim(resident, offer_of(VoucherKind.MULTI_USE, now=now), now)
    cashier.post("redemptions", words(multi, bill_fen=300))
    (row,) = client_of(resident).get("me/vouchers").json()["results"]
    assert (row["use"]["kind"], row["face_value_fen"], row["remaining_fen"]) == ("multi_use", 1000, 700)
    (shown,) = client_of().get("offers").json()["results"]
    assert shown["use"] == row["use"]


def test_a_typed_code_works_once_at_the_counter(cashier, stranger, resident, voucher):
    before = state()
    problem(client_of(person()).post(f"me/vouchers/{voucher.pk}/typed-codes", {}), 404, "not_found")
    problem(client_of().post(f"me/vouchers/{voucher.pk}/typed-codes", {}), 401, "unauthenticated")
    old, new = (client_of(resident).post(f"me/vouchers/{voucher.pk}/typed-codes", {}).json()["typed"] for _ in "12")
    assert len(new) == 11
    problem(cashier.post("redemptions/preview", words(voucher, code=old)), 422, "code_not_in_force")
    wrong = new[:-1] + ("3" if new[-1] != "3" else "4")
    problem(cashier.post("redemptions", words(voucher, code=wrong)), 422, "code_mistyped")
    assert state() == before
    assert cashier.post("redemptions", words(voucher, code=new.lower())).status_code == 201


def test_a_voucher_on_paper_is_found_printed_and_redeemed(cashier, resident, voucher):
    helper = client_of(desk())
    problem(cashier.post("desk/vouchers", {"phone": "13900000000"}), 403, "forbidden")
    problem(helper.post("desk/vouchers", {"phone": "1"}), 422, "phone_invalid")
    assert helper.post("desk/vouchers", {"phone": "13912340000"}).json() == {"results": []}
    phone = crypto.unseal(resident.phone_sealed)
    (found,) = helper.post("desk/vouchers", {"phone": phone}).json()["results"]
    problem(cashier.post(f"desk/vouchers/{found['id']}/slips", {}), 403, "forbidden")
    slips = [helper.post(f"desk/vouchers/{found['id']}/slips", {}) for _ in "12"]
    assert [each.status_code for each in slips] == [201, 201]
    old, new = (each.json()["id"] for each in slips)
    problem(helper.get(f"desk/slips/{old}/paper"), 409, "slip_revoked")
    problem(client_of(resident).get(f"desk/slips/{new}/paper"), 403, "forbidden")
    pdf = helper.get(f"desk/slips/{new}/paper")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    picture = helper.get(f"desk/slips/{new}/paper", headers={"Accept": "image/png"}).content
    (url,) = decode_image(picture)
    printed = helper.get("desk/slips").json()["results"]
    shown = f"{phone[:3]}****{phone[-4:]}"
    assert [(each["id"], each["state"], each["holder"]) for each in printed] == [
        (new, "good", shown), (old, "replaced", shown)
    ]  # fmt: skip
    assert client_of(desk()).get("desk/slips").json()["results"] == []
    problem(cashier.get("desk/slips"), 403, "forbidden")
    assert cashier.post("redemptions", words(voucher, code=url)).status_code == 201
    assert helper.get("desk/slips").json()["results"][0]["state"] == "ended"
    problem(helper.post(f"desk/vouchers/{found['id']}/slips", {}), 409, "voucher_already_redeemed")
    problem(helper.get(f"desk/slips/{new}/paper"), 409, "voucher_already_redeemed")


def test_the_nine_characters_on_paper_are_the_slip_and_die_with_it(cashier, resident, now):
    multi = claim(resident, offer_of(VoucherKind.MULTI_USE, now=now), now)
    old = slip_of(multi, now=now)
    first = tokens.code_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=old.pk)
    for order in "12":  # not burned: the slip lives as long as its voucher
        done = cashier.post("redemptions", words(multi, code=first, bill_fen=200, order_no=order))
        assert done.status_code == 201
    new = slip_of(multi, now=now)
    before = state()
    problem(cashier.post("redemptions", words(multi, code=first, order_no="3")), 409, "slip_revoked")
    assert state() == before
    second = tokens.code_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=new.pk)
    assert cashier.post("redemptions", words(multi, code=second, order_no="4")).status_code == 201


def test_paper_dies_with_its_voucher_and_with_a_newer_print(cashier, resident, now):
    multi = claim(resident, offer_of(VoucherKind.MULTI_USE, now=now), now)
    old = slip_of(multi, now=now)
    for order in "12":
        done = cashier.post("redemptions", words(multi, code=printed_code(old), bill_fen=200, order_no=order))
        assert done.json()["discount_fen"] == 200
    new = slip_of(multi, now=now)
    before = state()
    problem(cashier.post("redemptions", words(multi, code=printed_code(old), order_no="3")), 409, "slip_revoked")
    assert state() == before
    cashier.post("redemptions", words(multi, code=printed_code(new), order_no="4"))
    said = cashier.post("redemptions", words(multi, code=printed_code(new), order_no="5"))
    problem(said, 409, "voucher_already_redeemed")
