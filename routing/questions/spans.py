"""Spans of time, and how much of the time for an answer is left."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

from data.reads.answers import Cut, Limits
from data.reads.columns import micros_of
from data.reads.search import EVER


def span_between(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Return the first and the last microsecond of a span; None is open."""
    first = EVER[0] if since is None else micros_of(since)
    return first, EVER[1] if until is None else micros_of(until)


class Watch:
    """Tells when the time for an answer is over."""

    def __init__(
        self, limits: Limits, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._seconds = limits.seconds
        self._clock = clock
        self._until = clock() + limits.seconds

    def cut(self) -> Cut | None:
        """Return the cut that the time makes; None while there is some left."""
        if self._clock() > self._until:
            return Cut("time", self._seconds)
        return None
