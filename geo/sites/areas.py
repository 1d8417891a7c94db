"""Which sites stand in a polygon or beside a path."""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.distance import distance_m
from geo.layers import Floats, Indices
from geo.sites.columns import RANK, Columns, Where, columns_of
from geo.sites.paths import SAME_M, Marks, closest_on, marks_on, path_through
from geo.sites.search import Forest, Ground, View, ground_of, nearest_many, within_many

MARGIN_DEG_M = 90_000.0  # a degree is longer than this, of longitude south of 35 N
SLACK_M = 1e-3


def covered_rows(
    columns: Columns, rows: Indices, polygon: Polygon | MultiPolygon
) -> Indices:
    """Give those of some rows that a polygon covers, in ascending order of id."""
    west, south, east, north = shapely.bounds(polygon)
    lng, lat = columns.lng[rows], columns.lat[rows]
    boxed = (lng >= west) & (lng <= east) & (lat >= south) & (lat <= north)
    shapely.prepare(polygon)
    rows = rows[boxed]
    # of a point, to intersect is to be covered
    rows = rows[shapely.intersects_xy(polygon, lng[boxed], lat[boxed])]
    covered: Indices = rows[np.argsort(columns.table[rows, RANK])]
    return covered


def beside_path(
    columns: Columns, rows: Indices, vertices: Floats, half_width_m: float
) -> tuple[Indices, Floats, Floats]:
    """Find which of some rows are beside a path, in order of travel.

    Returns
    -------
    rows, along_m, off_m
        Shape (m,) each; see `geo.sites.answers.Beside`.
    """
    path = path_through(vertices)
    marks = marks_on(path, half_width_m)
    rows, leg = _pairs(
        columns, _boxed(columns, rows, vertices, half_width_m), marks, half_width_m
    )
    lng, lat = columns.lng[rows], columns.lat[rows]
    share = closest_on(path, leg, lng, lat)
    foot_lng, foot_lat = path.at(leg, share)
    off_m = distance_m(lng=foot_lng, lat=foot_lat, to_lng=lng, to_lat=lat)
    along_m = path.along_m(leg, share)
    kept = _first_closest(rows, along_m, off_m)
    kept = kept[off_m[kept] <= half_width_m + SAME_M]
    order = np.lexsort((columns.table[rows[kept], RANK], along_m[kept]))
    kept = kept[order]
    return rows[kept], along_m[kept], off_m[kept]


def _boxed(
    columns: Columns, rows: Indices, vertices: Floats, half_width_m: float
) -> Indices:
    """Leave the rows in the box of the path, widened."""
    margin = (half_width_m + 1) / MARGIN_DEG_M
    (west, south), (east, north) = vertices.min(axis=1), vertices.max(axis=1)
    lng, lat = columns.lng[rows], columns.lat[rows]
    is_across = (lng >= west - margin) & (lng <= east + margin)
    boxed: Indices = rows[is_across & (lat >= south - margin) & (lat <= north + margin)]
    return boxed


def _pairs(
    columns: Columns, rows: Indices, marks: Marks, half_width_m: float
) -> tuple[Indices, Indices]:
    """Pair rows with the legs that may be the closest to them."""
    ground = _ground(marks)
    places = np.stack((columns.lng[rows], columns.lat[rows]))
    reach = half_width_m + marks.half_m + SLACK_M
    _, metres, _ = nearest_many(ground, places, 1, reach, 1)
    is_near = ~np.isnan(metres[:, 0])
    rows, reaches = rows[is_near], metres[is_near, 0] + marks.half_m + SLACK_M
    pairs, _, _ = within_many(ground, places[:, is_near], reaches, 1)
    legs = np.unique(np.stack((pairs[0], marks.leg[pairs[1]])), axis=1)
    return rows[legs[0]], legs[1]


def _ground(marks: Marks) -> Ground:
    lng, lat = marks.places
    columns = columns_of(
        lng=lng, lat=lat, ids=range(lng.size), attributes=None, online=(None, None)
    )
    view = View(columns, 0.0, 0)
    return ground_of(view, Forest(view), Where())


def _first_closest(rows: Indices, along_m: Floats, off_m: Floats) -> Indices:
    """Choose for each row the pair closest to the path, the first of those as close."""
    least = np.full(rows.max(initial=-1) + 1, np.inf)
    np.minimum.at(least, rows, off_m)
    close = np.flatnonzero(off_m <= least[rows] + SAME_M)
    order = close[np.lexsort((along_m[close], rows[close]))]
    is_first = np.ones(order.size, dtype=np.bool_)
    is_first[1:] = rows[order][1:] != rows[order][:-1]
    return order[is_first]
