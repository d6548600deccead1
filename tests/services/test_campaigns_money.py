"""A running campaign's money: two persons change it, expired value rolls over, and `prove` finds what does not fit."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from backend.core.errors import NotFound, Refusal
from backend.core.ids import new_id
from backend.ledger import queries as ledger
from backend.ledger.models import Budget, Transfer
from campaigns import errors, queries, services
from campaigns.models import (
    Campaign,
    DayUse,
    MoneyChange,
    Offer,
    SpanUse,
    campaign_account,
    campaign_programme,
    funding_account,
)
from campaigns.queries import campaign_proof
from campaigns.types import Limits
from tests.factories import NOON, person
from tests.factories_campaigns import APPROVER, DAY, DRAFTER, claim
from tests.factories_plans import advance, approved, ask_money, decide_money, draft, new_offer, step
from tests.tampering import past_the_triggers

pytestmark = pytest.mark.django_db


def state() -> dict[str, object]:
    return {
        "campaigns": list(Campaign.objects.order_by("pk").values()),
        "offers": list(Offer.objects.order_by("pk").values()),
        "changes": list(MoneyChange.objects.order_by("pk").values()),
        "budgets": list(Budget.objects.order_by("pk").values()),
        "transfers": Transfer.objects.count(),
    }


def refused(kind: type[Refusal], verb: object, change: MoneyChange, by: object = APPROVER) -> Refusal:
    before = state()
    with pytest.raises(kind) as caught:
        decide_money(verb, change, by=by)
    assert state() == before
    return caught.value


def faults() -> list[str]:
    return [*campaign_proof.money(), *campaign_proof.approvals(), *campaign_proof.limits(), *queries.disagreements()]


def balances(campaign: Campaign) -> list[int]:
    offers = campaign.offers.order_by("pk")
    return ledger.balances(funding_account(campaign.pk), *(campaign_account(offer.pk) for offer in offers))


# -- changes by two persons -------------------------------------------------------------------------------------------


def test_more_money_and_more_stock_need_a_second_person():
    campaign = approved(budget_fen=5_000)
    of = campaign.offers.get()
    change = ask_money(campaign, budget_fen=7_000, offer_id=of.pk, more_stock=4)
    assert balances(campaign) == [0, 5_000]
    refused(errors.SecondPersonNeeded, services.approve_money, change, by=DRAFTER)
    decide_money(services.approve_money, change)
    campaign.refresh_from_db()
    of.refresh_from_db()
    assert (campaign.budget_fen, of.stock, balances(campaign)) == (7_000, 14, [0, 7_000])
    assert refused(errors.MoneyChangeDecided, services.approve_money, change).data == {"state": "approved"}
    assert faults() == []


def test_the_database_itself_wants_the_second_person():
    change = ask_money(approved(), budget_fen=20_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        MoneyChange.objects.filter(pk=change.pk).update(status="approved", decided_by=DRAFTER, decided_at=NOON)


def test_a_rejected_change_changes_nothing():
    campaign = approved()
    before = balances(campaign)
    change = decide_money(services.reject_money, ask_money(campaign, budget_fen=20_000), by=DRAFTER)
    assert (change.status, balances(campaign), Campaign.objects.get().budget_fen) == ("rejected", before, 10_000)
    refused(errors.MoneyChangeDecided, services.approve_money, change)


def test_a_cut_frees_what_is_neither_claimed_nor_allotted():
    campaign = approved(budget_fen=5_000)
    of = campaign.offers.get()
    claim(person(points=50), of)
    decide_money(services.approve_money, ask_money(campaign, budget_fen=1_000, offer_id=of.pk, more_stock=-8))
    assert (Offer.objects.get().stock, balances(campaign)) == (2, [0, 500])
    assert faults() == []


@pytest.mark.parametrize(
    ("money", "kind"),
    [
        ({"more_stock": -10}, errors.MoneyChangeImpossible),
        ({"more_stock": 1}, errors.CampaignBudgetShort),
        ({"budget_fen": 4_999}, errors.MoneyChangeImpossible),
    ],
)
def test_what_the_money_does_not_allow(money, kind):
    campaign = approved(budget_fen=5_000)
    of = campaign.offers.get()
    claim(person(points=50), of)
    offer_id = of.pk if "more_stock" in money else None
    refused(kind, services.approve_money, ask_money(campaign, offer_id=offer_id, **money))


def test_a_day_budget_is_changed_but_not_begun_on_the_way():
    campaign = approved(day_budget_fen=500)
    claim(person(points=50), campaign.offers.get())
    with pytest.raises(errors.DayBudgetUsedUp):
        claim(person(points=50), campaign.offers.get())
    decide_money(services.approve_money, ask_money(campaign, day_budget_fen=1_000))
    claim(person(points=50), campaign.offers.get())
    assert faults() == []
    before = state()
    with pytest.raises(errors.MoneyChangeImpossible):
        ask_money(approved(), day_budget_fen=500)
    assert state()["changes"] == before["changes"]


def test_an_offer_added_to_an_approved_campaign_waits_for_its_money():
    campaign = approved(budget_fen=5_000)
    with transaction.atomic():
        late = services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=new_offer(stock=2), now=NOON)
    assert late.pk not in {each.pk for each in queries.current_offers(NOON)}
    with pytest.raises(errors.OfferSoldOut):
        claim(person(points=50), late)
    change = campaign.money_changes.get()
    refused(errors.CampaignBudgetShort, services.approve_money, change)
    decide_money(services.approve_money, ask_money(campaign, budget_fen=6_000))
    decide_money(services.approve_money, change)
    claim(person(points=50), late)
    assert late.pk in {each.pk for each in queries.current_offers(NOON)}
    assert faults() == []


def test_money_of_a_draft_or_of_another_s_offer_is_not_asked_for():
    campaign = approved()
    with pytest.raises(errors.WrongCampaignState):
        ask_money(draft(), budget_fen=1)
    with pytest.raises(NotFound):
        ask_money(campaign, offer_id=approved().offers.get().pk, more_stock=1)
    with pytest.raises(NotFound):
        decide_money(services.approve_money, MoneyChange(pk=new_id()))
    change = ask_money(campaign, budget_fen=20_000)
    step(services.stop, campaign, reason="x")
    refused(errors.WrongCampaignState, services.approve_money, change)


def test_more_stock_takes_a_sold_out_campaign_back():
    campaign = approved(new_offer(stock=1))
    of = campaign.offers.get()
    claim(person(points=50), of)
    advance()
    decide_money(services.approve_money, ask_money(campaign, offer_id=of.pk, more_stock=1))
    advance()
    assert Campaign.objects.get().status == "running"
    claim(person(points=50), of)


# -- roll-over --------------------------------------------------------------------------------------------------------


def two_batches(face: int = 500, last_face: int = 700) -> list[Offer]:
    """A batch of short vouchers, whose unused money rolls into the one after it."""
    campaign = draft(new_offer(title="第二批", ends_at=NOON + 10 * DAY, stock=1, face_value_fen=last_face))
    heir = campaign.offers.get()
    first = new_offer(valid_days=1, stock=3, face_value_fen=face, rolls_into=heir.pk)
    with transaction.atomic():
        made = services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=first, now=NOON)
    step(services.submit, campaign)
    step(services.approve, campaign, by=APPROVER)
    return [made, heir]


def expire(now: object) -> int:
    with transaction.atomic():
        return services.expire_due(by="test", now=now)


def test_unused_value_rolls_into_the_next_batch_to_the_fen():
    first, heir = two_batches()
    for _ in range(3):
        claim(person(points=50), first)
    assert expire(NOON + DAY) == 3
    heir.refresh_from_db()
    assert (heir.rolled_fen, heir.stock) == (1_500, 1 + 1_500 // 700)
    assert ledger.balance(campaign_account(heir.pk)) == 700 + 1_500
    assert faults() == []
    for _ in range(3):
        claim(person(points=50), heir)
    with pytest.raises(errors.OfferSoldOut):
        claim(person(points=50), heir)
    assert faults() == []


def test_what_expires_after_the_next_batch_returns_to_the_campaign():
    first, heir = two_batches()
    claim(person(points=50), first)
    before = ledger.balance(funding_account(first.campaign_id))
    assert expire(NOON + 10 * DAY) == 1
    heir.refresh_from_db()
    assert (heir.rolled_fen, heir.stock) == (0, 1)
    assert ledger.balance(funding_account(first.campaign_id)) == before + 500
    assert faults() == []


def test_value_does_not_roll_into_an_offer_that_no_second_person_has_approved():
    campaign = approved(budget_fen=10_000)
    offers = []
    for late in (new_offer(ends_at=NOON + 10 * DAY), new_offer(valid_days=1)):
        late = replace(late, rolls_into=offers[0].pk if offers else None)
        with transaction.atomic():
            offers.append(services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=late, now=NOON))
    asked_for, first = offers
    decide_money(services.approve_money, MoneyChange.objects.get(offer=first))
    claim(person(points=50), first)
    before = ledger.balance(funding_account(campaign.pk))
    assert expire(NOON + DAY) == 1
    asked_for.refresh_from_db()
    assert (asked_for.rolled_fen, asked_for.stock, asked_for.is_open) == (0, 0, False)
    assert ledger.balance(funding_account(campaign.pk)) == before + 500
    assert faults() == []


def test_value_rolls_only_forward_within_its_campaign():
    campaign, other = draft(), draft()
    here, there = campaign.offers.get(), other.offers.get()
    for into in (there.pk, here.pk, new_id()):  # another's, one that ends no later, none
        with pytest.raises(errors.RollsNowhere), transaction.atomic():
            services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=new_offer(rolls_into=into), now=NOON)
    assert campaign.offers.count() == 1


# -- prove ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def world():
    campaign = approved(day_budget_fen=5_000, limits=Limits(per_day=1, in_all=1))
    claim(person(points=50), campaign.offers.get())
    decide_money(services.approve_money, ask_money(campaign, day_budget_fen=6_000))
    assert faults() == []
    return campaign


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (lambda c: Campaign.objects.update(budget_fen=1), "budget 1 fen, appropriated 10000"),
        (lambda c: Campaign.objects.update(day_budget_fen=9), "day_budget_fen 9, last approved 6000"),
        (lambda c: Budget.objects.filter(programme=campaign_programme(c.pk)).update(appropriated=2), "appropriated 2"),
        (lambda c: Offer.objects.update(stock=F("stock") + 1), "stock 11, planned, changed and rolled over 10"),
        (lambda c: Offer.objects.update(planned=11, stock=11), "allotted 5000 fen, its vouchers are worth 5500"),
        (lambda c: Offer.objects.update(rolled_fen=1), "rolled over 1 fen, the journal says 0"),
        (lambda c: Offer.objects.update(is_open=False), "closed while its campaign is scheduled"),
        (lambda c: DayUse.objects.update(used=1), "counted 1, vouchers 500"),
        (lambda c: SpanUse.objects.filter(span="day").update(used=2), "limit per day"),
        (lambda c: SpanUse.objects.filter(span="campaign").delete(), "counted 0, vouchers 1"),
    ],
)
def test_each_fault_is_found_and_named(world, plant, place):
    with past_the_triggers():
        plant(world)
    assert place in "\n".join(faults())
