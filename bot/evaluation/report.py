"""What a run of frozen questions showed, as data: for the screen, for a page, for the next run to compare with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bot.evaluation.last import Change
from bot.rules.measures import Case, Pair, Place, Share, gap, judged, measured, share, went_right

ASSISTANT = "assistant"
_LEARNED_FROM = ("tune", "read")  # splits that rules were written by


@dataclass(frozen=True)
class Latency:
    """Milliseconds that half of the answers, and 95 of 100, stayed within."""

    p50: float
    p95: float
    count: int


@dataclass(frozen=True)
class EngineReport:
    """One engine over all cases: shares by measure and by kind, milliseconds by phase (`total` among them)."""

    measures: Mapping[str, Share]
    kinds: Mapping[str, Share]
    latency_ms: Mapping[str, Latency]


@dataclass(frozen=True)
class Gap:
    """One measure on the split that rules were written by and on another one, and by how much that one is lower."""

    measure: str
    learned_from: str
    split: str
    first: Share
    other: Share
    gap: Share


@dataclass(frozen=True)
class Miss:
    """A question that went wrong, with what was said to it."""

    id: str
    kind: str
    question: str
    history: tuple[str, ...]
    must: tuple[tuple[str, ...], ...]
    said: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Report:
    """One run. `misses` holds what may be read; of what may not, only the number."""

    folder: str
    split: str
    at: datetime
    count: int
    held_out: int
    engines: Mapping[str, EngineReport]
    gaps: Sequence[Gap]
    misses: Sequence[Miss]
    misses_held_out: int
    change: Change | None = None


def report_of(
    runs: Mapping[str, Sequence[Pair]],
    *,
    folder: str,
    split: str,
    at: datetime,
    change: Change | None = None,
    read_held_out: bool = False,
) -> Report:
    """All that was measured. `read_held_out` shows held-out questions that went wrong, and spends them."""
    pairs = runs[ASSISTANT]
    wrong = [(case, said) for case, said in pairs if not went_right(case, said)]
    readable = [(case, said) for case, said in wrong if read_held_out or not case.held_out]
    return Report(
        folder=folder,
        split=split,
        at=at,
        count=len(pairs),
        held_out=sum(case.held_out for case, _ in pairs),
        engines={name: _engine(said) for name, said in runs.items()},
        gaps=gaps(pairs),
        misses=[_miss(case, said.text, said.places) for case, said in readable],
        misses_held_out=len(wrong) - len(readable),
        change=change,
    )


def _miss(case: Case, said: str, places: tuple[Place, ...]) -> Miss:
    return Miss(case.id, _kind(case), case.question, case.history, case.must, said, places)


def _engine(pairs: Sequence[Pair]) -> EngineReport:
    return EngineReport(measured(pairs), kinds(pairs), latency(pairs))


def kinds(pairs: Sequence[Pair]) -> dict[str, Share]:
    """By kind the share of cases that went as each should."""
    right: dict[str, list[bool]] = {}
    for case, said in pairs:
        right.setdefault(_kind(case), []).append(went_right(case, said))
    return {kind: found for kind in sorted(right) if (found := share(right[kind])) is not None}


def _kind(case: Case) -> str:
    return f"{case.expects}/{case.kind}"


def latency(pairs: Sequence[Pair]) -> dict[str, Latency]:
    """Milliseconds by phase, each over the answers that went through it; `total` over all."""
    took: dict[str, list[float]] = {}
    for _, said in pairs:
        for phase, ms in {**said.phases_ms, "total": said.ms}.items():
            took.setdefault(phase, []).append(ms)
    total = took.pop("total", [])
    return {phase: _latency(values) for phase, values in (*took.items(), ("total", total)) if values}


def _latency(values: Sequence[float]) -> Latency:
    p50, p95 = np.percentile(values, [50, 95])
    return Latency(round(float(p50), 2), round(float(p95), 2), len(values))


def gaps(pairs: Sequence[Pair]) -> list[Gap]:
    """Between the split that rules were written by and each other split; none where a set has no such split."""
    splits = dict.fromkeys(case.split for case, _ in pairs)
    learned = next((split for split in splits if split in _LEARNED_FROM), None)
    if learned is None:
        return []
    first = judged([(case, said) for case, said in pairs if case.split == learned])
    return [found for other in splits if other != learned for found in _gaps(learned, first, other, pairs)]


def _gaps(learned: str, first: Mapping[str, Sequence[bool | float]], other: str, pairs: Sequence[Pair]) -> list[Gap]:
    there = judged([(case, said) for case, said in pairs if case.split == other])
    found = []
    for measure, values in first.items():
        here, beside, between = share(values), share(there[measure]), gap(values, there[measure])
        if here and beside and between:
            found.append(Gap(measure, learned, other, here, beside, between))
    return found
