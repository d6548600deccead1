"""One knowledge version in memory: read-only, shared by all threads, replaced when the pointer moves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

import numpy as np

from knowledge.rules.bm25 import BM25, grams
from knowledge.rules.lexicon import fold
from knowledge.rules.sounds import respelled
from knowledge.rules.terms import Term
from knowledge.types import Annex, DocumentCard, Level, Passage, Target, Vector

_TERMS_KEPT = 20_000
SEARCHED = (Level.SECTION, Level.SENTENCE)


@dataclass(frozen=True, eq=False)
class Library:
    """Passages in document order with their vectors, targets, annexes, and the indexes made from them.

    `vectors` has one row per passage (zeros for passages that are not searched), None without an embedder.
    """

    version: UUID
    embedder: str
    documents: dict[str, DocumentCard]
    passages: tuple[Passage, ...]
    targets: tuple[Target, ...]
    annexes: tuple[Annex, ...]
    vectors: Vector | None
    vocabulary: frozenset[str] = frozenset()  # the words that the documents use
    _idf: dict[tuple[str, ...], float] = field(default_factory=dict, repr=False)

    @cached_property
    def searched(self) -> tuple[int, ...]:
        """Indices of the passages that a search may return."""
        return tuple(index for index, passage in enumerate(self.passages) if passage.level in SEARCHED)

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Each passage's text as questions are compared with it."""
        return tuple(fold(passage.text) for passage in self.passages)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Each passage's own heading, folded: part of what a sentence says."""
        return tuple(fold(passage.title) for passage in self.passages)

    @cached_property
    def by_key(self) -> dict[str, int]:
        return {passage.key: index for index, passage in enumerate(self.passages)}

    @cached_property
    def owner(self) -> tuple[int, ...]:
        """For each passage the index of the section-level passage that holds it."""
        return tuple(self.by_key.get(passage.key.split(".")[0], i) for i, passage in enumerate(self.passages))

    @cached_property
    def corpus(self) -> str:
        """All sections, folded: whether a word stands anywhere."""
        return " ".join(self.folded[i] for i, p in enumerate(self.passages) if p.level is Level.SECTION)

    @cached_property
    def bm25(self) -> BM25:
        """Lexical index over heading path and text of every passage."""
        paths = [fold(" ".join(passage.path)) for passage in self.passages]
        return BM25([grams(f"{path} {text}") for path, text in zip(paths, self.folded, strict=True)])

    @cached_property
    def _sentences(self) -> list[str]:
        return [
            f"{self.titles[i]} {self.folded[i]}"
            for i, passage in enumerate(self.passages)
            if passage.level is Level.SENTENCE
        ]

    def rarity(self, term: Term) -> float:
        """How much a term tells sentences apart (idf); one that no document knows, by its own weight."""
        if term.forms not in self._idf:
            count = sum(any(form in text for form in term.forms) for text in self._sentences)
            weight = 1.0 if count else term.unknown_weight
            if len(self._idf) >= _TERMS_KEPT:
                self._idf.clear()  # what strangers type must not fill the memory
            self._idf[term.forms] = weight * math.log((len(self._sentences) + 1) / (count + 0.5))
        return self._idf[term.forms]

    def respelled(self, term: Term) -> Term:
        """The term with the words that it may have been mistyped for, where no document knows it."""
        if not term.guessed or any(term.word in text for text in self._sentences):
            return term
        return replace(term, alternatives=respelled(term.word, self.vocabulary))

    def coverage(self, terms: Sequence[Term], text: str) -> float:
        """The share of a question's content words, by rarity, that a folded text holds; 0 without any."""
        total = sum(self.rarity(term) for term in terms)
        return sum(self.rarity(term) * term.found_in(text) for term in terms) / total if total else 0.0

    def section_of(self, passage: Passage) -> Passage:
        """The section-level passage that holds `passage`."""
        return self.passages[self.owner[self.by_key[passage.key]]]

    def sentence_at(self, document: str, position: int) -> Passage | None:
        """The sentence of a document in which a character stands."""
        for passage in self.passages:
            inside = passage.start <= position < passage.end
            if passage.document == document and passage.level is Level.SENTENCE and inside:
                return passage
        return None

    def sections(self, document: str | None = None) -> list[Passage]:
        """Section-level passages in order, of one document or of all."""
        wanted = (p for p in self.passages if p.level is Level.SECTION)
        return [passage for passage in wanted if document in (None, passage.document)]

    def units_of(self, section: Passage) -> Passage | None:
        """The passage that names a section's responsible units."""
        index = self.by_key.get(f"{section.key}.units")
        return None if index is None else self.passages[index]


def stacked(vectors: Sequence[bytes | None], width: int) -> Vector | None:
    """Rows from the database's bytes; zeros where there is none, None where there are none at all."""
    if not any(vectors):
        return None
    empty = bytes(4 * width)
    return np.stack([np.frombuffer(bytes(vector or empty), dtype=np.float32) for vector in vectors])
