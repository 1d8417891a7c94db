"""Ways to say which boundary covers each of many points, ours and others'.

Each maker gets a layer and points, prepares both as its tool likes them best, and
returns a call that takes no arguments and locates all points. Only the call is timed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

import geopandas
import numpy as np
import rtree
import sedonadb
import shapely
import timezonefinder
import tzfpy

from benchmarks.postgis import Postgis
from benchmarks.tg import ByTg
from geo.boundaries import Boundaries, Level
from geo.grid import Grid

Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Locator:
    """A way to locate.

    ``most`` points are given to those that take one at a time.
    """

    name: str
    threads: int
    make: Callable[[Boundaries, Level, np.ndarray], Call]
    most: int = 1_000_000


def _grid(taiwan: Boundaries, level: Level) -> Grid:
    return taiwan.tables.grids[level]


def ours(taiwan: Boundaries, level: Level, points: np.ndarray, threads: int) -> Call:
    lng, lat = np.ascontiguousarray(points.T)
    grid = _grid(taiwan, level)
    columns = [getattr(grid.answers, level.value)]
    return lambda: grid.meanings(columns, lng=lng, lat=lat, threads=threads)


def ours_all(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    """Return all levels down to one, each as a column."""
    lng, lat = np.ascontiguousarray(points.T)
    grid = _grid(taiwan, level)
    levels = list(Level)[: list(Level).index(level) + 1]
    columns = [getattr(grid.answers, one.value) for one in levels]
    return lambda: grid.meanings(columns, lng=lng, lat=lat)


def ours_with_notes(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    """Check each pair, find all levels down to one, and say what to know of it."""
    lng, lat = np.ascontiguousarray(points.T)
    return lambda: taiwan.leads(lng=lng, lat=lat, finest=level)


def ours_plain(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    lng, lat = np.ascontiguousarray(points.T)
    grid = _grid(taiwan, level)
    return lambda: grid.look_up_plainly(lng=lng, lat=lat)


def ours_by_polygon(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    layer = getattr(taiwan, level.value)
    lng, lat = np.ascontiguousarray(points.T)
    return lambda: layer.cover(lng=lng, lat=lat)


def tuned_shapely(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    """Boxes from a tree, then polygons that are prepared: quicker than a predicate."""
    shapes = np.array(getattr(taiwan, level.value).shapes)
    shapely.prepare(shapes)
    tree, places = shapely.STRtree(shapes), shapely.points(points)
    lng, lat = np.ascontiguousarray(points.T)

    def located() -> tuple[np.ndarray, np.ndarray]:
        point, shape = tree.query(places)
        is_in = shapely.intersects_xy(shapes[shape], lng[point], lat[point])
        return point[is_in], shape[is_in]

    return located


def sjoin(taiwan: Boundaries, level: Level, points: np.ndarray, how: str) -> Call:
    layer = getattr(taiwan, level.value)
    places = geopandas.GeoSeries.from_xy(*points.T, crs=4326).to_frame("geometry")
    frame = geopandas.GeoDataFrame(
        {"code": layer.codes}, geometry=layer.shapes, crs=4326
    )
    return lambda: places.sjoin(frame, predicate=how)


def sedona(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    layer = getattr(taiwan, level.value)
    connection = sedonadb.connect()
    shapes = geopandas.GeoDataFrame(
        {"code": np.arange(len(layer))}, geometry=layer.shapes, crs=4326
    )
    places = geopandas.GeoDataFrame(
        {"i": np.arange(len(points))}, geometry=shapely.points(points), crs=4326
    )
    for name, frame in (("shapes", shapes), ("places", places)):
        connection.create_data_frame(frame).to_memtable().to_view(name, overwrite=True)
    query = (
        "SELECT places.i, shapes.code FROM places JOIN shapes "
        "ON ST_Intersects(shapes.geometry, places.geometry)"
    )
    return lambda: connection.sql(query).to_arrow_table()


def by_tg(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    lng, lat = np.ascontiguousarray(points.T)
    layer = ByTg(taiwan, level)
    return lambda: layer.locate(lng, lat)


def by_postgis(running: Postgis) -> Locator:
    """Locate in a cluster that is running."""
    names = (f"p{i}" for i in count())

    def make(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
        del taiwan
        name = next(names)
        running.load(name, points)
        return lambda: running.count(name, level)

    return Locator("PostGIS", 1, make, 20_000)


def rtree_loop(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    layer = getattr(taiwan, level.value)
    boxes = shapely.bounds(layer.shapes).tolist()
    index = rtree.index.Index((i, tuple(box), None) for i, box in enumerate(boxes))
    shapes = layer.shapes
    shapely.prepare(shapes)
    pairs = points.tolist()

    def located() -> list[int | None]:
        return [
            next(
                (
                    i
                    for i in index.intersection((x, y, x, y))
                    if shapely.intersects_xy(shapes[i], x, y)
                ),
                None,
            )
            for x, y in pairs
        ]

    return located


def tzfpy_loop(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    del taiwan, level  # it knows its own zones only
    pairs = points.tolist()
    return lambda: [tzfpy.get_tz(x, y) for x, y in pairs]


def timezonefinder_loop(taiwan: Boundaries, level: Level, points: np.ndarray) -> Call:
    del taiwan, level
    finder = timezonefinder.TimezoneFinder(in_memory=True)
    pairs = points.tolist()
    return lambda: [finder.timezone_at(lng=x, lat=y) for x, y in pairs]


FEW = 5_000
LOCATORS = (
    Locator("ours", 2, partial(ours, threads=2)),
    Locator("ours", 1, partial(ours, threads=1)),
    Locator("ours, all levels to this", 1, ours_all),
    Locator("ours, checked, with notes", 2, ours_with_notes),
    Locator("ours, NumPy only", 1, ours_plain),
    Locator("tg in C behind boxes", 1, by_tg, 300_000),
    Locator("SedonaDB", 2, sedona),
    Locator("shapely, tuned", 1, tuned_shapely, 200_000),
    Locator("ours, without tables", 1, ours_by_polygon, 100_000),
    Locator(
        "geopandas sjoin within", 1, lambda t, v, p: sjoin(t, v, p, "within"), 200_000
    ),
    Locator(
        "geopandas sjoin", 1, lambda t, v, p: sjoin(t, v, p, "intersects"), 100_000
    ),
    Locator("rtree + prepared loop", 1, rtree_loop, FEW),
)
OTHER_ZONES = (
    Locator("tzfpy, its own zones", 1, tzfpy_loop, 50_000),
    Locator("timezonefinder, its own zones", 1, timezonefinder_loop, 50_000),
)
