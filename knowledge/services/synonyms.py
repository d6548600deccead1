"""The life of an operator's word: drafted, tried on the frozen questions, published by another person, withdrawn.

A version carries the words that were published when it was built, so a word comes and goes with the pointer, in every
process at once.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.outbox import services as outbox
from knowledge import errors, queries
from knowledge.models import Synonym, Version
from knowledge.services.building import Built, build_aside, fingerprint_of, point_to, sources_of
from knowledge.services.documents import REBUILD
from knowledge.services.rows import Words
from knowledge.services.trials import MOST_NAMED, Compared
from knowledge.types import SynonymState

TRIAL = "knowledge.synonym_trial"
_SHORTEST, _LONGEST, _MOST = 2, 40, 5


def draft(*, by: object, word: str, others: list[str], now: datetime) -> Synonym:
    """Keeps what people say for what documents say; the worker tries it. Raises SynonymUnfit, SynonymKnown."""
    require_transaction()
    said, meant = queries.normalise(word), [queries.normalise(other) for other in others]
    _require_fit(said, meant)
    try:
        with transaction.atomic():
            made = Synonym.objects.create(
                word=said, others=meant, state=SynonymState.DRAFT.value, drafted_by=str(by), drafted_at=now
            )
    except IntegrityError:
        raise errors.SynonymKnown(word=said) from None
    outbox.enqueue(topic=TRIAL, payload={"synonym": str(made.pk)}, key=made.pk, now=now)
    _record("draft", made, by, now)
    return made


def _require_fit(word: str, others: list[str]) -> None:
    """A word that no document uses would find nothing."""
    corpus = queries.library().corpus
    lengths = all(_SHORTEST <= len(each) <= _LONGEST for each in (word, *others))
    if not lengths or not 0 < len({*others} - {word}) == len(others) <= _MOST or any(o not in corpus for o in others):
        raise errors.SynonymUnfit(word=word[:_LONGEST])


def wanted(synonym: Synonym) -> Words:
    """The words that would be in force with this one, in the order in which a version is told apart by them."""
    words = queries.synonyms() | {synonym.word: synonym.others}
    return dict(sorted(words.items()))


def try_out(*, synonym: Synonym, now: datetime) -> Built:
    """The version that publishing it would serve. Slow: needs no transaction and moves nothing."""
    return build_aside(sources=sources_of(now=now), words=wanted(synonym), now=now)


def keep_trial(*, synonym: Synonym, built: Built, compared: Compared, now: datetime) -> None:
    """What a trial showed, for whoever publishes."""
    require_transaction()
    Synonym.objects.filter(pk=synonym.pk, state=SynonymState.DRAFT.value).update(
        version=built.version, questions=compared.questions, result=compared.measures, tried_at=now,
        worse=list(compared.worse[:MOST_NAMED]), better=list(compared.better[:MOST_NAMED]),
    )  # fmt: skip


def publish(*, by: object, synonym_id: UUID, now: datetime) -> Synonym:
    """From the next question on it counts. The version of its trial serves, if it still is what publishing would make.

    Raises NotFound, DocumentNeedsAnother (the database refuses it too), TrialMissing, SynonymNotThere.
    """
    require_transaction()
    found = _synonym(synonym_id)
    if found.drafted_by == str(by):
        raise errors.DocumentNeedsAnother
    fingerprint = fingerprint_of(sources_of(now=now), wanted(found))
    version = Version.objects.filter(fingerprint=fingerprint).first() if found.tried_at else None
    if version is None and found.state == SynonymState.DRAFT.value:
        raise errors.TrialMissing
    _step(found, SynonymState.DRAFT, SynonymState.PUBLISHED, published_by=str(by), published_at=now)
    assert version is not None, "a draft that is published has been tried"
    point_to(version=version, by=by, now=now)
    _record("publish", found, by, now)
    return found


def discard(*, by: object, synonym_id: UUID, now: datetime) -> Synonym:
    """It is not going to be published. Raises NotFound, SynonymNotThere."""
    require_transaction()
    found = _step(_synonym(synonym_id), SynonymState.DRAFT, SynonymState.DISCARDED)
    _record("discard", found, by, now)
    return found


def withdraw(*, by: object, synonym_id: UUID, now: datetime) -> Synonym:
    """The worker builds what serves without it. Raises NotFound, SynonymNotThere."""
    require_transaction()
    found = _step(_synonym(synonym_id), SynonymState.PUBLISHED, SynonymState.WITHDRAWN)
    outbox.enqueue(topic=REBUILD, payload={}, key=f"{found.pk}:{found.state}", now=now)
    _record("withdraw", found, by, now)
    return found


def ask_trial(*, by: object, synonym_id: UUID, now: datetime) -> Synonym:
    """Tries a draft again, after other words or documents were published. Raises NotFound, SynonymNotThere."""
    require_transaction()
    found = _synonym(synonym_id)
    if found.state != SynonymState.DRAFT.value:
        raise errors.SynonymNotThere(state=found.state)
    outbox.enqueue(topic=TRIAL, payload={"synonym": str(found.pk)}, key=f"{found.pk}:{now.isoformat()}", now=now)
    _record("ask_trial", found, by, now)
    return found


def _synonym(synonym_id: UUID) -> Synonym:
    found = Synonym.objects.filter(pk=synonym_id).first()
    if found is None:
        raise NotFound
    return found


def _step(found: Synonym, before: SynonymState, after: SynonymState, **changes: Any) -> Synonym:
    """One step of its life; the row count is the guard. Raises SynonymNotThere."""
    if not Synonym.objects.filter(pk=found.pk, state=before.value).update(state=after.value, **changes):
        raise errors.SynonymNotThere(state=found.state)
    found.refresh_from_db()
    return found


def _record(verb: str, found: Synonym, by: object, now: datetime) -> None:
    audit.record(by=by, action=f"knowledge.{verb}_synonym", subject=found.pk, now=now, word=found.word)
