"""Not asking for a while who has just failed to answer several times."""

from collections.abc import Callable

Clock = Callable[[], float]

_FAILURES = 5
_REST = 60.0


class CircuitBreaker:
    """Opens after some failures in a row. After a rest one is let through, whose success closes it again.

    ``clock`` tells seconds that only ever rise.
    """

    def __init__(self, clock: Clock, failures: int = _FAILURES, rest: float = _REST) -> None:
        self._clock = clock
        self._most = failures
        self._rest = rest
        self._failures = 0
        self._resting_until = 0.0

    def lets_through(self) -> bool:
        if self._failures < self._most:
            return True
        if self._clock() < self._resting_until:
            return False
        # Others wait for this one, or for another rest should it never report: it may be cancelled.
        self._resting_until = self._clock() + self._rest
        return True

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._resting_until = self._clock() + self._rest
