"""Gaps: questions that were not answered well, counted by what they ask for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from bot.care.types import GapState
from bot.errors import NotWaiting
from bot.models import Gap, Turn
from bot.rules.needs import same_need
from knowledge import queries as knowledge
from knowledge.retrieval.embedder import embedder
from knowledge.types import Vector

MOST_COMPARED = 2000  # earlier gaps that a new one is compared with
_NO_VECTOR = b""  # compared, where no embedding model loads


def listed() -> "QuerySet[Gap]":
    """Gaps with how they were asked: `question`, the last wording; `asked`, `unhelpful`, times; `last_at`."""
    last = Turn.objects.filter(gap=OuterRef("pk")).order_by("-id").values("question")[:1]
    return Gap.objects.filter(same_as=None).annotate(
        question=Subquery(last),
        asked=Count("turns"),
        unhelpful=Count("turns__vote", filter=Q(turns__vote__helpful=False)),
        last_at=Max("turns__at"),
    )


def wordings(gap: Gap, limit: int = 5) -> list[str]:
    """In which words it was asked, the last first."""
    rows = gap.turns.order_by("-id").values_list("question", flat=True)
    return list(dict.fromkeys(rows[: limit * 4]))[:limit]


def gap_of(need: str, near: Sequence[dict[str, Any]], now: datetime) -> Gap:
    """The gap that a need counts on, opened where there is none and again where its answer did not help."""
    require_transaction()
    found, _ = Gap.objects.get_or_create(need=need, defaults={"near": list(near), "opened_at": now})
    gap = found.same_as or found
    Gap.objects.filter(pk=gap.pk, state=GapState.ANSWERED.value).update(
        state=GapState.OPEN.value, closed_by=None, closed_at=None
    )
    return gap


def close(*, by: UUID, gap_id: UUID, state: GapState, note: str, now: datetime) -> Gap:
    """Closes an open gap as answered or dismissed. Raises NotFound, NotWaiting."""
    require_transaction()
    waiting = Gap.objects.filter(pk=gap_id, state=GapState.OPEN.value)
    if not waiting.update(state=state.value, closed_by=by, closed_at=now, note=note):
        gap = Gap.objects.filter(pk=gap_id).first()
        if gap is None:
            raise NotFound
        raise NotWaiting(state=gap.state)
    return Gap.objects.get(pk=gap_id)


def group_due(*, limit: int = 20) -> int:
    """Compares new gaps with the earlier ones and counts those that ask for the same there; how many were new."""
    require_transaction()
    fresh = list(listed().filter(vector=None).order_by("opened_at", "id")[:limit])
    vectors = [_vector(gap.question or gap.need) for gap in fresh]  # type: ignore[attr-defined]
    for gap, vector in zip(fresh, vectors, strict=True):
        same = _same(gap, vector)
        Gap.objects.filter(pk=gap.pk).update(vector=_NO_VECTOR if vector is None else vector.tobytes(), same_as=same)
        if same is not None:
            Turn.objects.filter(gap=gap).update(gap=same)
    return len(fresh)


def _vector(question: str) -> Vector | None:
    engine = embedder()
    return None if engine is None else engine.query(knowledge.normalise(question))


def _same(gap: Gap, vector: Vector | None) -> Gap | None:
    """The earlier gap that asks for the same; the oldest of several."""
    earlier = Gap.objects.filter(same_as=None, vector__isnull=False).order_by("-id")[:MOST_COMPARED]
    alike = [other for other in earlier if same_need(gap.need, other.need, _cosine(vector, other))]
    return min(alike, key=lambda other: other.pk) if alike else None


def _cosine(vector: Vector | None, other: Gap) -> float:
    kept = bytes(other.vector or b"")
    return float(vector @ np.frombuffer(kept, dtype=np.float32)) if vector is not None and kept else 0.0


def drop_unasked() -> int:
    """Deletes gaps whose turns are all gone, and with them what was asked; how many."""
    require_transaction()
    return Gap.objects.filter(same_as=None, turns=None).delete()[0]
