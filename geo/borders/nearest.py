"""How far it is to the next county, and which counties a way passes through.

Lines are straight in degrees, metres are geodesic. The nearest is found to within 1 mm
up to 5 km away, a millionth of the distance up to 1,200 km and 1e-4 beyond.
"""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geo.borders import search
from geo.borders.building import build
from geo.borders.cells import BorderCells
from geo.borders.lines import Lines, lines_of
from geo.borders.running import asked_of, rows_of, run
from geo.borders.search import NONE, UNSEEN, Asked, Table
from geo.borders.trees import LineTrees
from geo.distance import distance_m
from geo.edges import Edges, edges_of
from geo.layers import Floats, Indices, Layer

CHUNK = 24  # segments in one indexed piece of line: short boxes, few of them
WORTH_CELLS = 50_000
"""Points asked about so far for which building cells would have paid."""


@dataclass(frozen=True, slots=True)
class Border:
    """The nearest territory of another county.

    Attributes
    ----------
    metres
        Geodesic metres to it; 0 for a point that it covers.
    code
        The county whose territory it is.
    """

    metres: float
    code: str


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a way within one county.

    Attributes
    ----------
    code
        The county that leads along it.
    metres
        Its geodesic length.
    """

    code: str
    metres: float


class BorderLines:
    """The lines of a layer, ready to be asked which is nearest.

    The first points are answered by a tree, which is ready at once; many by `cells`,
    a hundred times faster. All answers are equal, and threads may share the lines.

    Parameters
    ----------
    layer
        The counties.
    cells
        Of the same layer, built before: see `cells`.

    Raises
    ------
    ValueError
        Cells that name a boundary the layer has not.
    """

    def __init__(self, layer: Layer, cells: BorderCells | None = None) -> None:
        if cells is not None and cells.behind.max() >= len(layer):
            raise ValueError(
                f"cells of {cells.behind.max() + 1} boundaries or more for a layer of "
                f"{len(layer)}: build them anew"
            )
        self._layer = layer
        self._cells = cells
        self._lock = Lock()
        self._n_asked = 0

    @property
    def cells(self) -> BorderCells:
        """The table that makes it fast; built, in some seconds, when first asked for.

        Its `arrays` can be kept in a file, and `geo.borders.cells.from_arrays` takes
        them up.
        """
        with self._lock:
            if self._cells is None:
                self._cells = build(self._lines)
            return self._cells

    @cached_property
    def _edges(self) -> Edges:
        return edges_of(self._layer)

    @cached_property
    def _lines(self) -> Lines:
        return lines_of(self._edges)

    @cached_property
    def _trees(self) -> LineTrees:
        return LineTrees(self._lines)

    @cached_property
    def _view(self) -> Table:
        return self.cells.view()

    @cached_property
    def _whole(self) -> "_Whole":
        return _whole_of(self._edges)

    def nearest(
        self,
        own: Indices,
        *,
        lng: Floats,
        lat: Floats,
        reach_m: float | None = None,
        including_sea: bool = False,
    ) -> tuple[Indices, Floats]:
        """Find the nearest territory other than that of each point's own boundary.

        Parameters
        ----------
        own
            Index of the boundary each point lies in, shape (n,); -1 for none.
        lng, lat
            WGS 84 degrees, shape (n,), covered by no other boundary.
        reach_m
            Look no further than this.
        including_sea
            Find the nearest way out of the own boundary instead, its coast included.

        Returns
        -------
        (boundary, metres)
            Index of the boundary, -1 where there is none within reach or, with
            ``including_sea``, where the sea or no boundary is behind; geodesic metres,
            NaN where there is nothing. Both shape (n,). Of equally near ones the
            lowest index. A row that is not finite has nothing near.

        Raises
        ------
        ValueError
            Columns of different length, or an own boundary that the layer has not.
        """
        reach = np.inf if reach_m is None else reach_m
        asked = self._asked(own, (lng, lat), reach, including_sea)
        seen = np.full(asked.lng.size, UNSEEN, dtype=np.int64)
        metres = np.full(asked.lng.size, np.nan)
        if self._has_cells_for(asked.lng.size):
            run("nearest_all", self.cells, asked, (seen, metres))
        rows = np.flatnonzero(seen == UNSEEN)
        seen[rows], metres[rows] = self._by_tree(rows_of(asked, rows))
        return seen.astype(np.intp, copy=False), metres

    def nearest_one(
        self,
        own: int,
        *,
        lng: float,
        lat: float,
        reach_m: float | None = None,
        including_sea: bool = False,
    ) -> tuple[int, float]:
        """Find what `nearest` finds, for one point and a hundred times sooner."""
        if self._has_cells_for(1):
            reach = np.inf if reach_m is None else reach_m
            asked = Asked((own,), (lng,), (lat,), (reach,), including_sea)
            starts, seen, metres = [0], [0], [0.0]
            search.find_lists(self._view, asked, starts)
            search.nearest_all(self._view, asked, starts, seen, metres)
            if seen[0] != UNSEEN:
                return seen[0], metres[0]
        at = {"lng": np.array([lng]), "lat": np.array([lat])}
        boundary, off_m = self.nearest(
            np.array([own]), **at, reach_m=reach_m, including_sea=including_sea
        )
        return int(boundary[0]), float(off_m[0])

    def could_change(
        self,
        own: Indices,
        *,
        lng: Floats,
        lat: Floats,
        reach_m: float | Floats,
        including_sea: bool = False,
    ) -> NDArray[np.bool_]:
        """Say whether some metres could put a point into another boundary.

        Parameters
        ----------
        own, lng, lat
            As in `nearest`.
        reach_m
            How far the point may be from where it is said to be: one for all, or
            shape (n,).
        including_sea
            Whether leaving the own boundary for the sea, or for none, is a change.

        Returns
        -------
        ndarray, shape (n,)
            Whether `nearest` finds anything within reach; False where a number of the
            row is NaN.

        Raises
        ------
        ValueError
            As in `nearest`.
        """
        asked = self._asked(own, (lng, lat), reach_m, including_sea)
        is_reached = np.full(asked.lng.size, UNSEEN, dtype=np.int8)
        if self._has_cells_for(asked.lng.size):
            run("reached_all", self.cells, asked, (is_reached,))
        rows = np.flatnonzero(is_reached == UNSEEN)
        is_reached[rows] = np.isfinite(self._by_tree(rows_of(asked, rows))[1])
        return np.asarray(is_reached == 1)

    def _asked(
        self,
        own: Indices,
        at: tuple[Floats, Floats],
        reach_m: float | Floats,
        is_rim: bool,
    ) -> Asked:
        own, lng, lat = np.asarray(own), *(np.asarray(axis, float) for axis in at)
        if own.ndim != 1 or not own.shape == lng.shape == lat.shape:
            raise ValueError(
                f"own has shape {own.shape}, lng {lng.shape}, lat {lat.shape}: want "
                "(n,) three times"
            )
        if own.size and not (own.min() >= NONE and own.max() < len(self._layer)):
            raise ValueError(
                f"own boundaries from {own.min()} to {own.max()}: want indices of a "
                f"layer of {len(self._layer)}, or -1"
            )
        return asked_of(own, lng=lng, lat=lat, reach_m=reach_m, is_rim=is_rim)

    def _has_cells_for(self, n: int) -> bool:
        """Say whether to use cells; count the points, so that they come in time."""
        self._n_asked += n
        return self._cells is not None or self._n_asked >= WORTH_CELLS

    def _by_tree(self, asked: Asked) -> tuple[Indices, Floats]:
        """Do as `nearest` without cells."""
        seen = np.full(asked.lng.size, NONE, dtype=np.int64)
        metres = np.full(asked.lng.size, np.nan)
        is_finite = np.isfinite(asked.lng) & np.isfinite(asked.lat)
        owns = np.full_like(asked.own, NONE) if asked.is_rim else asked.own
        for own in np.unique(owns[is_finite]):
            rows = np.flatnonzero(is_finite & (owns == own))
            part = rows_of(asked, rows)
            reach_m = float(np.fmax.reduce(part.reach_m))
            starts, lists = self._trees.lists(
                int(own), lng=part.lng, lat=part.lat, reach_m=reach_m
            )
            found = seen[rows], metres[rows]
            run("nearest_all", lists, part, found, starts)
            seen[rows], metres[rows] = np.maximum(found[0], NONE), found[1]
        return seen, metres

    def crossings(self, lng: Floats, lat: Floats) -> Floats:
        """Find where a way meets any line.

        Parameters
        ----------
        lng, lat
            The vertices of the way, WGS 84 degrees, shape (n,).

        Returns
        -------
        ndarray, shape (m,)
            Positions along it, 0 <= position <= n - 1, the whole part being the
            index of the vertex before; unordered, with repeats.
        """
        vertices = np.column_stack((lng, lat))
        starts, steps = vertices[:-1], np.diff(vertices, axis=0)
        ends = np.stack((starts, vertices[1:]), axis=1)
        ways = np.asarray(shapely.linestrings(ends), dtype=np.object_)
        way, line = self._whole.tree.query(ways, predicate="intersects")
        met = shapely.intersection(ways[way], self._whole.lines[line])
        points, of = shapely.get_coordinates(met, return_index=True)
        way = way[of]
        step = steps[way]
        reach = ((points - starts[way]) * step).sum(axis=1)
        square = (step**2).sum(axis=1)
        # a vertex given twice makes a step of no length
        share = np.divide(reach, square, out=np.zeros_like(reach), where=square > 0)
        return np.asarray(way + np.clip(share, 0, 1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Whole:
    """All lines in pieces, with an index, in degrees."""

    tree: STRtree
    lines: NDArray[np.object_]


def legs_along(layer: Layer, lines: BorderLines, lng: Floats, lat: Floats) -> list[Leg]:
    """Cut a way at every line and say which boundary leads along each stretch.

    Parameters
    ----------
    layer, lines
        The counties and their lines.
    lng, lat
        Vertices of the way, WGS 84 degrees, shape (n,), n >= 2, finite.
    """
    vertex = np.arange(lng.size, dtype=np.float64)
    at = np.unique(np.concatenate((vertex, lines.crossings(lng, lat))))
    x, y = np.interp(at, vertex, lng), np.interp(at, vertex, lat)
    middle = (at[:-1] + at[1:]) / 2
    lead = layer.lead(
        lng=np.interp(middle, vertex, lng), lat=np.interp(middle, vertex, lat)
    )
    metres = distance_m(lng=x[:-1], lat=y[:-1], to_lng=x[1:], to_lat=y[1:])
    starts = np.flatnonzero(np.diff(lead, prepend=-2))
    lengths = np.add.reduceat(metres, starts)
    return [
        Leg(str(layer.codes[lead[start]]), float(length))
        for start, length in zip(starts, lengths, strict=True)
        if lead[start] >= 0 and length > 0
    ]


def _whole_of(edges: Edges) -> _Whole:
    """Join segments that follow each other to pieces of at most ``CHUNK``."""
    follows = np.diff(edges.ring, prepend=-1) == 0
    position = np.arange(edges.ring.size)
    run_start = np.maximum.accumulate(np.where(follows, 0, position))
    is_start = (position - run_start) % CHUNK == 0
    piece = np.cumsum(is_start) - 1
    lasts = np.flatnonzero(np.append(is_start[1:], True))
    points = np.insert(edges.start, lasts + 1, edges.end[lasts], axis=0)
    of = np.insert(piece, lasts + 1, piece[lasts])
    lines = np.asarray(shapely.linestrings(points, indices=of), dtype=np.object_)
    return _Whole(STRtree(lines), lines)
