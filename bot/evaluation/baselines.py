"""What most assistants do, as a measure of ours: the nearest passages by vector, read out whole."""

import time
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from bot.evaluation.engines import Engine
from bot.rules.measures import Case, Said
from knowledge import queries as knowledge
from knowledge.ingestion.sources import read_corpus
from knowledge.retrieval.embedder import Embedder, embedder
from knowledge.types import Level, Vector

CHUNK_CHARS, OVERLAP_CHARS = 500, 50
_TOP = 4
_SEPARATORS = ("\n\n", "\n", "。", "；", "，", "")


class Baselines:
    """Two plain engines over the active version; neither ever refuses."""

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
