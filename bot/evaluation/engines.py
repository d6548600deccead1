"""What answers the frozen questions: the assistant on the code path of every door."""

import time
from collections.abc import Callable, Iterable, Sequence

from bot import services
from bot.rules.measures import Case, Expects, Place, Said
from knowledge import queries as knowledge
from knowledge.retrieval.embedder import embedder

SEARCHED = 5  # places of the search that are looked at
Engine = Callable[[Case], Said]
Progress = Callable[[Sequence[Case]], Iterable[Case]]


def run(engine: Engine, cases: Sequence[Case], progress: Progress = iter) -> list[tuple[Case, Said]]:
    """Every case with what the engine says; no engine profits from vectors that another had computed."""
    model = embedder()
    if model is not None:
        model.query.cache_clear()
    return [(case, engine(case)) for case in progress(cases)]


def asked(case: Case) -> Said:
    """The assistant's own answer, timed, with the places that its search found."""
    started = time.perf_counter()
    answer = services.answer(question=case.question, history=case.history)
    spent = 1000 * (time.perf_counter() - started)
    return Said(
        text=answer.text,
        refused=answer.refused and not (case.expects is Expects.SORTING and "unknown" in case.categories),
        places=tuple((citation.document, citation.section) for citation in answer.citations),
        found=None if case.history or not case.places else _found(case.question),
        ms=spent,
        phases_ms={phase: took for phase, took in answer.timings_ms.items() if phase != "total"},
    )


def _found(question: str) -> tuple[Place, ...]:
    hits = knowledge.sections_for(question, limit=SEARCHED)
    return tuple((hit.passage.document, hit.passage.section) for hit in hits)
