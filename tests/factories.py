"""Rows for tests, made by the services that make them in life."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.carbon import services as carbon
from backend.carbon.models import Method
from backend.carbon.types import NewMethod
from backend.core.ids import new_id
from backend.earning.models import AwardRule, Station
from backend.earning.services import PROGRAMME
from backend.earning.standard import RULES
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


def rule(
    activity: Activity = Activity.CHECKIN_SCREEN,
    *,
    points: int = 10,
    per_day: int = 5,
    per_station_and_day: int = 2,
    min_interval_seconds: int = 600,
    version: int = 1,
    valid_from: datetime = NOON - timedelta(days=30),
    valid_to: datetime | None = None,
    **terms: object,
) -> AwardRule:
    """So many points a time within daily caps, unless `terms` say otherwise, and a budget to pay for them."""
    with transaction.atomic():
        budget()
    data: dict[str, object] = {
        "rates": {"": [points, 1]},
        "grades": RULES[activity]["grades"],
        "caps": [cap("person", "day", "times", per_day), cap("person_at_station", "day", "times", per_station_and_day)],
        "min_interval_seconds": min_interval_seconds,
    }
    return AwardRule.objects.create(
        activity=activity,
        version=version,
        terms_data=data | terms,
        valid_from=valid_from,
        valid_to=valid_to,
        drafted_by="one",
        published_by="another",
        published_at=valid_from,
    )


def cap(scope: str, period: str, counts: str, limit: int) -> dict[str, object]:
    """A cap as a rule's data has it."""
    return {"scope": scope, "period": period, "counts": counts, "limit": limit}


def method(each: NewMethod, valid_from: datetime = NOON - timedelta(days=400)) -> Method:
    """A counting method in force, published by a second person."""
    with transaction.atomic():
        return carbon.publish(by="another", drafted_by="one", method=each, valid_from=valid_from, now=valid_from)
