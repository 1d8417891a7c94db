"""How well the boundaries of a layer fit each other: overlaps and gaps."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geo.crs import to_metres
from geo.layers import Layer


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that a file gives to two boundaries.

    Attributes
    ----------
    codes
        The two, ascending.
    km2
        Its area on the TM2 plane, good to some parts in a thousand.
    shape
        Polygonal, WGS 84 degrees.
    """

    codes: tuple[str, str]
    km2: float
    shape: BaseGeometry


def overlaps(layer: Layer) -> list[Overlap]:
    """List every pair of boundaries that share area, ascending by codes."""
    left, right = STRtree(layer.shapes).query(layer.shapes, predicate="intersects")
    is_once = left < right
    left, right = left[is_once], right[is_once]
    shared = np.asarray(
        shapely.intersection(layer.shapes[left], layer.shapes[right]), dtype=np.object_
    )
    found = [
        Overlap((str(layer.codes[i]), str(layer.codes[j])), area_km2(shape), shape)
        for i, j, shape in zip(left, right, shared, strict=True)
        if shape.area > 0
    ]
    return sorted(found, key=lambda overlap: overlap.codes)


def gaps(layer: Layer) -> NDArray[np.object_]:
    """Find the ground that a layer surrounds and gives to nobody.

    Returns
    -------
    ndarray of Polygon, shape (n,)
        The holes of the union of all boundaries, WGS 84 degrees, largest first.
        Slits that are open to the sea are not among them.
    """
    parts = shapely.get_parts(shapely.union_all(layer.shapes))
    n_holes = shapely.get_num_interior_rings(parts)
    of = np.repeat(np.arange(parts.size), n_holes)
    nth = np.concatenate([np.arange(n) for n in n_holes])
    rings = shapely.get_interior_ring(parts[of], nth)
    holes = np.asarray(shapely.polygons(rings), dtype=np.object_)
    return holes[np.argsort(-shapely.area(holes), kind="stable")]


def area_km2(shape: BaseGeometry) -> float:
    """Measure an area on the TM2 plane, good to some parts in a thousand."""
    on_plane = shapely.transform(
        shape, lambda points: np.column_stack(to_metres(*points.T))
    )
    return float(on_plane.area) / 1e6
