"""Ten thousand passages with made-up vectors: does a search stay within twice what it takes among a hundred?

    python -m tests.bench.passages [--passages 10000] [--rounds 3]

Made-up guides, in words of the real corpus, are built into two knowledge versions, a small one and a large one, by the
very code that builds the real one: rows, Chroma collection, library in memory. Only the passages' vectors are made up;
questions are embedded by the model. Both versions are asked the same frozen questions in turns, so the small one is the
floor. Printed with the questions' vectors computed and with them remembered, and with the memory before and after.
What it costs to embed passages truly is told from a sample.
"""

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.processes import MISSING, megabytes, peak_megabytes

if TYPE_CHECKING:
    from knowledge.rules.library import Library
    from knowledge.types import Source, Vector

SMALL, SENTENCES, QUESTIONS = 100, 4, 100
WITHIN = 2.0
_REAL = 64  # passages that are embedded by the model, to tell what that costs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if MISSING:
        print(MISSING)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
        return _measure(given.passages, given.rounds)


def _measure(passages: int, rounds: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _made_up_vectors()
    small, began = _library(SMALL), megabytes()
    started = time.monotonic()
    large = _library(passages)
    print(
        f"{len(large.passages):,} passages built and loaded in {time.monotonic() - started:.1f} s beside "
        f"{len(small.passages)}; memory {began:.0f} MB, then {megabytes():.0f} MB"
    )
    cold, warm = _in_turns(small, large, rounds)
    ratio = _tell("vectors computed", cold)
    _tell("vectors remembered", warm)
    print(
        f"memory after {2 * rounds * QUESTIONS:,} more searches: {megabytes():.0f} MB, peak {peak_megabytes():.0f} MB"
    )
    print(f"p95 within {WITHIN:.0f} times: {'held' if ratio <= WITHIN else 'NOT HELD'} ({ratio:.2f})")
    _tell_real_cost(large, passages)
    return 0


def _in_turns(small: "Library", large: "Library", rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds of each search, in the small and in the large version; computed vectors, then remembered ones."""
    from knowledge.retrieval.embedder import embedder

    engine = embedder()
    assert engine is not None, "the model must load to be measured"
    cold: dict[str, list[float]] = {"small": [], "large": []}
    warm: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(rounds):
        for name, library in (("small", small), ("large", large)):
            _search(library)("先问一个热身的问题")
            engine.query.cache_clear()
            cold[name] += [_timed(_search(library), question) for question in _questions()]
            warm[name] += [_timed(_search(library), question) for question in _questions()]
    return cold, warm


def _search(library: "Library") -> Callable[[str], object]:
    from knowledge.retrieval.retriever import HybridRetriever

    return HybridRetriever(library=library).search


def _timed(work: Callable[[str], object], question: str) -> float:
    started = time.perf_counter()
    work(question)
    return 1000 * (time.perf_counter() - started)


def _tell(what: str, took: dict[str, list[float]]) -> float:
    """Prints both, and returns the ratio of the p95."""
    (small50, small95), (large50, large95) = (np.percentile(took[name], [50, 95]) for name in ("small", "large"))
    print(
        f"{what}: p50 {small50:.1f} → {large50:.1f} ms (ratio {large50 / small50:.2f}), "
        f"p95 {small95:.1f} → {large95:.1f} ms (ratio {large95 / small95:.2f}); load average {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return float(large95 / small95)


def _questions() -> list[str]:
    from tests.evaluation.frozen import cases

    texts = dict.fromkeys(str(case["question"]) for case in cases() if not case["history"])
    return list(islice(texts, QUESTIONS))


def _library(passages: int) -> "Library":
    """A version of about so many passages, built, and loaded as a process loads it."""
    from backend.core import clock
    from knowledge import queries, services

    built = services.build(by="bench", now=clock.now(), sources=list(_guides(passages)))
    queries.forget()
    library = queries.library()
    assert library.version == built.version
    return library


def _guides(passages: int) -> Iterator["Source"]:
    """Guides of chapters of a few sentences, whose words are drawn from the real corpus."""
    from knowledge.ingestion.sources import read_corpus
    from knowledge.retrieval.words import cut
    from knowledge.types import Kind, Source

    chance = random.Random(passages)
    words = [word for source in read_corpus() for word, _ in cut(source.text) if len(word) > 1]
    chapters = [_chapter(number, words, chance) for number in range(passages // (SENTENCES + 1))]
    for number in range(0, len(chapters), 100):
        text = f"# 第{number}号指南\n\n" + "\n".join(chapters[number : number + 100])
        yield Source(
            key=f"made-up-{number}",
            title=f"第{number}号指南",
            short_title=f"指南{number}",
            issuer="bench",
            issued_on=date(2026, 1, 1),
            kind=Kind.GUIDE,
            status="公开",
            origin="bench",
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
        )


def _chapter(number: int, words: Sequence[str], chance: random.Random) -> str:
    sentences = ["".join(chance.choices(words, k=8)) + "。" for _ in range(SENTENCES)]
    return f"## {''.join(chance.choices(words, k=3))}{number}\n" + "\n".join(sentences) + "\n"


def _made_up_vectors() -> None:
    """The process's embedder with made-up vectors for passages."""
    from knowledge.retrieval import embedder as embedding

    class MadeUp(embedding.Embedder):
        def passages(self, texts: Sequence[str]) -> Iterator["Vector"]:
            chance = np.random.default_rng(len(texts))
            for _ in texts:
                vector = chance.normal(size=384).astype(np.float32)
                yield vector / np.linalg.norm(vector)

    engine = MadeUp()
    embedding._loaded = lambda: engine  # type: ignore[assignment]


def _tell_real_cost(library: "Library", passages: int) -> None:
    from knowledge.retrieval.embedder import Embedder

    sample = [library.passages[index].text for index in library.searched[:_REAL]]
    started = time.monotonic()
    list(Embedder().passages(sample))
    rate = len(sample) / (time.monotonic() - started)
    print(f"embedding truly: {rate:.0f} passages/s, so {passages / rate / 60:.0f} minutes for {passages:,}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
