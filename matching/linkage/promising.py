"""Which of the stored records can be among the heaviest, without weighing all.

One comparison after the other is made, that with the fewest different values first;
each value is compared once. A record is left out when, with the most that all further
comparisons could bring, it stays under what is wanted. What is left is weighed anew by
who asks: bounds are rounded, answers are not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.linkage.columns import Column
from matching.linkage.letters import Letters
from matching.linkage.scoring import Shares, Weights
from matching.linkage.settings import Comparison, Model
from matching.linkage.steps import Stepped, Steps, steps_of
from matching.linkage.texts import Rows, Table

Sums = NDArray[np.float32]
Places = NDArray[np.integer[Any]]
Some = Rows | slice

ROUNDED = 1e-3
"""Sums in single precision are this near, in bits."""

FEWER = 0.5
"""Rows that are left are put together when they are fewer than this share."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A record that is asked for, beside those that are stored.

    ``shares`` are those of its values, by column of which rarity counts, shape (1,).
    """

    asked: Table
    shares: Shares
    columns: Mapping[str, Column]
    letters: Letters


class Step:
    """One comparison of a record with all: what it asks for, and what it can bring."""

    def __init__(self, comparison: Comparison) -> None:
        self.weights = Weights(comparison)
        self.steps: Steps = steps_of(comparison)
        conditions = [one.condition for one in comparison.levels if one.condition]
        asked = {
            name for one in conditions for side, name in one.columns if side == "r"
        }
        rare = {level.tf_column for level in comparison.levels if level.tf_column}
        self.columns: Sequence[str] = sorted(asked | rare)

    def values(self, question: Question) -> float:
        """Return how many different values it is made of; inf for those of many."""
        if len(self.columns) != 1:
            return np.inf
        return question.columns[self.columns[0]].numbers.size

    def range(self, question: Question) -> tuple[float, float]:
        """Return the bits that it brings at least and at most."""
        least = {}
        for name, (share,) in question.shares.items():
            lowest = question.columns[name].least_share
            least[name] = lowest if np.isnan(share) else float(share)
        return self.weights.range(least)

    def bits(self, question: Question, rows: Some) -> Sums:
        """Return what it brings for each row, shape (n,); (1,) if that is the same."""
        if len(self.columns) == 1:
            return self._by_value(question, question.columns[self.columns[0]], rows)
        places = {name: question.columns[name].places[rows] for name in self.columns}
        return self._weighed(question, places)

    def _by_value(self, question: Question, column: Column, rows: Some) -> Sums:
        (name,) = self.columns
        places = column.places[rows]
        if places.size >= column.numbers.size:
            every = np.arange(column.numbers.size)
            return self._weighed(question, {name: every})[places]
        used, back = column.used(places)
        return self._weighed(question, {name: used})[back]

    def _weighed(self, question: Question, places: Mapping[str, Places]) -> Sums:
        every = question.columns
        columns = {name: every[name].numbers[at] for name, at in places.items()}
        rare = places.keys() & question.shares.keys()
        shares = {name: every[name].shares[places[name]] for name in rare}
        rows = np.arange(next(map(len, columns.values()), 1))
        ids = [""] * rows.size
        table = Table("the records", ids, columns, question.asked.texts)
        pairs = Stepped(
            question.asked,
            table,
            np.zeros_like(rows),
            rows,
            letters=question.letters,
            steps=self.steps,
        )
        _, parts, _ = self.weights.weigh(pairs, question.shares, shares)
        return parts.astype(np.float32)


class Promising:
    """Finds the rows that can be among the heaviest."""

    def __init__(self, model: Model) -> None:
        self._prior_bits = model.prior_bits
        self._steps = [Step(one) for one in model.comparisons]

    def rows(
        self, question: Question, rows: Some, *, most: int, least_bits: float
    ) -> Rows:
        """Return those of the rows that can be among the heaviest.

        Parameters
        ----------
        rows
            Those that are there.
        most, least_bits
            How many are wanted, and from which weight on.
        """
        steps = sorted(self._steps, key=lambda step: step.values(question))
        ranges = np.array([step.range(question) for step in steps])
        rest = ranges.sum(axis=0) - np.cumsum(ranges, axis=0)
        least = least_bits - self._prior_bits
        n = rows.stop if isinstance(rows, slice) else rows.size
        sums = np.zeros(n, np.float32)
        for step, (low, high) in zip(steps, rest.tolist(), strict=True):
            sums += step.bits(question, rows)
            least = raised(sums, least - low, most) + low
            is_left = sums >= least - high - ROUNDED
            if np.count_nonzero(is_left) < FEWER * sums.size:
                rows, sums = _kept(rows, is_left), sums[is_left]
        return _kept(rows, sums >= least - ROUNDED)


def raised(sums: Sums, least: float, most: int) -> float:
    """Return the least sum of the greatest, if there are more than so many over it."""
    is_over = sums >= least
    n = np.count_nonzero(is_over)
    if n <= most:
        return least
    return float(np.partition(sums[is_over], n - most)[n - most])


def _kept(rows: Some, is_kept: NDArray[np.bool_]) -> Rows:
    return np.flatnonzero(is_kept) if isinstance(rows, slice) else rows[is_kept]
