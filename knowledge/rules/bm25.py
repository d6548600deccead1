"""BM25 over any tokens, as sparse postings in numpy: small corpora, scores for all documents at once."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75


class BM25:
    """Immutable once built; `scores` is safe to call from many threads."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self.size = len(documents)
        lengths = np.array([len(tokens) for tokens in documents], dtype=np.float32)
        mean = float(lengths.mean()) if self.size else 1.0
        self._norm = K1 * (1 - B + B * lengths / max(mean, 1.0))
        postings: dict[str, list[tuple[int, int]]] = {}
        for index, tokens in enumerate(documents):
            for token, count in Counter(tokens).items():
                postings.setdefault(token, []).append((index, count))
        self._postings = {token: _arrays(entries) for token, entries in postings.items()}

    def idf(self, token: str) -> float:
        posting = self._postings.get(token)
        frequency = 0 if posting is None else len(posting[0])
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def scores(self, tokens: Iterable[str]) -> NDArray[np.float32]:
        """One score per document, in the order in which they were given."""
        total = np.zeros(self.size, dtype=np.float32)
        for token, wanted in Counter(tokens).items():
            posting = self._postings.get(token)
            if posting is not None:
                where, counts = posting
                total[where] += wanted * self.idf(token) * counts * (K1 + 1) / (counts + self._norm[where])
        return total

    def shared(self, tokens: Iterable[str]) -> NDArray[np.float32]:
        """For each document how much the tokens that it has of these weigh together, each counted once."""
        total = np.zeros(self.size, dtype=np.float32)
        for token in tokens:
            posting = self._postings.get(token)
            if posting is not None:
                total[posting[0]] += self.idf(token)
        return total


def _arrays(entries: list[tuple[int, int]]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    return (
        np.array([index for index, _ in entries], dtype=np.intp),
        np.array([count for _, count in entries], dtype=np.float32),
    )


def grams(text: str) -> list[str]:
    """Chinese characters and their bigrams, and whole Latin words and numbers."""
    tokens: list[str] = []
    run = ""
    for character in text + " ":
        if "\u4e00" <= character <= "\u9fff":
            tokens += [character] if not run else [character, run + character]
            run = character
        else:
            run = ""
    word = ""
    for character in text + " ":
        if character.isascii() and (character.isalnum() or character == "%"):
            word += character
        elif word:
            tokens.append(word)
            word = ""
    return tokens
