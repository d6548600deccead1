"""What of a version is embedded, and what earlier versions or the shipped file have embedded already."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from knowledge.models import AskedSet, Passage
from knowledge.retrieval import embedder as embedding
from knowledge.retrieval import shipped
from knowledge.retrieval.retriever import text_of_question
from knowledge.rules.library import SEARCHED, rows_of
from knowledge.types import Parsed, Vector
from knowledge.types import Passage as ParsedPassage

Progress = Callable[[Iterable[Vector], int], Iterable[Vector]]


def embedder_name() -> str:
    return embedding.NAME if embedding.embedder() is not None else ""


def searched(parsed: Iterable[Parsed]) -> Iterator[ParsedPassage]:
    return (passage for one in parsed for passage in one.passages if passage.level in SEARCHED)


def embedded_text(passage: ParsedPassage) -> str:
    """A passage as it is embedded: a sentence needs its heading to be understood."""
    return f"{passage.title}。{passage.text}"


def content_hash(passage: ParsedPassage) -> str:
    return hashlib.sha256(f"{embedder_name()}\n{embedded_text(passage)}".encode()).hexdigest()


def known_vectors(wanted: Iterable[str]) -> dict[str, Vector]:
    """What need not be embedded again, by content hash."""
    digests = list(wanted)
    rows = Passage.objects.filter(content_hash__in=digests, vector__isnull=False)
    return shipped.vectors_of(digests, embedder_name()) | {
        digest: np.frombuffer(bytes(vector), dtype=np.float32)
        for digest, vector in rows.values_list("content_hash", "vector")
        if vector is not None
    }


def embed(missing: dict[str, str], progress: Progress) -> dict[str, Vector]:
    engine = embedding.embedder()
    if engine is None or not missing:
        return {}
    return dict(zip(missing, progress(engine.passages(list(missing.values())), len(missing)), strict=True))


def vectors_of_asked(questions: Sequence[str], progress: Progress) -> tuple[dict[str, Vector], int]:
    """The vector of each question asked before, and how many no earlier version had embedded."""
    engine = embedding.embedder()
    if engine is None or not questions:
        return {}, 0
    known = shipped.vectors_of(list(questions), embedder_name())
    if len(known) < len(questions):  # megabytes of every version that is kept, needless where all are shipped
        known = known_asked() | known
    missing = [question for question in questions if question not in known]
    texts = [text_of_question(question) for question in missing]
    new = dict(zip(missing, progress(engine.questions(texts), len(texts)), strict=True)) if missing else {}
    return {question: new[question] if question in new else known[question] for question in questions}, len(missing)


def known_asked() -> dict[str, Vector]:
    """What earlier versions have embedded with the same engine, by question."""
    sets = AskedSet.objects.filter(version__embedder=embedder_name(), vectors__isnull=False).order_by("version_id")
    return {
        row[0]: vector
        for each in sets
        for row, vector in zip(each.questions, rows_of(bytes(each.vectors or b"")), strict=True)
    }
