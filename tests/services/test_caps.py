"""Caps of check-ins against a model that counts on its fingers, across midnights and the end of a month."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.core.clock import ZONE
from backend.core.errors import Refusal
from backend.core.ids import new_id
from backend.earning import errors, services
from backend.earning.models import AwardRule, Station
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests import factories

pytestmark = pytest.mark.django_db
MONTH_END = datetime(2026, 6, 30, 20, 0, tzinfo=ZONE)
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


def test_the_end_of_a_month_is_a_midnight_like_any_other() -> None:
    """20:00, 21:00 and, on the first of July, 00:00."""
    factories.rule(per_day=1, per_station_and_day=1, min_interval_seconds=0)
    person, station = factories.person(), factories.station()
    assert visit(person, station, MONTH_END) is None
    assert visit(person, station, MONTH_END + timedelta(hours=1)) is errors.CapReached
    assert visit(person, station, MONTH_END + timedelta(hours=4)) is None
