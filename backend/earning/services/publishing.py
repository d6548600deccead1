"""Rules as data: drafted by one operator, previewed over last month, published by another. Boosts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning import errors, queries, rules
from backend.earning.models import AwardRule, Boost, RuleDraft
from backend.earning.types import Activity, Foreseen

PREVIEW_OVER = timedelta(days=30)


def draft_rule(
    *, by: object, activity: Activity, terms: dict[str, Any], valid_from: datetime, note: str = "", now: datetime
) -> RuleDraft:
    """Keeps a rule that is not in force yet. Raises BadRule, StartsInThePast."""
    require_transaction()
    rules.terms_of(activity, 0, terms)
    _require_future(valid_from, now)
    made = RuleDraft.objects.create(
        activity=activity, terms=terms, note=note, valid_from=valid_from, drafted_by=str(by), drafted_at=now
    )
    audit.record(by=by, action="earning.draft_rule", subject=made.pk, now=now, activity=activity.value)
    return made


def preview_rule(*, draft_id: UUID, now: datetime) -> Foreseen:
    """What the draft would have given for the last thirty days' awards. Reads only."""
    draft = _draft(draft_id)
    terms = rules.terms_of(draft.activity, 0, draft.terms)
    return rules.foresee(terms, queries.past_acts(Activity(draft.activity), since=now - PREVIEW_OVER))


def publish_rule(*, by: object, draft_id: UUID, now: datetime) -> AwardRule:
    """Puts a draft in force from its start on; awards that exist do not change.

    Raises NotFound, SecondPersonNeeded (the database refuses it too), DraftPublished, StartsInThePast.
    """
    require_transaction()
    draft = _draft(draft_id)
    if draft.drafted_by == str(by):
        raise errors.SecondPersonNeeded
    _require_future(draft.valid_from, now)
    latest = AwardRule.objects.filter(activity=draft.activity).order_by("-version").first()
    try:
        with transaction.atomic():
            made = AwardRule.objects.create(
                activity=draft.activity, version=latest.version + 1 if latest else 1, terms_data=draft.terms,
                note=draft.note, valid_from=draft.valid_from, draft=draft, drafted_by=draft.drafted_by,
                published_by=str(by), published_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise errors.DraftPublished from None
    audit.record(by=by, action="earning.publish_rule", subject=str(made), now=now, draft=str(draft.pk))
    return made


def install_rule(*, by: object, activity: Activity, terms: dict[str, Any], now: datetime) -> AwardRule | None:
    """The first rule of an activity, from the start of the day on; None where it has one. For setting a service up."""
    require_transaction()
    if AwardRule.objects.filter(activity=activity).exists():
        return None
    rules.terms_of(activity, 1, terms)
    made = AwardRule.objects.create(
        activity=activity, version=1, terms_data=terms, valid_from=clock.day_bounds(now)[0], drafted_by="standard",
        published_by=str(by), published_at=now,
    )  # fmt: skip
    audit.record(by=by, action="earning.install_rule", subject=str(made), now=now)
    return made


def register_boost(
    *, by: object, source: str, activity: Activity | None, factor_bp: int, starts_at: datetime, ends_at: datetime,
    now: datetime,
) -> Boost:  # fmt: skip
    """More points for acts of [starts_at, ends_at). One for each source and activity. Raises BadBoost."""
    require_transaction()
    try:
        with transaction.atomic():
            made = Boost.objects.create(
                source=source, activity=activity or "", factor_bp=factor_bp, starts_at=starts_at, ends_at=ends_at
            )
    except IntegrityError:
        raise errors.BadBoost from None
    audit.record(by=by, action="earning.register_boost", subject=source, now=now, factor_bp=factor_bp)
    return made


def end_boost(*, by: object, source: str, now: datetime) -> int:
    """Ends the boosts of a source at once; acts before `now` keep them. Returns how many were running or to come."""
    require_transaction()
    running = Boost.objects.filter(source=source, ends_at__gt=now)
    ended = running.filter(starts_at__gt=now).update(starts_at=now, ends_at=now)
    ended += running.filter(starts_at__lte=now).update(ends_at=now)
    audit.record(by=by, action="earning.end_boost", subject=source, now=now, ended=ended)
    return ended


def _draft(draft_id: UUID) -> RuleDraft:
    found = RuleDraft.objects.filter(pk=draft_id).first()
    if found is None:
        raise NotFound
    return found


def _require_future(valid_from: datetime, now: datetime) -> None:
    if valid_from < now:
        raise errors.StartsInThePast(earliest=clock.local(now).isoformat(timespec="minutes"))
