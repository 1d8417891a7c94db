"""Answers that come in pieces: stopped when asked, when too long, or when too large."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Self

from data.reads.columns import Reads, joined, no_reads


@dataclass(frozen=True, slots=True)
class Limits:
    """How many reads an answer may hold, and how many seconds it may take."""

    most: int = 1_000_000
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Cut:
    """Why an answer is not whole: ``rows`` or ``time``, and the limit that bit.

    `routing.questions` adds ``plates``.
    """

    kind: str
    limit: float


class Answer:
    """Reads in order of time, piece by piece: a day each, or all when they are few.

    ``cut`` says, once the last piece was given, whether a limit bit; None if not. To
    cancel, stop asking for pieces.
    """

    def __init__(
        self,
        pieces: Iterator[Reads],
        limits: Limits,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.cut: Cut | None = None
        self._pieces = pieces
        self._left = limits.most
        self._limits = limits
        self._clock = clock
        self._until = clock() + limits.seconds

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Reads:
        if self.cut is not None:
            raise StopIteration
        piece = next(self._pieces)
        if len(piece) > self._left:
            self.cut = Cut("rows", self._limits.most)
            piece = piece.taken(slice(0, self._left))
        elif self._clock() > self._until:
            self.cut = Cut("time", self._limits.seconds)
        self._left -= len(piece)
        return piece

    def all(self) -> Reads:
        """Return all pieces as one."""
        pieces = list(self)
        return joined(pieces) if pieces else no_reads()
