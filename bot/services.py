"""Answering a question, and keeping the conversation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from bot import queries as conversations
from bot import tools
from bot.care import gaps
from bot.models import Conversation, Turn
from bot.rules import account, compose, decide, follow, needs, safety, sorting, understand
from bot.rules.masking import masked
from bot.timing import Stopwatch
from bot.types import Answer, Asks, Citation, Finding, Question
from knowledge import queries as knowledge
from knowledge.rules.terms import is_english
from knowledge.types import Passage, Retrieved
from knowledge.waste import queries as waste

_MOST_CHARS = 600  # of a question that is read; doors refuse longer ones before
_LIVE_DATA = "[账户实时数据]"  # balances and vouchers are read anew each time, never kept with a conversation
MOST_HISTORY = 6  # earlier questions that a follow-up may lean on


def answer(
    *, question: str, history: Sequence[str] = (), resident: UUID | None = None, now: datetime | None = None
) -> Answer:
    """The extractive answer to a question; `history` holds earlier questions, oldest first. Writes nothing.

    A `resident` who is logged in, at `now`, may also ask about the own account.
    """
    watch = Stopwatch()
    text = knowledge.normalise(question[:_MOST_CHARS])
    fixed = safety.fixed_answer(text)
    if fixed is not None:
        words = fixed.en if is_english(text) else fixed.zh
        return Answer(words, fixed.status, timings_ms=watch.ms)
    wants = account.wanted(text)
    if wants is not None:
        own = tools.account_answer(wants, resident=resident, now=now or clock.now(), english=is_english(text))
        return replace(own, need=need_of(question, history)) if own.engines else own
    library = knowledge.library()
    findings: list[Finding] = []
    engines: dict[str, None] = {}
    parts = parts_of(text, history)
    watch.lap("understand")
    for part in parts:
        if _throws_away(part):
            findings.append(sorting.ruled(waste.sort(part.text), library))
            engines["catalogue"] = None
            watch.lap("decide")
            continue
        found = knowledge.passages_for(part.search_text)
        engines |= dict.fromkeys(found.engines)
        watch.lap("find")
        home = _home(part.after) if part.after else None
        hits = follow.nearer_home(found.hits, home, library) if home else found.hits
        findings.append(decide.decide(_with_its_sound(part, found), hits, library))
        watch.lap("decide")
    answer = compose.compose(findings, library, english=is_english(text), engines=tuple(engines))
    watch.lap("compose")
    if not engines:
        return replace(answer, timings_ms=watch.ms)
    need = needs.need_of(parts, text) if masked(text) == text else need_of(question, history)
    return replace(answer, timings_ms=watch.ms, need=need)


def _with_its_sound(part: Question, found: Retrieved) -> Question:
    return replace(part, kinship=found.kinship, told=found.told, echoes=found.echoes)


def parts_of(text: str, history: Sequence[str] = ()) -> list[Question]:
    """The parts of a normalised question, each with what it needs of the questions before it."""
    earlier = [_plain(knowledge.normalise(asked[:_MOST_CHARS])) for asked in history[-MOST_HISTORY:]]
    parts: list[Question] = []
    for piece in understand.split(_plain(text)):
        parts.append(follow.resolve(piece, earlier, terms=knowledge.terms, home=_home))
        earlier = [*earlier, piece]
    return parts


def _home(question: str) -> Passage | None:
    """The section where the best sentence for a question stands."""
    found = knowledge.passages_for(question, limit=1).hits
    return knowledge.library().section_of(found[0].passage) if found else None


def _plain(text: str) -> str:
    """Plain words, homophones mended; what is thrown away keeps its sentence, which may name the thing anywhere."""
    return text if waste.is_about_sorting(text) else understand.plain(knowledge.library().mended(text))


def to_embed(question: str, history: Sequence[str] = ()) -> list[str]:
    """The texts whose vectors an answer will need, so that a door can have them computed off its loop."""
    text = knowledge.normalise(question[:_MOST_CHARS])
    if safety.fixed_answer(text) is not None or account.wanted(text) is not None:
        return []
    parts = [part for part in parts_of(text, history) if not _throws_away(part)]
    return [knowledge.to_embed(part.search_text) for part in parts]


def _throws_away(part: Question) -> bool:
    """Whether the sorting expert answers: the part names a thing, and asks for no figure, office or year."""
    return part.asks in (Asks.WHAT, Asks.WHERE, Asks.PROCEDURE) and not part.years and waste.is_about_sorting(part.text)


def remember(
    *,
    question: str,
    answer: Answer,
    conversation: UUID | None,
    by: UUID | None,
    now: datetime,
    opening: UUID | None = None,
) -> Turn:
    """Keep a turn, masked, in the caller's conversation or in a new one, whose id `opening` may already be told.

    One that ended without an answer counts on the gap of its need. Raises NotFound for another's conversation.
    """
    require_transaction()
    if conversation is None:
        kept_in = Conversation.objects.create(id=opening or new_id(), owner_id=by, created_at=now)
    else:
        kept_in = conversations.conversation_of(conversation, by)
    unanswered = answer.need and answer.status in needs.UNANSWERED
    return Turn.objects.create(
        conversation=kept_in,
        at=now,
        question=masked(knowledge.normalise(question)),
        answer=_LIVE_DATA if answer.live else answer.text,
        status=answer.status.value,
        citations=[_kept(citation) for citation in answer.citations],
        generated=answer.generated,
        version=knowledge.active_version(),
        need=answer.need,
        gap=gaps.gap_of(answer.need, [_kept(place) for place in answer.near], now) if unanswered else None,
    )


def need_of(question: str, history: Sequence[str] = ()) -> str:
    """What a question asks for (`bot.rules.needs`), without what identifies a person."""
    text = masked(knowledge.normalise(question[:_MOST_CHARS]))
    return needs.need_of(parts_of(text, history), text)


def _kept(citation: Citation) -> dict[str, Any]:
    return {
        "document": citation.document,
        "section": citation.section,
        "title": citation.title,
        "quote": citation.quote,
    }
