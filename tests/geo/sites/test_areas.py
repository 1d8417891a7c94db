"""Sites in polygons and beside ways, against shapely and against sampling the way."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.distance import distance_m
from geo.sites import Sites
from geo.sites.paths import marks_on, path_through

eighths = st.integers(0, 16).map(lambda n: n / 8)
lattice = st.tuples(eighths.map(lambda x: 120 + x), eighths.map(lambda y: 23 + y))
anywhere = st.tuples(st.floats(120, 122), st.floats(23, 25))
spots = st.lists(lattice | anywhere, max_size=40)
corners = st.lists(lattice | anywhere, min_size=3, max_size=8)


@given(spots, st.lists(corners, min_size=1, max_size=3))
def test_inside_is_what_the_polygon_covers_rims_included(places, rings):
    made = shapely.make_valid([shapely.Polygon(ring) for ring in rings])
    parts = shapely.get_parts(shapely.union_all(made))
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    shape = shapely.MultiPolygon(list(areas))
    assume(shapely.is_valid(shape))
    lng, lat = np.array(places).reshape(-1, 2).T
    sites = Sites(lng=lng, lat=lat, ids=range(len(places), 0, -1))
    covered = np.flatnonzero(shapely.covers(shape, shapely.points(lng, lat)))
    assert sites.inside(shape).tolist() == covered[::-1].tolist()


def test_the_rims_of_holes_and_of_every_part_are_inside():
    hole = shapely.box(121.25, 24.25, 121.5, 24.5)
    ring = shapely.box(121, 24, 122, 25).difference(hole)
    island = shapely.box(121.3125, 24.3125, 121.4375, 24.4375)
    shape = shapely.MultiPolygon([ring, island])
    at = [
        (121.25, 24.375),  # rim of the hole
        (121.28, 24.375),  # in the hole
        (121.3125, 24.375),  # rim of the island in it
        (121.0, 24.0),  # a corner
        (121.0, 23.999),
        (121.5, 24.5),  # a corner of the hole
    ]
    lng, lat = np.array(at).T
    sites = Sites(lng=lng, lat=lat, ids="cdabef")
    assert [sites.ids[row] for row in sites.inside(shape)] == ["a", "b", "c", "f"]


def test_a_polygon_of_nothing_holds_nothing():
    sites = Sites(lng=[121.0], lat=[24.0], ids=["a"])
    assert sites.inside(shapely.Polygon()).size == 0


def sampled(vertices, lng, lat):
    """Metres off a way and along it, by samples closer and closer to the closest."""
    best_m, best_along = np.inf, np.nan
    before = 0.0
    for (x1, y1), (x2, y2) in pairwise(vertices):
        low, high = 0.0, 1.0
        for _ in range(4):
            t = np.linspace(low, high, 201)
            x, y = x1 + t * (x2 - x1), y1 + t * (y2 - y1)
            metres = distance_m(lng=lng, lat=lat, to_lng=x, to_lat=y)
            i = int(np.argmin(metres))
            low, high = t[max(i - 1, 0)], t[min(i + 1, 200)]
        if metres[i] < best_m - 1e-6:
            best_m = metres[i]
            best_along = before + length_m((x1, y1), (x[i], y[i]))
        before += length_m((x1, y1), (x2, y2))
    return best_m, best_along


def length_m(start, end):
    """Metres of a line that is straight in degrees."""
    x, y = np.linspace(start, end, 501).T
    return float(distance_m(lng=x[:-1], lat=y[:-1], to_lng=x[1:], to_lat=y[1:]).sum())


PATHS = {
    "a street": [(121.5, 25.0), (121.51, 25.003)],
    "a bend": [(121.5, 25.0), (121.52, 25.0), (121.52, 25.02), (121.5, 25.021)],
    "across the island": [(120.2, 22.9), (121.4, 24.9)],
    "due east": [(120.0, 24.0), (121.9, 24.0)],
    "out to sea": [(119.6, 23.57), (121.0, 24.7), (121.6, 25.3)],
    "short and long": [*((121 + i / 1e5, 24.0) for i in range(9)), (121.3, 24.2)],
    "a still moment": [(121.5, 25.0), (121.5, 25.0), (121.51, 25.0)],
}


@pytest.mark.parametrize("half_width_m", [0.0, 40.0, 1_500.0, 20_000.0, 99_000.0])
@pytest.mark.parametrize("vertices", PATHS.values(), ids=PATHS)
def test_beside_is_every_site_not_farther_from_the_way(vertices, half_width_m):
    rng = np.random.default_rng(8)
    corner, n = np.array(vertices), 40
    on = corner[rng.integers(0, len(corner), n)]
    far = rng.normal(0, 1, (n, 2)) * (half_width_m / 111_000 + 1e-6)
    lng, lat = np.concatenate((on + far, corner)).T
    sites = Sites(lng=lng, lat=lat, ids=range(lng.size))
    exact = np.array([sampled(vertices, *at) for at in np.stack((lng, lat), axis=1)])
    found = sites.beside(lng=corner[:, 0], lat=corner[:, 1], half_width_m=half_width_m)
    is_in = np.isin(np.arange(lng.size), found.index)
    assert not (is_in & (exact[:, 0] > half_width_m + 1e-4)).any()
    assert not (~is_in & (exact[:, 0] <= half_width_m)).any()
    assert np.abs(found.off_m - exact[found.index, 0]).max() < 1e-4
    assert np.abs(found.along_m - exact[found.index, 1]).max() < 0.02
    assert (np.diff(found.along_m) >= 0).all()


@given(
    st.lists(anywhere, min_size=2, max_size=5),
    st.lists(anywhere, min_size=1, max_size=4),
    st.floats(0, 100_000),
)
def test_no_place_of_a_way_is_closer_than_where_a_site_is_beside_it(
    vertices, places, half_width_m
):
    (x, y), (lng, lat) = np.array(vertices).T, np.array(places).T
    sites = Sites(lng=lng, lat=lat, ids=range(lng.size))
    found = sites.beside(lng=x, lat=y, half_width_m=half_width_m)
    exact = np.array([sampled(vertices, *at)[0] for at in places])
    near = exact[found.index]
    assert np.abs(found.off_m - near).max(initial=0) < 1e-3
    assert set(np.flatnonzero(exact <= half_width_m - 1e-3)) <= set(found.index)
    assert (near <= half_width_m + 1e-3).all()


def test_the_rim_of_a_corridor_counts():
    sites = Sites(lng=[121.05], lat=[25.01], ids=["a"])
    path = {"lng": [121.0, 121.1], "lat": [25.0, 25.0]}
    off_m = sites.beside(**path, half_width_m=5_000).off_m.item()
    assert sites.beside(**path, half_width_m=off_m).ids == ("a",)
    assert sites.beside(**path, half_width_m=off_m - 1e-5).ids == ()


def test_a_site_passed_twice_is_told_once_and_at_the_first_time():
    sites = Sites(lng=[121.01, 121.05], lat=[25.001, 25.001], ids=["near", "far"])
    there_and_back = {"lng": [121.0, 121.06, 121.0], "lat": [25.0, 25.0, 25.0]}
    found = sites.beside(**there_and_back, half_width_m=500)
    assert found.ids == ("near", "far")
    assert found.along_m == pytest.approx([1_009, 5_045], abs=5)
    assert len(found) == 2


def test_sites_at_one_place_of_the_way_come_by_id():
    sites = Sites(lng=[121.05] * 3, lat=[25.0] * 3, ids="cab")
    found = sites.beside(lng=[121.0, 121.1], lat=[25.0, 25.0], half_width_m=1)
    assert found.ids == ("a", "b", "c")


def test_no_site_beside_gives_an_empty_answer():
    for lng in ([], [119.9]):
        sites = Sites(lng=lng, lat=[23.0] * len(lng), ids=range(len(lng)))
        found = sites.beside(lng=[121.0, 121.1], lat=[25.0, 25.0], half_width_m=9)
        assert len(found) == found.along_m.size == found.off_m.size == 0


def test_one_long_leg_does_not_blur_the_many_short_ones():
    short = np.column_stack((121 + np.arange(5_000) / 1e5, np.full(5_000, 24.0)))
    marks = marks_on(path_through(np.vstack((short, [(121.9, 24.9)])).T), 50_000.0)
    assert marks.half_m <= 60


@given(st.lists(anywhere, min_size=2, max_size=12))
def test_a_site_is_as_far_along_alone_as_among_others(places):
    """To the last bit: sites that tie would change places with who else is there."""
    way = {"lng": [120.0, 121.5, 121.0], "lat": [23.0, 24.5, 25.0]}
    lng, lat = np.array(places).T
    sites = Sites(lng=lng, lat=lat, ids=range(lng.size))
    found = sites.beside(**way, half_width_m=90_000)
    for row, along_m in zip(found.index, found.along_m, strict=True):
        alone = Sites(lng=lng[[row]], lat=lat[[row]], ids=[0])
        assert alone.beside(**way, half_width_m=90_000).along_m.tolist() == [along_m]
