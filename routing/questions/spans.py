"""How much of the time for an answer is left."""

from collections.abc import Callable
from time import monotonic

from data.reads.answers import Cut, Limits


class Watch:
    """Tells when the time for an answer is over."""

    def __init__(
        self, limits: Limits, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._seconds = limits.seconds
        self._clock = clock
        self._until = clock() + limits.seconds

    def left(self) -> float:
        """Return how many seconds are left; negative when the time is over."""
        return self._until - self._clock()

    def cut(self) -> Cut | None:
        """Return the cut that the time makes; None while there is some left."""
        if self._clock() > self._until:
            return Cut("time", self._seconds)
        return None
