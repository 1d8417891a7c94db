"""What may be asked of sites, and a named refusal of what may not."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely import MultiPolygon, Polygon

from geo.crs import TAIWAN
from geo.errors import SitesRefused
from geo.layers import Floats
from geo.sites.columns import Mask, are_degrees, degrees_of, refuse_nowhere

WIDEST_M = 100_000.0  # half a corridor


def point_of(lng: object, lat: object) -> tuple[float, float]:
    """Return one place as floats.

    Raises
    ------
    CoordinateRefused
        No number, or no degrees.
    """
    if type(lng) is float and type(lat) is float and -180 <= lng <= 180:
        if -90 <= lat <= 90:
            return lng, lat
    degrees = degrees_of(np.array([lng, lat], dtype=object))
    refuse_nowhere(degrees[:1], degrees[1:])
    return float(degrees[0]), float(degrees[1])


def places_of(lng: ArrayLike, lat: ArrayLike) -> Floats:
    """Return places as an array of shape (2, n), NaN for what is no place.

    Raises
    ------
    SitesRefused
        Columns of different length.
    """
    x, y = degrees_of(lng), degrees_of(lat)
    if x.size != y.size:
        raise SitesRefused(
            f"got {x.size} lng and {y.size} lat: give one of each for every place",
            kind="lengths",
        )
    places = np.stack((x, y))
    places[:, ~are_degrees(x, y)] = np.nan
    return places


def count_of(k: int) -> int:
    """Return how many are wanted.

    Raises
    ------
    SitesRefused
        Not a whole number from 1 on.
    """
    if type(k) is int and k >= 1:  # the next line takes as long as half a search
        return k
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise SitesRefused(f"k={k!r} must be a whole number, 1 or more", kind="k")
    return int(k)


def radius_of(radius_m: float, *, most_m: float = np.inf) -> float:
    """Return a radius in metres.

    Raises
    ------
    SitesRefused
        Negative, NaN, too large or no number.
    """
    if type(radius_m) is float and 0 <= radius_m <= most_m:
        return radius_m
    radius = degrees_of(np.array([radius_m], dtype=object))[0]
    if not 0 <= radius <= most_m:
        raise SitesRefused(
            f"{radius_m!r} metres must be a number from 0 to {most_m:g}", kind="radius"
        )
    return float(radius)


def radii_of(radius_m: ArrayLike, n: int) -> Floats:
    """Return a radius for each of n places; one figure is for all of them."""
    radii = degrees_of(radius_m)
    if radii.size not in (1, n):
        raise SitesRefused(
            f"got {radii.size} radii and {n} places: give one, or one each",
            kind="lengths",
        )
    wrong = np.flatnonzero(~(radii >= 0))
    if wrong.size:
        radius_of(radii[wrong[0]])
    return np.array(np.broadcast_to(radii, n))


def mask_of(mask: Mask | None, n: int) -> Mask:
    """Return which of n rows count; all of them without a mask."""
    if mask is None:
        return np.ones(n, dtype=np.bool_)
    if np.shape(mask) != (n,):
        raise SitesRefused(f"mask has shape {np.shape(mask)}, want ({n},)", kind="mask")
    return np.asarray(mask, dtype=np.bool_)


def ratio_of(ratio: float) -> float:
    """Return how much longer a way may be."""
    times = float(degrees_of(np.array([ratio], dtype=object))[0])
    if not 1 <= times < np.inf:
        raise SitesRefused(
            f"ratio={ratio!r} must be a number from 1 on, but not infinite",
            kind="ratio",
        )
    return times


def polygon_of(shape: Any) -> Polygon | MultiPolygon:  # noqa: ANN401 - to be checked
    """Return a polygon in degrees.

    Raises
    ------
    SitesRefused
        No polygon, or one that crosses itself.
    CoordinateRefused
        It is not in degrees.
    """
    if not isinstance(shape, Polygon | MultiPolygon):
        raise SitesRefused(
            f"a {type(shape).__name__} has no inside: give a Polygon or MultiPolygon",
            kind="polygon",
        )
    if not shapely.is_valid(shape):
        raise SitesRefused(
            f"the polygon is invalid ({shapely.is_valid_reason(shape)}): repair it, as "
            "with shapely.make_valid",
            kind="polygon",
        )
    west, south, east, north = shapely.bounds(shape)
    if not shape.is_empty:
        refuse_nowhere(np.array([west, east]), np.array([south, north]))
    return shape


def path_of(lng: ArrayLike, lat: ArrayLike) -> Floats:
    """Return the vertices of a path in Taiwan's bounds, shape (2, n).

    Raises
    ------
    SitesRefused
        Fewer than two vertices, a vertex outside of the bounds, lengths that differ.
    CoordinateRefused
        A vertex that is not in degrees.
    """
    x, y = degrees_of(lng), degrees_of(lat)
    places_of(x, y)
    refuse_nowhere(x, y)
    if x.size < 2:
        raise SitesRefused(
            f"a path of {x.size} vertices leads nowhere: give 2 or more", kind="path"
        )
    west, south, east, north = TAIWAN
    outside = (x < west) | (x > east) | (y < south) | (y > north)
    if outside.any():
        at = int(np.argmax(outside))
        raise SitesRefused(
            f"vertex lng={x[at]} lat={y[at]} is outside of Taiwan's bounds (lng {west} "
            f"to {east}, lat {south} to {north}): check the digits and the CRS",
            kind="path",
        )
    return np.stack((x, y))


def threads_of(threads: int) -> int:
    """Return in how many threads to search."""
    if threads < 1:
        raise ValueError(f"threads={threads} must be 1 or more")
    return threads
