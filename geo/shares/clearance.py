"""How far at least it is from anywhere in a cell to the nearest line of a layer.

Most points have no line within reach of their error; their cell says so, and whose
they are, without looking at a line.
"""

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from geo.chord import radii_m
from geo.layers import Floats, Indices, Layer
from geo.shares.lines import Lines

FINEST = 8  # cells of 1/256 of a degree
MOST_CELLS = 2_000_000
ROUNDING_DEG = 1e-9
SHARED = -2
"""Several boundaries cover the cell, or a line passes through it."""


@dataclass(frozen=True, slots=True, eq=False)
class Clearance:
    """A raster of cells over a layer.

    Attributes
    ----------
    west, south
        Corner of the first cell, degrees.
    per_degree
        Cells along a degree, a power of two.
    metres
        From anywhere in a cell to any line at least, shape (rows, columns), row 0 in
        the south; 0 where a line passes.
    owner
        The one boundary that covers the cell, the number of boundaries where none
        does, or ``SHARED``, same shape.
    """

    west: float
    south: float
    per_degree: int
    metres: NDArray[np.float32]
    owner: NDArray[np.int16]

    def at(self, lng: Floats, lat: Floats) -> tuple[Floats, Indices]:
        """Give clearance and owner of each point, shapes (n,); 0 and SHARED off it."""
        rows, columns = self.metres.shape
        with np.errstate(invalid="ignore"):
            column = np.floor((lng - self.west) * self.per_degree)
            row = np.floor((lat - self.south) * self.per_degree)
        is_on = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        cell = np.where(is_on, row * columns + column, 0).astype(np.intp)
        metres = np.where(is_on, self.metres.ravel()[cell], 0.0)
        return metres, np.where(is_on, self.owner.ravel()[cell], SHARED)


def clearance_of(layer: Layer, lines: Lines) -> Clearance:
    """Build the raster of a layer."""
    points = np.concatenate((lines.start, lines.end))
    low, high = points.min(axis=0), points.max(axis=0)
    per_degree = _cells_per_degree(high - low)
    # one free cell all around, so that the sea beyond is one piece
    first = np.floor(low * per_degree) - 1
    columns, rows = (np.floor(high * per_degree) + 2 - first).astype(np.intp)
    west, south = first / per_degree
    is_line = np.zeros((rows, columns), dtype=np.bool_)
    is_line[_cells_passed(lines, west, south, per_degree)] = True
    return Clearance(
        west=float(west),
        south=float(south),
        per_degree=per_degree,
        metres=_metres(is_line, south, per_degree),
        owner=_owners(layer, is_line, (west, south), per_degree),
    )


def _cells_per_degree(span: Floats) -> int:
    fits = log2(MOST_CELLS / max(float(span[0] * span[1]), 1e-12)) / 2
    return int(2 ** min(FINEST, int(fits)))


def _cells_passed(
    lines: Lines, west: float, south: float, per_degree: int
) -> tuple[Indices, Indices]:
    """List row and column of every cell in the box of a line: lines are short."""
    corner = np.array([west, south])
    low = np.minimum(lines.start, lines.end) - ROUNDING_DEG
    high = np.maximum(lines.start, lines.end) + ROUNDING_DEG
    first = np.floor((low - corner) * per_degree).astype(np.intp)
    n = np.floor((high - corner) * per_degree).astype(np.intp) - first + 1
    n_cells = n[:, 0] * n[:, 1]
    of = np.repeat(np.arange(n_cells.size), n_cells)
    nth = np.arange(of.size) - np.repeat(np.cumsum(n_cells) - n_cells, n_cells)
    row, column = np.divmod(nth, n[of, 0])
    return row + first[of, 1], column + first[of, 0]


def _metres(
    is_line: NDArray[np.bool_], south: float, per_degree: int
) -> NDArray[np.float32]:
    """Bound the distance from below by that of cell centres less a diagonal."""
    from scipy import ndimage

    north = south + is_line.shape[0] / per_degree
    latitudes = np.array([south, north])
    along, across = radii_m(latitudes)
    # the narrowest cell of all, so that no distance is overstated
    height = float(np.radians(along.min()) / per_degree)
    width = float(
        np.radians((across * np.cos(np.radians(latitudes))).min()) / per_degree
    )
    found = ndimage.distance_transform_edt(~is_line, sampling=(height, width))
    diagonal = np.hypot(height, width)
    return np.asarray(np.maximum(found - diagonal, 0), dtype=np.float32)


def _owners(
    layer: Layer,
    is_line: NDArray[np.bool_],
    corner: tuple[float, float],
    per_degree: int,
) -> NDArray[np.int16]:
    """Ask once for each piece of free cells side by side: no line parts them."""
    from scipy import ndimage

    piece, n = ndimage.label(~is_line)
    first = np.unique(piece, return_index=True)[1][-n:] if n else np.empty(0, np.intp)
    row, column = np.divmod(first, is_line.shape[1])
    covers = layer.cover(
        lng=(column + 0.5) / per_degree + corner[0],
        lat=(row + 0.5) / per_degree + corner[1],
    )
    owner = np.full(n + 1, SHARED, dtype=np.int16)
    n_covering = np.bincount(covers[0], minlength=n)
    owner[1:][n_covering == 0] = len(layer)
    is_single = n_covering[covers[0]] == 1
    owner[1:][covers[0][is_single]] = covers[1][is_single]
    return np.asarray(owner[piece], dtype=np.int16)
