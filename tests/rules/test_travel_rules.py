"""Pure decisions of travel: tallies, trails, declared trips, and WeChat Run's encrypted data."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import ZONE
from backend.earning.rules import decide, terms_of
from backend.earning.standard import RULES
from backend.earning.types import Act, Activity, CapUsed, Grade
from backend.travel import errors
from backend.travel.rules import rides, tallies, trails, wechat_run
from backend.travel.types import Finding, Mode, NewHead, NewRoute, Stretch

NOON = datetime(2026, 6, 5, 12, 0, tzinfo=ZONE)
TALLIED = [
    (Activity.METRO_RIDE, Grade.OPERATOR_FEED),
    (Activity.BIKE_RIDE, Grade.OPERATOR_FEED),
    (Activity.BUS_TRIP, Grade.OPERATOR_FEED),
    (Activity.STEPS, Grade.DEVICE),
    (Activity.STEPS, Grade.SELF_DECLARED),
]
TERMS = [(terms_of(activity, 1, RULES[activity]), grade) for activity, grade in TALLIED]

# -- tallies ----------------------------------------------------------------------------------------------------------


def _points(terms: Any, grade: Grade, amount: int) -> int:
    return decide(terms, Act(terms.activity, amount, grade, NOON), []).points if amount else 0


@given(terms=st.sampled_from(TERMS), parts=st.lists(st.integers(1, 30_000), max_size=8))
def test_parts_earn_what_their_sum_earns_and_never_more_than_the_cap(terms: Any, parts: list[int]) -> None:
    rule, grade = terms
    step, limit = tallies.step_of(rule, grade), tallies.daily_limit(rule, grade)
    total = credited = points = 0
    for part in parts:
        total += part
        upto = tallies.creditable(total, credited=credited, step=step, limit=limit)
        points += _points(rule, grade, upto - credited)
        credited = upto
    assert credited == tallies.creditable(sum(parts), credited=0, step=step, limit=limit)
    assert points == _points(rule, grade, credited)
    caps = [cap.limit for cap in rule.caps if (cap.scope, cap.period, cap.counts) == ("person", "day", "points")]
    assert all(points <= cap for cap in caps)
    assert limit is not None
    assert credited <= limit


@given(terms=st.sampled_from(TERMS), less=st.integers(0, 40_000), more=st.integers(0, 40_000))
def test_points_are_monotone_in_distance(terms: Any, less: int, more: int) -> None:
    rule, grade = terms
    step, limit = tallies.step_of(rule, grade), tallies.daily_limit(rule, grade)
    one, other = (
        _points(rule, grade, tallies.creditable(total, credited=0, step=step, limit=limit))
        for total in sorted((less, less + more))
    )
    assert one <= other


def test_below_the_cap_a_kilometre_more_is_a_point_more() -> None:
    rule, grade = TERMS[0]
    upto = [tallies.creditable(km * 1000, credited=0, step=1000, limit=20_000) for km in range(22)]
    assert [_points(rule, grade, each) for each in upto] == [*range(21), 20]


def test_half_credit_counts_two_steps_of_the_rate_at_a_time() -> None:
    rule = terms_of("steps", 1, RULES[Activity.STEPS])
    assert [tallies.step_of(rule, grade) for grade in (Grade.DEVICE, Grade.SELF_DECLARED)] == [1000, 2000]


def test_the_tightest_cap_of_the_day_is_the_limit() -> None:
    cap = {"scope": "person", "period": "day"}
    data: dict[str, Any] = {"rates": {"": [2, 1000]}, "grades": {"device": {}, "self_declared": {"factor_bp": 5000}}}
    caps = [cap | {"counts": "points", "limit": 10}, cap | {"counts": "units", "limit": 8000}]
    rule = terms_of("steps", 1, data | {"caps": caps})
    assert [tallies.daily_limit(rule, grade) for grade in (Grade.DEVICE, Grade.SELF_DECLARED)] == [5000, 8000]
    assert tallies.daily_limit(terms_of("steps", 1, data), Grade.DEVICE) is None
    assert CapUsed(rule.caps[0], "", 0, NOON).left == 10


# -- trails -----------------------------------------------------------------------------------------------------------

WALK = Stretch(Mode.WALK, 2000, 1200, 10_800)


@pytest.mark.parametrize(
    ("seconds", "finding"),
    [
        (0, Finding.IMPOSSIBLE),
        (333, Finding.IMPOSSIBLE),
        (334, Finding.HASTY),
        (1199, Finding.HASTY),
        (1200, Finding.PLAUSIBLE),
        (10_799, Finding.PLAUSIBLE),
        (10_800, Finding.NEW_START),
    ],
)
def test_what_the_time_between_two_scans_means(seconds: int, finding: Finding) -> None:
    assert trails.find(trails.stretch(WALK, 0, 2000), seconds) is finding
    assert trails.find(trails.stretch(WALK, 2000, 0), seconds) is finding


def test_a_part_of_a_route_takes_its_share_of_the_time() -> None:
    assert trails.stretch(WALK, 500, 1000) == Stretch(Mode.WALK, 500, 300, 2700)


@given(seconds=st.integers(0, 20_000), places=st.tuples(st.integers(0, 2000), st.integers(0, 2000)))
def test_slower_is_never_less_plausible_until_it_is_a_new_start(seconds: int, places: tuple[int, int]) -> None:
    order = [Finding.IMPOSSIBLE, Finding.HASTY, Finding.PLAUSIBLE, Finding.NEW_START]
    part = trails.stretch(WALK, *places)
    assert order.index(trails.find(part, seconds)) <= order.index(trails.find(part, seconds + 1))


def test_the_same_head_again_starts_anew() -> None:
    assert trails.find(trails.stretch(WALK, 700, 700), 5) is Finding.NEW_START


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": Mode.METRO},
        {"heads": (NewHead("a", 0, 0, 0),)},
        {"heads": (NewHead("a", 0, 0, 0), NewHead("b", 0, 0, 0))},
        {"heads": (NewHead("a", 0, 0, 0), NewHead("b", 2001, 0, 0))},
        {"min_seconds": 10_800},
        {"min_seconds": 300},
    ],
)
def test_a_route_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    ends = (NewHead("a", 0, 0, 0), NewHead("b", 2000, 0, 0))
    plain = {"mode": Mode.WALK, "length_m": 2000, "min_seconds": 1200, "max_seconds": 10_800, "heads": ends}
    trails.require_possible(NewRoute("r", "r", **plain))  # type: ignore[arg-type]
    with pytest.raises(errors.RouteImpossible):
        trails.require_possible(NewRoute("r", "r", **(plain | changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "distance_m", "seconds", "plausible"),
    [
        (Mode.WALK, 2000, 1500, True),
        (Mode.WALK, 9000, 3600, True),
        (Mode.WALK, 9001, 3600, False),
        (Mode.BIKE, 3999, 3600, False),
        (Mode.METRO, 20_000, 2400, True),
        (Mode.BUS, 30_000, 600, False),
    ],
)
def test_a_declared_trip_must_fit_its_mode(mode: Mode, distance_m: int, seconds: int, plausible: bool) -> None:
    try:
        trails.require_plausible(mode, distance_m, seconds)
    except errors.TripImplausible:
        assert not plausible
    else:
        assert plausible


# -- events -----------------------------------------------------------------------------------------------------------


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=70), st.lists, max_leaves=5))
def test_anything_is_an_event_or_a_refusal_that_names_the_field(value: object) -> None:
    names = ["reference", "mode", "rider", "at", "distance_m", "exclusive_elsewhere"]
    plain = {"reference": "r", "mode": "bus", "rider": "50001234", "at": "2026-06-05T12:00:00+08:00"}
    assert {_field_refused(plain | {name: value}) for name in names} <= {None, *names}


def _field_refused(event: dict[str, Any]) -> str | None:
    try:
        rides.read(event)
    except errors.EventInvalid as refusal:
        return str(refusal.data["field"])
    return None


def test_a_card_is_the_same_in_every_spelling() -> None:
    assert {rides.account(text) for text in ("5000-1234 abcd", "50001234ABCD", " 5000 1234 AbCd ")} == {"50001234ABCD"}


# -- WeChat Run -------------------------------------------------------------------------------------------------------

KEY, IV, APPID = base64.b64encode(bytes(range(16))).decode(), base64.b64encode(bytes(16)).decode(), "wx1"


def encrypted(data: object, key: str = KEY) -> str:
    """As WeChat does it: AES-128-CBC, PKCS#7."""
    padder = PKCS7(128).padder()
    padded = padder.update(json.dumps(data).encode()) + padder.finalize()
    box = Cipher(algorithms.AES128(base64.b64decode(key)), modes.CBC(base64.b64decode(IV))).encryptor()
    return base64.b64encode(box.update(padded) + box.finalize()).decode()


