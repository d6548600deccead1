"""The life of a document that an operator brings in: draft, checked by another, published, withdrawn.

Publishing moves the pointer to the version that the trial built; withdrawing changes one row. Both count from the next
question on, in every process: `queries.library` asks the database what may be quoted. The index follows in the worker.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q

from backend.audit import services as audit
from backend.core import clock, ids
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.outbox import services as outbox
from knowledge import errors
from knowledge.ingestion.composing import kind_of, screened, text_of, title_of
from knowledge.ingestion.files import FileRead
from knowledge.models import Document, Trial, Version
from knowledge.services.building import fingerprint_of, point_to, sources_of
from knowledge.services.trials import ask_trial
from knowledge.types import About, DocumentState

REBUILD = "knowledge.rebuild"
_STATUS = "公开"


def draft(*, by: object, read: FileRead, about: About, file_name: str = "", now: datetime) -> Document:
    """Keep a file that was read as a draft: a new document, or the next revision of the one that `about.key` names.

    Raises DocumentKnown, DocumentDatesWrong, DocumentHasNoText.
    """
    require_transaction()
    if about.effective_from and about.effective_until and about.effective_until <= about.effective_from:
        raise errors.DocumentDatesWrong
    blocks, left_out = screened(read.blocks)
    if not blocks:
        raise errors.DocumentHasNoText
    kind = kind_of(blocks)
    text = text_of(blocks, kind)
    warnings = read.warnings | ({"instructions_left_out": "".join(left_out)[:300]} if left_out else {})
    title = about.title or title_of(blocks)
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = about.key or f"document-{ids.new_id().hex[-12:]}"
    try:
        with transaction.atomic():
            made = Document.objects.create(
                key=key, sha256=digest, text=text, kind=kind.value, title=title,
                short_title=about.short_title or title[:60], issuer=about.issuer, issued_on=about.issued_on,
                status=_STATUS, origin=about.origin, effective_from=about.effective_from,
                effective_until=about.effective_until, ingested=True, revision=_next_revision(key),
                file_name=file_name[:120], file_sha256=read.sha256, media_type=read.media_type, warnings=warnings,
                state=DocumentState.DRAFT.value, drafted_by=str(by), drafted_at=now, checked_by="", published_by="",
            )  # fmt: skip
    except IntegrityError:
        raise errors.DocumentKnown(key=key) from None
    _record("draft", made, by, now, file_sha256=read.sha256)
    return made


def _next_revision(key: str) -> int:
    """The unique row is the guard: of two drafts at once one is told to look again."""
    rows = Document.objects.filter(key=key)
    latest = rows.filter(ingested=True).aggregate(last=Max("revision"))["last"]
    return int(latest or rows.exists()) + 1


def check(*, by: object, document_id: UUID, now: datetime) -> Document:
    """A second person has read what was made of the file. Its trial begins.

    Raises NotFound, DocumentNeedsAnother (the database refuses it too), DocumentNotThere.
    """
    require_transaction()
    found = _ingested(document_id)
    if found.drafted_by == str(by):
        raise errors.DocumentNeedsAnother
    _step(found, DocumentState.DRAFT, DocumentState.CHECKED, checked_by=str(by), checked_at=now)
    _record("check", found, by, now)
    ask_trial(by=by, document_id=document_id, now=now)
    return found


def discard(*, by: object, document_id: UUID, reason: str, now: datetime) -> Document:
    """It is not going to be published. Raises NotFound, DocumentNotThere."""
    require_transaction()
    found = _ingested(document_id)
    _step(found, DocumentState(found.state), DocumentState.DISCARDED, withdrawn_by=str(by), withdrawn_at=now,
          withdrawn_reason=reason)  # fmt: skip
    _record("discard", found, by, now, reason=reason)
    return found


def publish(*, by: object, document_id: UUID, now: datetime) -> Document:
    """It may be quoted from its first day on, and then no longer what it supersedes. The version of its trial serves.

    Raises NotFound, DocumentNotThere, TrialMissing, DocumentDatesWrong.
    """
    require_transaction()
    found = _ingested(document_id)
    version = _tried_version(found, now) if found.state == DocumentState.CHECKED.value else None
    begins = max(filter(None, [found.effective_from, clock.local(now).date()]))
    if found.effective_until and found.effective_until <= begins:
        raise errors.DocumentDatesWrong
    before = _in_force(found)
    _step(found, DocumentState.CHECKED, DocumentState.PUBLISHED, published_by=str(by), published_at=now,
          effective_from=begins, supersedes=before)  # fmt: skip
    if before is not None:
        _end(found.key, except_for=found, on=begins)
    assert version is not None, "a step from checked has been tried"
    point_to(version=version, by=by, now=now)
    _record("publish", found, by, now, version=str(version.pk))
    _rebuild_later(found, now)
    return found


def _tried_version(document: Document, now: datetime) -> Version:
    """The version that the latest trial built, if it still is what publishing would make. Raises TrialMissing."""
    trial = Trial.objects.filter(document=document).order_by("-ended_at").first()
    wanted = fingerprint_of(sources_of(now=now, also=document))
    version = Version.objects.filter(pk=trial.version, fingerprint=wanted).first() if trial else None
    if version is None:
        raise errors.TrialMissing
    return version


def _in_force(document: Document) -> Document | None:
    """The revision that citizens read until now."""
    live = Document.objects.filter(key=document.key, state=DocumentState.PUBLISHED.value).exclude(pk=document.pk)
    return live.order_by("ingested", "revision").last()


def _end(key: str, *, except_for: Document, on: Any) -> None:
    """Every other revision of a document ends the day that this one begins."""
    others = Document.objects.filter(key=key, state=DocumentState.PUBLISHED.value).exclude(pk=except_for.pk)
    lasting = others.filter(Q(effective_until=None) | Q(effective_until__gt=on))
    lasting.filter(effective_from__gt=on).update(effective_until=F("effective_from"))  # its day will not come
    lasting.filter(Q(effective_from=None) | Q(effective_from__lte=on)).update(effective_until=on)


def withdraw(*, by: object, document_id: UUID, reason: str, now: datetime) -> Document:
    """From the next question on nobody quotes it, in any process; one of the corpus as well.

    Raises NotFound, DocumentNotThere.
    """
    require_transaction()
    found = _document(document_id)
    _step(found, DocumentState.PUBLISHED, DocumentState.WITHDRAWN, withdrawn_by=str(by), withdrawn_at=now,
          withdrawn_reason=reason)  # fmt: skip
    _record("withdraw", found, by, now, reason=reason)
    _rebuild_later(found, now)
    return found


def _step(document: Document, before: DocumentState, after: DocumentState, **changes: Any) -> None:
    """One step of its life; the row count is the guard. Raises DocumentNotThere."""
    row = Document.objects.filter(pk=document.pk, state=before.value)
    if (before.value, after.value) not in Document.edges[1] or not row.update(state=after.value, **changes):
        raise errors.DocumentNotThere
    document.refresh_from_db()


def _rebuild_later(document: Document, now: datetime) -> None:
    """The index forgets what may not be quoted any more; until then the database keeps it from being said."""
    outbox.enqueue(topic=REBUILD, payload={}, key=f"{document.pk}:{document.state}", now=now)


def _document(document_id: UUID) -> Document:
    found = Document.objects.filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found


def _ingested(document_id: UUID) -> Document:
    found = _document(document_id)
    if not found.ingested:
        raise NotFound
    return found


def _record(verb: str, document: Document, by: object, now: datetime, **data: Any) -> None:
    said = {"key": document.key, "revision": document.revision, "sha256": document.sha256, **data}
    audit.record(by=by, action=f"knowledge.{verb}", subject=document.pk, now=now, **said)
