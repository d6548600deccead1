"""A circuit breaker: after so many failures in a row an endpoint is left alone for a while. One per process."""

import threading


class Breaker:
    """Closed at first. Times are seconds of a monotonic clock, passed in."""

    def __init__(self, *, failures: int, rest_seconds: float) -> None:
        self._most, self._rest_seconds = failures, rest_seconds
        self._failed = 0
        self._closed_from = 0.0
        self._lock = threading.Lock()

    def allows(self, now: float) -> bool:
        """Whether a call may be made; after the rest one caller tries while the others still wait."""
        with self._lock:
            if self._failed < self._most:
                return True
            if now < self._closed_from:
                return False
            self._closed_from = now + self._rest_seconds
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed = 0

    def failed(self, now: float) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._most:
                self._closed_from = now + self._rest_seconds
