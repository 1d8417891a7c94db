"""Pairs of rows, and what is known of them while they are looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from matching.errors import ModelRefused
from matching.linkage.functions import BOUNDED, DISTANCES, LIKENESS, Floats
from matching.linkage.texts import MISSING, Numbers, Rows, Table

Truths = NDArray[np.int8]
T = TypeVar("T", bound=np.generic)
FEW = 8
"""Numbers that are fewer than one in so many of all are sorted, not counted."""

ONE_BY_ONE = 64
"""Fewer pairs are compared as they come: looking for equal ones takes longer."""

UNKNOWN = -1
"""Neither true nor false: something that is compared is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text of each pair, as its number; `MISSING` where there is none."""

    numbers: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A number of each pair; NaN where there is none."""

    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """Whether something is so of each pair: 1, 0, or `UNKNOWN`."""

    truths: Truths


Value = Words | Amounts | Claims


@dataclass(slots=True, eq=False)
class Pairs:
    """n pairs: a row of one table and one of the other, or of the same.

    What conditions find is kept in ``found`` by how it is written, so that several
    levels pay for it once.
    """

    left: Table
    right: Table
    left_rows: Rows
    right_rows: Rows
    found: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.left.texts is not self.right.texts:
            raise ValueError("the tables number their texts apart: make them of one")

    def __len__(self) -> int:
        return self.left_rows.size

    def words(self, side: str, column: str) -> Words:
        """Return a column of one side (``l`` or ``r``).

        Raises
        ------
        ModelRefused
            The table has no such column.
        """
        table, rows = self.left, self.left_rows
        if side == "r":
            table, rows = self.right, self.right_rows
        numbers = table.columns.get(column)
        if numbers is None:
            known = ", ".join(map(repr, table.columns))
            raise ModelRefused(f"{table.name} has no column {column!r}, only {known}")
        return Words(numbers[rows])

    def part(self, words: Words, of: Callable[[str], str | None]) -> Words:
        """Return what a function makes of each text."""
        texts = self.left.texts
        used, at = _distinct(words.numbers, len(texts))
        made = [texts.number_of(of(text)) for text in texts.of(used)]
        return Words(_placed(np.array(made, np.int32), at, np.int32(MISSING)))

    def amount(self, words: Words, of: Callable[[str], float]) -> Amounts:
        """Return what number a function makes of each text."""
        texts = self.left.texts
        used, at = _distinct(words.numbers, len(texts))
        made = np.array([of(text) for text in texts.of(used)], dtype=np.float64)
        return Amounts(_placed(made, at, np.float64(np.nan)))

    def likeness(self, name: str, one: Words, other: Words) -> Amounts:
        """Return how like the texts of each pair are; each two texts are compared once.

        NaN where one is missing.
        """
        left, right = one.numbers, other.numbers
        values = np.full(len(self), np.nan)
        is_known = (left != MISSING) & (right != MISSING)
        if name in BOUNDED | DISTANCES:
            values[is_known] = float(name in BOUNDED)  # if they are equal
            is_known &= left != right
        differ = np.flatnonzero(is_known)
        texts = self.left.texts
        if differ.size <= ONE_BY_ONE:
            lefts, rights = texts.of(left[differ]), texts.of(right[differ])
            values[differ] = LIKENESS[name](lefts, rights)
            return Amounts(values)
        keys = left[differ].astype(np.int64) * len(texts) + right[differ]
        back, different = pd.factorize(keys)
        of_left, of_right = np.divmod(different, len(texts))
        found = LIKENESS[name](texts.of(of_left), texts.of(of_right))
        values[differ] = found[back]
        return Amounts(values)


def _distinct(numbers: Numbers, room: int) -> tuple[Numbers, Numbers]:
    """Return the numbers that occur, and where among them each is; -1 for missing."""
    if numbers.size * FEW < room:
        used, at = np.unique(numbers, return_inverse=True)
        n_missing = int(used.size > 0 and used[0] == MISSING)
        return used[n_missing:], (at - n_missing).astype(np.int32)
    place = np.full(room + 1, MISSING, dtype=np.int32)
    place[numbers] = 0  # the missing, -1, are noted behind all others
    place[-1] = MISSING
    used = np.flatnonzero(place == 0).astype(np.int32)
    place[used] = np.arange(used.size, dtype=np.int32)
    return used, place[numbers]


def _placed(made: NDArray[T], at: Numbers, missing: T) -> NDArray[T]:
    """Return what was made for each place; ``missing`` where there is none."""
    return np.concatenate([made, np.array([missing], dtype=made.dtype)])[at]


def both(claims: Sequence[Truths]) -> Truths:
    """Return whether all are true: false if one is, else unknown if one is."""
    found = claims[0]
    for one in claims[1:]:
        found = np.minimum(found, one) * ((found & one) != 0)
    return found


def either(claims: Sequence[Truths]) -> Truths:
    """Return whether one is true: true if one is, else unknown if one is."""
    found = claims[0]
    for one in claims[1:]:
        is_true = (np.maximum(found, one) == 1).view(np.int8)
        found = (found | one) & (is_true - 1 | 1)  # 1 | UNKNOWN has all bits, want 1
    return found


def opposite(claim: Truths) -> Truths:
    """Return what is not so; the unknown stays unknown."""
    found: Truths = claim ^ (claim != UNKNOWN)
    return found
