"""How far the reads of the archive have been screened, so that none is left out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from data.reads.archive import Archive

SCREENED = "screened"
"""The store's mark: all reads before this position have been screened."""

EVERY = 200_000
"""Reads after which the mark is written even if nothing else is to be."""


class Progress:
    """The batches under way; safe under threads."""

    def __init__(self, archive: Archive | None) -> None:
        self._archive = archive
        self._turn = threading.Lock()
        self._numbers = count()
        self._under_way: dict[int, int] = {}
        self._left: list[int] = []
        self._noted = 0
        self._told = 0

    @contextmanager
    def on_a_batch(self) -> Iterator[None]:
        """Work on a batch, from before it is appended until it is screened."""
        with self._turn:
            number = next(self._numbers)
            self._under_way[number] = self._position
        try:
            yield
        except BaseException:
            with self._turn:
                self._left.append(self._under_way.pop(number))
            raise
        with self._turn:
            del self._under_way[number]

    def all_screened(self) -> None:
        """Note that what was left over from batches that failed has been screened."""
        with self._turn:
            self._left = []

    def begin(self) -> int:
        """Return the position before which all reads have been screened."""
        with self._turn:
            begun = (*self._under_way.values(), *self._left)
            self._told = min(begun, default=self._position)
            return self._told

    def is_due(self) -> bool:
        """Say whether the mark should be written."""
        return self._position - self._noted > EVERY

    def noted(self) -> None:
        """Note that the mark was written: logs before it are needed no more."""
        self._noted = self._position
        if self._archive is not None:
            self._archive.upkeep.released = self._told

    @property
    def _position(self) -> int:
        return 0 if self._archive is None else self._archive.position
