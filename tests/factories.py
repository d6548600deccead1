"""Rows for tests, made by the services that make them in life."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.core.ids import new_id
from backend.earning.models import AwardRule, Station
from backend.earning.services import PROGRAMME
from backend.earning.types import Activity
from backend.ledger import services as ledger
from backend.ledger.models import Budget
from backend.ledger.types import Asset, Issued, LotTerms

NOON = datetime(2026, 6, 5, 4, 0, tzinfo=UTC)  # World Environment Day, 12:00 in Chongqing
_numbers = count(1)


def person(*, points: int = 0, now: datetime = NOON) -> User:
    """A resident, with points to spend if asked."""
    with transaction.atomic():
        user = accounts.person_of(phone=f"139{next(_numbers):08d}", now=now)
        if points:
            give_points(user, points, now)
    return user


def budget(programme: str = PROGRAMME, amount: int = 1_000_000_000) -> None:
    """An appropriation large enough not to matter, made once."""
    if not Budget.objects.filter(programme=programme).exists():
        ledger.open_budget(by="test", programme=programme, asset=Asset.POINT, amount=amount, now=NOON)


def give_points(user: User, points: int, now: datetime = NOON, expires_at: datetime | None = None) -> Issued:
    """One lot of points for `user`."""
    budget()
    return ledger.issue(
        programme=PROGRAMME,
        to=points_account(user.pk),
        amount=points,
        code="award.test",
        reference=f"test:{new_id()}",
        event_id=new_id(),
        now=now,
        lot=LotTerms(programme=PROGRAMME, earned_at=now, expires_at=expires_at),
    )


def station(*, name: str = "", now: datetime = NOON) -> Station:
    return Station.objects.create(
        name=name or f"回收点 {next(_numbers)}", address="较场口", lat=29.5535, lng=106.5768, updated_at=now
    )


def rule(activity: Activity = Activity.CHECKIN_SCREEN, **changes: object) -> AwardRule:
    """10 points a check-in, unless `changes` say otherwise, and a budget to pay for them."""
    with transaction.atomic():
        budget()
    terms: dict[str, object] = {
        "version": 1,
        "points": 10,
        "per_day": 5,
        "per_station_and_day": 2,
        "min_interval_seconds": 600,
        "valid_from": NOON - timedelta(days=30),
    }
    return AwardRule.objects.create(activity=activity, **(terms | changes))
