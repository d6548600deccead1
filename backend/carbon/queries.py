"""Reads of the carbon book."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from backend.carbon import rules
from backend.carbon.models import Entry, Method, MethodDraft, Rebooking
from backend.carbon.types import Foreseen, Line
from backend.ledger import queries as ledger
from backend.ledger.types import Asset

_METHOD = ("slug", "version", "source", "uncertainty_percent", "title_zh", "title_en", "note_zh", "note_en")


def method_in_force(slug: str, at: datetime) -> Method | None:
    """The method for acts of `at`: of the versions that had started by then the latest word, as rebooking takes it."""
    return Method.objects.filter(slug=slug, valid_from__lte=at).order_by("-version").first()


def left_to_rebook(method: Method) -> "QuerySet[Entry]":
    """Acts of a version's time that were booked under an earlier one and are not adjusted to it."""
    booked_before = Entry.objects.filter(method__slug=method.slug, method__version__lt=method.version)
    acts = booked_before.filter(corrects=None, happened_at__gte=method.valid_from)
    return acts.exclude(corrections__method=method)


def foresee(draft: MethodDraft, now: datetime) -> Foreseen:
    """What publishing a draft would do to the book; about, as daily bounds and parts taken back are not looked at."""
    covered = Entry.objects.filter(method__slug=draft.slug, corrects=None, happened_at__gte=draft.valid_from)
    by_variant = covered.order_by().values("variant").annotate(n=Count("pk"), mg=Sum("mg"), units=Sum("amount"))
    rows = list(by_variant) if draft.valid_from <= now else []
    return Foreseen(
        entries=sum(row["n"] for row in rows),
        mg_then=sum(row["mg"] for row in rows),
        mg_now=sum(rules.avoided_mg(draft.factor(row["variant"]), row["units"]) for row in rows),
    )


def methods() -> "QuerySet[Method]":
    """Every version of every method, newest first within its slug."""
    return Method.objects.order_by("slug", "-version")


def rebookings() -> "QuerySet[Rebooking]":
    """Every rebooking, newest first, with its method."""
    return Rebooking.objects.select_related("method").order_by("-pk")


def lines(entries: "QuerySet[Entry] | None" = None) -> list[Line]:
    """The book by activity and method version, largest first; of all entries, or of those given."""
    rows = (Entry.objects.all() if entries is None else entries).order_by()
    names = [f"method__{name}" for name in _METHOD]
    found = [
        Line(activity=row["activity"], mg=row["total"], method=row["method__slug"], **_rest(row))
        for row in rows.values("activity", *names).annotate(total=Sum("mg"))
    ]
    return sorted((line for line in found if line.mg), key=lambda line: (-line.mg, line.activity, line.version))


def lines_of(resident_id: UUID) -> list[Line]:
    """One resident's lines."""
    return lines(Entry.objects.filter(resident_id=resident_id))


def disagreements() -> Iterator[str]:
    """One sentence for each place where the book and the ledger's journal differ; none means proved."""
    booked: dict[str, int] = {}
    for row in Entry.objects.order_by().values("resident_id").annotate(total=Sum("mg")).iterator():
        booked[f"resident:{row['resident_id']}"] = row["total"]
    journal = ledger.totals_by_owner(Asset.MG_CO2E, "resident:")
    for owner in sorted(booked.keys() | journal.keys()):
        if booked.get(owner, 0) != journal.get(owner, 0):
            yield f"{owner}: {booked.get(owner, 0)} mg in the carbon book, {journal.get(owner, 0)} mg in the journal"


def _rest(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[f"method__{name}"] for name in _METHOD if name != "slug"}
