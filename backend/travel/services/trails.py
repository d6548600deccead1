"""Walks and rides from one trail head to another."""

from datetime import datetime

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning import services as awards
from backend.earning.errors import PositionRequired
from backend.earning.rules import distance_m
from backend.earning.types import Act, Activity, Evidence, Grade, Position
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from backend.travel import errors
from backend.travel.models import TrailHead, Trip
from backend.travel.rules import trails as rules
from backend.travel.rules.rides import hour_of
from backend.travel.types import Finding, Mode, Outcome, Stretch, TripStatus

_ACTIVITY = {Mode.WALK: Activity.TRAIL_WALK, Mode.BIKE: Activity.TRAIL_RIDE}


def scan(*, by: User, code: str, position: Position | None, now: datetime) -> Outcome:
    """A head's code was scanned: it starts a trip, or finishes the one that is open on the same route.

    The position says whether the phone is at the head, and is dropped. Raises the code's refusals, PositionRequired,
    RouteClosed, TripTooFast (which ends the trip), and the award's refusals, after which the trip is still open.
    """
    require_transaction()
    token = tokens.verify(code=code, purpose=Purpose.TRAIL_HEAD, now=now)
    head = TrailHead.objects.select_related("route").filter(pk=token.subject).first()
    if head is None:
        raise NotFound
    if not head.route.open:
        raise errors.RouteClosed(route=head.route.name)
    if position is None:
        raise PositionRequired
    in_place = distance_m(head.place, position) <= head.radius_m
    trip = Trip.objects.select_related("start").filter(resident_id=by.pk, status=TripStatus.OPEN).first()
    part = _stretch(trip, head)
    if trip is None or part is None:
        return _start(by, trip, head, in_place, now)
    return _arrive(by, trip, head, part, in_place, now)


def _stretch(trip: Trip | None, head: TrailHead) -> Stretch | None:
    """The way from the open trip's first head to this one; None where there is none."""
    if trip is None or trip.start is None or trip.start.route_id != head.route_id:
        return None
    return rules.stretch(head.route.whole, trip.start.at_m, head.at_m)


def _start(by: User, before: Trip | None, head: TrailHead, in_place: bool, now: datetime) -> Outcome:
    if before is not None:
        _end(before, TripStatus.RESTARTED, now)
    begun = {"status": TripStatus.OPEN, "mode": head.route.mode, "start": head, "in_place": in_place}
    try:
        with transaction.atomic():
            trip = Trip.objects.create(resident_id=by.pk, started_at=now, **begun)
    except IntegrityError:  # another scan of the same person opened one meanwhile: that one stands
        trip = Trip.objects.get(resident_id=by.pk, status=TripStatus.OPEN)
    return Outcome(trip.pk, "started")


def _arrive(by: User, trip: Trip, head: TrailHead, part: Stretch, in_place: bool, now: datetime) -> Outcome:
    seconds = int((now - trip.started_at).total_seconds())
    finding = rules.find(part, seconds)
    if finding is Finding.NEW_START:
        return _start(by, trip, head, in_place, now)
    if finding is Finding.IMPOSSIBLE:
        _end(trip, TripStatus.REFUSED, now)
        raise errors.TripTooFast(distance_m=part.distance_m, seconds=seconds)
    return _finish(by, trip, head, part, _doubts(finding, trip.in_place and in_place), now)


def _doubts(finding: Finding, in_place: bool) -> tuple[str, ...]:
    reasons = {"faster_than_usual": finding is Finding.HASTY, "not_at_the_trail_head": not in_place}
    return tuple(reason for reason, holds in reasons.items() if holds)


def _finish(by: User, trip: Trip, head: TrailHead, part: Stretch, doubts: tuple[str, ...], now: datetime) -> Outcome:
    """Ends the trip and awards it; the row's guard lets one of two scans at once do so."""
    _end(trip, TripStatus.FINISHED, now, distance_m=part.distance_m)
    act = Act(
        _ACTIVITY[part.mode],
        part.distance_m,
        Grade.PRINTED_CODE_ELSEWHERE if "not_at_the_trail_head" in doubts else Grade.PRINTED_CODE_IN_PLACE,
        clock.local(now),
        label_zh=f"「{head.route.name}」{part.distance_m} 米",
        label_en=f"{head.route.name_en}, {part.distance_m} m",
        doubts=doubts,
    )
    evidence = Evidence(key=f"trip:{trip.pk}", detail={"route": str(head.route_id), "distance_m": part.distance_m})
    made = awards.award(resident_id=by.pk, act=act, evidence=evidence, now=now)
    Trip.objects.filter(pk=trip.pk).update(award_id=made.id)
    return Outcome.of(trip.pk, made, part.distance_m)


def _end(trip: Trip, status: TripStatus, now: datetime, **facts: int) -> None:
    """Takes the trip out of the open state, once; of its times the hour stays. Raises TripEnded for who came second."""
    hours = {"started_at": hour_of(trip.started_at), "ended_at": hour_of(now)}
    if not Trip.objects.filter(pk=trip.pk, status=TripStatus.OPEN).update(status=status, **hours, **facts):
        raise errors.TripEnded
