"""Cells of one size, and the lines that may be nearest somewhere in each."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.borders.lines import Pieces
from geo.borders.pruning import SAMPLES, Listed, compiled
from geo.chord import EQUATOR_M, earth_centred
from geo.layers import Floats, Indices

SPARE_M = 0.1
"""What is nearest by so little more is kept: pieces are true to 5 cm,"""
SPARE = 1e-5
"""and by such a part more: chords keep the order of geodesics to that."""


@dataclass(frozen=True, slots=True)
class Level:
    """Cells of one size and the candidates of each of their lists.

    Attributes
    ----------
    depth
        The side is ``2**-depth`` degrees.
    column, row
        Of each cell; its south-west corner is ``(column, row) * 2**-depth``.
    cell, own
        Of each list, ascending: its cell, and whose points it is for, the last for
        those of none.
    entry, piece
        Of each candidate, ascending by list, then by piece.
    longest
        Of each cell: how many lines the longest list of its parent has.
    """

    depth: int
    column: Indices
    row: Indices
    longest: Indices
    cell: Indices
    own: Indices
    entry: Indices
    piece: Indices

    def only(self, is_kept: NDArray[np.bool_]) -> "Level":
        """Return the chosen cells with all that hangs on them."""
        level = self.with_lists(is_kept[self.cell])
        number = np.cumsum(is_kept) - 1
        return replace(
            level,
            column=self.column[is_kept],
            row=self.row[is_kept],
            longest=self.longest[is_kept],
            cell=number[level.cell],
        )

    def with_lists(self, is_kept: NDArray[np.bool_]) -> "Level":
        """Return the same cells with the chosen lists."""
        kept = is_kept[self.entry]
        number = np.cumsum(is_kept) - 1
        return replace(
            self,
            cell=self.cell[is_kept],
            own=self.own[is_kept],
            entry=number[self.entry[kept]],
            piece=self.piece[kept],
        )

    def quarters(self) -> "Level":
        """Cut each cell in four; its lists go to all of them."""
        parent, part = np.divmod(np.arange(4 * self.column.size), 4)
        cell = (4 * self.cell + np.arange(4)[:, None]).ravel()
        order = np.argsort(cell, kind="stable")
        entry = np.tile(np.arange(self.cell.size), 4)[order]
        first = np.searchsorted(self.entry, np.arange(self.cell.size + 1))
        n = np.diff(first)[entry]
        new_entry = np.repeat(np.arange(entry.size), n)
        nth = np.arange(new_entry.size) - np.repeat(np.cumsum(n) - n, n)
        return Level(
            self.depth + 1,
            2 * self.column[parent] + part % 2,
            2 * self.row[parent] + part // 2,
            self.longest[parent],
            cell[order],
            self.own[entry],
            new_entry,
            self.piece[first[entry][new_entry] + nth],
        )


@dataclass(frozen=True, slots=True)
class Samples:
    """Points of cells to measure from, in earth-centred metres.

    Attributes
    ----------
    at
        The centre, and the corners of a box that is so much wider that the cell does
        not bulge out of it, shape (n, 5, 3).
    radius_m
        No point of the cell is farther from its centre, shape (n,).
    bulge_m
        By how much the ground rises above the corners at most.
    """

    at: Floats
    radius_m: Floats
    bulge_m: float


def samples_of(level: Level) -> Samples:
    """Place the centre and the corners of each cell."""
    side_deg = 2.0**-level.depth
    side = np.radians(side_deg)
    lng = (level.column + 0.5) * side_deg
    lat = (level.row + 0.5) * side_deg
    # a parallel bows towards the equator by side^2 / 8 * tan(latitude), in radians
    wider = 1 + side / 2 * (0.1 + np.tan(np.radians(np.minimum(abs(lat), 80))))
    east = np.array([0, -0.5, 0.5, -0.5, 0.5]) * side_deg
    north = np.array([0, -0.5, -0.5, 0.5, 0.5]) * side_deg
    lngs = lng[:, None] + east * wider[:, None]
    lats = lat[:, None] + north * wider[:, None]
    at = np.stack(earth_centred(lngs, lats), axis=-1)
    bulge_m = EQUATOR_M * side * side / 4
    radius_m = np.linalg.norm(at[:, 1:] - at[:, :1], axis=2).max(axis=1)
    return Samples(at, radius_m + bulge_m, bulge_m)


def pruned(level: Level, pieces: Pieces) -> tuple[Level, Floats]:
    """Drop the candidates that are nowhere nearest, and bound the metres to the rest.

    Returns
    -------
    (level, bounds_m)
        The same cells and lists with fewer candidates; least and greatest metres of
        each list, shape (m, 2).
    """
    samples = samples_of(level)
    at = samples.at[level.cell]
    first = np.searchsorted(level.entry, np.arange(level.cell.size + 1))
    squares, feet = np.empty((level.piece.size, SAMPLES)), np.empty_like(at)
    listed = Listed(at, first, level.piece)
    compiled().measure(listed, pieces.start, pieces.step, squares, feet)
    off = at[:, 1:, None] - feet[:, None]
    foot_square = np.einsum("ijkl,ijkl->ijk", off, off)
    limits = foot_square * (1 + 2 * SPARE) + 2 * SPARE_M * np.sqrt(foot_square)
    limits += SPARE_M + SPARE_M * samples.bulge_m
    kept = np.empty(level.piece.size, dtype=np.bool_)
    compiled().mark(first, squares, limits, kept)
    near_m = np.linalg.norm(feet[:, 0] - at[:, 0], axis=1)
    far_m = np.sqrt(foot_square.max(axis=1).min(axis=1)) + samples.bulge_m
    level = replace(level, entry=level.entry[kept], piece=level.piece[kept])
    return level, _bounds(near_m - samples.radius_m[level.cell], far_m)


def _bounds(least_m: Floats, most_m: Floats) -> Floats:
    """Turn bounds of chords into those of geodesics, with room for rounding."""
    least = np.maximum(least_m - SPARE_M, 0.0)
    bent = most_m / EQUATOR_M / 2
    # an arc over its chord: asin(x) / x <= 1 + x^2 / 4 for x <= 0.7
    most = (most_m * (1 + bent * bent / 4)) * (1 + 1e-6) + SPARE_M
    most[bent > 0.7] = np.inf
    return np.column_stack((least * (1 - 1e-6), most))
