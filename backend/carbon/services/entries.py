"""Entries of the book: recorded once, corrected by further entries, each in the journal too."""

from datetime import datetime

from django.db import IntegrityError, transaction

from backend.accounts.models import resident_owner
from backend.carbon import errors, queries, rules
from backend.carbon.models import DayUse, Entry, Method, method_account, resident_account
from backend.carbon.types import Counted
from backend.core import clock
from backend.core.transactions import raise_counter, read_counters, require_transaction
from backend.ledger import services as ledger


def record(*, act: Counted, happened_at: datetime, now: datetime) -> int:
    """Books what an act avoided and returns the milligrams; 0 where no method claims anything.

    Raises AlreadyCounted when the evidence is in the book.
    """
    require_transaction()
    method = queries.method_in_force(act.method, happened_at) if act.method else None
    mg = rules.avoided_mg(method.factor(act.variant), act.amount) if method else 0
    if method is None or mg == 0:
        return 0
    mg = _within_day(method, act, mg, happened_at)
    if mg:
        _write(act, method, mg, happened_at, now)
    return mg


def take_back(*, key: str, left: int, reference: str, now: datetime) -> int:
    """Lowers an act to its `left` units and returns the milligrams that went; 0 where nothing was counted."""
    require_transaction()
    entry = Entry.objects.select_related("method").filter(key=key).first()
    if entry is None:
        return 0
    mg, units, method = _standing(entry)
    change = rules.remaining_mg(mg, left=left, whole=units) - mg if units else 0
    if change < 0:
        _correct(entry, method, left, change, f"{entry.key}:back:{reference}", now)
    return -change


def adjust(*, entry: Entry, method: Method, now: datetime) -> int:
    """Brings an entry to what it comes to under a later version of its method; the milligrams of the change, signed."""
    require_transaction()
    mg, units, old = _standing(entry)
    change = rules.rebooked_mg(mg, units, old=old.factor(entry.variant), new=method.factor(entry.variant)) - mg
    if change:
        _correct(entry, method, units, change, f"{entry.key}:{method}", now)
    return change


def _standing(entry: Entry) -> tuple[int, int, Method]:
    """What an entry and its corrections come to: milligrams, units, and the method of the last word.

    Reading locks the entry's counter, so that two changes of one entry happen one after the other.
    """
    read_counters(DayUse, [f"entry:{entry.pk}"])
    said = [entry, *Entry.objects.filter(corrects=entry).select_related("method").order_by("pk")]
    newest = max((each.method for each in said), key=lambda method: method.version)
    return sum(each.mg for each in said), said[-1].amount, newest


def _within_day(method: Method, act: Counted, mg: int, happened_at: datetime) -> int:
    """What the person's day still has room for."""
    if method.per_day_mg is None:
        return mg
    key = f"{act.resident_id}:{method.slug}:{rules.day_of(clock.local(happened_at))}"
    mg = min(mg, method.per_day_mg - read_counters(DayUse, [key])[key])
    if mg > 0 and not raise_counter(DayUse, key=key, amount=mg, limit=method.per_day_mg):
        raise RuntimeError("a locked counter moved")
    return max(0, mg)


def _write(act: Counted, method: Method, mg: int, happened_at: datetime, now: datetime) -> None:
    entry = Entry(
        key=act.key, resident_id=act.resident_id, activity=act.activity, method=method, variant=act.variant,
        amount=act.amount, mg=mg, event_id=act.event_id, happened_at=happened_at, at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        raise errors.AlreadyCounted from None
    _post(entry, now)


def _correct(entry: Entry, method: Method, units: int, change: int, key: str, now: datetime) -> None:
    _post(
        Entry.objects.create(
            key=key, corrects=entry, resident_id=entry.resident_id, activity=entry.activity, method=method,
            variant=entry.variant, amount=units, mg=change, event_id=entry.event_id, happened_at=entry.happened_at,
            at=now,
        ),
        now,
    )  # fmt: skip


def _post(entry: Entry, now: datetime) -> None:
    """The entry's milligrams in the journal; a correction downwards goes the other way."""
    sides = method_account(entry.method.slug), resident_account(resident_owner(entry.resident_id))
    debit, credit = sides if entry.mg > 0 else sides[::-1]
    ledger.post(
        debit=debit, credit=credit, amount=abs(entry.mg), code="carbon", reference=f"carbon:{entry.pk}",
        event_id=entry.event_id, now=now, memo={"method": str(entry.method)},
    )  # fmt: skip
