"""Columns of records that come and go: what each has, and each value once."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matching.linkage.functions import Floats
from matching.linkage.letters import grown
from matching.linkage.texts import MISSING, Numbers, Rows, Texts

Indices = NDArray[np.intp]

NONE = 0
"""The place of a missing value."""


class Column:
    """The value of each row, by its place among the different values of the column.

    A value keeps its place when the last row that had it goes.

    Attributes
    ----------
    places
        The place of each row's value, shape (rows,).
    least_share
        The least share that a value here has, 1 where none has any.
    """

    def __init__(self, frequencies: Mapping[str, float] | None) -> None:
        self.places = np.empty(0, np.int32)
        self.least_share = 1.0
        self._frequencies = frequencies
        self._numbers = np.array([MISSING], np.int32)
        self._shares = np.array([np.nan])
        self._n = 1
        self._place_of = np.array([NONE], np.int32)

    @property
    def numbers(self) -> Numbers:
        """The number of each value's text, by place, shape (n,)."""
        return self._numbers[: self._n]

    @property
    def shares(self) -> Floats:
        """The share of rows that have each value, by place, shape (n,), or NaN."""
        return self._shares[: self._n]

    def grow(self, room: int) -> None:
        """Make room for rows; new ones have nothing."""
        n = self.places.size
        self.places = grown(self.places, room)
        self.places[n:] = NONE

    def put(self, rows: Rows, numbers: Numbers, texts: Texts) -> None:
        """Give rows the texts of these numbers."""
        seen = self._place_of.size
        if len(texts) + 1 > seen:
            room = max(len(texts) + 1, seen + seen // 2)
            self._place_of = grown(self._place_of, room)
            self._place_of[seen:] = MISSING
        is_new = self._place_of[numbers + 1] == MISSING
        if is_new.any():
            self._take_in(np.unique(numbers[is_new]), texts)
        self.places[rows] = self._place_of[numbers + 1]

    def _take_in(self, new: Numbers, texts: Texts) -> None:
        at = slice(self._n, self._n + new.size)
        if at.stop > self._numbers.size:
            room = max(at.stop, self._n + self._n // 2)
            self._numbers = grown(self._numbers, room)
            if self._frequencies is not None:
                self._shares = grown(self._shares, room)
        self._place_of[new + 1] = np.arange(at.start, at.stop)
        self._numbers[at] = new
        if self._frequencies is not None:
            shares = [self._frequencies.get(text, np.nan) for text in texts.of(new)]
            self._shares[at] = shares
            self.least_share = float(np.fmin(self.least_share, np.fmin.reduce(shares)))
        self._n = at.stop

    def used(self, places: Numbers) -> tuple[Indices, Indices]:
        """Return the different places, and where among them each is."""
        is_used = np.zeros(self._n, np.bool_)
        is_used[places] = True
        found = np.flatnonzero(is_used)
        back = np.empty(self._n, np.intp)
        back[found] = np.arange(found.size)
        return found, back[places]
