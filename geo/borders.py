"""How far it is to the next county, and which counties a way passes through.

Searched on a conformal plane in metres, measured on the ellipsoid: the nearest point
found on the plane is the nearest on the ground to some centimetres within 5 km.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geo.crs import TM2_121, to_metres, to_wgs84
from geo.distance import distance_m
from geo.edges import Edges, edges_of
from geo.layers import Floats, Indices, Layer

STRAIGHT_DEG = 0.01  # a segment this short bends by less than 2 cm on the plane
CHUNK = 24  # segments in one indexed piece of line: short boxes, few of them


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

    Everything is built on first use; two threads that build the same piece at once
    build it equal.

    Parameters
    ----------
    layer
        The counties.
    """

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._against: dict[int, _Lines] = {}

    @cached_property
    def _edges(self) -> Edges:
        return edges_of(self._layer)

    @cached_property
    def _all(self) -> "_Lines":
        edges = self._edges
        return _lines_of(edges, np.ones(edges.owner.size, np.bool_), on_plane=False)

    def nearest(
        self, own: Indices, *, lng: Floats, lat: Floats, reach_m: float | None = None
    ) -> tuple[Indices, Floats]:
        """Find the nearest territory other than that of each point's own boundary.

        Parameters
        ----------
        own
            Index of the boundary each point lies in, shape (n,); -1 for none.
        lng, lat
            WGS 84 degrees, shape (n,), finite, covered by no other boundary.
        reach_m
            Look no further than this.

        Returns
        -------
        (boundary, metres)
            Index of the boundary, -1 where there is none within reach; geodesic
            metres, NaN there. Both shape (n,). Of equally near ones the lowest index.
        """
        boundary = np.full(own.size, -1, dtype=np.intp)
        metres = np.full(own.size, np.nan)
        for county in np.unique(own):
            of = np.flatnonzero(own == county)
            lines = self._lines_against(int(county))
            boundary[of], metres[of] = lines.nearest(lng[of], lat[of], reach_m)
        return boundary, metres

    def _lines_against(self, own: int) -> "_Lines":
        if own not in self._against:
            edges = self._edges
            self._against[own] = _lines_of(edges, edges.against(own), on_plane=True)
        return self._against[own]

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
        way, line = self._all.tree.query(ways, predicate="intersects")
        met = shapely.intersection(ways[way], self._all.lines[line])
        points, of = shapely.get_coordinates(met, return_index=True)
        way = way[of]
        step = steps[way]
        reach = ((points - starts[way]) * step).sum(axis=1)
        square = (step**2).sum(axis=1)
        # a vertex given twice makes a step of no length
        share = np.divide(reach, square, out=np.zeros_like(reach), where=square > 0)
        return np.asarray(way + np.clip(share, 0, 1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Pieces of line with an index, and the boundary behind each."""

    tree: STRtree
    lines: NDArray[np.object_]
    behind: Indices

    def nearest(
        self, lng: Floats, lat: Floats, reach_m: float | None
    ) -> tuple[Indices, Floats]:
        boundary = np.full(lng.size, -1, dtype=np.intp)
        metres = np.full(lng.size, np.nan)
        points = np.asarray(shapely.points(*to_metres(lng, lat)), dtype=np.object_)
        # the plane stretches lengths by less than 1 % anywhere in Taiwan's bounds
        reach = None if reach_m is None else reach_m * 1.01
        point, line = self._nearest_pairs(points, reach)
        foot = shapely.get_point(
            shapely.shortest_line(points[point], self.lines[line]), 1
        )
        to_lng, to_lat = to_wgs84(shapely.get_x(foot), shapely.get_y(foot), crs=TM2_121)
        found = distance_m(lng=lng[point], lat=lat[point], to_lng=to_lng, to_lat=to_lat)
        is_near = np.full(found.size, True) if reach_m is None else found <= reach_m
        boundary[point[is_near]] = self.behind[line[is_near]]
        metres[point[is_near]] = found[is_near]
        return boundary, metres

    def _nearest_pairs(
        self, points: NDArray[np.object_], reach: float | None
    ) -> tuple[Indices, Indices]:
        if not self.lines.size:
            nothing = np.empty(0, dtype=np.intp)
            return nothing, nothing
        point, line = self.tree.query_nearest(points, max_distance=reach)
        order = np.lexsort((self.behind[line], point))
        point, first = np.unique(point[order], return_index=True)
        return point, line[order][first]


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


def _lines_of(edges: Edges, chosen: NDArray[np.bool_], *, on_plane: bool) -> _Lines:
    """Join chosen segments that follow each other to pieces of at most ``CHUNK``."""
    i = np.flatnonzero(chosen)
    follows = (np.diff(i, prepend=-2) == 1) & (np.diff(edges.ring[i], prepend=-1) == 0)
    run_start = np.maximum.accumulate(np.where(follows, 0, np.arange(i.size)))
    is_start = (np.arange(i.size) - run_start) % CHUNK == 0
    piece = np.cumsum(is_start) - 1
    lasts = np.flatnonzero(np.append(is_start[1:], True)) if i.size else i
    points = np.insert(edges.start[i], lasts + 1, edges.end[i[lasts]], axis=0)
    of = np.insert(piece, lasts + 1, piece[lasts])
    lines = np.asarray(shapely.linestrings(points, indices=of), dtype=np.object_)
    lines = _projected(lines) if on_plane else lines
    return _Lines(STRtree(lines), lines, edges.owner[i[is_start]])


def _projected(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Project lines to metres; what is straight in degrees bends with them."""
    short = shapely.segmentize(lines, STRAIGHT_DEG)
    projected = shapely.transform(
        short, lambda points: np.column_stack(to_metres(*points.T))
    )
    return np.asarray(projected, dtype=np.object_)
