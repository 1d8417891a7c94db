"""The segments that the boundaries of a layer are made of."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.layers import Floats, Indices, Layer


@dataclass(frozen=True, slots=True)
class Edges:
    """Every segment of every ring, in the order of the rings.

    The owner lies to the left of the way from start to end.

    Attributes
    ----------
    start, end
        WGS 84 degrees, shape (n, 2).
    ring, owner
        Index of the ring, and of the boundary that it bounds, shape (n,).
    line
        Number of the distinct segment, equal for both ways round, shape (n,).
    is_inner
        Whether one boundary lies on either side, shape (n,).
    """

    start: Floats
    end: Floats
    ring: Indices
    owner: Indices
    line: Indices
    is_inner: NDArray[np.bool_]

    def against(self, own: int) -> NDArray[np.bool_]:
        """Choose the segments that bound the territory of all others.

        Lines between two others are left out: from outside, a point of the rim is
        always nearer.
        """
        is_own_line = np.zeros(self.line.max() + 1, dtype=np.bool_)
        is_own_line[self.line[self.owner == own]] = True
        chosen = (self.owner != own) & (~self.is_inner | is_own_line[self.line])
        return np.asarray(chosen, dtype=np.bool_)


def edges_of(layer: Layer) -> Edges:
    """List every segment of every ring of a layer, in the order of the rings."""
    polygons, owner = shapely.get_parts(layer.shapes, return_index=True)
    # outer rings one way, holes the other: neighbours then run along a common line in
    # opposite directions
    rings, polygon = shapely.get_rings(
        shapely.orient_polygons(polygons), return_index=True
    )
    points, ring = shapely.get_coordinates(rings, return_index=True)
    is_segment = (ring[:-1] == ring[1:]) & (points[:-1] != points[1:]).any(axis=1)
    first = np.flatnonzero(is_segment)
    line, is_inner = _lines_between(points[first], points[first + 1])
    return Edges(
        start=points[first],
        end=points[first + 1],
        ring=ring[first],
        owner=owner[polygon[ring[first]]],
        line=line,
        is_inner=is_inner,
    )


def _lines_between(start: Floats, end: Floats) -> tuple[Indices, NDArray[np.bool_]]:
    """Give equal segments one number, either way round; mark the two-way ones."""
    is_forward = (start[:, 0] < end[:, 0]) | (
        (start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1])
    )
    low = np.where(is_forward[:, None], start, end)
    high = np.where(is_forward[:, None], end, start)
    keys = np.column_stack((low, high))
    order = np.lexsort(keys.T)
    is_new = np.any(np.diff(keys[order], axis=0, prepend=np.nan) != 0, axis=1)
    line = np.empty(len(keys), dtype=np.intp)
    line[order] = np.cumsum(is_new) - 1
    n_times, n_forward = np.bincount(line), np.bincount(line, weights=is_forward)
    return line, ((n_times == 2) & (n_forward == 1))[line]
