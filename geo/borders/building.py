"""Finding, for cells of every size, the lines that can be nearest to a point in them.

From cells of one degree downwards: a cell keeps those of its parent's lines that may be
nearest somewhere in it, and is cut in four while they are many.

A cell has a list of all lines, for points of no boundary. Where one of these is the
sole boundary's, as a coast is, it does not count for that boundary's own points: they
get a list of their own. The lists of all others would be the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import floor

import numpy as np
from numpy.typing import NDArray

from geo.borders.cells import BorderCells
from geo.borders.levels import SPARE, SPARE_M, Level, pruned, samples_of
from geo.borders.lines import Lines, pieces_of, squares_to
from geo.borders.search import NONE
from geo.borders.table import Leaves, Roots, assembled
from geo.crs import TAIWAN
from geo.layers import Floats, Indices

ROOTS = 400
"""The search begins with no more cells than this."""
FULL = 8
DENSE_M = 150.0
"""A cell with a longer list of lines is cut; lists may be longer where lines are on
average shorter than so many metres. A cell is not cut, however,"""
STUCK = 32
"""if its parent's list was no longer, and this one is no longer than that or names no
line in the cell: where many meet in a corner, all are nearest far and wide."""
DEEPEST = 12
"""Cells are cut no more often: 2**-12 degrees are 27 m."""
BATCH = 200_000
"""Candidates that are looked at together, for the sake of memory."""


class Search:
    """The lines of a layer, searched cell by cell."""

    def __init__(self, lines: Lines, batch: int = BATCH) -> None:
        self._batch = batch
        self._lines = lines
        self._pieces = pieces_of(lines)
        self._sole = lines.sole[self._pieces.line]
        length_m = np.linalg.norm(self._pieces.step, axis=1).sum()
        self._full = max(FULL, FULL * DENSE_M * len(lines.ends) / length_m)

    @property
    def n_pieces(self) -> int:
        """How many pieces the lines are cut into."""
        return len(self._pieces.line)

    def roots(self, cell: Level, among: Indices) -> Iterator[Level]:
        """List every line that may be nearest in a cell, or in parts of it.

        Parameters
        ----------
        cell
            One cell, its lists of no account.
        among
            Pieces of all lines that may be nearest to any boundary's points.
        """
        samples = samples_of(cell)
        start, step = self._pieces.start[among], self._pieces.step[among]
        square = squares_to(samples.at[0, 0], start, step)
        reach_m = 2 * samples.radius_m[0] + SPARE_M
        every = among[_is_near(square, square, reach_m)]
        cell, _ = pruned(_with_list(cell, every), self._pieces)
        soles = np.setdiff1d(self._sole[cell.piece], NONE)
        if soles.size * every.size > self._batch and cell.depth < DEEPEST:
            sole = self._sole[among]
            first = sole[np.argmin(square)]
            # for the points of all but one boundary the nearest of all counts
            others = square[(sole != first) | (sole < 0)]
            wide = among[_is_near(square, others, reach_m)]
            quarters = cell.quarters()
            for part in range(4):
                yield from self.roots(quarters.only(np.arange(4) == part), wide)
            return
        lists = [(NONE, cell.piece)]
        for own in soles[::-1]:
            counts = self._lines.counts_for(own)[self._pieces.line[among]]
            if counts.any():
                near = _is_near(square, square[counts], reach_m) & counts
                lists.insert(0, (own, among[near]))
        yield replace(
            cell,
            cell=np.zeros(len(lists), dtype=np.intp),
            own=np.array([own for own, _ in lists]),
            entry=np.repeat(np.arange(len(lists)), [one.size for _, one in lists]),
            piece=np.concatenate([one for _, one in lists]),
        )

    def leaves(self, root: Level) -> Iterator[Leaves]:
        """Cut cells until each has few candidates or is small enough."""
        level = root
        while level.column.size:
            level, bounds_m = pruned(level, self._pieces)
            is_needed = self._is_needed(level)
            level, bounds_m = level.with_lists(is_needed), bounds_m[is_needed]
            longest = self._longest(level, bounds_m)
            is_still = longest <= STUCK
            is_still[np.setdiff1d(level.cell, level.cell[bounds_m[:, 0] <= 0])] = True
            is_stuck = is_still & (longest >= level.longest)
            is_full = (longest > self._full) & ~is_stuck & (level.depth < DEEPEST)
            yield self._leaves_of(level.only(~is_full), bounds_m[~is_full[level.cell]])
            level = replace(level, longest=longest).only(is_full).quarters()

    def _longest(self, level: Level, bounds_m: Floats) -> Indices:
        """Count the lines in the longest list of each cell that can become shorter.

        Of a line far out, so much is as near within what is to spare that parts of
        the cell see no less of it.
        """
        entry, _ = self._lines_in(level)
        n = np.bincount(entry, minlength=level.cell.size)
        far_m = bounds_m[:, 1]
        abreast_2 = 2 * far_m * (SPARE_M + SPARE * far_m)
        radius_m = samples_of(level).radius_m[level.cell]
        longest = np.zeros_like(level.column)
        np.maximum.at(longest, level.cell, np.where(radius_m**2 > abreast_2, n, 0))
        return longest

    def _lines_in(self, level: Level) -> tuple[Indices, Indices]:
        """List the lines that the candidates are pieces of, each once."""
        line = self._pieces.line[level.piece]
        is_next = np.diff(line, prepend=-1) != 0
        is_next |= np.diff(level.entry, prepend=-1) != 0
        return level.entry[is_next], line[is_next]

    def _is_needed(self, level: Level) -> NDArray[np.bool_]:
        """Say which lists differ from that of their cell for points of none."""
        for_none = np.flatnonzero(level.own[level.entry] == NONE)
        sole = self._sole[level.piece[for_none]]
        cell = level.cell[level.entry[for_none]]
        n = int(self._lines.behind.max()) + 1
        apart = np.unique(cell[sole >= 0] * n + sole[sole >= 0])
        is_apart = np.isin(level.cell * n + level.own, apart)
        return np.asarray((level.own == NONE) | is_apart)

    def _leaves_of(self, level: Level, bounds_m: Floats) -> Leaves:
        entry, line = self._lines_in(level)
        return Leaves(
            np.full(level.column.size, level.depth),
            level.column,
            level.row,
            np.bincount(level.cell, minlength=level.column.size),
            level.own,
            bounds_m,
            np.bincount(entry, minlength=level.cell.size),
            line,
        )


def _is_near(square: Floats, of: Floats, reach_m: float) -> NDArray[np.bool_]:
    """Say which are no farther than the nearest ``of`` some and ``reach_m`` more."""
    limit_m = np.sqrt(of.min(initial=np.inf)) + reach_m
    return np.asarray(square <= limit_m * limit_m)


def _with_list(cell: Level, piece: Indices) -> Level:
    """Give one cell one list, for points of no boundary."""
    zero = np.zeros(1, dtype=np.intp)
    return replace(
        cell, cell=zero, own=zero + NONE, entry=np.zeros_like(piece), piece=piece
    )


def build(lines: Lines, *, batch: int = BATCH) -> BorderCells:
    """Build the cells of a layer's lines, over Taiwan's bounds and their own.

    Parameters
    ----------
    lines
        Of the counties of Taiwan it takes two seconds, of the villages fifteen.
    batch
        Candidates to look at together; changes nothing but the memory it takes.
    """
    search = Search(lines, batch)
    frame = _frame(lines.ends)
    every = np.arange(search.n_pieces)
    roots = (root for cell in _cells_of(frame) for root in search.roots(cell, every))
    leaves = [part for some in _batches(roots, batch) for part in search.leaves(some)]
    return assembled(lines, leaves, frame)


def _cells_of(frame: Roots) -> Iterator[Level]:
    nothing = np.empty(0, dtype=np.intp)
    for row in range(frame.rows):
        for column in range(frame.columns):
            where = (np.array([frame.column + column]), np.array([frame.row + row]))
            longest = np.array([np.iinfo(np.intp).max])
            lists = (nothing, nothing, nothing, nothing)
            yield Level(frame.depth, *where, longest, *lists)


def _frame(ends: Floats) -> Roots:
    """Choose the roots: of one degree, larger where they would be many."""
    lng, lat = ends[:, 0::2], ends[:, 1::2]
    west, south = min(lng.min(), TAIWAN.west), min(lat.min(), TAIWAN.south)
    east, north = max(lng.max(), TAIWAN.east), max(lat.max(), TAIWAN.north)
    depth, n = 1, ROOTS + 1
    while n > ROOTS:
        depth -= 1
        per_degree = 2.0**depth
        column, row = floor(west * per_degree), floor(south * per_degree)
        columns = floor(east * per_degree) + 1 - column
        rows = floor(north * per_degree) + 1 - row
        n = columns * rows
    return Roots(depth, column, row, columns, rows)


def _batches(roots: Iterable[Level], size: int) -> Iterator[Level]:
    """Put cells of one size together while they have few candidates."""
    batch: list[Level] = []
    for root in roots:
        n = sum(one.piece.size for one in (*batch, root))
        if batch and (n > size or root.depth != batch[0].depth):
            yield _joined(batch)
            batch = []
        batch.append(root)
    yield _joined(batch)


def _joined(levels: Sequence[Level]) -> Level:
    n_cells = np.cumsum([0] + [level.column.size for level in levels])
    n_lists = np.cumsum([0] + [level.own.size for level in levels])
    return Level(
        levels[0].depth,
        np.concatenate([level.column for level in levels]),
        np.concatenate([level.row for level in levels]),
        np.concatenate([level.longest for level in levels]),
        np.concatenate([a.cell + n for a, n in zip(levels, n_cells, strict=False)]),
        np.concatenate([level.own for level in levels]),
        np.concatenate([a.entry + n for a, n in zip(levels, n_lists, strict=False)]),
        np.concatenate([level.piece for level in levels]),
    )
