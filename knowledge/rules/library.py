"""One knowledge version in memory: read-only, shared by all threads, replaced when the pointer moves."""

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from knowledge.rules.background import UNKNOWN, Background
from knowledge.rules.bm25 import BM25, grams
from knowledge.rules.echoes import NONE_ASKED, Echoes
from knowledge.rules.lexicon import Lexicon, fold
from knowledge.rules.sounds import mended, respelled, stretches
from knowledge.rules.terms import Term
from knowledge.types import Annex, DocumentCard, Level, Passage, Target, Vector

_TERMS_KEPT = 20_000
VECTOR_WIDTH = 384
SEARCHED = (Level.SECTION, Level.SENTENCE)
NO_SECTION = -1  # in arrays of section numbers: a passage of a document without numbered items


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
    wording: frozenset[str] = frozenset()  # their words, and each two that stand together
    background: Background = UNKNOWN  # what likeness means in this version
    echoes: Echoes = NONE_ASKED  # questions asked before
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # operators' words beside the lexicon's
    _idf: dict[tuple[str, ...], float] = field(default_factory=dict, repr=False)

    def joined(self, lexicon: Lexicon) -> Lexicon:
        """The lexicon with the operators' words of this version."""
        if not self.synonyms:
            return lexicon
        more = {word: (*lexicon.synonyms.get(word, ()), *others) for word, others in self.synonyms.items()}
        return replace(lexicon, synonyms={**lexicon.synonyms, **more})

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
        return tuple(self.by_key.get(passage.section_key, i) for i, passage in enumerate(self.passages))

    @cached_property
    def sentences(self) -> NDArray[np.intp]:
        """Indices of the sentences."""
        return np.array([i for i, p in enumerate(self.passages) if p.level is Level.SENTENCE], dtype=np.intp)

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        """`owner` as an array."""
        return np.array(self.owner, dtype=np.intp)

    @cached_property
    def numbers(self) -> NDArray[np.int_]:
        """Each passage's section number."""
        return np.array([NO_SECTION if p.section is None else p.section for p in self.passages], dtype=np.int_)

    @cached_property
    def boxes(self) -> NDArray[np.bool_]:
        """Whether each passage stands in a box."""
        return np.array([bool(p.box) for p in self.passages], dtype=np.bool_)

    @cached_property
    def asked_about(self) -> frozenset[str]:
        """The documents about which questions asked before are known."""
        return frozenset(self.passages[self.by_key[key]].document for key in self.echoes.places)

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
    def _stretches(self) -> dict[str, set[str]]:
        """The documents' own wording, to hear mistyped wording by."""
        return stretches(self.wording)

    def mended(self, text: str) -> str:
        """A normalised question with what was typed by sound put right: 绿色代款 for 绿色贷款."""
        return mended(text, self._stretches)

    @cached_property
    def _sentences(self) -> list[str]:
        return [f"{self.titles[i]} {self.folded[i]}" for i in self.sentences]

    def rarity(self, term: Term) -> float:
        """How much a term tells sentences apart (idf); one that no document knows, by its own weight."""
        if term.forms not in self._idf:
            count = sum(any(form in text for form in term.forms) for text in self._sentences)
            weight = 1.0 if count else term.unknown_weight
            if len(self._idf) >= _TERMS_KEPT:
                self._idf.clear()  # what strangers type must not fill the memory
            self._idf[term.forms] = weight * math.log((len(self._sentences) + 1) / (count + 0.5))
        return self._idf[term.forms]

    def is_only_named(self, word: str) -> bool:
        """Whether a word is the name of another paper or scheme: it stands in quotes or title marks, and only there."""
        bare = word.strip("“”《》")
        named = rf"[“《][^”》]*{re.escape(bare)}[^“《]*[”》]"
        return bool(re.search(named, self.corpus)) and len(re.findall(re.escape(bare), self.corpus)) == 1

    def names_a_thing(self, term: Term) -> bool:
        """Whether a term is a thing, no deed, and the documents know it."""
        return term.unknown_weight == 1 and any(form in self.corpus for form in term.forms)

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
        places = self._places.get(document, [])
        at = bisect_right(places, position, key=lambda passage: passage.start) - 1
        return places[at] if at >= 0 and position < places[at].end else None

    @cached_property
    def _places(self) -> dict[str, list[Passage]]:
        """The sentences of each document in the order in which they stand."""
        found: dict[str, list[Passage]] = {}
        for passage in sorted((self.passages[i] for i in self.sentences), key=lambda passage: passage.start):
            found.setdefault(passage.document, []).append(passage)
        return found

    def sections(self, document: str | None = None) -> list[Passage]:
        """Section-level passages in order, of one document or of all."""
        wanted = (p for p in self.passages if p.level is Level.SECTION)
        return [passage for passage in wanted if document in (None, passage.document)]

    def units_of(self, section: Passage) -> Passage | None:
        """The passage that names a section's responsible units."""
        index = self.by_key.get(f"{section.key}.units")
        return None if index is None else self.passages[index]


def rows_of(kept: bytes) -> Vector:
    """The matrix that was kept as bytes, one vector in each row."""
    return np.frombuffer(kept, dtype=np.float32).reshape(-1, VECTOR_WIDTH)


def stacked(vectors: Sequence[bytes | None], width: int) -> Vector | None:
    """Rows from the database's bytes; zeros where there is none, None where there are none at all."""
    if not any(vectors):
        return None
    empty = bytes(4 * width)
    return np.stack([np.frombuffer(bytes(vector or empty), dtype=np.float32) for vector in vectors])
