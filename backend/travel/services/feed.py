"""Recording a partner's events. Nothing is awarded here: `settling` does that, one rider at a time.

Recording many people's rides and awarding them in one transaction would hold the budget's row through the whole
batch and lock people's rows after it: a deadlock with every check-in that takes them the other way round.
"""

from collections.abc import Sequence
from datetime import datetime

from backend.accounts import crypto
from backend.accounts.services import payer_digest
from backend.core.errors import Refusal
from backend.core.transactions import require_transaction
from backend.travel import errors
from backend.travel.models import Partner, Ride, Rider
from backend.travel.rules import rides as rules
from backend.travel.types import FeedEvent, Recorded, RideStatus


def record_rides(*, partner: Partner, events: Sequence[object], now: datetime) -> list[Recorded]:
    """Records each well-formed event once, by its reference; an answer for each, in order.

    The same event again is recorded as it was; the same reference with another content is EventReferenceReused.
    At most `rules.MOST_EVENTS` in one transaction, which keeps it short. The unique row is the guard: two batches
    that bring the same event at once record it once.
    """
    require_transaction()
    answers: list[Recorded] = []
    rows: dict[str, Ride] = {}
    for data in events:
        answer, row = _read(partner, data, now)
        if row and rows.setdefault(row.reference, row).content_digest != row.content_digest:
            answer = Recorded(row.reference, errors.EventReferenceReused())
        answers.append(answer)
    _store([*rows.values()], partner, now)
    return _told_of_reuse(answers, rows, partner)


def rider_digest(kind: str, number: str) -> str:
    """The keyed digest by which an account of this kind is found."""
    return crypto.digest(f"travel.{kind}", number)


def _read(partner: Partner, data: object, now: datetime) -> tuple[Recorded, Ride | None]:
    try:
        event = rules.read(data)
        rules.judge(event, partner.agreement, now)
    except Refusal as refusal:
        reference = data.get("reference") if isinstance(data, dict) else None
        return Recorded(reference[:64] if isinstance(reference, str) else "", refusal), None
    return Recorded(event.reference), _row(partner, event, now)


def _row(partner: Partner, event: FeedEvent, now: datetime) -> Ride:
    return Ride(
        partner=partner,
        reference=event.reference,
        content_digest=crypto.digest("travel.event", rules.content(event)),
        activity=rules.activity_of(event),
        distance_m=event.distance_m,
        at=rules.hour_of(event.at),
        received_at=now,
        status=RideStatus.ELSEWHERE if event.elsewhere else RideStatus.DUE,
        rider_id=None if event.elsewhere else rider_digest(partner.account_kind, event.rider),
        payer=payer_digest(event.payer) if event.payer and not event.elsewhere else "",
    )


def _store(rows: list[Ride], partner: Partner, now: datetime) -> None:
    """Riders first, then the new rides, each in one order for everybody: two batches cannot wait for each other."""
    digests = sorted({row.rider_id for row in rows if row.rider_id})
    riders = [Rider(digest=digest, kind=partner.account_kind, has_due=True, seen_at=now) for digest in digests]
    Rider.objects.bulk_create(
        riders, update_conflicts=True, unique_fields=["digest"], update_fields=["has_due", "seen_at"]
    )
    Ride.objects.bulk_create(sorted(rows, key=lambda row: row.reference), ignore_conflicts=True)


def _told_of_reuse(answers: list[Recorded], rows: dict[str, Ride], partner: Partner) -> list[Recorded]:
    kept = Ride.objects.filter(partner=partner, reference__in=rows).values_list("reference", "content_digest")
    reused = {reference for reference, digest in kept if digest != rows[reference].content_digest}
    return [
        Recorded(each.reference, errors.EventReferenceReused())
        if each.refusal is None and each.reference in reused
        else each
        for each in answers
    ]
