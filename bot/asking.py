"""One ask, as every door runs it: embed off the loop, answer in a pool, word it, keep the turn, tell it in events."""

import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import transaction

from backend.core import clock
from bot import llm, queries, services
from bot.types import Answer, Citation
from knowledge.retrieval import embedder

LONGEST_QUESTION_CHARS = 500
NOTICE = "仅供参考，以主管部门解释为准。人工咨询请拨打12345。"
_DELTA_CHARS = 16
# Channels' own thread is one per process and shared with every other consumer: answers have theirs.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="assistant")
T = TypeVar("T")
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and the conversation that it was kept in."""

    answer: Answer
    conversation: UUID


def answer_now(text: str, conversation: UUID | None, user: UUID | None) -> Reply:
    """The whole ask in the caller's thread, without a language model."""
    history = queries.earlier_questions(conversation, user) if conversation else []
    return _kept(text, services.answer(question=text, history=history), conversation, user)


async def answer_later(text: str, conversation: UUID | None, user: UUID | None) -> Reply:
    """The whole ask without holding up the event loop."""
    started = time.perf_counter()
    history = await _in_pool(lambda: queries.earlier_questions(conversation, user) if conversation else [])
    for wanted in await _in_pool(lambda: services.to_embed(text, history)):
        await embedder.warm(wanted)
    extracted = await _in_pool(lambda: services.answer(question=text, history=history))
    extracted.timings_ms["total"] = 1000 * (time.perf_counter() - started)
    answer = await llm.worded(text, extracted)
    return await _in_pool(lambda: _kept(text, answer, conversation, user))


def _kept(text: str, answer: Answer, conversation: UUID | None, user: UUID | None) -> Reply:
    with transaction.atomic(durable=True):
        kept = services.remember(question=text, answer=answer, conversation=conversation, by=user, now=clock.now())
    return Reply(answer, kept.pk)


async def _in_pool(work: Callable[[], T]) -> T:
    result: T = await database_sync_to_async(work, thread_sensitive=False, executor=_pool)()
    return result


async def events(text: str, conversation: UUID | None, user: UUID | None) -> AsyncIterator[Event]:
    """`sources`, then the text in `delta`s, then `done`; refusals are raised."""
    reply = await answer_later(text, conversation, user)
    body = envelope(reply)
    yield {"type": "sources", "citations": body["citations"], "conversation": body["conversation"]}
    words = reply.answer.text
    for start in range(0, len(words), _DELTA_CHARS):
        yield {"type": "delta", "text": words[start : start + _DELTA_CHARS]}
    timings = {name: round(spent, 1) for name, spent in reply.answer.timings_ms.items()}
    yield {"type": "done", **body, "engines": list(reply.answer.engines), "timings_ms": timings}


def envelope(reply: Reply) -> dict[str, Any]:
    """The body of an answer, the same at every door."""
    answer = reply.answer
    return {
        "answer": answer.text,
        "status": answer.status.value,
        "refused": answer.refused,
        "citations": [citation_body(citation) for citation in answer.citations],
        "near": [citation_body(citation) for citation in answer.near],
        "conversation": str(reply.conversation),
        "generated": answer.generated,
        "notice": NOTICE,
    }


def citation_body(citation: Citation) -> dict[str, Any]:
    """One citation as clients see it."""
    return {
        "document": citation.document,
        "section": citation.section,
        "title": citation.title,
        "quote": citation.quote,
        "document_title": citation.document_title,
        "issued_on": citation.issued_on.isoformat(),
    }
