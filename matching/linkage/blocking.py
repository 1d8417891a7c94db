"""Candidate pairs: rows that agree in something, by rules united.

A rule is a condition with an equality of both sides, as ``l.surname = r.surname AND
l.year = r.year``: rows with equal keys are put side by side, and what else the rule
says is asked of those pairs. Each pair is given once, by the first rule that has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.numbers import ranges
from matching.errors import ModelRefused
from matching.linkage.conditions import Condition, conjuncts, equal_sides, words_of
from matching.linkage.pairs import Pairs
from matching.linkage.texts import MISSING, Numbers, Rows, Table

PIECE = 1_000_000
"""Pairs that are put side by side at a time; all of a row of the left at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """A rule's key of each row of two tables, -1 where the row has none."""

    rule: Condition
    left: Rows
    right: Rows
    is_all: bool

    @property
    def pairs(self) -> int:
        """How many pairs have equal keys, counted without putting any together."""
        room = int(max(self.left.max(initial=-1), self.right.max(initial=-1))) + 1
        left = np.bincount(self.left[self.left >= 0], minlength=room)
        right = np.bincount(self.right[self.right >= 0], minlength=room)
        return int((left.astype(np.int64) * right).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Some pairs that one rule brought and none before it; ``rule`` is its number."""

    rule: int
    left_rows: Rows
    right_rows: Rows

    def __len__(self) -> int:
        return self.left_rows.size


class Blocking:
    """The candidate pairs of two tables; of one, when they are the same.

    Raises
    ------
    ModelRefused
        A rule has no equality, or asks for a column that a table has not.
    """

    def __init__(self, rules: Sequence[Condition], left: Table, right: Table) -> None:
        self.left = left
        self.right = right
        self.is_one = left is right
        self.keys = [keys_of(rule, left, right) for rule in rules]

    def counts(self) -> list[int]:
        """Return how many pairs each rule has by itself, of two rows each at most.

        Before what else a rule says is asked: at most so many are compared.
        """
        if not self.is_one:
            return [keys.pairs for keys in self.keys]
        own = [int((keys.left >= 0).sum()) for keys in self.keys]
        both = zip(self.keys, own, strict=True)
        return [(keys.pairs - alone) // 2 for keys, alone in both]

    def __iter__(self) -> Iterator[Candidates]:
        for number, keys in enumerate(self.keys):
            for left_rows, right_rows in self._side_by_side(keys):
                is_new = self._are_new(number, left_rows, right_rows)
                yield Candidates(number, left_rows[is_new], right_rows[is_new])

    def _are_new(self, number: int, left_rows: Rows, right_rows: Rows) -> Rows:
        """Return the pairs that the rule holds for, and no rule before it."""
        rows = np.arange(left_rows.size)
        if self.is_one:
            rows = np.flatnonzero(left_rows < right_rows)
        for before, keys in enumerate(self.keys[: number + 1]):
            holds = _hold(keys, left_rows[rows], right_rows[rows])
            if not keys.is_all and holds.any():
                at = rows[holds]
                pairs = Pairs(self.left, self.right, left_rows[at], right_rows[at])
                holds[holds] = keys.rule.truths(pairs) == 1
            rows = rows[holds if before == number else ~holds]
        return rows

    def _side_by_side(self, keys: Keys) -> Iterator[tuple[Rows, Rows]]:
        """Give rows with equal keys, some million pairs at a time."""
        right_rows = np.flatnonzero(keys.right >= 0)
        by_key = right_rows[np.argsort(keys.right[right_rows], kind="stable")]
        left_rows = np.flatnonzero(keys.left >= 0)
        wanted = keys.left[left_rows]
        n_of = np.bincount(keys.right[right_rows], minlength=wanted.max(initial=0) + 1)
        begin, sizes = (np.cumsum(n_of) - n_of)[wanted], n_of[wanted]
        piece = np.cumsum(sizes) // PIECE
        ends = np.flatnonzero(np.diff(piece)) + 1
        for part in np.split(np.arange(left_rows.size), ends):
            if part.size and sizes[part].any():
                right = by_key[ranges(begin[part], sizes[part])]
                yield np.repeat(left_rows[part], sizes[part]), right


def keys_of(rule: Condition, left: Table, right: Table) -> Keys:
    """Return the keys of a rule, numbered.

    Raises
    ------
    ModelRefused
        It has no equality of one side with the other, or asks for an unknown column.
    """
    sides = equal_sides(rule)
    if not sides:
        raise ModelRefused(f"{rule.sql!r}: want an equality of l.… with r.…")
    every, others = np.arange(len(left)), np.arange(len(right))
    columns = []
    for one, other in sides:
        of_left = words_of(one, Pairs(left, left, every, every)).numbers
        of_right = words_of(other, Pairs(right, right, others, others)).numbers
        columns.append((of_left, of_right))
    keys = _united([np.concatenate(both) for both in columns])
    n_conjuncts = len(list(conjuncts(rule.tree)))
    return Keys(rule, keys[: len(left)], keys[len(left) :], len(sides) == n_conjuncts)


def _united(columns: Sequence[Numbers]) -> Rows:
    """Return one number for each combination, -1 where one is missing."""
    missing = np.zeros(columns[0].size, dtype=np.bool_)
    united = np.zeros(columns[0].size, dtype=np.int64)
    for column in columns:
        missing |= column == MISSING
        wide = united * (int(column.max(initial=0)) + 2) + column
        united = pd.factorize(wide)[0].astype(np.int64)
    united[missing] = -1
    return united


def _hold(keys: Keys, left_rows: Rows, right_rows: Rows) -> NDArray[np.bool_]:
    left = keys.left[left_rows]
    holds: NDArray[np.bool_] = (left == keys.right[right_rows]) & (left >= 0)
    return holds
