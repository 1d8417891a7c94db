"""The nearest line by a tree of all lines: slower than cells, and ready at once.

The tree stands on Mercator's plane, which stretches lengths by the latitude alone. All
lines are listed that could be nearest given how much that differs on the way there; for
points far out, all whose chord is hardly longer than the shortest. They are searched
like those of a cell: both answer to the same bit.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from geo.borders.cells import BorderCells, read_only
from geo.borders.lines import Lines, pieces_of, squares_to
from geo.borders.search import HEAD, NONE
from geo.borders.table import MOST_CM
from geo.chord import earth_centred
from geo.layers import Floats, Indices

HIGHEST_DEG = 85.0  # Mercator's plane has to end somewhere
FLAT = 1.01  # it is made for a sphere
BOW_DEG = 2e-6  # by which a piece of a line is not straight on it
FAR_DEG = 1.0  # on the plane, from where on chords are compared
CHORD = 1 + 1e-4  # by which the order of chords differs from that of geodesics
CHORD_M = 1.0
M_PER_DEG = 110_000.0  # a little less than any degree of latitude


@dataclass(frozen=True, slots=True)
class _Tree:
    tree: STRtree
    piece: Indices


class LineTrees:
    """Trees of the lines that count for the points of each boundary.

    Each is built on first use; two threads that build the same build it equal.
    """

    def __init__(self, lines: Lines) -> None:
        self._n_lines = len(lines.ends)
        self._lines = lines
        pieces = pieces_of(lines)
        ends = np.stack(
            (pieces.ends[:, 0::2], _mercator_deg(pieces.ends[:, 1::2])), axis=-1
        )
        self._shapes = np.asarray(shapely.linestrings(ends), dtype=np.object_)
        self._pieces = pieces
        self._trees: dict[int, _Tree] = {}

    def lists(
        self, own: int, *, lng: Floats, lat: Floats, reach_m: float
    ) -> tuple[Indices, BorderCells]:
        """List the lines that may be nearest to each point.

        Parameters
        ----------
        own
            The boundary whose points they are, -1 for none.
        lng, lat
            WGS 84 degrees, shape (n,), finite.
        reach_m
            What is farther may be left out.

        Returns
        -------
        (starts, cells)
            Where the list of each point begins in the records of ``cells``, -1 where
            no line is within reach, shape (n,); and lists without any cells.
        """
        of = self._tree_for(own)
        keys = np.empty(0, dtype=np.intp)
        if of.piece.size:
            point, line = self._pairs(of, lng, lat, reach_m)
            keys = np.unique(point * self._n_lines + line)
        return self._listed(lng.size, *np.divmod(keys, self._n_lines))

    def _tree_for(self, own: int) -> _Tree:
        if own not in self._trees:
            counts = self._lines.counts_for(own)[self._pieces.line]
            piece = np.flatnonzero(counts)
            self._trees[own] = _Tree(STRtree(self._shapes[piece]), piece)
        return self._trees[own]

    def _pairs(
        self, of: _Tree, lng: Floats, lat: Floats, reach_m: float
    ) -> tuple[Indices, Indices]:
        """Pair points with lines that may be nearest, some pairs twice."""
        points = np.asarray(shapely.points(lng, _mercator_deg(lat)), dtype=np.object_)
        most_deg = _at_most_deg(lat, reach_m).max(initial=0.0)
        (point, _), off_deg = of.tree.query_nearest(
            points,
            max_distance=most_deg if np.isfinite(most_deg) else None,
            return_distance=True,
            all_matches=False,
        )
        far = point[off_deg > FAR_DEG]
        point, off_deg = point[off_deg <= FAR_DEG], off_deg[off_deg <= FAR_DEG]
        near, piece = of.tree.query(
            points[point], predicate="dwithin", distance=_widened(lat[point], off_deg)
        )
        by_chord = [self._by_chord(of, lng[i], lat[i]) for i in far]
        n = [one.size for one in by_chord]
        piece = np.concatenate((of.piece[piece], *by_chord))
        point = np.concatenate((point[near], np.repeat(far, n)))
        return point, self._pieces.line[piece]

    def _by_chord(self, of: _Tree, lng: float, lat: float) -> Indices:
        """List the pieces that are hardly farther than the nearest, in space."""
        start, step = self._pieces.start[of.piece], self._pieces.step[of.piece]
        square = squares_to(np.array(earth_centred(lng, lat)), start, step)
        most_m = np.sqrt(square.min()) * CHORD + CHORD_M
        return np.asarray(of.piece[square <= most_m * most_m], dtype=np.intp)

    def _listed(
        self, n: int, point: Indices, line: Indices
    ) -> tuple[Indices, BorderCells]:
        """Write pairs, ascending, as the lists of cells are written."""
        n_lines = np.bincount(point, minlength=n)
        size = np.where(n_lines > 0, n_lines + HEAD, 0)
        starts = np.cumsum(size) - size
        nth = np.arange(point.size) - (np.cumsum(n_lines) - n_lines)[point]
        records = np.zeros(size.sum(), dtype=np.int32)
        records[starts[point] + HEAD + nth] = line
        heads = starts[n_lines > 0]
        records[heads], records[heads + 3] = NONE, MOST_CM
        records[heads + 1] = n_lines[n_lines > 0]
        cells = BorderCells(
            frame=np.zeros(5),
            tree=read_only(records[:0]),
            records=read_only(records),
            lines=read_only(self._lines.ends.ravel()),
            behind=read_only(self._lines.behind.ravel()),
        )
        return np.where(n_lines > 0, starts, -1), cells


def _mercator_deg(lat: Floats) -> Floats:
    """Turn latitudes into northings on Mercator's plane of the sphere, in degrees."""
    sine = np.sin(np.radians(np.clip(lat, -HIGHEST_DEG, HIGHEST_DEG)))
    return np.asarray(np.degrees(np.arctanh(sine)), dtype=np.float64)


def _widened(lat: Floats, off_deg: Floats) -> Floats:
    """Say how far the truly nearest may be where something is so far on the plane."""
    least = np.maximum(np.abs(lat) - 1.2 * off_deg, 0.0)
    most = np.minimum(np.abs(lat) + 1.2 * off_deg, HIGHEST_DEG)
    ratio = np.cos(np.radians(least)) / np.cos(np.radians(most))
    return np.asarray(off_deg * ratio * FLAT + BOW_DEG, dtype=np.float64)


def _at_most_deg(lat: Floats, reach_m: float) -> Floats:
    """Say how far on the plane something within reach may be."""
    reach_deg = reach_m / M_PER_DEG
    most = np.radians(np.minimum(np.abs(lat) + reach_deg, HIGHEST_DEG))
    return np.asarray(reach_deg / np.cos(most) * FLAT + BOW_DEG, dtype=np.float64)
