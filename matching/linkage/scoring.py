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
from matching.linkage.pairs import Amounts, Pairs, Value
from matching.linkage.settings import Comparison, Level, Model
from matching.linkage.texts import MISSING, Numbers, Rows, Table, Texts

Reached = NDArray[np.int8]
Shares = Mapping[str, Floats]
Measured = Mapping[str, Amounts]


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

    def weigh(
        self, left_rows: Rows, right_rows: Rows, measured: Measured | None = None
    ) -> Weighed:
        """Weigh pairs of rows, of which `measure` may have told something already."""
        known: dict[str, Value] = dict(measured or {})
        pairs = Pairs(self.left, self.right, left_rows, right_rows, known)
        return weigh_pairs(self.model, pairs, self._left_shares, self._right_shares)

    def measure(self, left_rows: Rows, right_rows: Rows) -> Measured:
        """Return what texts of pairs were compared for, by how conditions write it.

        It is most of the work of weighing them, and the same for each model whose
        conditions are the same.
        """
        pairs = Pairs(self.left, self.right, left_rows, right_rows)
        for comparison in self.model.comparisons:
            _reached(comparison, pairs)
        found = pairs.found.items()
        return {key: one for key, one in found if isinstance(one, Amounts)}

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
    weights = [Weights(one) for one in model.comparisons]
    return weigh(model.prior_bits, weights, pairs, left_shares, right_shares)


class Weights:
    """The bits of a comparison's levels, worked out once for many pairs."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.bits = np.array([level.bits for level in comparison.levels])
        self._rare = [
            (number, level, level.tf_column, _exact_bits(comparison, level))
            for number, level in enumerate(comparison.levels)
            if level.tf_column
        ]

    def weigh(
        self, pairs: Pairs, left_shares: Shares, right_shares: Shares
    ) -> tuple[Reached, Floats, Floats]:
        """Return the levels, the bits, and the rarity in them, each of shape (n,).

        Raises
        ------
        ModelRefused
            As `weigh_pairs`.
        """
        levels = _reached(self.comparison, pairs)
        rarity = np.zeros(len(pairs))
        for number, level, column, exact in self._rare:
            at = np.flatnonzero(levels == number)
            if at.size:
                left = left_shares[column][pairs.left_rows[at]]
                right = right_shares[column][pairs.right_rows[at]]
                rarity[at] = _rarity(level, exact, left, right)
        return levels, self.bits.take(levels, mode="clip") + rarity, rarity

    def range(self, least_share: Mapping[str, float]) -> tuple[float, float]:
        """Return the least and the most bits, if no share is less than these."""
        found = list(self.bits)
        for number, level, column, exact in self._rare:
            shares = np.array([least_share[column], 1.0])
            moved = self.bits[number] + _rarity(level, exact, shares, shares)
            found += moved.tolist()
        return min(found), max(found)


def weigh(
    prior_bits: float,
    weights: Sequence[Weights],
    pairs: Pairs,
    left_shares: Shares,
    right_shares: Shares,
) -> Weighed:
    """Weigh pairs as `weigh_pairs` does, by the weights of its comparisons."""
    shape = len(weights), len(pairs)
    levels = np.empty(shape, dtype=np.int8)
    parts, rarity = np.empty(shape), np.empty(shape)
    total = np.zeros(len(pairs))
    for k, one in enumerate(weights):
        levels[k], parts[k], rarity[k] = one.weigh(pairs, left_shares, right_shares)
        total += parts[k]  # one after the other: np.sum adds in an order of its own
    return Weighed(prior_bits + total, levels.T, parts.T, rarity.T)


def _exact_bits(comparison: Comparison, level: Level) -> float:
    """Return log2 of the chance that two values of the column are equal."""
    u = level.u if level.tf_own_u else comparison.exact_u(level.tf_column or "")
    return float(np.log2(u or 1.0))


def _rarity(level: Level, exact: float, left: Floats, right: Floats) -> Floats:
    """Return the bits by which the shares of two values move a level, shape (n,)."""
    share = np.fmax(left, right)
    is_unknown = np.isnan(share)
    share = np.fmax(share, level.tf_least)
    share[is_unknown] = 1.0
    moved = level.tf_weight * (exact - np.log2(share))
    moved[is_unknown] = 0.0
    found: Floats = moved
    return found


def reached(comparisons: Sequence[Comparison], pairs: Pairs) -> Reached:
    """Return the first level of each comparison that holds, shape (n, k).

    Raises
    ------
    ModelRefused
        A table has not the columns that they ask for.
    """
    found = np.empty((len(pairs), len(comparisons)), dtype=np.int8)
    for k, comparison in enumerate(comparisons):
        found[:, k] = _reached(comparison, pairs)
    return found


def _reached(comparison: Comparison, pairs: Pairs) -> Reached:
    last = len(comparison.levels) - 1
    found = np.full(len(pairs), last, dtype=np.int8)
    for number, level in enumerate(comparison.levels):
        if level.condition is not None:
            fails = (level.condition.truths(pairs) != 1).view(np.int8)
            np.minimum(found, fails * np.int8(last) | np.int8(number), out=found)
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
            numbers, known = _known(given, texts, tables, column)
            shares = np.full(len(texts) + 1, np.nan)
            shares[numbers] = known
        else:
            numbers = np.concatenate([table.columns[column] for table in tables])
            counts = np.bincount(numbers[numbers != MISSING], minlength=len(texts))
            seen = np.flatnonzero(counts)
            shares[seen] = counts[seen] / counts.sum()
        found[column] = shares
    return found


def _known(
    given: Mapping[str, float], texts: Texts, tables: Sequence[Table], column: str
) -> tuple[Numbers, Floats]:
    """Return the numbers of the texts with a share, and their shares.

    Those that are listed; where none is, as shares can be worked out for any text,
    those of the texts in the tables.
    """
    if len(given):
        return texts.numbers_of(given), np.array(list(given.values()))
    every = np.unique(np.concatenate([one.columns[column] for one in tables]))
    numbers = every[every != MISSING]
    shares = [given.get(text, np.nan) for text in texts.of(numbers)]
    return numbers, np.array(shares, dtype=np.float64)


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
