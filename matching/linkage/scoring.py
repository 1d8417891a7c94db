"""Weighing pairs of rows: which level each comparison reaches, and the bits it brings.

The weight of a pair is the prior odds and the weights of its levels, in bits. Where a
level counts the rarity of a value, it is moved by ``tf_weight × (log2 u - log2 f)``: u
is the chance that two values of the column are equal, f the share of rows with the more
frequent of the two values at hand, `Level.tf_least` at least. A value nobody counted
moves nothing. Source: the settings of Splink 5, whose weights these are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.linkage.functions import Floats
from matching.linkage.pairs import Pairs
from matching.linkage.settings import Comparison, Level, Model
from matching.linkage.texts import MISSING, Rows, Table

Reached = NDArray[np.int8]
Shares = Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """n pairs, weighed by k comparisons.

    Attributes
    ----------
    bits
        The match weight of each pair with the prior, shape (n,).
    levels
        The level that each comparison reached, shape (n, k).
    parts
        The bits of each comparison, term frequencies included, shape (n, k).
    rarity
        What term frequencies have in them, shape (n, k).
    """

    bits: Floats
    levels: Reached
    parts: Floats
    rarity: Floats

    @property
    def probability(self) -> Floats:
        """The probability of a match, shape (n,)."""
        found: Floats = 1 / (1 + np.exp2(-self.bits))
        return found


class Finding(NamedTuple):
    """What one comparison found of a pair.

    Bits above 0 speak for a match, below against it; ``rarity`` is the part that the
    rarity of the value has in them. ``left`` and ``right`` are the values of its
    columns, None where one is missing.
    """

    comparison: str
    level: str
    bits: float
    rarity: float
    left: Mapping[str, str | None]
    right: Mapping[str, str | None]


class Scorer:
    """Weighs pairs of rows of two tables, or of one, by a model.

    Raises
    ------
    ModelRefused
        A table has not the columns that the model asks for.
    """

    def __init__(self, model: Model, left: Table, right: Table) -> None:
        self.model = model
        self.left = left
        self.right = right
        shares = shares_of(model, (left,) if left is right else (left, right))
        self._left_shares, self._right_shares = (
            {column: shares[column][table.columns[column]] for column in shares}
            for table in (left, right)
        )
        self.weigh(np.empty(0, np.int64), np.empty(0, np.int64))

    def weigh(self, left_rows: Rows, right_rows: Rows) -> Weighed:
        """Weigh pairs of rows."""
        pairs = Pairs(self.left, self.right, left_rows, right_rows)
        return weigh_pairs(self.model, pairs, self._left_shares, self._right_shares)

    def explain(self, left_row: int, right_row: int) -> list[Finding]:
        """Say what each comparison found of a pair; with the prior, bits add up."""
        weighed = self.weigh(np.array([left_row]), np.array([right_row]))
        return [
            Finding(
                comparison.name,
                comparison.levels[int(weighed.levels[0, k])].label,
                float(weighed.parts[0, k]),
                float(weighed.rarity[0, k]),
                _values(comparison, self.left, left_row, side="l"),
                _values(comparison, self.right, right_row, side="r"),
            )
            for k, comparison in enumerate(self.model.comparisons)
        ]


def weigh_pairs(
    model: Model, pairs: Pairs, left_shares: Shares, right_shares: Shares
) -> Weighed:
    """Weigh pairs, given how frequent the values of each row of their tables are.

    Shares are by column of which rarity counts, shape (rows of the table,), NaN where
    nobody counted the value.

    Raises
    ------
    ModelRefused
        A table has not the columns that the model asks for.
    """
    levels = reached(model.comparisons, pairs)
    parts, rarity = np.empty(levels.shape), np.zeros(levels.shape)
    for k, comparison in enumerate(model.comparisons):
        bits = np.array([level.bits for level in comparison.levels])
        for number, level in enumerate(comparison.levels):
            if level.tf_column:
                at = np.flatnonzero(levels[:, k] == number)
                left = left_shares[level.tf_column][pairs.left_rows[at]]
                right = right_shares[level.tf_column][pairs.right_rows[at]]
                rarity[at, k] = _rarity(comparison, level, left, right)
        parts[:, k] = bits[levels[:, k]] + rarity[:, k]
    return Weighed(model.prior_bits + parts.sum(axis=1), levels, parts, rarity)


def _rarity(
    comparison: Comparison, level: Level, left: Floats, right: Floats
) -> Floats:
    """Return the bits by which the shares of two values move a level, shape (n,)."""
    share = np.fmax(np.fmax(left, right), level.tf_least)
    share[np.isnan(left) & np.isnan(right)] = np.nan
    u = level.u if level.tf_own_u else comparison.exact_u(level.tf_column or "")
    moved = level.tf_weight * (np.log2(u or 1.0) - np.log2(share))
    return np.where(np.isnan(moved), 0.0, moved)


def reached(comparisons: Sequence[Comparison], pairs: Pairs) -> Reached:
    """Return the first level of each comparison that holds, shape (n, k).

    Raises
    ------
    ModelRefused
        A table has not the columns that they ask for.
    """
    found = np.empty((len(pairs), len(comparisons)), dtype=np.int8)
    for k, comparison in enumerate(comparisons):
        found[:, k] = len(comparison.levels) - 1
        is_open = np.ones(len(pairs), dtype=np.bool_)
        for number, level in enumerate(comparison.levels):
            if level.condition is not None:
                holds = is_open & (level.condition.truths(pairs) == 1)
                found[holds, k] = number
                is_open &= ~holds
    return found


def shares_of(model: Model, tables: Sequence[Table]) -> dict[str, Floats]:
    """Return the share of each text in each column of which rarity counts.

    By the number of the text, NaN where nobody counted it, and in the last place, that
    of a missing one. As the model says; of columns that it says nothing of, as the
    tables have them.
    """
    texts = tables[0].texts
    found = {}
    for column in model.tf_columns:
        shares = np.full(len(texts) + 1, np.nan)
        given = model.frequencies.get(column)
        if given is not None:
            numbers = texts.numbers_of(given)
            shares = np.full(len(texts) + 1, np.nan)
            shares[numbers] = list(given.values())
        else:
            numbers = np.concatenate([table.columns[column] for table in tables])
            counts = np.bincount(numbers[numbers != MISSING], minlength=len(texts))
            seen = np.flatnonzero(counts)
            shares[seen] = counts[seen] / counts.sum()
        found[column] = shares
    return found


def _values(
    comparison: Comparison, table: Table, row: int, *, side: str
) -> dict[str, str | None]:
    return {column: table.value(column, row) for column in _asked(comparison, side)}


def _asked(comparison: Comparison, side: str) -> Iterator[str]:
    seen: set[str] = set()
    for level in comparison.levels:
        for at, column in level.condition.columns if level.condition else ():
            if at == side and column not in seen:
                seen.add(column)
                yield column
