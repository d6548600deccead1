"""A campaign's life: two persons approve it, time moves it, people pause and stop it; a refusal moves nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backend.audit.models import AuditRow
from backend.core.errors import NotFound, Refusal
from backend.core.ids import new_id
from backend.earning.models import Boost as RegisteredBoost
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from campaigns import errors, services
from campaigns.models import Campaign, Offer, Voucher, campaign_account, funding_account
from campaigns.queries import campaign_proof
from campaigns.types import Boost, Funder
from tests.factories import NOON, person
from tests.factories_campaigns import APPROVER, DAY, DRAFTER, claim, counter, redeem, store
from tests.factories_plans import advance, approved, draft, new_campaign, new_offer, step

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


def state() -> dict[str, object]:
    """All that a step could move."""
    return {
        "campaigns": list(Campaign.objects.order_by("pk").values()),
        "offers": list(Offer.objects.order_by("pk").values()),
        "vouchers": list(Voucher.objects.order_by("pk").values()),
        "transfers": Transfer.objects.count(),
        "audit": AuditRow.objects.count(),
    }


def refused(kind: type[Refusal], verb: object, campaign: Campaign, **said: object) -> Refusal:
    before = state()
    with pytest.raises(kind) as caught:
        step(verb, campaign, **said)
    assert state() == before
    return caught.value


def agreed() -> bool:
    return [*campaign_proof.money(), *campaign_proof.approvals(), *campaign_proof.limits()] == []


def status_of(campaign: Campaign) -> str:
    return Campaign.objects.get(pk=campaign.pk).status


def test_a_second_person_s_yes_moves_the_money_and_opens_the_offers():
    campaign = draft(budget_fen=8_000)
    assert Transfer.objects.count() == 0
    step(services.submit, campaign)
    step(services.approve, campaign, by=APPROVER)
    campaign.refresh_from_db()
    (of,) = campaign.offers.all()
    assert (campaign.status, campaign.submitted_by, campaign.approved_by) == ("scheduled", DRAFTER, APPROVER)
    assert of.is_open
    assert ledger.balances(funding_account(campaign.pk), campaign_account(of.pk)) == [3_000, 5_000]
    told = AuditRow.objects.filter(subject=str(campaign.pk)).values_list("action", flat=True)
    assert list(told) == ["campaigns.draft", "campaigns.submit", "campaigns.approve"]
    assert agreed()


@pytest.mark.parametrize("by", [DRAFTER, "operator-3"])
def test_neither_drafter_nor_submitter_approves(by):
    campaign = draft()
    step(services.submit, campaign, by="operator-3")
    refused(errors.SecondPersonNeeded, services.approve, campaign, by=by)
    assert status_of(campaign) == "in_review"


@pytest.mark.parametrize("by", [DRAFTER, "operator-3", ""])
def test_the_database_itself_wants_the_second_person(by):
    """Whoever writes past the services meets the same law."""
    campaign = draft()
    step(services.submit, campaign, by="operator-3")
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(status="scheduled", approved_by=by)
    assert status_of(campaign) == "in_review"


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "running"},
        {"status": "scheduled", "approved_by": APPROVER},
        {"mall_bp": 1},
        {"day_budget_fen": 0},
    ],
)
def test_no_step_is_skipped_and_shares_add_up(columns):
    campaign = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"government_bp": 5_000, "mall_bp": 5_000},
        {"groups": [{"kind": "households"}]},
        {"windows": {"excluded": ["2026-06-05"]}},
        {"per_day": 1},
        {"ends_at": NOON + 20 * DAY},
        {"survives_stop": False},
        {"drafted_by": "somebody"},
        {"status": "draft"},
    ],
)
def test_the_plan_of_what_was_approved_is_settled_in_the_database(columns):
    campaign = approved()
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**columns)


def test_what_was_changed_after_it_was_read_is_not_approved():
    campaign = draft()
    read = step(services.submit, campaign).version
    step(services.send_back, campaign, by=APPROVER, reason="预算太低")
    with transaction.atomic():
        services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=new_offer(stock=1), now=NOON)
    step(services.submit, campaign)
    assert refused(errors.CampaignChanged, services.approve, campaign, by=APPROVER, version=read).data["version"]
    step(services.approve, campaign, by=APPROVER)


def test_an_offer_is_not_added_under_review():
    campaign = draft()
    step(services.submit, campaign)
    before = state()
    with pytest.raises(errors.WrongCampaignState), transaction.atomic():
        services.add_offer(by=DRAFTER, campaign_id=campaign.pk, offer=new_offer(), now=NOON)
    assert state() == before


def test_what_cannot_be_paid_or_is_empty_is_not_submitted():
    short = refused(errors.CampaignBudgetShort, services.submit, draft(budget_fen=4_999))
    assert short.data == {"worth_fen": 5_000, "missing_fen": 1}
    with transaction.atomic():
        empty = services.draft_campaign(by=DRAFTER, new=new_campaign(), now=NOON)
    refused(errors.CampaignEmpty, services.submit, empty)


def test_what_is_over_is_not_approved():
    campaign = draft()
    step(services.submit, campaign)
    refused(errors.CampaignOver, services.approve, campaign, by=APPROVER, now=NOON + 15 * DAY)


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (services.submit, {}),
        (services.send_back, {"reason": "x"}),
        (services.approve, {"version": 1}),
        (services.resume, {"reason": "x"}),
    ],
)
def test_a_step_is_taken_from_its_state_only(verb, said):
    campaign = approved()
    told = refused(errors.WrongCampaignState, verb, campaign, by=APPROVER, **said)
    assert told.data["state"] in ("scheduled", "running")  # by now it runs, where the step looked at the clock
    assert told.data["state"] in told.detail("en")


def test_nobody_takes_a_step_with_nothing():
    with pytest.raises(NotFound):
        step(services.pause, Campaign(pk=new_id()), reason="x")


def test_a_draft_is_no_offer_yet():
    campaign = draft()
    with pytest.raises(NotFound):
        claim(person(points=50), campaign.offers.get())


def test_claims_do_not_wait_for_the_books():
    """Nobody has moved the campaign on; it is claimed within its time and not outside."""
    campaign = approved(starts_at=NOON - DAY, ends_at=NOON + DAY)
    of = campaign.offers.get()
    assert status_of(campaign) == "scheduled"
    claim(person(points=50), of)
    with pytest.raises(errors.OfferNotYetOpen):
        claim(person(points=50), of, NOON - DAY - MOMENT)
    with pytest.raises(errors.OfferEnded):
        claim(person(points=50), of, NOON + DAY)


def test_time_moves_a_campaign_late_twice_and_once_over():
    campaign = approved(starts_at=NOON - DAY, ends_at=NOON + DAY)
    assert [advance(NOON - DAY - MOMENT), status_of(campaign)] == [0, "scheduled"]
    assert [advance(NOON - DAY), status_of(campaign), advance(NOON)] == [1, "running", 0]
    assert [advance(NOON + DAY), status_of(campaign), advance(NOON + 2 * DAY)] == [1, "ended", 0]
    late = approved(starts_at=NOON - DAY, ends_at=NOON + DAY)
    assert [advance(NOON + 5 * DAY), status_of(late), advance(NOON + 5 * DAY)] == [2, "ended", 0]
    assert agreed()


def test_sold_out_is_said_and_taken_back():
    campaign = approved(new_offer(stock=1))
    claim(person(points=50), campaign.offers.get())
    assert [advance(), status_of(campaign), advance()] == [2, "sold_out", 0]
    assert agreed()


def test_a_pause_refuses_claims_until_it_is_resumed():
    campaign = approved()
    of, resident = campaign.offers.get(), person(points=50)
    step(services.pause, campaign, reason="系统检查")
    assert status_of(campaign) == "paused"
    before = state()
    with pytest.raises(errors.CampaignPaused) as caught:
        claim(resident, of)
    assert caught.value.code == "offer_not_open"
    assert state() == before
    assert agreed()
    step(services.resume, campaign, reason="检查完毕")
    claim(resident, of)
    reasons = AuditRow.objects.filter(subject=str(campaign.pk), action__in=["campaigns.pause", "campaigns.resume"])
    assert [row.data["reason"] for row in reasons.order_by("pk")] == ["系统检查", "检查完毕"]


def test_a_paused_campaign_ends_with_its_time():
    campaign = approved()
    step(services.pause, campaign, reason="x")
    over = NOON + 15 * DAY
    told = refused_after_catching_up(campaign, over)
    assert told.data["state"] == "ended"


def refused_after_catching_up(campaign: Campaign, now: object) -> Refusal:
    with pytest.raises(errors.WrongCampaignState) as caught:
        step(services.resume, campaign, reason="x", now=now)
    assert not campaign.offers.get().is_open
    return caught.value


def test_a_stop_leaves_vouchers_good_where_the_terms_say_so():
    campaign = approved(survives_stop=True)
    voucher = claim(person(points=50), campaign.offers.get())
    step(services.stop, campaign, reason="资金用途调整")
    with pytest.raises(errors.CampaignStopped):
        claim(person(points=50), campaign.offers.get())
    assert redeem(counter(store()), voucher).discount_fen == 500
    told = AuditRow.objects.get(action="campaigns.stop")
    assert (told.data["reason"], told.data["claimed"], told.data["voided"]) == ("资金用途调整", 1, 0)
    assert agreed()


def test_a_stop_ends_vouchers_where_the_terms_say_so_and_the_money_comes_home():
    campaign = approved(survives_stop=False)
    voucher = claim(person(points=50), of := campaign.offers.get())
    step(services.stop, campaign, reason="违规", now=NOON + DAY / 2)
    cashier = counter(store())
    with pytest.raises(errors.VoucherExpired):
        redeem(cashier, voucher, now=NOON + DAY / 2)
    with transaction.atomic():
        assert services.expire_due(by="test", now=NOON + DAY / 2) == 1
    assert ledger.balances(funding_account(campaign.pk), campaign_account(of.pk)) == [5_500, 4_500]
    assert agreed()


def test_a_voucher_of_the_same_moment_ends_a_moment_later():
    """A clock may be behind the one of the claim: the stop does not fail over it."""
    campaign = approved(survives_stop=False)
    voucher = claim(person(points=50), campaign.offers.get())
    step(services.stop, campaign, reason="x", now=NOON - timedelta(seconds=1))
    voucher.refresh_from_db()
    assert voucher.expires_at == NOON + MOMENT


def test_a_boost_is_registered_with_the_approval_and_ended_with_the_stop():
    day = Boost("trail_walk", 20_000, NOON - DAY / 2, NOON + DAY / 2)
    campaign = draft(boost=day)
    step(services.submit, campaign)
    assert RegisteredBoost.objects.count() == 0
    step(services.approve, campaign, by=APPROVER)
    row = RegisteredBoost.objects.get(source=f"campaign:{campaign.pk}")
    assert (row.activity, row.factor_bp, row.starts_at, row.ends_at) == (
        "trail_walk", 20_000, day.starts_at, day.ends_at,
    )  # fmt: skip
    step(services.stop, campaign, reason="x")
    row.refresh_from_db()
    assert row.ends_at == NOON


def test_who_pays_is_kept_with_the_campaign():
    shares = {Funder.GOVERNMENT: 6_000, Funder.SHOP: 4_000}
    assert approved(shares=shares).shares == shares
    before = state()
    with pytest.raises(errors.SharesDoNotAddUp):
        draft(shares={Funder.MALL: 9_999})
    assert state() == before
