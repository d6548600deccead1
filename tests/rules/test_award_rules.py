"""What an act is worth: properties that hold for every rule, and the words that explain it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import ZONE
from backend.core.errors import Refusal
from backend.earning import errors, rules
from backend.earning.standard import RULES
from backend.earning.types import (
    ACTIVITIES,
    Act,
    Activity,
    AwardStatus,
    CapCounts,
    CapPeriod,
    CapScope,
    Grade,
    PastAct,
    RuleTerms,
)
from tests.factories import cap

START = datetime(2026, 6, 28, 20, 0, tzinfo=ZONE)  # a Sunday evening, two days before a month ends
WHO = {CapScope.PERSON: "p", CapScope.PERSON_AT_STATION: "p@s", CapScope.STATION: "s", CapScope.PROGRAMME: "all"}
caps = st.lists(
    st.builds(
        cap,
        st.sampled_from([scope.value for scope in CapScope if scope is not CapScope.HOUSEHOLD]),
        st.sampled_from([period.value for period in CapPeriod]),
        st.sampled_from([counts.value for counts in CapCounts]),
        st.integers(1, 60),
    ),
    max_size=4,
    unique_by=lambda each: (each["scope"], each["period"], each["counts"]),
)


def terms(**data: Any) -> RuleTerms:
    plain = {"rates": {"": [3, 1000]}, "grades": {"attended": {}, "self_declared": {"factor_bp": 5000}}, "caps": []}
    return rules.terms_of("weighing", 7, plain | data)


def act(amount: int = 4000, grade: Grade = Grade.ATTENDED, at: datetime = START, **more: Any) -> Act:
    return Act(Activity.WEIGHING, amount, grade, at, **more)


@given(
    caps,
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 90_000), st.sampled_from(["p", "q"])), max_size=40),
)
def test_no_cap_is_ever_passed_whatever_the_order(
    limits: list[dict[str, Any]], acts: list[tuple[int, int, str]]
) -> None:
    """A page-long model: every award adds to each of its counters, and no counter passes its limit."""
    rule, used, now = terms(caps=limits), Counter[str](), START
    for minutes, grams, person in acts:
        now += timedelta(minutes=minutes)
        who = WHO | {CapScope.PERSON: person, CapScope.PERSON_AT_STATION: f"{person}@s"}
        counters = [replace(each, used=used[each.key]) for each in rules.counters_of(rule, who, now)]
        try:
            decision = rules.decide(rule, act(grams, at=now), counters)
        except (errors.CapReached, errors.TooLittle):
            continue
        assert decision.points >= 1
        for each, amount in rules.uses(decision):
            used[each.key] += amount
            assert used[each.key] <= each.cap.limit


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.sampled_from([5000, 10_000]), st.integers(10_000, 50_000))
def test_more_is_never_worth_less(one: int, other: int, factor: int, boost: int) -> None:
    rate = terms().rates[""]
    small, large = sorted((one, other))
    assert rules.worth(small, rate, factor, boost) <= rules.worth(large, rate, factor, boost)
    assert rules.worth(small, rate, factor, boost) + rules.worth(large, rate, factor, boost) <= rules.worth(
        small + large, rate, factor, boost
    )


@given(caps, st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 60))
def test_more_weight_or_distance_never_earns_less_whatever_the_caps_have_left(
    limits: list[dict[str, Any]], one: int, other: int, used: int
) -> None:
    rule = terms(caps=limits)
    counters = [replace(each, used=min(used, each.cap.limit)) for each in rules.counters_of(rule, WHO, START)]

    def points(grams: int) -> int:
        try:
            return rules.decide(rule, act(grams), counters).points
        except (errors.CapReached, errors.TooLittle):
            return 0

    small, large = sorted((one, other))
    assert points(small) <= points(large)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=6))
def test_undoing_in_pieces_undoes_the_whole_and_never_more(points: int, amount: int, pieces: list[int]) -> None:
    back = 0
    for piece in pieces:
        before = rules.remainder(points, (back, amount))
        back = min(amount, back + piece)
        assert 0 <= rules.remainder(points, (back, amount)) <= before
    assert rules.remainder(points, (amount, amount)) == 0


@pytest.mark.parametrize(
    ("period", "starts", "ends"),
    [
        (CapPeriod.HOUR, (28, 20), (28, 21)),
        (CapPeriod.DAY, (28, 0), (29, 0)),
        (CapPeriod.WEEK, (22, 0), (29, 0)),
        (CapPeriod.MONTH, (1, 0), (31, 0)),
    ],
)
def test_periods_are_the_districts_calendar(period: CapPeriod, starts: Any, ends: Any) -> None:
    start, end = rules.period_of(period, START + timedelta(minutes=17))
    june = datetime(2026, 6, 1, tzinfo=ZONE)
    assert start == june + timedelta(days=starts[0] - 1, hours=starts[1])
    assert end == june + timedelta(days=ends[0] - 1, hours=ends[1])


def test_weaker_evidence_earns_less_and_says_what_would_earn_more() -> None:
    rule = terms()
    decision = rules.decide(rule, act(grade=Grade.SELF_DECLARED), [])
    assert (rules.decide(rule, act(), []).points, decision.points) == (12, 6)
    steps = [en for _, en in rules.steps(decision.working, ACTIVITIES[Activity.WEIGHING].unit)]
    assert steps == ["4000 g at 3 points per 1000 g", "evidence grade counts 50%", "6 points"]
    assert rules.more(rule, act(grade=Grade.SELF_DECLARED), decision.working) == [
        ("凭证为“现场称重”时按 100% 计", "attended weighing: 100%")
    ]


def test_a_cap_of_points_gives_what_is_left_and_says_when_it_starts_anew() -> None:
    rule = terms(caps=[cap("person", "day", "points", 10)])
    [counter] = rules.counters_of(rule, WHO, START)
    decision = rules.decide(rule, act(), [replace(counter, used=3)])
    assert (decision.points, decision.working.before_caps) == (7, 12)
    assert rules.more(rule, act(), decision.working) == [
        ("上限于 06月29日 00:00 重置", "the cap starts anew at 06-29 00:00")
    ]
    with pytest.raises(errors.CapReached, match="2026-06-29T00:00:00"):
        rules.decide(rule, act(), [replace(counter, used=10)])


def test_what_the_rule_does_not_name_earns_nothing() -> None:
    rule = terms(rates={"paper": [8, 1000]})
    with pytest.raises(errors.NotRewarded):
        rules.decide(rule, act(variant="stones"), [])
    with pytest.raises(errors.EvidenceNotAccepted):
        rules.decide(rule, act(grade=Grade.PHOTO, variant="paper"), [])
    with pytest.raises(errors.TooLittle) as little:
        rules.decide(rule, act(124, variant="paper"), [])
    assert rules.decide(rule, act(little.value.data["least"], variant="paper"), []).points == 1


def test_doubts_send_to_review_and_a_grade_may_make_wait() -> None:
    rule = terms(grades={"attended": {"pending_hours": 24}})
    assert rules.decide(rule, act(), []).status is AwardStatus.PENDING
    assert rules.decide(rule, act(doubts=("heavy",)), []).status is AwardStatus.PENDING_REVIEW


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": {}},
        {"rates": {"": [0, 1]}},
        {"rates": {"": [1.5, 1]}},
        {"rates": {"": [True, 1]}},
        {"grades": {}},
        {"grades": {"hearsay": {}}},
        {"grades": {"attended": {"factor_bp": 20_000}}},
        {"grades": {"attended": {"surprise": 1}}},
        {"caps": [cap("person", "day", "times", 1)] * 2},
        {"caps": [cap("person", "year", "times", 1)]},
        {"min_interval_seconds": -1},
        {"colour": "green"},
    ],
)
def test_a_rule_is_read_strictly(wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.BadRule):
        terms(**wrong)


@pytest.mark.parametrize("activity", list(Activity))
def test_every_activity_has_a_standard_rule_with_a_cap(activity: Activity) -> None:
    rule = rules.terms_of(activity, 1, RULES[activity])
    assert rule.caps
    best = max(rule.grades, key=lambda grade: rule.grades[grade].factor_bp)
    variant = next(iter(rule.rates))
    decision = rules.decide(rule, Act(activity, 2 * rule.rates[variant].per, best, START, variant), [])
    assert decision.points == 2 * rule.rates[variant].points * rule.grades[best].factor_bp // rules.FULL_BP


def test_a_preview_counts_as_the_rule_would_have() -> None:
    past = [PastAct(act(1000 * n, at=START + timedelta(hours=n)), WHO, 5) for n in range(1, 5)]
    seen = rules.foresee(terms(caps=[cap("person", "day", "times", 2)]), past)
    # 21:00, 22:00 and 23:00 on Sunday, 00:00 on Monday: the third of Sunday is refused
    assert (seen.acts, seen.people, seen.points_then, seen.points_now) == (4, 1, 20, 3 + 6 + 12)
    assert seen.refused == {"cap_reached": 1}


def test_every_refusal_speaks_both_languages() -> None:
    rule = terms(caps=[cap("person", "day", "times", 1)])
    [counter] = rules.counters_of(rule, WHO, START)
    with pytest.raises(Refusal) as no:
        rules.decide(rule, act(), [replace(counter, used=1)])
    assert no.value.detail() == "您今天的次数上限（1）已用完，2026-06-29T00:00:00+08:00 起恢复。"
    assert (
        no.value.detail("en") == "Your limit of 1 times a day is used up; it starts anew at 2026-06-29T00:00:00+08:00."
    )
