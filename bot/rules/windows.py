"""Short verbatim stretches: the clauses of a sentence that answer, never the whole item."""

import re
from collections.abc import Callable, Sequence

from knowledge.ingestion.sentences import clauses
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.rules.terms import Term
from knowledge.types import Passage, Span

LONGEST_CHARS = 140  # two such pieces of a longer sentence would be more than was asked
SHORT_ENOUGH_CHARS = 130  # a sentence of this length is quoted whole
COMFORTABLE_CHARS = 130  # a stretch is filled up with its neighbours to about this
_LENGTH_COST = 0.0015  # per character: of two stretches that cover the same, the shorter one
_PREFERRED_WORTH = 0.3
_ANCHOR_WORTH = 0.6
_DANGLING = re.compile(r"^[、,，;；。:：\s]+|[、,，;；:：\s]+$")


def best_window(
    passage: Passage,
    terms: Sequence[Term],
    library: Library,
    *,
    most: int = LONGEST_CHARS,
    prefers: Callable[[str], bool] | None = None,
    anchor: str = "",
) -> str:
    """The stretch of a passage that holds most of the question's words for its length, and what it prefers.

    `anchor` is what has answered nearly the same question: a stretch that holds it goes first.
    """
    text = passage.text
    if len(text) <= min(SHORT_ENOUGH_CHARS, most):
        return tidy(text)
    pieces = _joined(text, clauses(text, Span(0, len(text))))
    best, best_worth = Span(0, min(len(text), most)), -1.0
    for first in range(len(pieces)):
        for last in range(first, len(pieces)):
            span = Span(pieces[first].start, pieces[last].end)
            length = span.end - span.start
            if length > most and last > first:
                break
            words = text[span.start : span.end]
            holds = _PREFERRED_WORTH if prefers is not None and prefers(words) else 0.0
            holds += _ANCHOR_WORTH if anchor and anchor in words else 0.0
            worth = library.coverage(terms, fold(words)) + holds - _LENGTH_COST * length
            if worth > best_worth:
                best, best_worth = span, worth
    return tidy(_in_context(text, best, pieces, min(COMFORTABLE_CHARS, most)))


def _in_context(text: str, best: Span, pieces: Sequence[Span], most: int) -> str:
    """The stretch with its neighbours while it stays short: a bare clause seldom makes sense alone."""
    start, end = best.start, best.end
    for piece in [*reversed([p for p in pieces if p.end <= best.start]), *[p for p in pieces if p.start >= best.end]]:
        low, high = min(start, piece.start), max(end, piece.end)
        if high - low <= most:
            start, end = low, high
    return text[start:end]


def _joined(text: str, pieces: Sequence[Span]) -> list[Span]:
    """Clauses with a colon belong to what the colon announces; brackets and quotes are not torn."""
    joined: list[Span] = []
    for piece in pieces:
        if joined and _open(text[joined[-1].start : joined[-1].end]):
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _open(text: str) -> bool:
    if text.endswith((":", "：")):
        return True
    pairs = ("()", "（）", "“”", "《》")
    return any(text.count(pair[0]) > text.count(pair[1]) for pair in pairs)


def tidy(words: str) -> str:
    """Without the marks that dangle at the edges of a stretch cut out of a sentence; still verbatim."""
    return _DANGLING.sub("", words)
