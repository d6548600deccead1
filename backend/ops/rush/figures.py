"""What the answers of a rush say, in lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from backend.ops.rush.driver import Answer


@dataclass(frozen=True)
class Round:
    """Acts a second of the three, measured one after the other."""

    bare: float
    claims: float
    pgbench: float

    def __str__(self) -> str:
        return f"bare {self.bare:6.1f}/s   claims {self.claims:6.1f}/s   pgbench {self.pgbench:6.1f}/s"


def ratios(rounds: Sequence[Round]) -> str:
    """The medians over the rounds of claims against the other two."""
    bare, pgbench = (median(each.claims / getattr(each, other) for each in rounds) for other in ("bare", "pgbench"))
    return f"claims / bare view {bare:.2f}   claims / pgbench {pgbench:.2f}   (medians of {len(rounds)} rounds)"


def latencies(answers: Sequence[Answer]) -> str:
    """p50, p95 and p99 in milliseconds, and how far apart the ends are."""
    seconds = sorted(answer.seconds for answer in answers)
    p50, p95, p99 = (seconds[min(int(len(seconds) * part), len(seconds) - 1)] for part in (0.5, 0.95, 0.99))
    return f"p50 {p50 * 1000:.0f} ms   p95 {p95 * 1000:.0f} ms   p99 {p99 * 1000:.0f} ms   p99/p50 {p99 / p50:.1f}"


def outcomes(answers: Sequence[Answer]) -> str:
    """How many answers of each kind, refusals by code."""
    kinds = Counter(each.code or ("replayed" if each.replayed else str(each.status)) for each in answers)
    return "   ".join(f"{kind} {number}" for kind, number in kinds.most_common())


def given(answers: Sequence[Answer]) -> int:
    """Acts that were done, each counted once."""
    return sum(each.status == 201 and not each.replayed for each in answers)


def faults(answers: Sequence[Answer]) -> int:
    return sum(each.status >= 500 for each in answers)
