"""Putting what a tally newly allows to an award."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from backend.core import clock
from backend.core.errors import Refusal
from backend.core.transactions import require_transaction
from backend.earning import queries as earning
from backend.earning import services as awards
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade
from backend.travel.models import Tally
from backend.travel.rules import tallies as rules


def tally_of(resident_id: UUID, day: date, activity: Activity) -> Tally:
    """The day's tally, this transaction's from here on; made where there is none."""
    require_transaction()
    Tally.objects.bulk_create([Tally(resident_id=resident_id, day=day, activity=activity)], ignore_conflicts=True)
    mine = Tally.objects.filter(resident_id=resident_id, day=day, activity=activity)
    mine.update(total=F("total"))  # takes the row, so that nobody adds between our reading and our writing
    return mine.get()


def add(tally: Tally, amount: int) -> None:
    """Adds what was newly reported."""
    Tally.objects.filter(pk=tally.pk).update(total=F("total") + amount)
    tally.total += amount


def credit(
    *, tally: Tally, grade: Grade, label: tuple[str, str], digest: str, at: datetime, now: datetime
) -> Awarded | None:
    """Awards what the tally's total allows beyond what was credited before; None when that is nothing yet.

    A cap that is used up, or an activity without a rule, awards nothing and leaves the total as a fact.
    The evidence key names the tally and how far it is credited: a stretch of it is put to an award once for ever.
    """
    require_transaction()
    try:
        with transaction.atomic():
            return _credit(tally, grade, label, digest, at, now)
    except Refusal:
        return None


def _credit(
    tally: Tally, grade: Grade, label: tuple[str, str], digest: str, at: datetime, now: datetime
) -> Awarded | None:
    activity = Activity(tally.activity)
    terms = earning.rule_in_force(activity, at).terms
    step, limit = rules.step_of(terms, grade), rules.daily_limit(terms, grade)
    upto = rules.creditable(tally.total, credited=tally.credited, step=step, limit=limit)
    if not Tally.objects.filter(pk=tally.pk, credited__lt=upto).update(credited=upto):
        return None
    act = Act(activity, upto - tally.credited, grade, clock.local(at), label_zh=label[0], label_en=label[1])
    evidence = Evidence(key=f"tally:{tally.pk}:{upto}", digest=digest, detail={"total": tally.total})
    return awards.award(resident_id=tally.resident_id, act=act, evidence=evidence, now=now)
