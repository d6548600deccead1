"""Caps of check-ins against a model that counts on its fingers, across midnights and the end of a month."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.core.clock import ZONE
from backend.core.errors import Refusal
from backend.core.ids import new_id
from backend.earning import errors, services
from backend.earning.models import AwardRule, CapUse, Station
from backend.earning.types import Act, Activity, Evidence, Grade
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests import factories

pytestmark = pytest.mark.django_db
MONTH_END = datetime(2026, 6, 30, 20, 0, tzinfo=ZONE)
MONTH_START = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
PER_DAY, PER_STATION, INTERVAL = 3, 2, timedelta(minutes=30)
# (minutes after the visit before, which station, which person): two days' worth, dense around midnight
VISITS = st.lists(st.tuples(st.integers(1, 120), st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30)


def visit(person: User, station: Station, now: datetime) -> type[Refusal] | None:
    """The refusal's kind, or None for an award."""
    code = tokens.issue(purpose=Purpose.STATION_SCREEN, subject=station.pk, now=now).payload
    try:
        with transaction.atomic():
            services.check_in(by=person, code=code, position=None, now=now)
    except Refusal as refusal:
        return type(refusal)
    return None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VISITS)
def test_any_order_of_visits_agrees_with_the_model(visits: list[tuple[int, int, int]]) -> None:
    if not AwardRule.objects.exists():
        factories.rule(per_day=PER_DAY, per_station_and_day=PER_STATION, min_interval_seconds=INTERVAL.seconds)
    people = [factories.person() for _ in range(2)]
    stations = [factories.station(name=str(new_id())) for _ in range(2)]
    used: Counter[object] = Counter()
    latest: dict[int, datetime] = {}
    now = MONTH_END
    for minutes, place, who in visits:
        now += timedelta(minutes=minutes)
        day = (who, now.astimezone(ZONE).date())
        expected: type[Refusal] | None = None
        if who in latest and now < latest[who] + INTERVAL:
            expected = errors.TooSoon
        elif used[day, place] >= PER_STATION or used[day] >= PER_DAY:
            expected = errors.CapReached
        else:
            latest[who] = now
            used.update([day, (day, place)])
        got = visit(people[who], stations[place], now)
        # Two visits within one code's window are refused by the code first; the caps then saw nothing of it.
        assert got is expected or (minutes <= 2 and got is not None), (minutes, place, who)


SHARED = {
    "rates": {"": [1, 1000]},
    "grades": {"attended": {}},
    "caps": [factories.cap("household", "month", "points", 40), factories.cap("programme", "day", "points", 55)],
    "min_interval_seconds": 0,
}
ACTS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 30_000), st.integers(0, 1)), min_size=1, max_size=20)


def weigh(person: User, grams: int, now: datetime) -> int:
    """The points, 0 for a refusal."""
    done = Act(Activity.WEIGHING, grams, Grade.ATTENDED, now)
    try:
        with transaction.atomic():
            return services.award(resident_id=person.pk, act=done, evidence=Evidence(str(new_id())), now=now).points
    except Refusal:
        return 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_a_household_and_the_programme_never_pass_their_caps(acts: list[tuple[int, int, int]]) -> None:
    """Anna and Ben share a household, Carla is a stranger: (who, grams, whether a day later) in any order."""
    AwardRule.objects.exists() or factories.rule(Activity.WEIGHING, **SHARED)
    CapUse.objects.filter(key__startswith="programme").update(used=0)
    people = [factories.person() for _ in range(3)]
    with transaction.atomic():
        accounts.invite(by=people[0], invitee=people[1].pk, now=MONTH_START)
        accounts.accept_invitation(by=people[1], now=MONTH_START)
    homes, days = Counter[bool](), Counter[int]()
    for who, grams, later in sorted(acts, key=lambda each: each[2]):
        expected = min(grams // 1000, 40 - homes[who < 2], 55 - days[later])
        points = weigh(people[who], grams, MONTH_START + later * timedelta(days=1))
        assert points == max(0, expected)
        homes[who < 2] += points
        days[later] += points


def test_the_end_of_a_month_is_a_midnight_like_any_other() -> None:
    """20:00, 21:00 and, on the first of July, 00:00."""
    factories.rule(per_day=1, per_station_and_day=1, min_interval_seconds=0)
    person, station = factories.person(), factories.station()
    assert visit(person, station, MONTH_END) is None
    assert visit(person, station, MONTH_END + timedelta(hours=1)) is errors.CapReached
    assert visit(person, station, MONTH_END + timedelta(hours=4)) is None
