"""How fast a place is located; geopandas' join on the same points in the same file.

python -m pytest benchmarks/test_locate.py
"""

import geopandas
import numpy as np
import pytest
import shapely

from data.bundled import load_boundaries, manifest

BATCH = 20_000
SEED = 20_210_920
TAIWAN = load_boundaries()


def near_the_border(rng):
    """Points within some 50 m of a line that two counties share."""
    line = shapely.get_coordinates(TAIWAN.county.shapes)
    is_shared = np.bincount(TAIWAN.county.cover(lng=line[:, 0], lat=line[:, 1])[0]) > 1
    chosen = rng.choice(line[is_shared], BATCH)
    return chosen + rng.normal(0, 2.5e-4, chosen.shape)


def in_villages(rng):
    """Points in the boxes of villages drawn at random, where people live."""
    west, south, east, north = shapely.bounds(
        rng.choice(TAIWAN.village.shapes, 2 * BATCH)
    ).T
    points = np.column_stack((rng.uniform(west, east), rng.uniform(south, north)))
    return points[TAIWAN.county.lead(lng=points[:, 0], lat=points[:, 1]) >= 0][:BATCH]


def nowhere(rng):
    """Points at sea."""
    points = rng.uniform((118, 21.8), (122.2, 26.4), (3 * BATCH, 2))
    return points[TAIWAN.county.lead(lng=points[:, 0], lat=points[:, 1]) < 0][:BATCH]


STRATA = {"interior": in_villages, "border": near_the_border, "nowhere": nowhere}


@pytest.fixture(scope="module", params=STRATA)
def points(request):
    return STRATA[request.param](np.random.default_rng(SEED))


@pytest.fixture
def told(benchmark, points):
    benchmark.extra_info["points"] = len(points)
    benchmark.extra_info["boundaries_sha256"] = manifest()["sha256"]
    return benchmark


def test_locate_all_levels(told, points):
    lng, lat = points.T
    places = told(lambda: TAIWAN.locate(lng=lng, lat=lat))
    assert len(places) == BATCH


def test_cover_county(told, points):
    lng, lat = points.T
    told(lambda: TAIWAN.county.cover(lng=lng, lat=lat))


def test_sjoin_county(told, points):
    counties = geopandas.GeoDataFrame(
        {"code": TAIWAN.county.codes}, geometry=TAIWAN.county.shapes, crs=4326
    )

    def join():
        places = geopandas.GeoSeries.from_xy(*points.T, crs=4326).to_frame("geometry")
        return places.sjoin(counties, predicate="intersects")

    joined = told(join)
    lng, lat = points.T
    assert len(joined) == TAIWAN.county.cover(lng=lng, lat=lat).shape[1]


def test_border(told, points):
    lng, lat = points.T
    told(lambda: TAIWAN.border(lng=lng, lat=lat))


def test_locate_one(benchmark):
    benchmark(lambda: TAIWAN.locate(lng=121.5170, lat=25.0478))


def test_load(benchmark):
    benchmark.pedantic(load_boundaries, rounds=3)
