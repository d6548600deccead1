"""How long each phase of an answer took."""

import time


class Stopwatch:
    """Milliseconds by phase, summed where a phase comes more than once."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._ms: dict[str, float] = {}

    def lap(self, phase: str) -> None:
        """What went by since the last lap was this phase."""
        now = time.perf_counter()
        self._ms[phase] = self._ms.get(phase, 0.0) + 1000 * (now - self._last)
        self._last = now

    @property
    def ms(self) -> dict[str, float]:
        """All phases so far, and `total` since the watch was made."""
        return {**self._ms, "total": 1000 * (time.perf_counter() - self._began)}
