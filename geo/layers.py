"""One level of boundaries and the index that finds which of them cover a point."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geo.errors import BoundaryRefused

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Numbers = NDArray[np.integer[Any]]


class Level(StrEnum):
    """How fine a boundary is."""

    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A polygon with the Ministry of the Interior's code.

    Attributes
    ----------
    level, code, name
        ``Level.COUNTY``, ``"63000"``, ``"臺北市"``.
    county_code
        The county it lies in; a county's own code.
    town_code
        The town it lies in; a town's own code; None for a county.
    shape
        Polygon or multipolygon, WGS 84 degrees, longitude first.
    name_en
        English name, empty where the file has none.
    """

    level: Level
    code: str
    name: str
    county_code: str
    town_code: str | None
    shape: Polygon | MultiPolygon
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A boundary that was invalid and what making it valid did.

    Attributes
    ----------
    code, name
        Of the boundary.
    reason
        What GEOS says is wrong, with the place.
    area_change
        Area after over area before, minus 1; 0.01 is one percent more.
    """

    code: str
    name: str
    reason: str
    area_change: float


def repair_shape(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """Make a shape valid and keep its polygons only.

    Raises
    ------
    BoundaryRefused
        Nothing with an area is left.
    """
    parts = shapely.get_parts(shapely.make_valid(shape))
    parts = shapely.get_parts(parts)
    areas = parts[shapely.area(parts) > 0]
    whole = shapely.union_all(areas)
    if not isinstance(whole, Polygon | MultiPolygon) or whole.is_empty:
        raise BoundaryRefused("a shape without any area: leave the boundary out")
    return whole


def repair_boundary(boundary: Boundary) -> tuple[Boundary, Repair]:
    """Return the boundary with a valid shape, and what that changed.

    Raises
    ------
    BoundaryRefused
        Nothing with an area is left.
    """
    before = boundary.shape
    after = repair_shape(before)
    repair = Repair(
        code=boundary.code,
        name=boundary.name,
        reason=str(shapely.is_valid_reason(before)),
        area_change=after.area / before.area - 1 if before.area else float("inf"),
    )
    return replace(boundary, shape=after), repair


class Layer:
    """Boundaries of one level, immutable, in ascending order of code.

    Being sorted, the boundary with the lowest code is the one with the lowest index:
    that is the whole rule for the **lead** of a point that several cover.

    Parameters
    ----------
    boundaries
        Of one level, each code once, WGS 84 degrees.
    repair
        Make invalid shapes valid instead of refusing them; ``repaired`` lists them.

    Raises
    ------
    BoundaryRefused
        No boundary, two levels, a code twice, a shape that is empty, invalid (unless
        ``repair``) or not in degrees.

    Attributes
    ----------
    codes, names : ndarray of str, shape (n,)
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
    repaired : tuple of Repair
    """

    def __init__(self, boundaries: Iterable[Boundary], *, repair: bool = False) -> None:
        kept = sorted(boundaries, key=lambda boundary: boundary.code)
        _refuse_mixture(kept)
        self.repaired: tuple[Repair, ...] = ()
        if repair:
            kept, self.repaired = _repair_all(kept)
        _refuse_shapes(kept)
        self.level = kept[0].level
        self.boundaries = tuple(kept)
        self.codes = np.array([boundary.code for boundary in kept])
        self.names = np.array([boundary.name for boundary in kept])
        self.shapes = np.array([boundary.shape for boundary in kept], dtype=np.object_)
        self._codes_or_none = np.append(self.codes, "")
        self._names_or_none = np.append(self.names, "")
        self._index = {boundary.code: i for i, boundary in enumerate(kept)}
        self._parts, self._boundary_of = _indexed_parts(self.shapes)
        self._tree = STRtree(self._parts)

    def __len__(self) -> int:
        return len(self.boundaries)

    def __contains__(self, code: object) -> bool:
        return code in self._index

    def __getitem__(self, code: str) -> Boundary:
        """Return the boundary with this code; KeyError when there is none."""
        return self.boundaries[self._index[code]]

    def index_of(self, codes: Iterable[str]) -> Indices:
        """Return the index of each code, shape (n,); -1 where the layer lacks it."""
        return np.array([self._index.get(code, -1) for code in codes], dtype=np.intp)

    def codes_at(self, index: Numbers) -> NDArray[np.str_]:
        """Return the code at each index, ``""`` for -1."""
        return self._codes_or_none[index]

    def names_at(self, index: Numbers) -> NDArray[np.str_]:
        """Return the name at each index, ``""`` for -1."""
        return self._names_or_none[index]

    def cover(self, *, lng: ArrayLike, lat: ArrayLike) -> Indices:
        """Pair every point with every boundary that covers it.

        A point on a line is covered by the boundaries on both sides of it.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees, shape (n,). A pair with NaN is covered by none.

        Returns
        -------
        ndarray, shape (2, m)
            Row 0 the index of the point, row 1 the index of the boundary, ascending
            by point, then by code.
        """
        return self._pairs(lng, lat, shapely.intersects_xy)

    def cover_inside(self, *, lng: ArrayLike, lat: ArrayLike) -> Indices:
        """Pair every point with every boundary that has it strictly inside.

        As `cover`, but a point on a line belongs to neither side of it.
        """
        return self._pairs(lng, lat, shapely.contains_xy)

    def _pairs(
        self, lng: ArrayLike, lat: ArrayLike, holds: Callable[..., NDArray[np.bool_]]
    ) -> Indices:
        x, y = (np.atleast_1d(np.asarray(axis, float)) for axis in (lng, lat))
        point, part = self._tree.query(shapely.points(np.column_stack((x, y))))
        is_held = holds(self._parts[part], x[point], y[point])
        point, boundary = point[is_held], self._boundary_of[part[is_held]]
        return _sorted_pairs(point, boundary, len(self))

    def lead(self, *, lng: ArrayLike, lat: ArrayLike) -> Indices:
        """Give the covering boundary with the lowest code of each point.

        Returns
        -------
        ndarray, shape (n,)
            Index of a boundary, -1 where none covers the point.
        """
        return first_of_each(self.cover(lng=lng, lat=lat), np.size(lng))

    def neighbours(self, code: str) -> tuple[str, ...]:
        """Give the codes that share a length of line, or area, with a boundary.

        Touching in one point is not enough. Ascending; KeyError for a code that the
        layer lacks.
        """
        own = self._index[code]
        shape = self.shapes[own]
        touching = np.unique(
            self._boundary_of[self._tree.query(shape, predicate="intersects")]
        )
        touching = touching[touching != own]
        shared = shapely.intersection(shape, self.shapes[touching])
        return tuple(self.codes[touching[shapely.length(shared) > 0]].tolist())


def first_of_each(pairs: Indices, n: int) -> Indices:
    """Give the first right-hand index of each left-hand one.

    Parameters
    ----------
    pairs
        Shape (2, m), ascending by row 0.
    n
        How many left-hand indices there are.

    Returns
    -------
    ndarray, shape (n,)
        -1 for a left-hand index without a pair.
    """
    found = np.full(n, -1, dtype=np.intp)
    left, first = np.unique(pairs[0], return_index=True)
    found[left] = pairs[1][first]
    return found


def parents_of(layer: Layer | None, parents: Layer | None, column: str) -> Indices:
    """Return the index of each boundary's parent in the layer above, shape (n,).

    Raises
    ------
    BoundaryRefused
        A boundary whose parent is not there, or lies elsewhere: some point within a
        boundary, `shapely.point_on_surface`, must be covered by its parent.
    """
    if layer is None:
        return np.empty(0, dtype=np.intp)
    codes = [getattr(boundary, column) for boundary in layer.boundaries]
    found = np.full(len(codes), -1) if parents is None else parents.index_of(codes)
    if (found < 0).any():
        orphans = layer.codes[found < 0].tolist()
        raise BoundaryRefused(
            f"{layer.level} {orphans[0]} and {len(orphans) - 1} more have no parent "
            "in the layer above: load the levels of one edition together",
            codes=orphans,
        )
    if parents is not None:
        _require_within(layer, parents, found)
    return found


def _require_within(layer: Layer, parents: Layer, parent_of: Indices) -> None:
    """Refuse layers that are not of one edition: some point must be in the parent."""
    inside = shapely.point_on_surface(layer.shapes)
    astray = np.flatnonzero(~shapely.covers(parents.shapes[parent_of], inside))
    if astray.size:
        first = astray[0]
        raise BoundaryRefused(
            f"{layer.level} {layer.codes[first]} and {astray.size - 1} more do not lie "
            f"in their {parents.level} ({parents.codes[parent_of[first]]}): the files "
            "are of different editions, or codes are mixed up; load the levels of one "
            "edition together",
            codes=layer.codes[astray].tolist(),
        )


def _sorted_pairs(point: Indices, boundary: Indices, n_boundaries: int) -> Indices:
    keys = point * n_boundaries + boundary
    if keys.size > 1:
        # two parts of one boundary may meet in the point: count it once
        keys = np.unique(keys)
    return np.stack(np.divmod(keys, n_boundaries)).astype(np.intp, copy=False)


def _indexed_parts(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.object_], Indices]:
    """Split shapes into polygons, each with its point index already built.

    GEOS builds that index on first use, and not under a lock: two threads that share
    a layer must never be the first.
    """
    parts, boundary_of = shapely.get_parts(shapes, return_index=True)
    shapely.prepare(parts)
    x, y = shapely.get_coordinates(
        shapely.get_point(shapely.get_exterior_ring(parts), 0)
    ).T
    shapely.intersects_xy(parts, x, y)
    shapely.contains_xy(parts, x, y)
    return parts, boundary_of


def _repair_all(
    boundaries: Sequence[Boundary],
) -> tuple[list[Boundary], tuple[Repair, ...]]:
    kept, repairs = list(boundaries), []
    valid = shapely.is_valid([boundary.shape for boundary in kept])
    for i in np.flatnonzero(~valid):
        kept[i], repaired = repair_boundary(kept[i])
        repairs.append(repaired)
    return kept, tuple(repairs)


def _refuse_mixture(boundaries: Sequence[Boundary]) -> None:
    if not boundaries:
        raise BoundaryRefused("a layer needs at least one boundary, got none")
    levels = sorted({boundary.level for boundary in boundaries})
    if len(levels) > 1:
        raise BoundaryRefused(f"a layer holds one level, got {', '.join(levels)}")
    codes = [boundary.code for boundary in boundaries]
    twice = sorted({a for a, b in pairwise(codes) if a == b})
    if twice:
        raise BoundaryRefused(
            f"code {twice[0]} and {len(twice) - 1} more occur twice: dissolve by code "
            "first",
            codes=twice,
        )


def _refuse_shapes(boundaries: Sequence[Boundary]) -> None:
    shapes = np.array([boundary.shape for boundary in boundaries], dtype=np.object_)
    codes = np.array([boundary.code for boundary in boundaries])
    is_area = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    _refuse_where(~is_area, codes, "is not a polygon: leave it out")
    west, south, east, north = shapely.bounds(shapes).T
    is_degrees = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    _refuse_where(~is_degrees, codes, "is not in degrees: pass the CRS")
    valid = shapely.is_valid(shapes)
    reason = "" if valid.all() else str(shapely.is_valid_reason(shapes[~valid][0]))
    _refuse_where(~valid, codes, f"is invalid ({reason}): pass repair=True")


def _refuse_where(
    is_bad: NDArray[np.bool_], codes: NDArray[np.str_], problem: str
) -> None:
    bad = codes[is_bad].tolist()
    if bad:
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        raise BoundaryRefused(f"boundary {bad[0]}{more} {problem}", codes=bad)
