"""Reads made in an area: by cameras that stood in it, or with a spot in it."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from data.reads.answers import NO_LIMITS, USUAL, Answer, Limits
from data.reads.columns import Floats, Reads, Rows
from data.reads.names import Names
from data.reads.protocol import ReadsSource
from geo.sites.questions import polygon_of


def in_area(
    archive: ReadsSource,
    polygon: Polygon | MultiPolygon,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limits: Limits = USUAL,
) -> Answer:
    """Find all reads that were made in a polygon (WGS 84), its rim included.

    A camera that was moved counts where it stood when it read. A read with a spot of
    its own counts where that is; one without any spot is in no area. Times are aware,
    ends are included, None is open; a piece of the answer for each day.

    Raises
    ------
    SitesRefused
        No polygon, or one that crosses itself.
    CoordinateRefused
        It is not in degrees.
    """
    whole = polygon_of(polygon)
    names = archive.names
    ids = [names.cameras[one].camera_id for one in _covered(whole, names.points.T)]
    reads = archive.by_cameras(
        ids, since=since, until=until, limits=NO_LIMITS, or_own_spot=True
    )
    return Answer(_pieces(reads, whole, names), limits)


def _pieces(
    reads: Iterator[Reads], polygon: Polygon | MultiPolygon, names: Names
) -> Iterator[Reads]:
    for piece in reads:
        is_inside = _are_inside(piece, polygon, names.points)
        if is_inside.all():
            yield piece
        elif is_inside.any():
            yield piece.taken(is_inside)


def _are_inside(
    reads: Reads, polygon: Polygon | MultiPolygon, points: Floats
) -> NDArray[np.bool_]:
    """Say which reads were made in a polygon, shape (n,)."""
    n_of = np.bincount(reads.camera)
    cameras = np.flatnonzero(n_of)
    holds = np.zeros(n_of.size, dtype=np.bool_)
    holds[cameras[_covered(polygon, points[cameras].T)]] = True
    is_inside = holds[reads.camera]
    own = {row: extra.spot for row, extra in reads.extras.items() if extra.spot}
    if own:
        rows = np.fromiter(own, dtype=np.int64, count=len(own))
        places = np.array([[one.lng, one.lat] for one in own.values()], np.float64).T
        is_inside[rows] = False
        is_inside[rows[_covered(polygon, places)]] = True
    return is_inside


def _covered(polygon: Polygon | MultiPolygon, places: Floats) -> Rows:
    """Return which of some places (lng and lat, shape (2, n)) a polygon covers."""
    west, south, east, north = shapely.bounds(polygon)
    lng, lat = places
    is_boxed = (lng >= west) & (lng <= east) & (lat >= south) & (lat <= north)
    boxed = np.flatnonzero(is_boxed)
    shapely.prepare(polygon)
    # of a point, to intersect is to be covered
    rows: Rows = boxed[shapely.intersects_xy(polygon, lng[boxed], lat[boxed])]
    return rows
