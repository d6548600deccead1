"""Sentences and clauses as character spans, so that every quote stays verbatim."""

import re
from collections.abc import Iterator

from knowledge.types import Span

_SENTENCE_END = re.compile(r"[。!?！？]+[”’』」]?|\n+")
_CLAUSE_END = re.compile(r"[,，;；。!！?？:：\n]+[”’]?")
_SHORTEST_SENTENCE_CHARS = 10


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without blanks and table bars at its edges."""
    while start < end and text[start] in " \t\n\u3000|":
        start += 1
    while end > start and text[end - 1] in " \t\n\u3000|":
        end -= 1
    return Span(start, end)


def _cut(text: str, span: Span, mark: re.Pattern[str]) -> Iterator[Span]:
    start = span.start
    for match in mark.finditer(text, span.start, span.end):
        yield trimmed(text, start, match.end())
        start = match.end()
    yield trimmed(text, start, span.end)


def sentences(text: str, span: Span) -> list[Span]:
    """Sentences in `span`; a heading-like stub is kept with the sentence that follows it."""
    found: list[Span] = []
    pending: int | None = None
    for piece in _cut(text, span, _SENTENCE_END):
        if piece.start == piece.end:
            continue
        start = piece.start if pending is None else pending
        stub = piece.end - start < _SHORTEST_SENTENCE_CHARS and "\n" not in text[start : piece.end + 1]
        pending = start if stub and piece.end < span.end else None
        if pending is None:
            found.append(Span(start, piece.end))
    return found


def clauses(text: str, span: Span) -> list[Span]:
    """Clauses in `span`, each with the mark that ends it."""
    return [piece for piece in _cut(text, span, _CLAUSE_END) if piece.start < piece.end]
