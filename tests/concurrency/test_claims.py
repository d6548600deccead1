"""64 people's worth of threads claim one offer: never more than its stock, never twice by one person.

The suite's own database comes first; the last test runs this file again on the other one, so that SQLite (a file)
and PostgreSQL are both proved in every run. An answer that is not a typed refusal, such as a locked database, fails.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Barrier, local
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from backend.accounts.models import User
from backend.core.batch import Batch, Write
from backend.core.errors import Refusal
from backend.earning import queries as earning
from backend.ledger import proof
from campaigns import queries, services
from campaigns.errors import OfferSoldOut, VoucherAlreadyRedeemed, VoucherExpired
from campaigns.models import Offer, Redemption, Voucher
from campaigns.services import claims
from tests import servers
from tests.concurrency.race import race, written
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, USCCS, claim, code_of, counter, offer, store

pytestmark = pytest.mark.django_db(transaction=True)
ACTS, PEOPLE, POINTS, PRICE = 64, 48, 50, 20  # 16 of the people try twice, with points enough for two
OTHER = "the_other_database"


def kinds(results: list[object]) -> Counter[str]:
    """How often each answer came."""
    return Counter(type(result).__name__ for result in results)


def disagreements() -> list[str]:
    return [*queries.disagreements(), *proof.balances(), *proof.chains()]


def crowd(size: int = PEOPLE) -> list[User]:
    return [person(points=POINTS) for _ in range(size)]


@pytest.mark.parametrize("stock", [1, 10, 100])
def test_exactly_the_stock_or_the_demand_is_claimed(stock: int) -> None:
    of, people = offer(stock=stock), crowd()
    results = race([lambda who=who: claim(who, of) for who in (people * 2)[:ACTS]])
    answers = kinds(results)
    assert set(answers) <= {"Voucher", "OfferSoldOut", "ClaimLimitReached"}, results
    assert answers["Voucher"] == min(stock, PEOPLE)
    holders = Counter(Voucher.objects.values_list("resident_id", flat=True))
    assert len(holders) == min(stock, PEOPLE)
    assert set(holders.values()) == {1}
    for who in people:
        assert earning.points_of(who.pk, NOON).balance == POINTS - PRICE * holders[who.pk]
    assert Offer.objects.get(pk=of.pk).claimed == min(stock, PEOPLE)
    assert disagreements() == []


def test_a_stock_of_a_thousand_is_claimed_to_the_last() -> None:
    """64 people took 896 in peace. For the rest each comes three times at once, once more than the limit allows."""
    of, people = offer(stock=1000, per_person_limit=16), [person(points=1000) for _ in range(ACTS)]
    for who in people * 14:
        claim(who, of)

    def insist(who: User) -> Counter[str]:
        answers: Counter[str] = Counter()
        for _ in range(3):
            try:
                answer: object = claim(who, of)
            except Refusal as no:
                answer = no
            connection.close()  # to the pool, which has fewer than there are threads
            answers[type(answer).__name__] += 1
        return answers

    results = race([lambda who=who: insist(who) for who in people])
    answers = sum(results, Counter[str]())
    assert set(answers) <= {"Voucher", "OfferSoldOut", "ClaimLimitReached"}, answers
    assert answers["Voucher"] == 1000 - 14 * ACTS
    assert Voucher.objects.count() == Offer.objects.get(pk=of.pk).claimed == 1000
    assert max(Counter(Voucher.objects.values_list("person_id", flat=True)).values()) <= 16
    assert disagreements() == []


def test_one_person_on_64_threads_gets_the_limit() -> None:
    of, who = offer(stock=100, per_person_limit=2), person(points=1000)
    results = race([lambda: claim(who, of)] * ACTS)
    assert kinds(results) == {"Voucher": 2, "ClaimLimitReached": ACTS - 2}, results
    assert earning.points_of(who.pk, NOON).balance == 1000 - 2 * PRICE
    assert disagreements() == []


def test_without_the_guard_the_same_race_oversells() -> None:
    """The control: what a page read is compared and written back, as so many back ends do.

    All have read before one writes. The read stands outside the transaction, because SQLite's IMMEDIATE ones run
    one after the other; whoever waits holds no connection, so that PostgreSQL's pool suffices.
    """
    stock, people = 10, crowd(ACTS)
    of, all_have_read, seen = offer(stock=stock), Barrier(ACTS), local()

    def check_then_write(batch: Batch, offer_id: object) -> None:
        if seen.claimed >= stock:
            raise OfferSoldOut
        Offer.objects.filter(pk=offer_id).update(claimed=seen.claimed + 1)

    def unguarded(who: User) -> Voucher:
        seen.claimed = Offer.objects.get(pk=of.pk).claimed
        connection.close()
        all_have_read.wait(timeout=60)
        return claim(who, of)

    # The offer's budget is a second guard behind the stock; the control goes without both.
    with patch.object(claims, "_take_stock", check_then_write), patch.object(claims, "_set_aside"):
        results = race([lambda who=who: unguarded(who) for who in people])
    assert kinds(results) == {"Voucher": ACTS}, results
    assert Offer.objects.get(pk=of.pk).claimed == 1
    assert any("counter says 1 claimed, there are 64 vouchers" in sentence for sentence in disagreements())


def test_without_the_limit_s_guard_one_person_gets_more() -> None:
    """The control of the limit per person: each thread has seen none of the others' vouchers."""
    of, who, all_have_read, seen = offer(stock=100), person(points=1000), Barrier(8), local()

    def check_then_write(*_: object, limit: int, otherwise: Any, **__: object) -> Write:
        if seen.held >= limit:
            raise otherwise()
        return written(seen.held + 1)

    def unguarded() -> Voucher:
        seen.held = Voucher.objects.filter(offer=of, resident_id=who.pk).count()
        connection.close()
        all_have_read.wait(timeout=60)
        return claim(who, of)

    with patch.object(Batch, "count", check_then_write):
        results = race([unguarded] * 8)
    assert kinds(results) == {"Voucher": 8}, results
    assert disagreements() != []


