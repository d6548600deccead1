"""Trips that a resident only tells of: half credit and strict caps, as the rule says."""

from datetime import datetime

from backend.accounts.models import User
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning import services as awards
from backend.earning.types import Act, Activity, Evidence, Grade
from backend.travel.models import Trip
from backend.travel.rules import trails as rules
from backend.travel.rules.rides import hour_of
from backend.travel.types import Mode, Outcome, TripStatus

NAMES = {
    Mode.BUS: ("公交", "bus"),
    Mode.METRO: ("轨道", "metro"),
    Mode.BIKE: ("骑行", "bike"),
    Mode.EBIKE: ("电单车", "e-bike"),
    Mode.WALK: ("步行", "walk"),
}


def declare_trip(*, by: User, mode: Mode, distance_m: int, duration_seconds: int, now: datetime) -> Outcome:
    """Awards a trip that has just ended. Raises TripImplausible and the award's refusals (CapReached, TooSoon …)."""
    require_transaction()
    rules.require_plausible(mode, distance_m, duration_seconds)
    trip = Trip.objects.create(
        resident_id=by.pk,
        status=TripStatus.FINISHED,
        mode=mode,
        started_at=hour_of(now),
        ended_at=hour_of(now),
        distance_m=distance_m,
    )
    zh, en = NAMES[mode]
    act = Act(
        Activity.SELF_TRIP,
        distance_m,
        Grade.SELF_DECLARED,
        clock.local(now),
        variant=mode,
        label_zh=f"自报{zh}出行 {distance_m} 米",
        label_en=f"Self-declared {en} trip, {distance_m} m",
    )
    evidence = Evidence(key=f"trip:{trip.pk}", detail={"mode": mode, "distance_m": distance_m})
    made = awards.award(resident_id=by.pk, act=act, evidence=evidence, now=now)
    Trip.objects.filter(pk=trip.pk).update(award_id=made.id)
    return Outcome.of(trip.pk, made, distance_m)
