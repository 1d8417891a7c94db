"""Where things were last seen, in columns: when, and which fences held them there."""

from collections.abc import Collection, Hashable, Iterable, Sequence

import numpy as np

from geo.fences.parts import Flags, Numbers
from geo.fences.times import LOST
from geo.layers import Indices
from geo.numbers import ranges

NO_THING = -1
FEWEST_KEPT = 1_024


class Tracks:
    """The last position of each of many things, by the number of its row.

    Not safe under threads: whoever owns one locks.

    Attributes
    ----------
    last_at
        Microseconds since 1970, ``LOST`` in a row without a thing or a position.
    first, count
        Which of ``numbers`` are those of the fences that held the thing.
    heard
        The greater, the later something was heard of it.
    numbers
        Of fences, of all things, with gaps.
    """

    def __init__(self) -> None:
        self._rows: dict[Hashable, int] = {}
        self._things: list[Hashable] = []
        self._free: list[int] = []
        self._n_heard = 0
        self.last_at = np.empty(0, np.int64)
        self.first, self.count, self.heard = np.empty((3, 0), np.int64)
        self.numbers = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._rows)

    def thing(self, row: int) -> Hashable:
        """Return the thing of a row."""
        return self._things[row]

    def row(self, thing: Hashable) -> int | None:
        """Return the row of a thing, None if it is not followed."""
        return self._rows.get(thing)

    def rows_of(self, things: Sequence[Hashable]) -> Indices:
        """Return the rows of things, new ones for new things, shape (n,).

        ``NO_THING`` for what cannot be an id: None, NaN, what has no hash.
        """
        rows = list(map(self._row_of, things))
        grown = len(self._things) - self.last_at.size
        if grown > 0:
            self._grow(max(grown, self.last_at.size))
        return np.array(rows, dtype=np.intp)

    def _row_of(self, thing: Hashable) -> int:
        try:
            row = self._rows.get(thing)
        except TypeError:
            return NO_THING
        if row is not None:
            return row
        if thing is None or thing != thing:
            return NO_THING
        row = self._free.pop() if self._free else len(self._things)
        self._rows[thing] = row
        self._things[row : row + 1] = [thing]
        return row

    def _grow(self, n: int) -> None:
        self.last_at = np.concatenate((self.last_at, np.full(n, LOST)))
        for name in ("first", "count", "heard"):
            wider = np.concatenate((getattr(self, name), np.zeros(n, np.int64)))
            setattr(self, name, wider)

    def hear(self, rows: Indices) -> None:
        """Note that something was heard of things, in this order."""
        self.heard[rows] = np.arange(self._n_heard + 1, self._n_heard + 1 + rows.size)
        self._n_heard += rows.size

    def numbers_of(self, row: int) -> list[int]:
        """Return the numbers of the fences that last held a thing, ascending."""
        first = int(self.first[row])
        return list(self.numbers[first : first + int(self.count[row])].tolist())

    def all_numbers(self) -> list[int]:
        """Return the numbers of all fences that hold something, each once."""
        numbers = np.unique(self.numbers[ranges(self.first, self.count)])
        return list(numbers.tolist())

    def held_by(self, numbers: Collection[int]) -> Flags:
        """Say of each row whether one of some fences last held the thing."""
        each = np.repeat(np.arange(self.count.size), self.count)
        kept = self.numbers[ranges(self.first, self.count)]
        is_held = np.zeros(self.count.size, np.bool_)
        is_held[each[np.isin(kept, np.fromiter(numbers, np.int64))]] = True
        return is_held

    def keep(self, rows: Indices | list[int], numbers: Numbers, count: Numbers) -> None:
        """Keep which fences hold some things now.

        Parameters
        ----------
        rows
            Each once, shape (n,).
        numbers, count
            Of fences, those of one thing after the other, and how many each has.
        """
        self.first[rows] = self.numbers.size + np.cumsum(count) - count
        self.count[rows] = count
        self.numbers = np.concatenate((self.numbers, numbers))
        if self.numbers.size > 2 * self.count.sum() + FEWEST_KEPT:
            self.numbers = self.numbers[ranges(self.first, self.count)]
            self.first = np.cumsum(self.count) - self.count

    def drop(self, rows: Iterable[int]) -> None:
        """Follow some things no more."""
        for row in rows:
            del self._rows[self._things[row]]
            self._things[row] = None
            self._free.append(row)
            self.last_at[row], self.count[row] = LOST, 0

    def silent(self, is_chosen: Flags | None = None) -> list[int]:
        """List the rows of things, or of the chosen, the longest silent first."""
        is_there = self.last_at != LOST
        rows = np.flatnonzero(is_there if is_chosen is None else is_there & is_chosen)
        return list(rows[np.argsort(self.heard[rows])].tolist())
