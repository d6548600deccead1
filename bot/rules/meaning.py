"""What a word of the documents means: defined there, or only mentioned, which is said."""

import re
from collections.abc import Sequence

from bot.rules import patterns
from bot.rules.items import outlined
from bot.rules.windows import best_window
from bot.types import Asks, Finding, Question, Quoted, Status
from knowledge.rules.lexicon import fold, stemmed
from knowledge.rules.library import Library
from knowledge.types import Hit, Kind, Level, Passage

# What concerns a citizen goes before what concerns an office or a trade.
_CONSUMERS = re.compile(r"消费|居民|市民|游客|家庭|社区|个人|发放|生活")
_NOT_A_WORD = re.compile(
    r"目标|任务|原则|要求|内容|措施|重点|方向|标准|责任|单位|部门|政策|工作|作用|计划|文件|好处|区别"
)
_MOST_CHARS = 12


def meaning(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """The sentence that defines the one thing asked about, else one that mentions it, named as no definition."""
    word = _asked_about(question)
    mentions = [] if not word else _mentions(word, library)
    if not mentions or any(library.documents[p.document].kind is Kind.GUIDE for p in mentions):
        return None
    defining = next((p for p in mentions if _defines(p.text, word)), None)
    if defining is not None:
        return Finding(Status.ANSWERED, (outlined(defining),))
    rank = {hit.passage.key: place for place, hit in enumerate(hits)}
    best = min(mentions, key=lambda p: (*_remote(p, word), rank.get(p.key, len(rank))))
    name = _as_printed(word, best.text)
    return Finding(
        Status.PARTLY,
        (Quoted(best, best_window(best, question.all_terms, library)),),
        lead=f"文件提到“{name}”，但没有给出定义。提到它的原文：",
        lead_en=f"The documents mention “{name}” but do not define it. Where it is mentioned: ",
    )


def _remote(passage: Passage, word: str) -> tuple[bool, bool, bool, bool]:
    """How far a sentence is from what a citizen asks: items go first, of them the one that bears the word's name."""
    untitled = word not in fold(passage.title)
    return passage.box, not passage.section, untitled, not _CONSUMERS.search(passage.text)


def _asked_about(question: Question) -> str:
    """The folded word whose meaning is asked for; "" where something else is."""
    found = patterns.MEANING.search(question.text)
    if found is None or len(question.terms) != 1 or question.carried or question.asks is not Asks.WHAT:
        return ""
    named = next((group for group in found.groups() if group), "")
    if question.english:  # the whole of what is asked about, not a part of it: "the target for green loans"
        known = question.terms[0].alternatives if stemmed(named) == question.terms[0].word else ()
        return next(iter(known), "")
    word = re.sub(r"[\s“”\"《》]|^(?:计划|文件|里面?|中|提到|说|讲|的)+", "", named)
    return "" if len(word) > _MOST_CHARS or _NOT_A_WORD.search(word) else fold(word)


def _mentions(word: str, library: Library) -> list[Passage]:
    """The sentences in which a word stands; the marks around it do not matter."""
    inside = (i for i, p in enumerate(library.passages) if p.level is Level.SENTENCE)
    return [library.passages[i] for i in inside if word in _plain(library.folded[i])]


def _defines(text: str, word: str) -> bool:
    return bool(re.search(rf"{re.escape(word)}.{{0,40}}?(?:,即|，即|是指|指的是|是一种)", _plain(fold(text))))


def _plain(text: str) -> str:
    return re.sub(r"[“”\"]", "", text)


def _as_printed(word: str, text: str) -> str:
    found = re.search(re.escape(word), text, re.IGNORECASE)
    return found.group() if found else word
