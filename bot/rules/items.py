"""What a numbered item, a box or the whole plan is about: title and first sentence, never the whole text."""

import re
from collections.abc import Sequence

from bot.rules import patterns
from bot.rules.windows import tidy
from bot.types import Asks, Finding, Question, Quoted, Status
from knowledge.rules.library import Library
from knowledge.types import Hit, Level, Passage

LONGEST_ANSWER_CHARS = 160  # title, words and place together
_MOST_ITEMS = 2
_PLACE_CHARS = 18  # （行动计划第13条） with the marks around title and words


def item(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """第13条讲什么: its title, and its first sentence in short."""
    if not question.sections or question.asks is Asks.WHO or not patterns.WHOLE_ITEM.search(question.text):
        return None
    named = [s for s in library.sections() if s.section and s.section in question.sections][:_MOST_ITEMS]
    if not named:
        return Finding(Status.NO_EVIDENCE, missing="这一条")
    return Finding(Status.ANSWERED, tuple(_begun(section, library) for section in named))


def _begun(section: Passage, library: Library) -> Quoted:
    """An item's title with its first sentence."""
    first = next(p for p in library.passages if library.section_of(p) is section and p.level is Level.SENTENCE)
    room = LONGEST_ANSWER_CHARS - _PLACE_CHARS - len(section.title)
    return Quoted(first, shortened(first.text, room), lead=section.title)


def overview(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """What the plan is about: the sentence of its overview that names most of its headings."""
    if question.all_terms or not patterns.OVERVIEW.search(question.text):
        return None
    names = {name for section in library.sections() if section.section for name in section.path}
    front = [p for p in library.passages if p.section == 0 and p.level is Level.SENTENCE]
    if not front:
        return None
    fullest = max(front, key=lambda passage: sum(name in passage.text for name in names))
    return Finding(Status.ANSWERED, (outlined(fullest),))


def outlined(passage: Passage) -> Quoted:
    """A sentence that announces a list, with the heads of its pieces said in full and their contents left out."""
    text = passage.text
    pieces = re.split(r"[;；]", text)
    heads = [re.split(r"[:：]", piece)[0] for piece in pieces]
    whole = shortened(text, LONGEST_ANSWER_CHARS - _PLACE_CHARS)
    if len(text) == len(whole) or len(pieces) < 3 or heads == pieces:
        return Quoted(passage, whole)
    return Quoted(passage, whole, said="；".join(heads).rstrip("。") + "。")


def shortened(text: str, most: int) -> str:
    """The start of a sentence up to the last comma within `most` characters; still verbatim."""
    if len(text) <= most:
        return tidy(text)
    cuts = [match.end() for match in re.finditer(r"[,，;；]", text[:most])]
    return tidy(text[: cuts[-1] if cuts else most])
