"""What a fence is: an id, an area, and from when until when it is watched."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import MultiPolygon, Polygon

from geo.crs import FAULTS, diagnose_all, remedy, require_degrees
from geo.errors import CoordinateRefused, FenceRefused
from geo.fences.times import ALWAYS, FOREVER, micros

Values = NDArray[Any]

LARGEST_RADIUS_M = 500_000.0
LARGEST_HALF_WIDTH_M = 100_000.0
MOST_VERTICES = 100_000
TALLEST_DEG = 15.0  # beyond, differences of latitudes would no longer be exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Every place not farther than a radius.

    Attributes
    ----------
    lng, lat
        The middle, WGS 84 degrees.
    radius_m
        Geodesic metres, 0 < radius <= 500,000; the rim belongs to the circle.

    Raises
    ------
    CoordinateRefused
        The middle is no place in Taiwan's bounds.
    FenceRefused
        ``kind="radius"``.
    """

    lng: float
    lat: float
    radius_m: float

    def __post_init__(self) -> None:
        require_degrees(lng=self.lng, lat=self.lat)
        _require_metres("radius_m", self.radius_m, LARGEST_RADIUS_M, kind="radius")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """Every place not farther from a way than half its width.

    Attributes
    ----------
    lng, lat
        The vertices, WGS 84 degrees, two or more; between two the way is straight in
        degrees, as in `geo.boundaries.Boundaries.counties_along`. Any sequence is
        taken and kept as a tuple.
    half_width_m
        Geodesic metres to either side and round the ends, 0 < half width <= 100,000;
        the rim belongs to the corridor.

    Raises
    ------
    CoordinateRefused
        A vertex is no place in Taiwan's bounds.
    FenceRefused
        ``kind="path"``: fewer than two vertices or more than 100,000, lengths that
        differ, all in one place; ``kind="radius"`` for the half width.
    """

    lng: Sequence[float]
    lat: Sequence[float]
    half_width_m: float

    def __post_init__(self) -> None:
        _require_metres(
            "half_width_m", self.half_width_m, LARGEST_HALF_WIDTH_M, kind="radius"
        )
        lng, lat = _vertices(self.lng, self.lat)
        _require_all_degrees(lng, lat)
        x, y = lng.astype(np.float64).tolist(), lat.astype(np.float64).tolist()
        if len(set(zip(x, y, strict=True))) == 1:
            raise FenceRefused(
                "all vertices of the way are one place: watch a Circle there",
                kind="path",
            )
        object.__setattr__(self, "lng", tuple(x))
        object.__setattr__(self, "lat", tuple(y))


@dataclass(frozen=True, slots=True)
class Region:
    """Every place that a polygon covers, its rim and its holes' rims included.

    Attributes
    ----------
    shape
        Polygon or multipolygon, WGS 84 degrees, valid; heights are dropped.

    Raises
    ------
    CoordinateRefused
        A vertex is no place in Taiwan's bounds: metres, swapped, outside.
    FenceRefused
        ``kind="polygon"``: no polygon, empty, invalid, or over 15 degrees tall.
    """

    shape: Polygon | MultiPolygon

    def __post_init__(self) -> None:
        _require_polygon(self.shape)
        _require_all_degrees(*shapely.get_coordinates(self.shape).T)
        if not shapely.is_valid(self.shape):
            raise FenceRefused(
                f"the polygon is invalid, {shapely.is_valid_reason(self.shape)}: "
                "geo.boundaries.repair_shape makes it valid",
                kind="polygon",
            )
        _, south, _, north = self.shape.bounds
        if north - south > TALLEST_DEG:
            raise FenceRefused(
                f"the polygon is {north - south:.1f} degrees tall, allowed are "
                f"{TALLEST_DEG:g}: watch its parts",
                kind="polygon",
            )
        if shapely.has_z(self.shape):
            object.__setattr__(self, "shape", shapely.force_2d(self.shape))


Area = Circle | Corridor | Region


@dataclass(frozen=True, slots=True)
class Fence:
    """An area that is watched, and when.

    Attributes
    ----------
    id
        Anything hashable but None; a fence is known by it.
    area
        Where.
    since, until
        Aware times; it is watched from ``since`` on, and at ``until`` no longer:
        ``since <= at < until``. None for always.

    Raises
    ------
    FenceRefused
        ``kind`` is ``id``, ``area`` or ``time``.
    """

    id: Hashable
    area: Area
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        _require_id(self.id)
        if not isinstance(self.area, Circle | Corridor | Region):
            raise FenceRefused(
                f"fence {self.id!r} has a {type(self.area).__name__} as its area: "
                "give a Circle, a Corridor or a Region",
                kind="area",
            )
        since, until = self.span
        if not since < until:
            raise FenceRefused(
                f"fence {self.id!r} would end at {self.until} before it begins at "
                f"{self.since}: `until` must come after `since`",
                kind="time",
            )

    @property
    def span(self) -> tuple[int, int]:
        """Its first and the first later moment, microseconds since 1970."""
        return (
            ALWAYS if self.since is None else micros(self.since),
            FOREVER if self.until is None else micros(self.until),
        )


def _require_id(value: Hashable) -> None:
    try:
        is_usable = value is not None and value == value and hash(value) is not None
    except TypeError:
        is_usable = False
    if not is_usable:
        raise FenceRefused(
            f"{value!r} cannot be the id of a fence: give a text or a number",
            kind="id",
        )


def _require_metres(name: str, value: float, most: float, *, kind: str) -> None:
    is_number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    if not (is_number and isfinite(value) and 0 < value <= most):
        raise FenceRefused(
            f"{name}={value!r}: give metres, more than 0 and at most {most:,.0f}",
            kind=kind,
        )


def _vertices(lng: ArrayLike, lat: ArrayLike) -> tuple[Values, Values]:
    try:
        x, y = np.asarray(lng), np.asarray(lat)
    except ValueError:  # lists of different length within a list
        x = y = np.empty((0, 0))
    if x.ndim != 1 or x.shape != y.shape or not 2 <= x.size <= MOST_VERTICES:
        raise FenceRefused(
            f"a way of lng of shape {x.shape} and lat of shape {y.shape}: give 2 to "
            f"{MOST_VERTICES:,} vertices, lng as many as lat",
            kind="path",
        )
    return x, y


def _require_polygon(shape: object) -> None:
    if not isinstance(shape, Polygon | MultiPolygon):
        raise FenceRefused(
            f"a {type(shape).__name__} is no area: give a Polygon or MultiPolygon",
            kind="polygon",
        )
    # an empty polygon is valid, and covers nothing
    n_vertices = int(shapely.get_num_coordinates(shape))
    if not 0 < n_vertices <= MOST_VERTICES:
        raise FenceRefused(
            f"a polygon of {n_vertices:,} vertices: give 4 to {MOST_VERTICES:,}",
            kind="polygon",
        )


def _require_all_degrees(lng: Values, lat: Values) -> None:
    """Refuse the first vertex that is no place in Taiwan's bounds."""
    fault = diagnose_all(lng, lat)
    for i in np.flatnonzero(fault)[:1].tolist():
        x, y, kind = lng[i], lat[i], FAULTS[fault[i]]
        message = f"vertex {i}: {remedy(kind, lng=x, lat=y)}"
        raise CoordinateRefused(message, kind=kind, lng=x, lat=y)