def redeem_at(cashier: User, voucher: Voucher, order_no: str) -> Redemption:
    with transaction.atomic(durable=True):
        return services.redeem(by=cashier, code=code_of(voucher), bill_fen=2500, order_no=order_no, now=NOON)


def test_one_voucher_at_many_counters_is_redeemed_once() -> None:
    cashiers = [counter(store("甲店")), counter(store("乙店", uscc=USCCS[1]))]
    voucher = claim(person(points=POINTS), offer())
    acts = [lambda n=n: redeem_at(cashiers[n % 2], voucher, f"A-{n}") for n in range(16)]
    results = race(acts)
    assert kinds(results) == {"Redemption": 1, VoucherAlreadyRedeemed.__name__: 15}, results
    assert disagreements() == []


def test_many_vouchers_for_one_payment_are_redeemed_once() -> None:
    cashier, of = counter(store()), offer(stock=16)
    vouchers = [claim(who, of) for who in crowd(16)]
    results = race([lambda voucher=voucher: redeem_at(cashier, voucher, "A-1") for voucher in vouchers])
    assert kinds(results) == {"Redemption": 1, "OrderAlreadyUsed": 15}, results
    assert Voucher.objects.filter(status="redeemed").count() == 1
    assert disagreements() == []


def test_a_voucher_is_either_redeemed_or_expired() -> None:
    """Clocks differ by a moment: the counters see the last instant of each voucher, the expiry its end."""
    cashier, of = counter(store()), offer(stock=16)
    vouchers = [claim(who, of) for who in crowd(16)]

    def late_redeem(voucher: Voucher) -> Redemption:
        now = voucher.expires_at - DAY / 10**6
        with transaction.atomic(durable=True):
            return services.redeem(
                by=cashier, code=code_of(voucher, now), bill_fen=2500, order_no=str(voucher.pk), now=now
            )

    def expire() -> int:
        with transaction.atomic(durable=True):
            return services.expire_due(by="test", now=vouchers[0].expires_at)

    results = race([*(lambda voucher=voucher: late_redeem(voucher) for voucher in vouchers), expire, expire])
    assert set(kinds(results)) <= {"Redemption", "int", VoucherExpired.__name__}, results
    statuses = Counter(Voucher.objects.values_list("status", flat=True))
    assert statuses["redeemed"] + statuses["expired"] == 16
    assert statuses["redeemed"] == kinds(results)["Redemption"]
    assert disagreements() == []


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=False)
def test_the_same_holds_on_the_other_database(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """This file once more, on PostgreSQL where the suite runs on SQLite and the other way round."""
    if os.environ.get(OTHER):
        pytest.skip("this is the other database")
    on_sqlite = connection.vendor == "sqlite"
    url = _named(servers.POSTGRES_URL, f"green_claims_{os.getpid()}") if on_sqlite else f"sqlite:///{tmp_path / 'db'}"
    settings_module = os.environ["DJANGO_SETTINGS_MODULE"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--ds={settings_module}", __file__],
        cwd=request.config.rootpath,
        env=os.environ | {"DATABASE_URL": url, OTHER: "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{_claims_here(request)} passed, 1 skipped" in run.stdout, run.stdout


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _claims_here(request: pytest.FixtureRequest) -> int:
    """How many tests of this file there are besides this one."""
    everything = request.node.parent.collect()
    return sum(1 for item in everything if isinstance(item, pytest.Function)) - 1
