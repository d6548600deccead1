"""Answering a question, and keeping the conversation."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.transactions import require_transaction
from bot import queries as conversations
from bot.models import Conversation, Turn
from bot.rules import compose, decide, follow, safety, understand
from bot.rules.masking import masked
from bot.types import Answer, Citation, Finding, Question
from knowledge import queries as knowledge
from knowledge.rules.terms import is_english

MOST_HISTORY = 6  # earlier questions that a follow-up may lean on


def answer(*, question: str, history: Sequence[str] = ()) -> Answer:
    """The extractive answer to a question; `history` holds earlier questions, oldest first. Writes nothing."""
    started = time.perf_counter()
    text = knowledge.normalise(question)
    fixed = safety.fixed_answer(text)
    if fixed is not None:
        words = fixed.en if is_english(text) else fixed.zh
        return Answer(words, fixed.status, timings_ms={"total": _since(started)})
    library = knowledge.library()
    findings: list[Finding] = []
    engines: dict[str, None] = {}
    timings: dict[str, float] = {}
    for part in parts_of(text, history):
        found = knowledge.passages_for(part.search_text)
        engines |= dict.fromkeys(found.engines)
        timings |= {name: timings.get(name, 0.0) + spent for name, spent in found.timings_ms.items()}
        findings.append(decide.decide(part, found.hits, library))
    timings["total"] = _since(started)
    return compose.compose(findings, library, english=is_english(text), engines=tuple(engines), timings_ms=timings)


def parts_of(text: str, history: Sequence[str] = ()) -> list[Question]:
    """The parts of a normalised question, each with what it needs of the questions before it."""
    earlier = [knowledge.normalise(asked) for asked in history[-MOST_HISTORY:]]
    parts: list[Question] = []
    for piece in understand.split(text):
        parts.append(follow.resolve(piece, earlier, terms=knowledge.terms))
        earlier = [*earlier, piece]
    return parts


def to_embed(question: str, history: Sequence[str] = ()) -> list[str]:
    """The texts whose vectors an answer will need, so that a door can have them computed off its loop."""
    text = knowledge.normalise(question)
    if safety.fixed_answer(text) is not None:
        return []
    return [knowledge.to_embed(part.search_text) for part in parts_of(text, history)]


def remember(
    *, question: str, answer: Answer, conversation: UUID | None, by: UUID | None, now: datetime
) -> Conversation:
    """Keep a turn, masked, in the caller's conversation or in a new one. Raises NotFound for another's."""
    require_transaction()
    if conversation is None:
        kept_in = Conversation.objects.create(owner_id=by, created_at=now)
    else:
        kept_in = conversations.conversation_of(conversation, by)
    Turn.objects.create(
        conversation=kept_in,
        at=now,
        question=masked(knowledge.normalise(question)),
        answer=answer.text,
        status=answer.status.value,
        citations=[_kept(citation) for citation in answer.citations],
        generated=answer.generated,
        version=knowledge.active_version(),
    )
    return kept_in


def _kept(citation: Citation) -> dict[str, Any]:
    return {"document": citation.document, "section": citation.section, "quote": citation.quote}


def _since(started: float) -> float:
    return 1000 * (time.perf_counter() - started)
