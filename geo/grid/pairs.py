"""Cells that two segments pass through without meeting at a vertex in the cell.

They may run side by side, as the banks of a river do, or cross, as lines of a file
do that were never cut at each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from geo.grid.answers import Numbers
from geo.grid.cells import Cells, Flags
from geo.grid.seams import Seams
from geo.grid.sets import Sets
from geo.layers import Floats, Indices
from geo.orientation import turn

SIGNS = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two lines and the answers between them, shape (n,).

    Attributes
    ----------
    lines
        Shape (n, 8): a point and a direction of the first line, then of the second.
    answers
        Shape (n, 9): the answer for each way to lie beside the two lines, right (0),
        on (1) or left (2): at ``3 * first + second``.
    """

    lines: Floats
    answers: Numbers


@dataclass(frozen=True, slots=True)
class _Two:
    """Two segments in a cell, seen from each other.

    ``second_side`` is the side of the first line that the second runs on within the
    cell, ``first_side`` the other way round; 0 where they cross.
    """

    left: list[frozenset[int]]
    right: list[frozenset[int]]
    second_side: int
    first_side: int

    def rules(self) -> Iterator[tuple[int, int, int, bool]]:
        """Yield owner, its side of either line (0 for none), and whether both count.

        Raises
        ------
        ValueError
            A boundary that no valid polygon makes.
        """
        for owner in sorted(frozenset().union(*self.left, *self.right)):
            first, second = (
                (owner in left) - (owner in right)
                for left, right in zip(self.left, self.right, strict=True)
            )
            is_strip = first == self.second_side and second == self.first_side
            is_split = -first == self.second_side and -second == self.first_side
            if first and second and not (is_strip or is_split):
                raise ValueError("sides that contradict each other")
            yield owner, first, second, not is_split or not (first and second)


def pairs_of(
    seams: Seams, cells: Cells, around: Indices, sets: Sets
) -> tuple[Pairs, Flags]:
    """Describe cells with two segments that do not meet in them.

    Parameters
    ----------
    around
        The set of boundaries that cover each whole cell, shape (n,).

    Returns
    -------
    (pairs, is_clear)
        In the order of the cells; a pair that is not clear must not be used.
    """
    first, second = cells.seams[cells.first[:-1]], cells.seams[cells.first[1:] - 1]
    is_clear = np.full(len(cells), True)
    answers = np.zeros((len(cells), 9), dtype=np.int32)
    known: dict[tuple[int, int, int, int, int], list[int] | None] = {}
    for i in range(len(cells)):
        sides = _sides(seams, (first[i], second[i]), _corners(cells, i))
        key = (first[i], second[i], around[i], *sides)
        if key not in known:
            two = _two(seams, sets, (first[i], second[i]), sides)
            known[key] = _answers_or_none(two, frozenset(sets.all[around[i]]), sets)
        found = known[key]
        is_clear[i] = found is not None
        answers[i] = found or 0
    lines = [
        part
        for seam in (first, second)
        for part in (seams.start[seam], seams.end[seam] - seams.start[seam])
    ]
    return Pairs(np.column_stack(lines).reshape(-1, 8), answers), is_clear


def _answers_or_none(two: _Two, around: frozenset[int], sets: Sets) -> list[int] | None:
    try:
        return _answers(two, around, sets)
    except ValueError:
        return None


def _answers(two: _Two, around: frozenset[int], sets: Sets) -> list[int]:
    rules = list(two.rules())
    found = []
    for a, b in product(SIGNS, SIGNS):
        covers, inside = set(around), set(around)
        for owner, first, second, is_all in rules:
            sides = [(s, w) for s, w in ((a, first), (b, second)) if w]
            every = all if is_all else any
            if every(s in (w, 0) for s, w in sides):
                covers.add(owner)
            if every(s == w for s, w in sides):
                inside.add(owner)
        found.append(sets.answer(covers, inside))
    return found


def _two(
    seams: Seams, sets: Sets, pair: tuple[int, int], sides: tuple[int, int]
) -> _Two:
    return _Two(
        left=[frozenset(sets.all[seams.left[seam]]) for seam in pair],
        right=[frozenset(sets.all[seams.right[seam]]) for seam in pair],
        second_side=sides[0],
        first_side=sides[1],
    )


def _sides(
    seams: Seams, pair: tuple[int, int], corners: list[Fraction]
) -> tuple[int, int]:
    """Say on which side of each other two segments run within a cell, 0 if across."""
    steps = [seams.end[seam] - seams.start[seam] for seam in pair]
    starts = [seams.from_vertex[seam] for seam in pair]
    if starts[0] == starts[1]:
        # from one vertex: each runs on one side of the other all the way
        way = int(turn(*steps[0], *steps[1]))
        return way, -way
    first, second = (
        (_exact(seams.start[seam]), _exact(seams.end[seam])) for seam in pair
    )
    return (
        _side_of(first, _within(second, corners)),
        _side_of(second, _within(first, corners)),
    )


Point = tuple[Fraction, Fraction]


def _exact(point: Floats) -> Point:
    return Fraction(float(point[0])), Fraction(float(point[1]))


def _corners(cells: Cells, i: int) -> list[Fraction]:
    """Return west, east, south, north of a cell."""
    side = Fraction(1, 2**cells.bits)
    column, row = int(cells.column[i]), int(cells.row[i])
    return [column * side, (column + 1) * side, row * side, (row + 1) * side]


def _within(line: tuple[Point, Point], corners: list[Fraction]) -> list[Point]:
    """Cut a segment at the sides of a closed cell that it meets; returns both ends."""
    start, end = line
    begin, stop = Fraction(0), Fraction(1)
    for axis in (0, 1):
        step = end[axis] - start[axis]
        if step:
            low, high = sorted(
                (side - start[axis]) / step for side in corners[2 * axis : 2 * axis + 2]
            )
            begin, stop = max(begin, low), min(stop, high)
    return [
        (start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1]))
        for t in (begin, stop)
    ]


def _side_of(line: tuple[Point, Point], ends: list[Point]) -> int:
    """Say on which side of a line both ends lie, 1 left; 0 where it crosses."""
    (x, y), (to_x, to_y) = line
    sides = [(to_x - x) * (py - y) - (to_y - y) * (px - x) for px, py in ends]
    if all(side >= 0 for side in sides):
        return int(any(sides))
    return -1 if all(side <= 0 for side in sides) else 0
