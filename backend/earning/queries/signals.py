"""The facts that fraud signals look at: one account's last hours, and a month by subject, summed up by the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Ln, TruncDate

from backend.accounts import queries as accounts
from backend.core import clock
from backend.earning.models import Award, Signal, Station, watching
from backend.earning.types import (
    Activity,
    Grade,
    Position,
    Receipts,
    Regulars,
    Standing,
    Typical,
    Visit,
)

AROUND = timedelta(hours=2)  # of an act, in which a person's other acts tell something about it
MOST_VISITS = 60
WEIGHED = (Activity.WEIGHING.value, Activity.BIN_DROP.value, Activity.PICKUP.value)

Period = tuple[datetime, datetime]


def signals(state: str = "", kind: str = "") -> "QuerySet[Signal]":
    """What was found, for operators; order and page it by `-id`."""
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
    return Signal.objects.filter(**wanted)


def standing_of(resident_id: UUID, others: list[UUID], at: datetime) -> Standing:
    """Who an account counts as, with its device and whether it, or one of `others`, is watched. One query."""
    about = Q(subject_id=OuterRef("pk")) | Q(subject_id=OuterRef("cluster__person_id")) | Q(subject_id__in=others)
    rows = accounts.with_crowd(resident_id).annotate(watched=Exists(Signal.objects.filter(about, watching(at))))
    found = rows.values_list("cluster__person_id", "leads", "crowd", "watched").first()
    person, leads, crowd, watched = found or (None, False, None, False)
    return Standing(person or resident_id, bool(person or leads), crowd or 1, watched)


def visits_about(person_id: UUID, at: datetime) -> list[Visit]:
    """A person's acts within two hours of `at`, the latest first; those that others report of them left out."""
    near = Award.objects.filter(person_id=person_id, happened_at__gte=at - AROUND, happened_at__lte=at + AROUND)
    rows = near.exclude(grade=Grade.OPERATOR_FEED).order_by("-happened_at")
    return [_visit(*row) for row in _visits(rows)[:MOST_VISITS]]


# -- a month by subject -----------------------------------------------------------------------------------------------


def busiest_days(period: Period, least: int) -> Iterator[tuple[UUID, int]]:
    """(person, acts) of the busiest day of everybody who had one with at least so many acts."""
    own = _within(period).exclude(grade=Grade.OPERATOR_FEED)
    days = own.annotate(day=TruncDate("happened_at", tzinfo=clock.ZONE)).values("person_id", "day")
    rows = days.annotate(times=Count("happened_at", distinct=True)).filter(times__gte=least)
    for person, group in groupby(rows.order_by("person_id").iterator(), key=lambda row: row["person_id"]):
        yield person, max(row["times"] for row in group)


def journeys(period: Period) -> Iterator[tuple[UUID, list[Visit]]]:
    """(person, scans at stations in order of time) of each account."""
    rows = _within(period).exclude(station=None).order_by("resident_id", "happened_at")
    scans = _visits(rows, "person_id").iterator(chunk_size=2000)
    for _, group in groupby(scans, key=lambda row: row[1]):
        seen = list(group)
        yield seen[0][-1], [_visit(*row[:-1]) for row in seen]


def typical_weights(period: Period, subject: str) -> Iterator[Typical]:
    """By `witness_id` or `station_id` and material; those without such a subject left out."""
    rows = _within(period).filter(activity__in=WEIGHED).exclude(**{subject: None})
    sums = rows.values(subject, "variant").annotate(lines=Count("pk"), mean=Avg(Ln("amount")))
    for row in sums.order_by(subject).iterator():
        yield Typical(row[subject], row["variant"], row["lines"], float(row["mean"]))


def regulars(period: Period) -> Iterator[tuple[UUID, Regulars]]:
    """How each witness's confirmations are spread over people."""
    rows = _within(period).exclude(witness_id=None).values("witness_id", "person_id")
    pairs = rows.annotate(times=Count("happened_at", distinct=True)).order_by("witness_id", "-times")
    for witness, group in groupby(pairs.iterator(), key=lambda row: row["witness_id"]):
        times = [row["times"] for row in group]
        yield witness, Regulars(sum(times), len(times), sum(times[:3]))


def receipts_near(period: Period, threshold_fen: int) -> Iterator[tuple[UUID, Receipts]]:
    """Each witness's receipts about an amount worth reaching."""
    low, high = threshold_fen * 3 // 4, threshold_fen * 5 // 4
    above = Q(amount__gte=threshold_fen, amount__lt=threshold_fen * 105 // 100)
    rows = _within(period).filter(activity=Activity.GREEN_PURCHASE, amount__gte=low, amount__lt=high)
    sums = rows.values("witness_id").annotate(n=Count("pk"), k=Count("pk", filter=above))
    for witness, around, just_above in sums.values_list("witness_id", "n", "k").iterator():
        if witness is not None:
            yield witness, Receipts(threshold_fen, around, just_above)


def _within(period: Period) -> "QuerySet[Award]":
    """What was done in a period. What stands in for a rejected award was not done again."""
    return Award.objects.filter(happened_at__gte=period[0], happened_at__lt=period[1], restores=None)


def _visits(rows: "QuerySet[Award]", *more: str) -> Any:
    return rows.values_list("happened_at", "resident_id", "station_id", F("station__lat"), F("station__lng"), *more)


def _visit(at: datetime, resident: UUID, station: UUID | None, lat: float | None, lng: float | None) -> Visit:
    place = None if lat is None or lng is None else Position(lat, lng)
    return Visit(at, resident, station, place)


def visit_of(at: datetime, resident_id: UUID, station: Station | None) -> Visit:
    """An act that is being judged, as the signals see it."""
    return Visit(at, resident_id, station.pk if station else None, station.place if station else None)
