"""One ask, as every door runs it: embed off the loop, answer in a pool, word it, keep the turn, tell it in events."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, transaction

from backend.core import clock
from backend.core.ids import new_id
from bot import llm, queries, services
from bot.models import Turn
from bot.timing import Stopwatch
from bot.types import Answer, Citation, Status
from knowledge.retrieval import embedder

LONGEST_QUESTION_CHARS = 500
NOTICE = "仅供参考，以主管部门解释为准。人工咨询请拨打12345。"
WORDS_ONLY = "语义检索暂不可用，本次仅按字词查找，可能有遗漏。Searched by words only; something may be missing."
CLOSED = Answer(
    "智能问答暂停服务，请稍后再试，或拨打12345咨询。The assistant is closed for the moment; please call 12345.",
    Status.ERROR,
)
_DELTA_CHARS = 16
# Channels' own thread is one per process and shared with every other consumer: answers have theirs.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="assistant")
T = TypeVar("T")
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and the turn that keeps it; none where nothing was kept."""

    answer: Answer
    turn: Turn | None


def answer_now(text: str, conversation: UUID | None, user: UUID | None) -> Reply:
    """The whole ask in the caller's thread, without a language model."""
    if closed("http"):
        return Reply(CLOSED, None)
    history = _history(conversation, user)
    answer = services.answer(question=text, history=history, resident=_own(user), now=clock.now())
    return Reply(answer, _kept(text, answer, conversation, user, None))


async def answer_later(text: str, conversation: UUID | None, user: UUID | None) -> Answer:
    """The extractive answer without holding up the event loop."""
    watch = Stopwatch()
    history = await _in_pool(lambda: _history(conversation, user))
    for wanted in await _in_pool(lambda: services.to_embed(text, history)):
        await embedder.warm(wanted)
    watch.lap("embed")
    answer = await _in_pool(
        lambda: services.answer(question=text, history=history, resident=_own(user), now=clock.now())
    )
    answer.timings_ms.update(watch.ms)
    return answer


def _own(user: UUID | None) -> UUID | None:
    """Whose account may be asked about: nobody's while that door is closed."""
    return None if closed("account") else user


def closed(door: str) -> bool:
    """Whether an operator has closed a door of the assistant: `http`, `stream`, `ws`, `llm` or `account`."""
    return door in getattr(settings, "ASSISTANT_CLOSED_DOORS", ())


def _kept(text: str, answer: Answer, conversation: UUID | None, user: UUID | None, opening: UUID | None) -> Turn:
    with transaction.atomic(durable=True):
        return services.remember(
            question=text,
            answer=answer,
            conversation=conversation,
            by=user,
            now=clock.now(),
            opening=opening,
        )


def _history(conversation: UUID | None, user: UUID | None) -> list[str]:
    return queries.earlier_questions(conversation, user) if conversation else []


async def _in_pool(work: Callable[[], T]) -> T:
    return await sync_to_async(_connected(work), thread_sensitive=False, executor=_pool)()


def _connected(work: Callable[[], T]) -> Callable[[], T]:
    """The pool's few threads keep their SQLite connection: opening one reads the whole schema, 3 ms of processor time.

    PostgreSQL's goes back to the process's own pool, and one that failed is never used again.
    """

    def run() -> T:
        try:
            return work()
        finally:
            if connection.vendor != "sqlite" or connection.errors_occurred:
                connection.close()

    return run


async def events(text: str, conversation: UUID | None, user: UUID | None, door: str) -> AsyncIterator[Event]:
    """`sources`, then the text in `delta`s, then `done`; refusals are raised.

    The sources go out before a language model is asked; of its words each sentence goes out once it is checked.
    """
    if closed(door):
        answer, turn = CLOSED, None
        yield _sources(answer, None)
    else:
        answer = await answer_later(text, conversation, user)
        opening = conversation or new_id()
        yield _sources(answer, opening)
        words = ""
        async with aclosing(_generated(text, answer)) as sentences:
            async for sentence in sentences:
                words += sentence
                yield {"type": "delta", "text": sentence}
        answer = llm.in_words(answer, words)
        kept = answer
        turn = await _in_pool(lambda: _kept(text, kept, conversation, user, opening))
    for start in range(0, 0 if answer.generated else len(answer.text), _DELTA_CHARS):
        yield {"type": "delta", "text": answer.text[start : start + _DELTA_CHARS]}
    yield {"type": "done", **_done(Reply(answer, turn))}


def _sources(answer: Answer, conversation: UUID | None) -> Event:
    citations = [citation_body(citation) for citation in answer.citations]
    return {"type": "sources", "citations": citations, "conversation": str(conversation) if conversation else None}


async def _generated(text: str, answer: Answer) -> AsyncGenerator[str]:
    if not closed("llm"):
        async with aclosing(llm.sentences(text, answer)) as sentences:
            async for sentence in sentences:
                yield sentence


def _done(reply: Reply) -> Event:
    timings = {name: round(spent, 1) for name, spent in reply.answer.timings_ms.items()}
    answer = reply.answer
    return {**envelope(reply), "engines": list(answer.engines), "retriever": answer.retriever, "timings_ms": timings}


def envelope(reply: Reply) -> dict[str, Any]:
    """The body of an answer, the same at every door."""
    answer = reply.answer
    return {
        "answer": answer.text,
        "status": answer.status.value,
        "refused": answer.refused,
        "citations": [citation_body(citation) for citation in answer.citations],
        "near": [citation_body(citation) for citation in answer.near],
        "conversation": str(reply.turn.conversation_id) if reply.turn else None,
        "turn": str(reply.turn.pk) if reply.turn else None,
        "generated": answer.generated,
        "live": answer.live,
        "notice": f"{WORDS_ONLY}{NOTICE}" if answer.retriever == "lexical" else NOTICE,
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
