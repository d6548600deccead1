"""Claims under a plan: groups, windows, limits per person, the day's budget; a refusal moves nothing."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.accounts import services as accounts
from backend.accounts.types import Attributes, MarkKind
from backend.core import clock
from backend.core.errors import Refusal
from backend.ledger.models import Transfer
from campaigns import errors, queries
from campaigns.models import ClaimUse, DayUse, Offer, SpanUse, Voucher
from campaigns.queries import campaign_proof
from campaigns.types import AgeFrom, ClaimWindows, ExtraDay, Hours, Limits, NewResidents, Streets, Tier, Weekly
from tests.factories import NOON, give_points, person
from tests.factories_campaigns import DAY, campaign_of, claim, offer
from tests.factories_plans import new_offer

pytestmark = pytest.mark.django_db
TODAY = clock.local(NOON).date()  # a Friday


def state() -> dict[str, object]:
    return {
        "offers": list(Offer.objects.order_by("pk").values()),
        "vouchers": Voucher.objects.count(),
        "uses": [list(model.objects.order_by("pk").values()) for model in (ClaimUse, SpanUse, DayUse)],
        "transfers": Transfer.objects.count(),
    }


def refused(kind: type[Refusal], by, of, now=NOON) -> Refusal:
    before = state()
    with pytest.raises(kind) as caught:
        claim(by, of, now)
    assert state() == before
    return caught.value


def proved() -> bool:
    return [
        *queries.disagreements(),
        *campaign_proof.money(),
        *campaign_proof.approvals(),
        *campaign_proof.limits(),
    ] == []


def many(**campaign: object) -> Offer:
    """An offer that does not limit by itself."""
    return offer(stock=100, per_person_limit=100, starts_at=NOON - 20 * DAY, ends_at=NOON + 29 * DAY, campaign=campaign)


# -- groups -----------------------------------------------------------------------------------------------------------


def test_new_residents_only():
    of = offer(campaign={"groups": (NewResidents(30),)})
    claim(person(points=50, now=NOON - 29 * DAY), of)
    told = refused(errors.NotNewResident, person(points=50, now=NOON - 30 * DAY), of)
    assert told.data == {"group": "new_residents", "days": 30}


def test_a_street_and_an_age_are_asked_of_the_profile():
    of = offer(campaign={"groups": (Streets(("大坪",)), AgeFrom(60))})
    resident = person(points=50)
    assert "确认您所在的街道" in refused(errors.StreetUnknown, resident, of).detail()
    known = Attributes(registered_at=NOON, street="大坪", birth_year=1966)
    with patch("backend.accounts.queries.attributes_of", return_value=known):
        claim(resident, of)


def test_a_tier_counts_what_was_earned_in_the_last_365_days():
    of = offer(campaign={"groups": (Tier(40),)})
    resident = person(points=20)
    with transaction.atomic():
        give_points(resident, 30, now=NOON - 366 * DAY)
    assert refused(errors.BelowTier, resident, of).data == {"group": "tier", "points": 40, "missing": 20}
    with transaction.atomic():
        give_points(resident, 20)
    claim(resident, of)


def test_what_a_campaign_does_not_use_is_not_asked_for():
    """No groups, no windows, no limits, no day budget: not one statement for them."""
    resident, of = person(points=50), offer()
    with CaptureQueriesContext(connection) as asked:
        claim(resident, of)
    text = " ".join(query["sql"] for query in asked)
    for table in ("campaigns_spanuse", "campaigns_dayuse", "accounts_member", '"accounts_user"', "earning_award"):
        assert table not in text
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert sum(sql.startswith("SELECT") and "campaigns_" in sql for sql in statements) == 1


# -- windows ----------------------------------------------------------------------------------------------------------


def test_outside_a_window_the_next_opening_is_told():
    fridays = ClaimWindows(weekly=(Weekly(frozenset({5}), Hours(600, 660)),))
    of = offer(ends_at=NOON + 20 * DAY, campaign={"windows": fridays})
    resident = person(points=50)
    opens_at = clock.day_bounds(NOON)[0] + 7 * DAY + timedelta(hours=10)
    assert refused(errors.ClaimWindowClosed, resident, of).data == {"opens_at": opens_at}
    claim(resident, of, opens_at)


def test_the_last_window_of_a_campaign_has_no_next():
    of = offer(campaign={"windows": ClaimWindows(excluded=frozenset({TODAY, TODAY + DAY}))})
    told = refused(errors.ClaimWindowClosed, person(points=50), of)
    assert told.data == {"opens_at": None}
    assert told.detail("en")


def test_a_moved_holiday_opens():
    windows = ClaimWindows(weekly=(Weekly(frozenset({6})),), extra=(ExtraDay(TODAY, (Hours(720, 780),)),))
    claim(person(points=50), offer(campaign={"windows": windows}))


# -- limits per person ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "span", "again"),
    [
        (Limits(per_day=2), "day", clock.day_bounds(NOON)[1]),
        (Limits(per_week=2), "week", clock.day_bounds(NOON)[0] + 3 * DAY),
        (Limits(per_month=2), "month", clock.day_bounds(NOON)[0] + 26 * DAY),
        (Limits(in_all=2), "campaign", None),
    ],
)
def test_a_limit_per_span(limits, span, again):
    of, resident = many(limits=limits), person(points=500)
    end = again or NOON + 20 * DAY
    for _ in range(2):
        claim(resident, of)
    told = refused(errors.SpanLimitReached, resident, of, end - timedelta(microseconds=1) if again else end)
    assert told.data == {"limit": 2, "span": span, "resets_at": again}
    assert told.code == "claim_limit_reached"
    assert told.detail("en")
    if again:
        claim(resident, of, again)
    claim(person(points=50), of)
    assert proved()


def test_the_limit_spans_the_offers_of_a_campaign():
    one, other = campaign_of(new_offer(), new_offer(), limits=Limits(per_day=1))
    resident = person(points=100)
    claim(resident, one)
    refused(errors.SpanLimitReached, resident, other)


def test_accounts_of_one_person_share_limits():
    of, one, other = many(limits=Limits(in_all=1)), person(points=50), person(points=50)
    with transaction.atomic():
        for each in (one, other):
            accounts.note_mark(user=each, kind=MarkKind.DEVICE, value="one-and-the-same-phone", now=NOON)
    claim(one, of)
    refused(errors.SpanLimitReached, other, of)
    assert proved()


# -- the day's budget -------------------------------------------------------------------------------------------------


def test_a_day_s_budget_is_used_to_the_fen_and_goes_on_the_next_day():
    of = many(day_budget_fen=1_499)
    for _ in range(2):
        claim(person(points=50), of)
    tomorrow = clock.day_bounds(NOON)[1]
    last = person(points=50)
    assert refused(errors.DayBudgetUsedUp, last, of).data == {"opens_at": tomorrow}
    refused(errors.DayBudgetUsedUp, last, of, tomorrow - timedelta(microseconds=1))
    claim(last, of, tomorrow)
    assert list(DayUse.objects.order_by("day").values_list("used", flat=True)) == [1_000, 500]
    assert proved()


# -- terms ------------------------------------------------------------------------------------------------------------


def test_a_voucher_ends_with_the_last_day():
    last_day = TODAY + timedelta(days=2)
    voucher = claim(person(points=50), offer(last_day=last_day))
    assert voucher.expires_at == clock.day_bounds(NOON)[0] + 3 * DAY
    before = state()
    with pytest.raises(errors.LastDayTooEarly):
        offer(last_day=TODAY)
    assert state()["offers"] == before["offers"]


def test_a_claim_without_limits_counts_per_offer_only():
    claim(person(points=50), offer())
    assert (SpanUse.objects.count(), DayUse.objects.count(), ClaimUse.objects.get().used) == (0, 0, 1)
