"""Questions asked before, and which of them a new one sounds like.

A document's sentence and a citizen's question share few words; two questions about one thing share many. So what people
ask is kept beside the documents, each question with the stretch that answers it, and a new question is compared with
questions too. Those that no document answers are kept as well: they tell where the documents end.
"""

from collections.abc import Sequence

import numpy as np

from knowledge.rules.bm25 import BM25, grams
from knowledge.types import Asked, Echo, Level, Passage, Vector

NEAREST = 24
LEXICAL_WEIGHT = 0.4  # of the likeness; the rest is the vectors' where there are any
UNRELATED, SAME = 0.83, 1.0  # cosines of this model between questions that have nothing, and everything, in common


class Echoes:
    """Immutable; `nearest` is safe to call from many threads.

    `texts` are the questions normalised, `holders` for each the keys of the passages where its anchor stands,
    `vectors` one row for each, or None without an embedder.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        texts: Sequence[str],
        holders: Sequence[tuple[str, ...]],
        vectors: Vector | None,
    ) -> None:
        self.asked, self.holders, self.vectors = tuple(asked), tuple(holders), vectors
        self.texts = tuple(texts)
        self.places = frozenset(key for keys in holders for key in keys)
        self._words = BM25([grams(text) for text in texts])

    def likeness(self, text: str, vector: Vector | None) -> Vector:
        """How like a normalised question is to each one, 0..1."""
        lexical = self.lexical(text)
        if vector is None or self.vectors is None:
            return lexical
        dense = np.clip((self.vectors @ vector - UNRELATED) / (SAME - UNRELATED), 0.0, 1.0)
        return np.asarray(LEXICAL_WEIGHT * lexical + (1 - LEXICAL_WEIGHT) * dense, dtype=np.float32)

    def lexical(self, text: str) -> Vector:
        """Twice the shared characters and pairs by all of both, weighed by rarity (Dice)."""
        tokens = sorted(set(grams(text)))
        own = sum(self._words.idf(token) for token in tokens)
        shared = self._words.shared(tokens)
        return np.asarray(2 * shared / np.maximum(self._words.mass + own, 1e-6), dtype=np.float32)

    def nearest(self, text: str, vector: Vector | None, *, below: float | None = None) -> tuple[Echo, ...]:
        """The questions most like a normalised one, best first; to learn from what is known, only those `below`."""
        if not self.asked:
            return ()
        likeness = self.likeness(text, vector)
        if below is not None:
            likeness[likeness >= below] = 0.0
        count = min(NEAREST, len(likeness))
        near = np.argpartition(-likeness, count - 1)[:count]
        best = near[np.lexsort((near, -likeness[near]))]
        return tuple(Echo(self.asked[i], self.texts[i], float(likeness[i]), self.holders[i]) for i in best)


NONE_ASKED = Echoes((), (), (), None)


def standing_in(anchor: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The keys of the passages that hold an anchor, an item's first: sentences and units, a whole section at need."""
    if not anchor:
        return ()
    holding = [passage for passage in passages if anchor in passage.text]
    small = [passage for passage in holding if passage.level is not Level.SECTION]
    return tuple(p.key for p in sorted(small or holding, key=lambda p: (p.box, not p.section)))
