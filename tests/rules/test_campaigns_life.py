"""Whom a campaign is for, what its limits count over, where time takes it, and what it costs."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import ZONE
from campaigns import errors
from campaigns.rules import (
    EDGES,
    cost_of,
    expiry_of,
    group_data,
    group_of,
    midnight,
    require_groups,
    require_last_day,
    require_shares,
    span_end,
    span_start,
    spans_of,
    state_at,
)
from campaigns.types import (
    AgeFrom,
    Applicant,
    CampaignStatus,
    Funder,
    Group,
    Households,
    Limits,
    NewResidents,
    Span,
    Streets,
    Tier,
)

NOW = datetime(2026, 6, 5, 12, tzinfo=ZONE)
NEVER = NOW - timedelta(days=1000)


def anna(**known: object) -> Applicant:
    return Applicant(**({"registered_at": NEVER} | known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("group", "who"),
    [
        (NewResidents(30), anna(registered_at=NOW - timedelta(days=30) + timedelta(seconds=1))),
        (Households(), anna(in_household=True)),
        (Streets(("大坪", "化龙桥")), anna(street="大坪")),
        (Streets(("大坪",), verified=True), anna(street="大坪", street_verified=True)),
        (AgeFrom(60), anna(birth_year=1966)),
        (AgeFrom(60, verified=True), anna(birth_year=1950, birth_year_verified=True)),
        (Tier(500), anna(points_earned=500)),
    ],
)
def test_who_is_meant_passes(group: Group, who: Applicant) -> None:
    require_groups((group,), who, NOW)
    assert group_of(group_data(group)) == group


@pytest.mark.parametrize(
    ("group", "who", "refusal", "data"),
    [
        (NewResidents(30), anna(registered_at=NOW - timedelta(days=30)), errors.NotNewResident, {"days": 30}),
        (Households(), anna(), errors.NotInHousehold, {}),
        (Streets(("大坪",)), anna(), errors.StreetUnknown, {"streets": ["大坪"]}),
        (Streets(("大坪",)), anna(street="上清寺"), errors.OtherStreet, {"streets": ["大坪"]}),
        (Streets(("大坪",), verified=True), anna(street="大坪"), errors.StreetNotVerified, {"verified": True}),
        (AgeFrom(60), anna(), errors.AgeUnknown, {"from_years": 60}),
        (AgeFrom(60), anna(birth_year=1967), errors.TooYoung, {"from_years": 60}),
        (AgeFrom(60, verified=True), anna(birth_year=1950), errors.AgeNotVerified, {"verified": True}),
        (Tier(500), anna(points_earned=480), errors.BelowTier, {"points": 500, "missing": 20}),
    ],
)
def test_a_refusal_says_whom_it_is_for(
    group: Group, who: Applicant, refusal: type[errors.NotInGroup], data: dict[str, object]
) -> None:
    with pytest.raises(refusal) as caught:
        require_groups((Households(), group) if isinstance(group, Tier) and who.in_household else (group,), who, NOW)
    assert data.items() <= caught.value.data.items()
    assert caught.value.data["group"] == group_data(group)["kind"]
    assert caught.value.code == "not_in_group"
    for language in ("zh-Hans", "en"):
        assert "{" not in caught.value.detail(language)


def test_every_group_must_hold() -> None:
    with pytest.raises(errors.BelowTier):
        require_groups((Households(), Tier(1)), anna(in_household=True), NOW)


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.sampled_from(list(Span)))
def test_a_span_holds_its_day_and_the_next_begins_where_it_ends(day: date, span: Span) -> None:
    start, end = span_start(span, day), span_end(span, day)
    assert start <= day
    if end is None:
        assert span is Span.CAMPAIGN
        return
    assert day < end
    assert span_start(span, end) == end
    assert {span_start(span, start + timedelta(days=n)) for n in range((end - start).days)} == {start}


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    friday = date(2026, 6, 5)
    assert span_start(Span.WEEK, friday).isoweekday() == 1
    assert (span_start(Span.MONTH, friday), span_end(Span.MONTH, friday)) == (date(2026, 6, 1), date(2026, 7, 1))
    assert span_end(Span.MONTH, date(2026, 12, 31)) == date(2027, 1, 1)
    assert spans_of(Limits(per_day=1, in_all=5)) == [(Span.CAMPAIGN, 5), (Span.DAY, 1)]
    assert spans_of(Limits()) == []


@pytest.mark.parametrize(
    ("status", "now", "seen"),
    [
        ("scheduled", NOW - timedelta(seconds=1), "scheduled"),
        ("scheduled", NOW, "running"),
        ("scheduled", NOW + timedelta(days=1), "ended"),
        ("running", NOW + timedelta(days=1), "ended"),
        ("paused", NOW, "paused"),
        ("paused", NOW + timedelta(days=1), "ended"),
        ("sold_out", NOW + timedelta(days=1), "ended"),
        ("stopped", NOW + timedelta(days=1), "stopped"),
        ("draft", NOW + timedelta(days=1), "draft"),
    ],
)
def test_time_has_its_way_before_the_books(status: str, now: datetime, seen: str) -> None:
    assert state_at(status=status, starts_at=NOW, ends_at=NOW + timedelta(days=1), now=now) == seen


def test_what_is_over_stays_over_and_only_a_review_approves() -> None:
    leaves = {old for old, _ in EDGES}
    assert set(CampaignStatus) - leaves == {CampaignStatus.ENDED, CampaignStatus.STOPPED}
    assert [old for old, new in EDGES if new is CampaignStatus.SCHEDULED] == [CampaignStatus.IN_REVIEW]


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 100_000)), max_size=5),
    st.integers(0, 10**8),
    st.none() | st.integers(1, 10**6),
)
def test_a_plan_s_cost_is_split_to_the_fen(offers: list[tuple[int, int]], budget: int, per_day: int | None) -> None:
    shares = {Funder.GOVERNMENT: 3334, Funder.MALL: 3333, Funder.SHOP: 3333}
    cost = cost_of(offers=offers, budget_fen=budget, day_budget_fen=per_day, shares=shares)
    worth = sum(stock * face for stock, face in offers)
    assert (cost.worth_fen, cost.left_fen, sum(cost.shares_fen.values())) == (worth, budget - worth, worth)
    if per_day is None:
        assert cost.days_at_day_budget is None
    else:
        assert cost.days_at_day_budget is not None
        assert (cost.days_at_day_budget - 1) * per_day < max(worth, 1) <= max(cost.days_at_day_budget * per_day, 1)


@pytest.mark.parametrize("bp", [9_999, 10_001, 0])
def test_shares_add_up(bp: int) -> None:
    with pytest.raises(errors.SharesDoNotAddUp):
        require_shares({Funder.MALL: bp})


def test_a_last_day_cuts_the_days_short() -> None:
    assert expiry_of(claimed_at=NOW, valid_days=10) == NOW + timedelta(days=10)
    assert expiry_of(claimed_at=NOW, valid_days=10, last_day=date(2026, 6, 7)) == midnight(date(2026, 6, 8), NOW)
    assert expiry_of(claimed_at=NOW, valid_days=1, last_day=date(2026, 6, 7)) == NOW + timedelta(days=1)
    require_last_day(last_day=date(2026, 6, 5), ends_at=NOW)
    with pytest.raises(errors.LastDayTooEarly):
        require_last_day(last_day=date(2026, 6, 4), ends_at=midnight(date(2026, 6, 5), NOW))
