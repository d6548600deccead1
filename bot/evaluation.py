"""Frozen questions put to the assistant on the code path of every door, and to two plain baselines beside it."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

import knowledge as package
from bot import services
from bot.rules.measures import Case, Expects, Said, case_of
from knowledge import queries as knowledge
from knowledge.ingestion.sources import read_corpus
from knowledge.retrieval.embedder import Embedder, embedder
from knowledge.types import Level, Vector
from knowledge.waste.types import Category

FOLDER = Path(package.__file__).resolve().parent / "evaluation"
CHUNK_CHARS, OVERLAP_CHARS = 500, 50
_TOP = 4
_SEPARATORS = ("\n\n", "\n", "。", "；", "，", "")
Engine = Callable[[Case], Said]


def cases(folder: Path) -> Iterator[Case]:
    """The questions of all `*.jsonl` in a folder; the file's name says what they are there to show."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield _with_categories(case_of(json.loads(line), path.stem))


def _with_categories(case: Case) -> Case:
    """A right sorting answer rules one of the accepted classes, in the words of a ruling; advice may name others."""
    accepted = [Category(category) for category in case.categories]
    ways = [way for category in accepted for way in (f"属于{category.zh.split('（')[0]}", f": {category.en}")]
    ways += ["不确定属于", "not sure"] if Category.UNKNOWN in accepted else []
    return replace(case, must=(tuple(ways),)) if ways else case


def run(engine: Engine, cases: Sequence[Case]) -> list[tuple[Case, Said]]:
    """Every case with what the engine says; no engine profits from vectors that another had computed."""
    model = embedder()
    if model is not None:
        model.query.cache_clear()
    return [(case, engine(case)) for case in cases]


def asked(case: Case) -> Said:
    """The assistant's own answer, timed, with the places that its search found."""
    started = time.perf_counter()
    answer = services.answer(question=case.question, history=case.history)
    spent = 1000 * (time.perf_counter() - started)
    places = tuple((citation.document, citation.section) for citation in answer.citations)
    found = () if case.history or not case.places else _found(case.question)
    refused = answer.refused and not (case.expects is Expects.SORTING and "unknown" in case.categories)
    return Said(answer.text, refused, places, found, spent)


def _found(question: str) -> tuple[tuple[str, int | None], ...]:
    return tuple((hit.passage.document, hit.passage.section) for hit in knowledge.sections_for(question, limit=5))


class Baselines:
    """What most assistants do: the nearest passages by vector, read out whole; never a refusal."""

    def __init__(self, engine: Embedder) -> None:
        self.engine = engine
        self.library = knowledge.library()

    def top_passage(self, case: Case) -> Said:
        """The nearest item or chapter."""
        started = time.perf_counter()
        sections = [i for i, p in enumerate(self.library.passages) if p.level is Level.SECTION]
        assert self.library.vectors is not None, "baselines are vectors only"
        scores = self.library.vectors[sections] @ self.engine.query(case.question)
        ranked = [self.library.passages[sections[i]] for i in np.argsort(-scores)[:5]]
        found = tuple((passage.document, passage.section) for passage in ranked)
        return Said(ranked[0].text, False, found[:1], found, 1000 * (time.perf_counter() - started))

    def top_chunks(self, case: Case) -> Said:
        """The four nearest chunks of the usual recursive splitter."""
        started = time.perf_counter()
        texts, places, vectors = self._chunks
        best = np.argsort(-(vectors @ self.engine.query(case.question)))[:_TOP]
        found = tuple(places[i] for i in best)
        text = "\n".join(texts[i] for i in best)
        return Said(text, False, found, found, 1000 * (time.perf_counter() - started))

    @cached_property
    def _chunks(self) -> tuple[list[str], list[tuple[str, int | None]], Vector]:
        texts: list[str] = []
        places: list[tuple[str, int | None]] = []
        for source in read_corpus():
            for start, text in split(source.text):
                texts.append(text)
                places.append((source.key, self._section_at(source.key, start + len(text) // 2)))
        return texts, places, np.stack(list(self.engine.passages(texts)))

    def _section_at(self, document: str, position: int) -> int | None:
        sections = self.library.sections(document)
        return next((s.section for s in sections if s.start <= position < s.end), None)


def baselines() -> dict[str, Engine]:
    """By name; none where no embedding model loads."""
    engine = embedder()
    if engine is None or knowledge.library().vectors is None:
        return {}
    plain = Baselines(engine)
    return {"dense, top passage": plain.top_passage, "recursive splitter, dense top 4": plain.top_chunks}


def split(text: str, start: int = 0, separators: Sequence[str] = _SEPARATORS) -> list[tuple[int, str]]:
    """Chunks of a text, overlapping, each with where it starts; the coarsest separator that makes them small wins."""
    if len(text) <= CHUNK_CHARS:
        return [(start, text)] if text.strip() else []
    first, rest = separators[0], separators[1:]
    if not first:
        steps = range(0, len(text), CHUNK_CHARS - OVERLAP_CHARS)
        return [(start + at, text[at : at + CHUNK_CHARS]) for at in steps]
    chunks: list[tuple[int, str]] = []
    begin = end = 0
    for piece in text.split(first):
        after = min(end + len(piece) + len(first), len(text))
        if after - begin > CHUNK_CHARS and end > begin:
            chunks += split(text[begin:end], start + begin, rest)
            begin = max(end - OVERLAP_CHARS, 0) if after - end <= CHUNK_CHARS - OVERLAP_CHARS else end
        end = after
    return chunks + split(text[begin:end], start + begin, rest)
