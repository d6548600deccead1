"""A report for a terminal."""

from collections.abc import Iterator

from bot.evaluation.last import Change
from bot.evaluation.report import ASSISTANT, EngineReport, Gap, Report
from bot.rules.measures import Share

_MOST_NAMED = 20  # questions that are named as better or as worse


def lines(report: Report, *, misses: bool) -> Iterator[str]:
    """Line by line, what was measured first and single questions last."""
    yield f"{report.count} questions of {report.folder}{f', split {report.split}' if report.split else ''}"
    for name, engine in report.engines.items():
        yield from _table(name, engine)
    yield "\nassistant, right by kind"
    for kind, found in report.engines[ASSISTANT].kinds.items():
        yield f"  {kind:<26}{_shown(found)}"
    yield from _gaps(report)
    yield from _change(report.change, report.engines[ASSISTANT])
    if misses:
        yield from _misses(report)


def _table(name: str, engine: EngineReport) -> Iterator[str]:
    yield f"\n{name}"
    for measure, found in engine.measures.items():
        yield f"  {measure:<26}{_shown(found)}"
    for phase, took in engine.latency_ms.items():
        yield f"  {f'{phase} ms':<26}p50 {took.p50:.1f}, p95 {took.p95:.1f}"


def _gaps(report: Report) -> Iterator[str]:
    for split in dict.fromkeys(found.split for found in report.gaps):
        among = [found for found in report.gaps if found.split == split]
        yield f"\nassistant, {among[0].learned_from} (learned from) beside {split}, and the gap"
        yield from (_gap(found) for found in among)


def _gap(found: Gap) -> str:
    between = f"{found.gap.share:+.3f} [{found.gap.low:+.3f}, {found.gap.high:+.3f}]"
    return f"  {found.measure:<26}{found.first.share:.3f}  {found.other.share:.3f}  {between}"


def _change(change: Change | None, engine: EngineReport) -> Iterator[str]:
    if change is None:
        yield "\nno earlier run of these questions to compare with"
        return
    yield f"\nsince the last run, {change.since:%Y-%m-%d %H:%M}"
    for measure, found in engine.measures.items():
        before = change.before.get(measure)
        if before is not None and abs(found.share - before) >= 0.0005:
            yield f"  {measure:<26}{before:.3f} → {found.share:.3f}  ({found.share - before:+.3f})"
    for name, outcomes in (("better", change.better), ("worse", change.worse)):
        yield f"  {name}: {len(outcomes)}"
        yield from (f"    [{one.id}] {one.question}" for one in outcomes[:_MOST_NAMED])
    if change.held_out:
        then, now = change.held_out
        yield f"  held out, right: {then} → {now}"
    if change.added or change.removed:
        yield f"  questions added {change.added}, removed {change.removed}"


def _misses(report: Report) -> Iterator[str]:
    yield "\nmissed"
    for miss in report.misses:
        earlier = f" (after: {' / '.join(miss.history)})" if miss.history else ""
        yield f"  [{miss.kind}] {miss.id} {miss.question}{earlier}\n    -> {miss.said}"
    if report.misses_held_out:
        yield f"  {report.misses_held_out} held-out questions went wrong and are not shown; see --read-held-out"


def _shown(found: Share) -> str:
    return f"{found.share:.3f}  [{found.low:.3f}, {found.high:.3f}]  n={found.count}"