def run_data(at: datetime = NOON, appid: str = APPID, **more: object) -> dict[str, object]:
    return {"stepInfoList": [], "watermark": {"timestamp": int(at.timestamp()), "appid": appid}} | more


def opened(text: str, key: str = KEY, appid: str = APPID, now: datetime = NOON) -> dict[str, Any]:
    return wechat_run.decrypt(encrypted=text, iv=IV, session_key=key, appid=appid, now=now)


def test_the_sample_that_wechat_publishes_is_read() -> None:
    """Key, iv and data of the demo that comes with WeChat's documentation of signed and encrypted data."""
    sample = (
        "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4l"
        "GOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInN"
        "lxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/"
        "r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7Xjf"
        "hQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew=="
    )
    data = wechat_run.decrypt(
        encrypted=sample,
        iv="r7BXXKkLb8qrSNn05n0qiA==",
        session_key="tiihtNczf5v6AKRyjwEUhQ==",
        appid="wx4f4bc4dec97d474b",
        now=datetime.fromtimestamp(1477314187, UTC) + timedelta(minutes=9),
    )
    assert (data["nickName"], data["city"]) == ("Band", "Guangzhou")


def test_steps_are_of_the_districts_days() -> None:
    midnight = datetime(2026, 6, 5, tzinfo=ZONE)
    rows = [{"timestamp": int(midnight.timestamp()) + offset, "step": step} for offset, step in ((-1, 7), (0, 8))]
    found = wechat_run.steps_of(opened(encrypted(run_data(stepInfoList=rows))), zone=ZONE)
    assert [(each.day.day, each.count) for each in found] == [(4, 7), (5, 8)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (encrypted(run_data(appid="another mini-program")), "wechat_data_invalid"),
        (encrypted(run_data(), key=base64.b64encode(bytes(16)).decode()), "wechat_data_invalid"),
        (encrypted(run_data(at=NOON - timedelta(minutes=10))), "wechat_data_stale"),
        (encrypted(run_data(at=NOON + timedelta(minutes=10))), "wechat_data_stale"),
        (encrypted({"stepInfoList": []}), "wechat_data_invalid"),
        (encrypted([1]), "wechat_data_invalid"),
        ("no base64", "wechat_data_invalid"),
        ("", "wechat_data_invalid"),
        (base64.b64encode(bytes(15)).decode(), "wechat_data_invalid"),
    ],
)
def test_what_is_forged_stale_or_of_another_program_is_refused(text: str, code: str) -> None:
    with pytest.raises((errors.WeChatDataInvalid, errors.WeChatDataStale)) as refusal:
        opened(text)
    assert refusal.value.code == code


@pytest.mark.parametrize("rows", [None, [{}], [{"timestamp": 1, "step": -1}], [{"timestamp": 1, "step": 10**9}]])
def test_steps_that_cannot_be_are_refused(rows: object) -> None:
    with pytest.raises(errors.WeChatDataInvalid):
        wechat_run.steps_of(opened(encrypted(run_data(stepInfoList=rows))), zone=ZONE)
