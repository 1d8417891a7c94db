"""Cut the plane into cells until each is simple: the first half of building a grid.

Cells are squares whose sides are powers of two of a degree, so that finding a point's
cell rounds nothing. All tests here are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.grid.seams import Seams
from geo.layers import Floats, Indices
from geo.orientation import turn

STEP = 2
FAN = 1 << STEP
"""A cell is cut into FAN x FAN, STEP bits finer."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of one size that segments pass through, shape (n,).

    Attributes
    ----------
    bits
        The side is ``2**-bits`` degrees.
    column, row
        ``floor(lng * 2**bits)`` and ``floor(lat * 2**bits)`` of the points within.
    position
        Where the cell stands in the table of all cells.
    first, seams
        The segments that meet the closed cell: ``seams[first[i]:first[i + 1]]``.
    """

    bits: int
    column: Indices
    row: Indices
    position: Indices
    first: Indices
    seams: Indices

    def __len__(self) -> int:
        return self.column.size

    @property
    def counts(self) -> Indices:
        """How many segments meet each cell."""
        return np.diff(self.first)

    def only(self, chosen: Flags) -> "Cells":
        """Return the chosen cells with their segments."""
        kept = np.repeat(chosen, self.counts)
        first = np.concatenate(([0], np.cumsum(self.counts[chosen])))
        return Cells(
            self.bits,
            self.column[chosen],
            self.row[chosen],
            self.position[chosen],
            first,
            self.seams[kept],
        )

    def centres(self) -> tuple[Floats, Floats]:
        """Return the middle of each cell, WGS 84 degrees."""
        return centres(self.column, self.row, self.bits)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole cells: columns and rows from ``west``/``south`` on."""

    bits: int
    west: int
    south: int
    width: int
    height: int


def centres(column: Indices, row: Indices, bits: int) -> tuple[Floats, Floats]:
    """Return the middle of cells of one size, WGS 84 degrees."""
    middle = np.stack((column, row)) + 0.5
    return middle[0] * 0.5**bits, middle[1] * 0.5**bits


def box_of(seams: Seams, bits: int) -> Box:
    """Return the cells that every segment lies in, a cell to spare on all sides."""
    ends = np.concatenate((seams.start, seams.end)) * 2.0**bits
    west, south = (np.floor(ends.min(axis=0)) - 1).astype(int).tolist()
    east, north = (np.floor(ends.max(axis=0)) + 2).astype(int).tolist()
    return Box(bits, west, south, east - west, north - south)


def root_cells(seams: Seams, box: Box) -> Cells:
    """Find the cells of a box that segments pass through."""
    pieces = [
        _met(seams, seam, column, row, box.bits)
        for seam, column, row in _boxed(seams, box.bits)
    ]
    seam, column, row = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    position = (row - box.south) * box.width + column - box.west
    return _gathered(box.bits, (seam, column, row, position))


def children(seams: Seams, cells: Cells, first_position: int) -> Cells:
    """Cut cells into FAN x FAN and find which segments pass through each part.

    Parameters
    ----------
    first_position
        Where the first part of the first cell stands; the others follow, row by row.
    """
    of = np.repeat(np.arange(len(cells)), cells.counts)
    n = FAN * FAN
    seam = np.repeat(cells.seams, n)
    parent = np.repeat(of, n)
    part = np.tile(np.arange(n), of.size)
    column = cells.column[parent] * FAN + part % FAN
    row = cells.row[parent] * FAN + part // FAN
    bits = cells.bits + STEP
    is_met = _is_met(seams, seam, column, row, bits)
    position = first_position + parent * n + part
    parts = (seam, column, row, position)
    return _gathered(bits, tuple(values[is_met] for values in parts))


def _boxed(seams: Seams, bits: int) -> Iterator[tuple[Indices, Indices, Indices]]:
    """Pair segments with the cells that their boxes touch, some at a time."""
    scale = 2.0**bits
    low = np.minimum(seams.start, seams.end) * scale
    high = np.maximum(seams.start, seams.end) * scale
    # a segment that ends on the side of a cell touches the cell beyond as well
    begin = np.ceil(low).astype(np.intp) - 1
    stop = np.floor(high).astype(np.intp) + 1
    width, height = (stop - begin).T
    n_cells = width * height
    for some in np.array_split(np.arange(len(seams)), max(int(n_cells.sum() / 4e6), 1)):
        n = n_cells[some]
        seam = np.repeat(some, n)
        nth = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        column = begin[seam, 0] + nth % width[seam]
        row = begin[seam, 1] + nth // width[seam]
        yield seam, column, row


def _met(
    seams: Seams, seam: Indices, column: Indices, row: Indices, bits: int
) -> tuple[Indices, Indices, Indices]:
    is_met = _is_met(seams, seam, column, row, bits)
    return seam[is_met], column[is_met], row[is_met]


def _is_met(
    seams: Seams, seam: Indices, column: Indices, row: Indices, bits: int
) -> Flags:
    """Say which segments meet which closed cells.

    They do unless their boxes are apart or all corners lie to one side of the line.
    """
    side = 0.5**bits
    x, y = seams.start[seam].T
    to_x, to_y = seams.end[seam].T
    west, south = column * side, row * side
    east, north = west + side, south + side
    is_met = (np.minimum(x, to_x) <= east) & (np.maximum(x, to_x) >= west)
    is_met &= (np.minimum(y, to_y) <= north) & (np.maximum(y, to_y) >= south)
    left = np.full(seam.size, True)
    right = np.full(seam.size, True)
    for corner_x, corner_y in (
        (west, south),
        (east, south),
        (west, north),
        (east, north),
    ):
        way = turn(to_x - x, to_y - y, corner_x - x, corner_y - y)
        left &= way > 0
        right &= way < 0
    return np.asarray(is_met & ~left & ~right, dtype=np.bool_)


def _gathered(bits: int, pairs: tuple[Indices, ...]) -> Cells:
    seam, column, row, position = pairs
    order = np.lexsort((seam, position))
    seam, column, row, position = (v[order] for v in (seam, column, row, position))
    starts = np.flatnonzero(np.diff(position, prepend=-1))
    return Cells(
        bits,
        column[starts],
        row[starts],
        position[starts],
        np.append(starts, position.size),
        seam,
    )
