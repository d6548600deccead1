"""Reads of partners, links, routes and trips, and what the books of travel must agree on."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, IntegerField, Prefetch, QuerySet, Sum, Value, When

from backend.core import clock
from backend.core.errors import NotFound
from backend.earning import queries as earning
from backend.earning.errors import NoRule
from backend.earning.types import Activity
from backend.travel.models import Partner, PartnerKey, Ride, Rider, Route, Tally, TrailHead, Trip
from backend.travel.rules import tallies as rules
from backend.travel.types import RideStatus, Today, TripStatus

TALLIED = (
    Activity.BUS_RIDE,
    Activity.BUS_TRIP,
    Activity.METRO_RIDE,
    Activity.METRO_TRIP,
    Activity.BIKE_RIDE,
    Activity.EBIKE_RIDE,
    Activity.STEPS,
)


def partner(code: str) -> Partner:
    """Raises NotFound."""
    found = Partner.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def partners() -> "QuerySet[Partner]":
    """Every partner with its live keys."""
    live = PartnerKey.objects.filter(revoked_at=None).order_by("issued_at")
    return Partner.objects.prefetch_related(Prefetch("keys", queryset=live, to_attr="live_keys"))


def signing_key(key_id: str) -> PartnerKey | None:
    """A partner's key that is good now, with its partner."""
    return PartnerKey.objects.select_related("partner").filter(pk=key_id, revoked_at=None).first()


def links_of(resident_id: UUID) -> list[Rider]:
    """The accounts that a resident linked: one of each kind at most."""
    return list(Rider.objects.filter(resident_id=resident_id).order_by("kind"))


def routes() -> "QuerySet[Route]":
    """The open routes with their heads in order."""
    heads = Prefetch("heads", queryset=TrailHead.objects.order_by("at_m"))
    return Route.objects.filter(open=True).prefetch_related(heads)


def trail_head(route_id: UUID, head_id: UUID) -> TrailHead:
    """Raises NotFound."""
    found = TrailHead.objects.select_related("route").filter(pk=head_id, route_id=route_id).first()
    if found is None:
        raise NotFound
    return found


def trips_of(resident_id: UUID) -> "QuerySet[Trip]":
    return Trip.objects.filter(resident_id=resident_id).select_related("start__route")


def tallies_of(resident_id: UUID) -> "QuerySet[Tally]":
    return Tally.objects.filter(resident_id=resident_id)


def open_trip(resident_id: UUID) -> Trip | None:
    return trips_of(resident_id).filter(status=TripStatus.OPEN).first()


def today(resident_id: UUID, now: datetime) -> list[Today]:
    """How far each activity with a rule is on the district's present day."""
    day = clock.local(now).date()
    done = {tally.activity: tally for tally in tallies_of(resident_id).filter(day=day)}
    return [each for activity in TALLIED for each in _today(activity, done.get(activity), now)]


def _today(activity: Activity, tally: Tally | None, now: datetime) -> Iterator[Today]:
    try:
        terms = earning.rule_in_force(activity, now).terms
    except NoRule:
        return
    rate = rules.general_rate(terms)
    total, credited = (tally.total, tally.credited) if tally else (0, 0)
    best = max(terms.grades, key=lambda grade: terms.grades[grade].factor_bp)
    yield Today(activity, total, credited, rate.points, rate.per, rules.daily_limit(terms, best))


def disagreements() -> Iterator[str]:
    """Tallies of rides whose total is not the sum of the rides that were settled into them."""
    amount = Case(When(distance_m=None, then=Value(1)), default=F("distance_m"), output_field=IntegerField())
    rides = Ride.objects.filter(status=RideStatus.SETTLED).values_list("tally").annotate(sum=Sum(amount))
    sums = dict(rides.iterator())
    for tally in Tally.objects.exclude(activity=Activity.STEPS).iterator():
        if sums.get(tally.pk, 0) != tally.total:
            yield f"tally {tally.pk}: total {tally.total}, its rides {sums.get(tally.pk, 0)}"
