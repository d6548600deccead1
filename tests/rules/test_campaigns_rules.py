"""When an offer is open, when a voucher is good, what it takes off: at the edges of every interval."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.core import clock
from campaigns import errors, rules
from campaigns.types import VoucherStatus

START = datetime(2026, 6, 1, tzinfo=UTC)
END = datetime(2026, 7, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("now", [START, START + TICK, END - TICK])
def test_an_offer_is_open_from_its_start_until_just_before_its_end(now):
    rules.require_open(starts_at=START, ends_at=END, now=now)


def test_before_its_start_an_offer_says_when_it_opens():
    with pytest.raises(errors.OfferNotYetOpen) as refused:
        rules.require_open(starts_at=clock.local(START), ends_at=END, now=START - TICK)
    assert refused.value.data == {"opens_at": START}
    assert "2026年06月01日 08:00" in refused.value.detail()
    assert "2026-06-01 08:00" in refused.value.detail("en")


@pytest.mark.parametrize("now", [END, END + TICK])
def test_from_its_end_on_an_offer_says_that_it_ended(now):
    with pytest.raises(errors.OfferEnded) as refused:
        rules.require_open(starts_at=START, ends_at=clock.local(END), now=now)
    assert refused.value.data == {"ended_at": END}
    assert "2026年07月01日 08:00" in refused.value.detail()


def test_both_have_the_contract_s_code():
    assert {errors.OfferNotYetOpen.code, errors.OfferEnded.code} == {"offer_not_open"}


@pytest.mark.parametrize(
    ("starts_at", "ends_at"), [(START - TICK, END), (START, END + TICK), (END, START), (START, START)]
)
def test_an_offer_outside_its_campaign_is_refused(starts_at, ends_at):
    rules.require_within(starts_at=START, ends_at=END, campaign=(START, END))
    with pytest.raises(errors.OfferOutsideCampaign):
        rules.require_within(starts_at=starts_at, ends_at=ends_at, campaign=(START, END))


def test_a_voucher_lives_whole_days_from_its_claim():
    assert rules.expiry_of(claimed_at=START, valid_days=10) == START + timedelta(days=10)


@pytest.mark.parametrize(
    ("status", "now", "shown"),
    [
        (VoucherStatus.CLAIMED, END - TICK, VoucherStatus.CLAIMED),
        (VoucherStatus.CLAIMED, END, VoucherStatus.EXPIRED),
        (VoucherStatus.REDEEMED, END, VoucherStatus.REDEEMED),
        (VoucherStatus.EXPIRED, START, VoucherStatus.EXPIRED),
    ],
)
def test_a_voucher_past_its_time_is_shown_as_expired(status, now, shown):
    assert rules.status_at(status=status.value, expires_at=END, now=now) is shown


def test_only_a_claimed_voucher_within_its_time_is_usable():
    rules.require_usable(status="claimed", expires_at=END, now=END - TICK)
    with pytest.raises(errors.VoucherExpired) as refused:
        rules.require_usable(status="claimed", expires_at=clock.local(END), now=END)
    assert "2026年07月01日 08:00" in refused.value.detail()
    with pytest.raises(errors.VoucherExpired):
        rules.require_usable(status="expired", expires_at=END, now=START)
    for now in (START, END):
        with pytest.raises(errors.VoucherAlreadyRedeemed):
            rules.require_usable(status="redeemed", expires_at=END, now=now)


def test_the_stores_of_a_refusal_are_named_in_the_reader_s_language():
    refused = errors.WrongStore(stores=["甲店", "乙店"])
    assert "甲店、乙店" in refused.detail()
    assert "甲店, 乙店" in refused.detail("en")
