"""Reads made in an area: by cameras that stood in it, or with a point in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from data.reads.answers import Answer, Limits
from data.reads.columns import (
    Floats,
    Reads,
    Rows,
    Smalls,
    in_order,
    joined,
    span_of,
)
from data.reads.names import Names
from data.reads.search import USUAL, Search
from data.reads.state import Part, View
from geo.sites.questions import polygon_of
from routing.questions.spans import span_between


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """Cameras, each as it stood; with a polygon, reads with a point of their own too.

    Such a read counts where its own point is, not where its camera stood.
    """

    cameras: Smalls
    polygon: Polygon | MultiPolygon | None
    names: Names


def in_area(
    archive: Search,
    polygon: Polygon | MultiPolygon,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limits: Limits = USUAL,
) -> Answer:
    """Find all reads that were made in a polygon (WGS 84), its rim included.

    A camera that was moved counts where it stood when it read. A read with a point of
    its own counts where that is; one without any point is in no area. Times are aware,
    ends are included, None is open; a piece of the answer for each day.

    Raises
    ------
    SitesRefused
        No polygon, or one that crosses itself.
    CoordinateRefused
        It is not in degrees.
    """
    view = archive.view  # before the cameras: they know all that was read until now
    area = area_of(archive.names, polygon)
    return Answer(_pieces(view, area, span_between(since, until)), limits)


def area_of(names: Names, polygon: Polygon | MultiPolygon) -> Area:
    """Return the cameras that ever stood in a polygon.

    Raises
    ------
    SitesRefused, CoordinateRefused
        See `in_area`.
    """
    whole = polygon_of(polygon)
    cameras = covered(whole, names.points.T).astype(np.int32)
    return Area(cameras, whole, names)


def rows_in(part: Part, area: Area, first: int, last: int) -> Rows:
    """Find the rows of an area from one moment to another, both included."""
    times = np.full(area.cameras.size, first), np.full(area.cameras.size, last)
    rows = part.rows_at(area.cameras, *times)[1]
    if area.polygon is None:
        return rows
    own, places = _own_places(part, area.names, first, last)
    if not own.size:
        return rows
    inside = own[covered(area.polygon, places)]
    return np.union1d(np.setdiff1d(rows, own), inside)


def covered(polygon: Polygon | MultiPolygon, places: Floats) -> Rows:
    """Return which of some places (lng and lat, shape (2, n)) a polygon covers."""
    west, south, east, north = shapely.bounds(polygon)
    lng, lat = places
    is_boxed = (lng >= west) & (lng <= east) & (lat >= south) & (lat <= north)
    boxed = np.flatnonzero(is_boxed)
    shapely.prepare(polygon)
    # of a point, to intersect is to be covered
    rows: Rows = boxed[shapely.intersects_xy(polygon, lng[boxed], lat[boxed])]
    return rows


def _pieces(view: View, area: Area, span: tuple[int, int]) -> Iterator[Reads]:
    for day in view.days(*span):
        begin, end = span_of(day)
        first, last = max(begin, span[0]), min(end, span[1])
        found = []
        for part in view.parts:
            rows = rows_in(part, area, first, last) if day in part.days else None
            if rows is not None and rows.size:
                found.append(part.reads(rows, area.names))
        if found:
            yield in_order(joined(found))


def _own_places(part: Part, names: Names, first: int, last: int) -> tuple[Rows, Floats]:
    """Return the rows with a point of their own, and these points, shape (2, m)."""
    rows = part.rows_with_spots(first, last)
    extras = part.reads(rows, names).extras if rows.size else {}
    own = {row: extra.spot for row, extra in extras.items() if extra.spot is not None}
    places = [[spot.lng, spot.lat] for spot in own.values()]
    at = rows[np.fromiter(own, dtype=np.int64, count=len(own))]
    return at, np.array(places, dtype=np.float64).reshape(-1, 2).T
