"""Campaigns under many hands at once: claims against a stop, the day's budget, limits over offers, two approvals.

`make test` runs this on SQLite and on PostgreSQL. Each race is also run with its guard taken away, so that it is seen.
"""

from collections import Counter
from datetime import timedelta
from threading import Barrier, local
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.models import F

from backend.accounts.models import User
from backend.audit.models import AuditRow
from backend.core.batch import Batch, Write
from backend.ledger import proof as ledger
from backend.ledger.models import Budget
from campaigns import queries, services
from campaigns.errors import CampaignStopped, OfferSoldOut
from campaigns.models import Campaign, DayUse, Offer, Voucher
from campaigns.queries import campaign_proof
from campaigns.services import claims
from campaigns.types import Limits
from tests.concurrency.race import race, written
from tests.factories import NOON, person
from tests.factories_campaigns import APPROVER, campaign_of, claim, offer
from tests.factories_plans import approved, ask_money, decide_money, draft, new_offer, step

pytestmark = pytest.mark.django_db(transaction=True)
ACTS = 32


def kinds(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def faults() -> list[str]:
    return [
        *queries.disagreements(), *campaign_proof.money(), *campaign_proof.approvals(), *campaign_proof.limits(),
        *ledger.balances(), *ledger.chains(), *ledger.budgets(),
    ]  # fmt: skip


def crowd(size: int = ACTS) -> list[User]:
    return [person(points=50) for _ in range(size)]


def the_stop() -> dict[str, Any]:
    data: dict[str, Any] = AuditRow.objects.get(action="campaigns.stop").data
    return data


@pytest.mark.parametrize("survives", [True, False])
def test_no_claim_commits_after_a_stop(survives: bool) -> None:
    """What the stop counted is what there is for good; where vouchers end with it, every one of them has."""
    campaign = approved(new_offer(stock=100), budget_fen=50_000, survives_stop=survives)
    of, people = campaign.offers.get(), crowd()
    acts: list[Any] = [lambda who=who: claim(who, of) for who in people]
    acts.insert(ACTS // 2, lambda: step(services.stop, campaign, reason="x"))
    results = race(acts)
    assert set(kinds(results)) <= {"Voucher", "Campaign", CampaignStopped.__name__}, results
    assert kinds(results)["Campaign"] == 1
    assert Voucher.objects.count() == the_stop()["claimed"] == kinds(results)["Voucher"]
    if not survives:
        assert the_stop()["voided"] == Voucher.objects.count()
        assert not Voucher.objects.filter(expires_at__gt=NOON + timedelta(seconds=1)).exists()
    assert faults() == []


def stopped_between(of: Offer, campaign: Campaign, guarded: bool) -> list[Any]:
    """Each claimant has read the offer while it ran; then it is stopped; then they go on from what they have read."""
    all_have_read, stopped, seen = Barrier(9), Barrier(9), local()

    def read(*_: object) -> object:
        return seen.read

    def unguarded_take(batch: Batch, offer_id: object) -> None:
        if not Offer.objects.filter(pk=offer_id, claimed__lt=F("stock")).update(claimed=F("claimed") + 1):
            raise OfferSoldOut

    def late(who: User) -> Voucher:
        seen.read = before(of.pk, who.pk)
        connection.close()
        all_have_read.wait(timeout=60)
        stopped.wait(timeout=60)
        return claim(who, of)

    def stop() -> Campaign:
        all_have_read.wait(timeout=60)
        found = step(services.stop, campaign, reason="x")
        stopped.wait(timeout=60)
        return found

    before = claims._read
    take = claims._take_stock if guarded else unguarded_take
    with patch.object(claims, "_read", read), patch.object(claims, "_take_stock", take):
        return race([*(lambda who=who: late(who) for who in crowd(8)), stop])


def test_a_claim_that_read_before_the_stop_is_refused_after_it() -> None:
    campaign = approved()
    results = stopped_between(campaign.offers.get(), campaign, guarded=True)
    assert kinds(results) == {"Campaign": 1, CampaignStopped.__name__: 8}, results
    assert Voucher.objects.count() == 0
    assert faults() == []


def test_without_the_guard_the_same_claims_pass_the_stop() -> None:
    """The control: a state that was read and judged before, as so many back ends do."""
    campaign = approved()
    results = stopped_between(campaign.offers.get(), campaign, guarded=False)
    assert kinds(results) == {"Campaign": 1, "Voucher": 8}, results
    assert (the_stop()["claimed"], Voucher.objects.count()) == (0, 8)


def test_a_day_s_budget_is_exact() -> None:
    of = offer(stock=100, campaign={"day_budget_fen": 5_499})
    results = race([lambda who=who: claim(who, of) for who in crowd()])
    assert kinds(results) == {"Voucher": 10, "DayBudgetUsedUp": ACTS - 10}, results
    assert DayUse.objects.get().used == 5_000
    assert faults() == []


def test_without_the_guard_a_day_s_budget_is_overspent() -> None:
    of, people = offer(stock=100, campaign={"day_budget_fen": 5_499}), crowd()
    seen, all_have_read = local(), Barrier(ACTS)
    guarded = Batch.count

    def check_then_write(batch: Batch, model: Any, *, limit: int, otherwise: Any, **rest: Any) -> Write:
        if model is not DayUse:
            return guarded(batch, model, limit=limit, otherwise=otherwise, **rest)
        if seen.used + rest["amount"] > limit:
            raise otherwise()
        return written(seen.used + rest["amount"])

    def unguarded(who: User) -> Voucher:
        seen.used = sum(DayUse.objects.values_list("used", flat=True))
        connection.close()
        all_have_read.wait(timeout=60)
        return claim(who, of)

    with patch.object(Batch, "count", check_then_write):
        results = race([lambda who=who: unguarded(who) for who in people])
    assert kinds(results) == {"Voucher": ACTS}, results
    assert any("limit per day" in sentence for sentence in faults())


def test_one_person_s_limit_holds_over_two_offers_at_once() -> None:
    offers = campaign_of(
        new_offer(stock=50, per_person_limit=50), new_offer(stock=50, per_person_limit=50), limits=Limits(per_week=3)
    )
    who = person(points=5_000)
    results = race([lambda n=n: claim(who, offers[n % 2]) for n in range(ACTS)])
    assert kinds(results) == {"Voucher": 3, "SpanLimitReached": ACTS - 3}, results
    assert faults() == []


def test_without_the_guard_one_person_takes_more_over_two_offers() -> None:
    offers = campaign_of(
        new_offer(stock=50, per_person_limit=50), new_offer(stock=50, per_person_limit=50), limits=Limits(per_week=3)
    )
    who, seen, all_have_read = person(points=5_000), local(), Barrier(8)

    def check_then_write(*_: object, limit: int, otherwise: Any, **__: object) -> Write:
        if seen.held >= limit:
            raise otherwise()
        return written(seen.held + 1)

    def unguarded(n: int) -> Voucher:
        seen.held = Voucher.objects.filter(person_id=who.pk).count()
        connection.close()
        all_have_read.wait(timeout=60)
        return claim(who, offers[n % 2])

    with patch.object(Batch, "count", check_then_write):
        results = race([lambda n=n: unguarded(n) for n in range(8)])
    assert kinds(results) == {"Voucher": 8}, results
    assert any("limit" in sentence for sentence in faults())


def test_two_approvals_at_once_fund_a_campaign_once() -> None:
    campaign = draft()
    version = step(services.submit, campaign).version
    acts = [lambda n=n: step(services.approve, campaign, by=f"approver-{n}", version=version) for n in range(8)]
    results = race(acts)
    assert kinds(results) == {"Campaign": 1, "WrongCampaignState": 7}, results
    assert Budget.objects.get(programme__startswith="campaign:").appropriated == 10_000
    assert faults() == []


def test_one_change_of_money_is_made_once_beside_claims() -> None:
    campaign = approved(new_offer(stock=4), budget_fen=2_000)
    of = campaign.offers.get()
    change = ask_money(campaign, budget_fen=4_000, offer_id=of.pk, more_stock=4)
    acts: list[Any] = [lambda who=who: claim(who, of) for who in crowd(16)]
    acts += [lambda: decide_money(services.approve_money, change, by=APPROVER)] * 4
    results = race(acts)
    assert set(kinds(results)) <= {"Voucher", "OfferSoldOut", "MoneyChange", "MoneyChangeDecided"}, results
    assert (kinds(results)["MoneyChange"], kinds(results)["MoneyChangeDecided"]) == (1, 3)
    assert 4 <= Voucher.objects.count() <= 8
    assert faults() == []


def test_pauses_and_claims_never_wait_for_each_other_for_good() -> None:
    """Stops, pauses, resumptions and claims of two offers at once: every answer is typed, and the books agree."""
    first, second = campaign_of(new_offer(stock=50), new_offer(stock=50))
    campaign = first.campaign

    def steps() -> str:
        for verb in (services.pause, services.resume, services.pause, services.resume):
            with transaction.atomic(durable=True):
                verb(by=APPROVER, campaign_id=campaign.pk, reason="x", now=NOON)
        return "steps"

    pairs = zip(crowd(), [first, second] * (ACTS // 2), strict=True)
    acts: list[Any] = [lambda who=who, of=of: claim(who, of) for who, of in pairs]
    results = race([*acts, steps])
    assert set(kinds(results)) <= {"Voucher", "CampaignPaused", "OfferSoldOut", "str"}, results
    assert "steps" in results
    assert Offer.objects.filter(is_open=True).count() == 2
    assert faults() == []
