"""Candidate pairs: rows that agree in something, by rules united.

A rule is a condition with an equality of both sides, as ``l.surname = r.surname AND
l.year = r.year``: rows with equal keys are put side by side, and what else the rule
says is asked of those pairs. With ``list_has_any(words(l.name), words(r.name))`` a row
has a key for each of its words. Each pair is given once, by the first rule that has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlglot import exp

from geo.numbers import ranges
from matching.errors import ModelRefused
from matching.linkage.conditions import Condition
from matching.linkage.functions import LISTS
from matching.linkage.pairs import Pairs
from matching.linkage.texts import MISSING, Numbers, Rows, Table
from matching.linkage.values import is_list, words_of

Key = tuple[int, ...]

PIECE = 1_000_000
"""Pairs that are put side by side at a time; all of a row of the left at once."""

MOST_ROWS = 300
"""A word in more rows, of both tables together, brings no pairs: it says too little."""


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """A rule's keys of each row of two tables, shapes (n, w), -1 where there is none.

    w is 1, or the most words that a row may have; those of a row are all different.
    """

    rule: Condition
    left: Rows
    right: Rows

    @property
    def pairs(self) -> int:
        """How many pairs have equal keys, counted without putting any together."""
        room = int(max(self.left.max(initial=-1), self.right.max(initial=-1))) + 1
        left = np.bincount(self.left[self.left >= 0], minlength=room)
        right = np.bincount(self.right[self.right >= 0], minlength=room)
        return int((left.astype(np.int64) * right).sum())

    def hold(self, left_rows: Rows, right_rows: Rows) -> NDArray[np.bool_]:
        """Say of which pairs of rows a key is equal, shape (n,)."""
        holds = np.zeros(left_rows.size, dtype=np.bool_)
        for place in range(self.left.shape[1]):
            holds |= self._holds_at(place, left_rows, right_rows)
        return holds

    def first(self, place: int, left_rows: Rows, right_rows: Rows) -> Rows:
        """Keep the pairs, equal in a key of the left, that are in none before it."""
        rows = np.arange(left_rows.size)
        for before in range(place):
            rows = rows[~self._holds_at(before, left_rows[rows], right_rows[rows])]
        return rows

    def _holds_at(
        self, place: int, left_rows: Rows, right_rows: Rows
    ) -> NDArray[np.bool_]:
        key = self.left[left_rows, place]
        is_there = (self.right[right_rows] == key[:, None]).any(axis=1)
        holds: NDArray[np.bool_] = is_there & (key >= 0)
        return holds


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
        return [self._count(keys) for keys in self.keys]

    def _count(self, keys: Keys) -> int:
        if not self.is_one:
            return keys.pairs
        if np.array_equal(keys.left, keys.right):
            return (keys.pairs - int((keys.left >= 0).sum())) // 2
        # of other keys on either side, each order of two rows is a pair of its own
        every = np.arange(len(self.left))
        return keys.pairs - int(keys.hold(every, every).sum())

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
            holds = keys.hold(left_rows[rows], right_rows[rows])
            if not keys.rule.is_equality and holds.any():
                at = rows[holds]
                pairs = Pairs(self.left, self.right, left_rows[at], right_rows[at])
                holds[holds] = keys.rule.truths(pairs) == 1
            rows = rows[holds if before == number else ~holds]
        return rows

    def _side_by_side(self, keys: Keys) -> Iterator[tuple[Rows, Rows]]:
        """Give rows with an equal key, each pair once, some million at a time."""
        others, places = np.nonzero(keys.right >= 0)
        of_others = keys.right[others, places]
        by_key = others[np.argsort(of_others, kind="stable")]
        n_of = np.bincount(of_others, minlength=keys.left.max(initial=0) + 1)
        begins = np.cumsum(n_of) - n_of
        for place in range(keys.left.shape[1]):
            rows = np.flatnonzero(keys.left[:, place] >= 0)
            wanted = keys.left[rows, place]
            begin, sizes = begins[wanted], n_of[wanted]
            ends = np.flatnonzero(np.diff(np.cumsum(sizes) // PIECE)) + 1
            for part in np.split(np.arange(rows.size), ends):
                right_rows = by_key[ranges(begin[part], sizes[part])]
                left_rows = np.repeat(rows[part], sizes[part])
                chosen = keys.first(place, left_rows, right_rows)
                if chosen.size:
                    yield left_rows[chosen], right_rows[chosen]


def keys_of(rule: Condition, left: Table, right: Table) -> Keys:
    """Return the keys of a rule, numbered.

    Raises
    ------
    ModelRefused
        It has no equality of one side with the other, or asks for an unknown column.
    """
    sides = _sides(rule)
    columns = [
        _stacked(_keys_of_side(one, left), _keys_of_side(other, right))
        for one, other in sides
    ]
    # each row of one table stands on both sides
    keys = _united(columns, most_rows=MOST_ROWS * (1 + (left is right)))
    return Keys(rule, keys[: len(left)], keys[len(left) :])


def keys_of_rows(rule: Condition, table: Table, *, side: str) -> list[list[Key]]:
    """Return the keys that each row has on one side (``l`` or ``r``) of a rule.

    For who keeps an index of rows; `Blocking` compares whole tables.

    Raises
    ------
    ModelRefused
        As `keys_of`.
    """
    at = "lr".index(side)
    columns = [_keys_of_side(pair[at], table) for pair in _sides(rule)]
    width = max(column.shape[1] for column in columns)
    wide = np.stack([np.broadcast_to(one, (len(table), width)) for one in columns], 2)
    return [[tuple(key) for key in row if MISSING not in key] for row in wide.tolist()]


def _sides(rule: Condition) -> list[tuple[exp.Expr, exp.Expr]]:
    if not rule.sides:
        raise ModelRefused(f"{rule.sql!r}: want an equality of l.… with r.…")
    return rule.sides


def _keys_of_side(tree: exp.Expr, table: Table) -> Numbers:
    """Return what one side of an equality gives for each row, shape (n, w)."""
    every = np.arange(len(table))
    pairs = Pairs(table, table, every, every)
    if not is_list(tree):
        return words_of(tree, pairs).numbers[:, None]
    numbers = words_of(tree.expressions[0], pairs).numbers
    of, texts = LISTS[tree.name.lower()], table.texts
    used, back = np.unique(numbers, return_inverse=True)
    lists = [
        [] if number == MISSING else [texts.number_of(one) for one in of(text)]
        for number, text in zip(used.tolist(), _texts(used, table), strict=True)
    ]
    made = np.full((used.size, max([1, *map(len, lists)])), MISSING, dtype=np.int32)
    for row, one in enumerate(lists):
        made[row, : len(one)] = one
    keys: Numbers = made[back]
    return keys


def _stacked(one: Numbers, other: Numbers) -> Numbers:
    """Put columns of different width one above the other."""
    made = np.full(
        (len(one) + len(other), max(one.shape[1], other.shape[1])), MISSING, np.int32
    )
    made[: len(one), : one.shape[1]] = one
    made[len(one) :, : other.shape[1]] = other
    return made


def _texts(numbers: Numbers, table: Table) -> list[str]:
    known = iter(table.texts.of(numbers[numbers != MISSING]))
    return ["" if one == MISSING else next(known) for one in numbers.tolist()]


def _united(columns: Sequence[Numbers], *, most_rows: int) -> Rows:
    """Return one number for each combination, -1 where one is missing.

    Where rows have several keys, those in more than so many rows are left out.
    """
    shape = np.broadcast_shapes(*(column.shape for column in columns))
    missing = np.zeros(shape, dtype=np.bool_)
    united = np.zeros(shape, dtype=np.int64)
    for column in columns:
        missing |= column == MISSING
        wide = united * (int(column.max(initial=0)) + 2) + column
        united = pd.factorize(wide.ravel())[0].astype(np.int64).reshape(shape)
    united[missing] = -1
    if shape[1] > 1:
        n_of = np.bincount(united[~missing])
        united[~missing & (n_of[united] > most_rows)] = -1
    return united
