"""Methods: drafted by one person, published by another, never edited. A new version applies from its start on."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.carbon import errors, rules
from backend.carbon.models import Method, MethodDraft
from backend.carbon.services.rebooking import ask_rebooking
from backend.carbon.types import NewMethod
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction


def draft_method(*, by: object, method: NewMethod, valid_from: datetime, now: datetime) -> MethodDraft:
    """Keeps a version that is not in force yet. Raises BadMethod."""
    require_transaction()
    rules.require_sound(method)
    made = MethodDraft.objects.create(**_columns(method), valid_from=valid_from, drafted_by=str(by), drafted_at=now)
    audit.record(by=by, action="carbon.draft_method", subject=made.pk, now=now, slug=method.slug)
    return made


def publish_draft(*, by: object, draft_id: UUID, now: datetime) -> Method:
    """Puts a draft in force from its start on, which may lie in the past: what the book holds of that time is then
    adjusted piece by piece, by a job. Points do not move.

    Raises NotFound, MethodNeedsSecondPerson (the database refuses it too), MethodPublished.
    """
    require_transaction()
    draft = MethodDraft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise NotFound
    made = _publish(by, draft.drafted_by, draft.columns(), draft.valid_from, now, draft)
    if draft.valid_from <= now:
        ask_rebooking(by=by, method_id=made.pk, now=now)
    return made


def publish(*, by: object, drafted_by: object, method: NewMethod, valid_from: datetime, now: datetime) -> Method:
    """The next version of a method without a draft on the desk, for setting a service up. The book is not adjusted.

    Raises MethodNeedsSecondPerson, BadMethod, MethodPublished.
    """
    require_transaction()
    rules.require_sound(method)
    return _publish(by, str(drafted_by), _columns(method), valid_from, now)


def _publish(
    by: object, drafted_by: str, columns: dict[str, Any], valid_from: datetime, now: datetime,
    draft: MethodDraft | None = None,
) -> Method:  # fmt: skip
    if str(by) == drafted_by:
        raise errors.MethodNeedsSecondPerson
    latest = Method.objects.filter(slug=columns["slug"]).order_by("-version").first()
    try:
        with transaction.atomic():
            made = Method.objects.create(
                **columns, version=latest.version + 1 if latest else 1, valid_from=valid_from, draft=draft,
                drafted_by=drafted_by, published_by=str(by), published_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise errors.MethodPublished from None
    audit.record(by=by, action="carbon.publish", subject=str(made), now=now, drafted_by=drafted_by)
    return made


def _columns(method: NewMethod) -> dict[str, Any]:
    """A method as its row has it."""
    columns = asdict(method)
    del columns["factors"]
    return columns | {"factors_data": {name: [factor.mg, factor.per] for name, factor in method.factors.items()}}
