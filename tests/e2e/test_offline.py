"""The counter without a network, in Chromium with the network off: accept, refuse, upload, read the verdict."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Four vouchers with offline codes: one stays good, one is spent before the list is fetched, one after, one is past.
PREPARED = """
import json
from datetime import timedelta
from django.db import transaction
from backend.accounts import services as accounts
from backend.core import clock
from backend.merchants import services as merchants
from backend.merchants.models import Store
from backend.ops import demo
from campaigns import services
from campaigns.models import Offer
from campaigns.rules.offline import fits_offline
from campaigns.models.terms import value_of
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests.factories import give_points

now = clock.now()
exchanged = Offer.objects.filter(way="exchange").select_related("use_terms").order_by("points_price")
offer = next(each for each in exchanged if fits_offline(value_of(each.use_terms)))
codes, spent = {}, {}
with transaction.atomic():
    owner, cashier = (accounts.person_of(phone=phone, now=now) for phone in (demo.OWNER, demo.COUNTER))
    store = Store.objects.get(pk=STORE)
    issued = merchants.issue_enrolment(by=owner, store_id=store.pk, name="离线机", now=now)
    for number, name in enumerate(("good", "revoked", "double", "expired")):
        resident = accounts.person_of(phone=f"1380000017{number}", now=now)
        give_points(resident, offer.points_price, now)
        voucher = services.claim(by=resident, offer_id=offer.pk, now=now)
        at = now - timedelta(hours=1) if name == "expired" else now
        codes[name] = services.issue_offline_code(by=resident, voucher_id=voucher.pk, now=at)[0].payload
        spent[name] = str(voucher.pk)
print(json.dumps({"enrol": issued.code, "codes": codes, "vouchers": spent, "bill": offer.min_spend_fen + 1000}))
"""

SPEND = """
from uuid import UUID
from django.db import transaction
from backend.accounts import services as accounts
from backend.core import clock
from backend.ops import demo
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from backend.accounts.types import Role
from backend.merchants import services as merchants
from backend.merchants.models import Merchant
from campaigns import services
now = clock.now()
with transaction.atomic():
    merchant = Merchant.objects.filter(uscc="91440300708461136T").first() or merchants.register_merchant(
        by="test", name="别处", uscc="91440300708461136T", now=now)
    store = merchant.stores.first() or merchants.add_store(
        by="test", merchant_id=merchant.pk, name="别处店", address="1", lat=29.5, lng=106.5, now=now)
    cashier = accounts.person_of(phone="13800000179", now=now)
    accounts.grant(by="test", user=cashier, role=Role.COUNTER, scope_kind="store", scope_id=store.pk, now=now)
    code = tokens.issue(purpose=Purpose.VOUCHER, subject=UUID("THE_VOUCHER"), now=now).url
    services.redeem(by=cashier, code=code, bill_fen=THE_BILL, order_no="THE_ORDER", now=now)
"""


def tampered(code: str) -> str:
    """The same code with another value in it: byte 38 is the last of `value_fen`."""
    raw = bytearray(base64.b32decode(code + "=" * (-len(code) % 8)))
    raw[38] ^= 1
    return base64.b32encode(bytes(raw)).decode().rstrip("=")


def show_code(page: Page, code: str, bill: str, order: str) -> None:
    page.locator("#offline-code").fill(code)
    page.locator("#amount").fill(bill)
    page.locator("#order-no").fill(order)
    page.locator("#check").click()


def test_a_counter_works_without_a_network_and_the_server_judges_later(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    store = service.demo["counters"][0]["store"]
    printed = service.server.manage("shell", "-c", PREPARED.replace("STORE", repr(store)))
    made: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    codes, bill = made["codes"], f"{made['bill'] / 100:.2f}"

    def spend(name: str) -> None:
        words = {"THE_VOUCHER": made["vouchers"][name], "THE_BILL": str(made["bill"]), "THE_ORDER": name}
        script = SPEND
        for word, value in words.items():
            script = script.replace(word, value)
        service.server.manage("shell", "-c", script)

    spend("revoked")
    counter = new_phone()
    page = counter.open("/offline")
    counter.log_in(service.demo["counters"][0]["phone"])
    page.locator("#enrol-code").fill(made["enrol"])
    page.locator("#enrol-now").click()
    expect(page.locator("#ask")).to_be_visible()
    page.locator("#ask-now").click()
    expect(page.locator("#state")).to_contain_text("已用 0/20 笔")
    expect(page.locator("#list-age")).to_contain_text("0 分钟前")
    page.wait_for_function("document.querySelector('#main').dataset.kept === 'yes'")
    look(page, artifacts, "offline-ready")

    counter.context.set_offline(True)
    spend("double")
    page.reload()
    expect(page.locator("#state")).to_contain_text("已用 0/20 笔")
    for code, words in (
        (tampered(codes["good"]), "未通过验证"),
        (codes["expired"], "已过有效时间"),
        (codes["revoked"], "作废名单"),
    ):
        show_code(page, code, bill, "X-1")
        expect(page.locator("#bill .problem")).to_contain_text(words)
        expect(page.locator("#decision")).to_be_hidden()
    for number, name in enumerate(("good", "double"), start=1):
        show_code(page, codes[name], bill, f"O-{number}")
        page.locator("#accept").click()
        expect(page.locator("#lines li")).to_have_count(number)
    show_code(page, codes["good"], bill, "O-3")
    expect(page.locator("#bill .problem")).to_contain_text("本机已收过")
    page.reload()
    expect(page.locator("#lines li")).to_have_count(2)
    look(page, artifacts, "offline-accepted")

    counter.context.set_offline(False)
    counter.faults.clear()  # what a browser says of requests that the network lost
    page.reload()
    page.locator("#upload").click()
    expect(page.locator('#lines li[data-verdict="charged"]')).to_have_count(1)
    expect(page.locator('#lines li[data-verdict="loss"]')).to_contain_text("voucher_already_redeemed")
    look(page, artifacts, "offline-verdicts")
    page.locator("#close").click()
    expect(page.locator("#log")).to_be_hidden()
    service.server.manage("prove")
