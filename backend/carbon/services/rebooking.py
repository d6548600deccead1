"""Rebooking: a later version of a method adjusts what the book holds of its time, by further entries.

Points do not move. An entry is adjusted once for each version, whatever is run twice, at once or in pieces: its
adjustment's key is unique.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from backend.audit import services as audit
from backend.carbon import errors, queries
from backend.carbon.models import Method, Rebooking
from backend.carbon.services.entries import adjust
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction

# Acts that were being recorded under the version before, while this one was published, come to the book first.
HEAD_START = timedelta(minutes=1)


def ask_rebooking(*, by: object, method_id: int, now: datetime) -> Rebooking:
    """Has every entry that a version covers adjusted, soon and in pieces. Asking again later changes nothing more.

    Raises NotFound, RebookingUnderWay.
    """
    require_transaction()
    method = Method.objects.filter(pk=method_id).first()
    if method is None:
        raise NotFound
    total = queries.left_to_rebook(method).count()
    try:
        with transaction.atomic():
            made = Rebooking.objects.create(method=method, asked_by=str(by), asked_at=now, total=total)
    except IntegrityError:
        raise errors.RebookingUnderWay from None
    audit.record(by=by, action="carbon.ask_rebooking", subject=str(method), now=now, entries=total)
    return made


def rebook_due(*, now: datetime, limit: int = 500) -> int:
    """One piece of the oldest rebooking that is not done; how many entries, at least 1 while any is due."""
    require_transaction()
    due = Rebooking.objects.filter(done_at=None, asked_at__lte=now - HEAD_START).order_by("pk")
    found = due.first()
    if found is None or not _take(due.filter(pk=found.pk)):
        return 0
    found = Rebooking.objects.select_related("method").get(pk=found.pk)
    return max(1, _piece(found, now, limit))


def _take(one: "QuerySet[Rebooking]") -> int:
    """Takes the row, so that two who work on one rebooking do one piece after the other."""
    return one.update(looked=F("looked"))


def _piece(of: Rebooking, now: datetime, limit: int) -> int:
    older = queries.left_to_rebook(of.method).select_related("method").order_by("pk")
    entries = list((older.filter(pk__gt=of.after) if of.after else older)[:limit])
    changes = [adjust(entry=entry, method=of.method, now=now) for entry in entries]
    of.after = entries[-1].pk if entries else of.after
    of.looked += len(entries)
    of.adjusted += sum(bool(change) for change in changes)
    of.change_mg += sum(changes)
    of.done_at = None if len(entries) == limit else now
    of.save(update_fields=["after", "looked", "adjusted", "change_mg", "done_at"])
    if of.done_at:
        audit.record(by=of.asked_by, action="carbon.rebook", subject=str(of.method), now=now, entries=of.adjusted)
    return len(entries)
