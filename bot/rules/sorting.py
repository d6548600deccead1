"""A ruling of the sorting expert in words, with the sentence of the documents that says the same, if any."""

import re
from collections.abc import Sequence

from bot.types import Finding, Quoted, Status
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.types import Kind, Level, Passage
from knowledge.waste.types import Category, Sorting, Source, Verdict

_MOST_THINGS = 4
_STATES = re.compile("^[旧废坏破烂空]+(?=..)")
_SOURCES_EN = {
    Source.BUREAU: "answer of Chongqing's city management bureau, 17 June 2025",
    Source.USUAL: "the usual ruling of cities' sorting guides",
    Source.OURS: "arranged by the classes of GB/T 19095-2019",
    Source.GUESS: "not in the catalogue, inferred from the name",
    Source.NONE: "not in the catalogue",
}


def ruled(sorting: Sorting, library: Library) -> Finding:
    """The finding for one question about things to throw away; every thing that it names gets its sentence."""
    verdicts = sorting.verdicts[:_MOST_THINGS]
    sure = [verdict for verdict in verdicts if verdict.category is not Category.UNKNOWN]
    quoted = [(verdict, _said_so(verdict, library)) for verdict in sure]
    return Finding(
        status=_status(len(sure), len(verdicts)),
        quoted=tuple(Quoted(passage, passage.text, silent=True) for _, passage in quoted if passage),
        lead="".join(_zh(verdict) for verdict in verdicts),
        lead_en=" ".join(_en(verdict) for verdict in verdicts),
    )


def _status(sure: int, all_of_them: int) -> Status:
    if sure == all_of_them:
        return Status.ANSWERED
    return Status.PARTLY if sure else Status.NOT_SURE


def _zh(verdict: Verdict) -> str:
    if verdict.category is Category.UNKNOWN:
        return f"“{verdict.item}”：不确定属于哪一类。{verdict.advice.zh}"
    parts = "、".join(f"{part.item}属于{part.category.zh}" for part in verdict.parts)
    ruling = f"{parts}。" if parts else f"属于{verdict.category.zh}。"
    split = "分开投放：" if parts else ""
    return f"“{verdict.item}”{split}{ruling}{_ended(verdict.advice.zh)}（来源：{verdict.source.zh}）"


def _en(verdict: Verdict) -> str:
    if verdict.category is Category.UNKNOWN:
        return f"“{verdict.item}”: not sure. {verdict.advice.en}"
    parts = "; ".join(f"{part.item}: {part.category.en}" for part in verdict.parts)
    return (
        f"“{verdict.item}”: {parts or verdict.category.en}. {verdict.advice.en} (Source: {_SOURCES_EN[verdict.source]})"
    )


def _ended(words: str) -> str:
    return words if not words or words.endswith(("。", "！")) else f"{words}。"


def _said_so(verdict: Verdict, library: Library) -> Passage | None:
    """A guide's sentence that names the thing and its class; what we only infer is not lent its weight."""
    if verdict.source not in (Source.BUREAU, Source.USUAL):
        return None
    name, kind = _STATES.sub("", fold(verdict.item)), fold(verdict.category.zh.split("（")[0])
    return next((p for p in _guide_sentences(library) if _classed(p.text, name, kind)), None)


def _classed(text: str, name: str, kind: str) -> bool:
    """Whether one clause of a sentence names both; 大骨头是其他垃圾，剩菜剩饭是厨余垃圾 has two rulings."""
    return any(_names(clause, name) and kind in clause for clause in re.split("[,，]", fold(text)))


def _names(clause: str, name: str) -> bool:
    """剩饭剩菜 is 剩菜剩饭: the same characters between the marks."""
    return name in clause or any(sorted(word) == sorted(name) for word in re.split("[、。是]|包括", clause))


def _guide_sentences(library: Library) -> Sequence[Passage]:
    guides = {key for key, card in library.documents.items() if card.kind is Kind.GUIDE}
    return [p for p in library.passages if p.level is Level.SENTENCE and p.document in guides]
