"""Counting recorded rides for the people who linked their accounts, and forgetting those nobody claims."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning.services import note_payers
from backend.earning.types import ACTIVITIES, Activity, Grade
from backend.travel.models import Ride, Rider
from backend.travel.services import crediting
from backend.travel.types import RideStatus

KEPT_UNLINKED = timedelta(days=7)  # a ride waits this long for its rider to link the account
_MOST_RIDES, _MOST_FORGOTTEN = 200, 1000


def settle_due(*, now: datetime) -> int:
    """Counts one rider's due rides of one day and activity, in one short transaction; 0 when no linked rider has any.

    So little at a time, because the award's last row is the budget's: whatever else were locked after it could wait
    in a circle with somebody who has that and wants the budget. Lowering `has_due` under its guard makes the rider
    ours; a batch that arrives meanwhile waits for the row and raises it again.
    """
    require_transaction()
    waiting = Rider.objects.filter(has_due=True, resident_id__isnull=False)
    for digest in waiting.order_by("seen_at").values_list("pk", flat=True)[:20]:
        if waiting.filter(pk=digest).update(has_due=False):
            return max(1, _settle(Rider.objects.get(pk=digest), now))
    return 0


def _settle(rider: Rider, now: datetime) -> int:
    assert rider.resident_id is not None
    rides = _due(rider)
    together = [ride for ride in rides if _bucket(ride) == _bucket(rides[0])]
    if len(together) < len(rides) or len(rides) == _MOST_RIDES:
        Rider.objects.filter(pk=rider.pk).update(has_due=True)
    if together:
        _count(rider.resident_id, Activity(together[0].activity), together, now)
    return len(together)


def _due(rider: Rider) -> list[Ride]:
    return list(Ride.objects.filter(rider=rider, status=RideStatus.DUE).order_by("at", "reference")[:_MOST_RIDES])


def _bucket(ride: Ride) -> tuple[str, datetime]:
    return ride.activity, clock.day_bounds(ride.at)[0]


def _count(resident_id: UUID, activity: Activity, rides: Sequence[Ride], now: datetime) -> None:
    note_payers(resident_id=resident_id, digests={ride.payer for ride in rides}, now=now)
    day = clock.local(rides[0].at).date()
    tally = crediting.tally_of(resident_id, day, activity)
    mine = Ride.objects.filter(pk__in=[ride.pk for ride in rides], status=RideStatus.DUE)
    mine.update(status=RideStatus.SETTLED, rider=None, payer="", tally=tally)
    crediting.add(tally, sum(ride.amount for ride in rides))
    info = ACTIVITIES[activity]
    crediting.credit(
        tally=tally,
        grade=Grade.OPERATOR_FEED,
        label=(f"{day:%m月%d日}{info.zh}（运营方数据）", f"{info.en}, {day:%m-%d} (operator's data)"),
        digest=_digest(rides),
        at=rides[-1].at,
        now=now,
    )


def _digest(rides: Sequence[Ride]) -> str:
    return hashlib.sha256("\n".join(sorted(ride.content_digest for ride in rides)).encode()).hexdigest()


def forget_due(*, now: datetime) -> int:
    """Cuts rides off from accounts that nobody linked in time, and drops those accounts' digests; how many of both."""
    require_transaction()
    old = Ride.objects.filter(status=RideStatus.DUE, received_at__lte=now - KEPT_UNLINKED, rider__resident_id=None)
    rides = list(old.values_list("pk", flat=True)[:_MOST_FORGOTTEN])
    done = Ride.objects.filter(pk__in=rides, status=RideStatus.DUE).update(
        status=RideStatus.FORGOTTEN, rider=None, payer=""
    )
    rideless = ~Exists(Ride.objects.filter(rider=OuterRef("pk")))
    nobody = Rider.objects.filter(rideless, resident_id=None, seen_at__lte=now - KEPT_UNLINKED)
    some = list(nobody.values_list("pk", flat=True)[:_MOST_FORGOTTEN])
    # The condition stands in the DELETE too: somebody may have linked the account, or ridden, since we looked.
    return done + nobody.filter(pk__in=some).delete()[0]
