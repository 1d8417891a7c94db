"""What an archive is asked, and what it answers.

Answers come in pieces: stopped when asked, when too long, or when too large.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.reads.columns import Integers, Reads, joined, no_reads


@dataclass(frozen=True, slots=True)
class Limits:
    """How many reads an answer may hold, and how many seconds it may take."""

    most: int = 1_000_000
    seconds: float = 30.0


USUAL = Limits()
NO_LIMITS = Limits(most=1 << 62, seconds=1e9)


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Places and times: n cameras, each from a moment to another, both included.

    Attributes
    ----------
    camera_ids
        Length n; a camera that is not known has no reads.
    first, last
        Microseconds since 1970 UTC, shape (n,).
    """

    camera_ids: Sequence[str]
    first: Integers
    last: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Appended:
    """What became of a batch; its reads are on disk.

    Attributes
    ----------
    is_new
        False for a read that was there before or stands twice in the batch, shape (n,).
    new
        Those that were, as they are kept.
    position
        How many reads the archive had been given with this batch.
    """

    is_new: NDArray[np.bool_]
    new: Reads
    position: int

    @property
    def stored(self) -> int:
        """How many were new."""
        return int(self.is_new.sum())


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
