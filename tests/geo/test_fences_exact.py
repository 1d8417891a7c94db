"""What the compiled way finds is what looking at every fence by the slow way finds."""

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from shapely import MultiPolygon, Point, Polygon

from geo.crs import TAIWAN
from geo.distance import GEOD, distance_m
from geo.fences import Circle, Corridor, Fence, Fences, Region
from geo.fences.boxes import boxes_of
from geo.fences.cutting import parts_of
from geo.fences.parts import joined, kept
from geo.fences.rims import holds, metres_to_way

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MILLIMETRE = 1e-3

lngs, lats = st.floats(TAIWAN.west, TAIWAN.east), st.floats(TAIWAN.south, TAIWAN.north)


def held_by_each(areas, lng, lat):
    """Index of each position and of each area that holds it, by the slow way."""
    table = np.array([holds(area, lng=lng, lat=lat) for area in areas])
    position, fence = np.nonzero(table.T.reshape(lng.size, len(areas)))
    return list(zip(position.tolist(), fence.tolist(), strict=True))


def held_by_fences(areas, lng, lat):
    fences = Fences(Fence(n, area) for n, area in enumerate(areas))
    held = fences.holding(lng=lng, lat=lat, at=NOON)
    one_by_one = [
        (i, found)
        for i, (x, y) in enumerate(zip(lng.tolist(), lat.tolist(), strict=True))
        for found in fences.holding_one(lng=x, lat=y, at=NOON)
    ]
    pairs = list(zip(held.position.tolist(), held.ids, strict=True))
    assert pairs == one_by_one
    return pairs


radii = st.one_of(st.floats(0.001, 100), st.floats(100, 5_000), st.floats(5_000, 5e5))
circles = st.builds(Circle, lng=lngs, lat=lats, radius_m=radii)


@settings(deadline=None)
@given(
    circles,
    st.lists(
        st.tuples(
            st.floats(0, 360),
            st.sampled_from([0.0, 1e-9, 1e-4, 0.5, 1.0, 2.0, 5.0, 1e6])
            | st.floats(0, 10),
            st.sampled_from([-1, 1]),
        ),
        min_size=1,
        max_size=20,
    ),
)
def test_the_rim_of_a_circle_is_that_of_the_geodesic_to_less_than_a_millimetre(
    circle, places
):
    bearing, off_mm, side = np.array(places).T
    metres = np.maximum(circle.radius_m + side * off_mm * MILLIMETRE, 0)
    centre = np.full(bearing.size, circle.lng), np.full(bearing.size, circle.lat)
    lng, lat, _ = GEOD.fwd(*centre, bearing, metres)
    is_in = (TAIWAN.west <= lng) & (lng <= TAIWAN.east)
    is_in &= (TAIWAN.south <= lat) & (lat <= TAIWAN.north)
    lng, lat = lng[is_in], lat[is_in]
    assert held_by_fences([circle], lng, lat) == held_by_each([circle], lng, lat)


@pytest.mark.parametrize("radius_m", [0.01, 30.0, 5_000.0, 250_000.0])
def test_a_millimetre_decides(radius_m):
    circle = Circle(lng=121.0, lat=23.5, radius_m=radius_m)
    for bearing in (0.0, 77.0, 200.0):
        inner, outer = (
            GEOD.fwd(121.0, 23.5, bearing, radius_m + step)[:2]
            for step in (-MILLIMETRE, MILLIMETRE)
        )
        lng, lat = np.array([inner, outer]).T
        assert held_by_fences([circle], lng, lat) == [(0, 0)]


# Whole hundredths of a degree: no double is one exactly, and many points lie on lines.
hundredths = st.integers(0, 12)
corners = st.tuples(hundredths, hundredths)


@st.composite
def stars(draw):
    """Valid polygons and multipolygons with holes, on few coordinates."""
    points = draw(st.lists(corners, min_size=3, max_size=14, unique=True))
    scaled = [(121 + x / 100, 23.5 + y / 100) for x, y in points]
    shape = shapely.make_valid(Polygon(scaled))
    if draw(st.booleans()):
        x, y = draw(corners)
        cut = shapely.box(
            121 + x / 100, 23.5 + y / 100, 121.03 + x / 100, 23.53 + y / 100
        )
        shape = shapely.make_valid(shapely.difference(shape, cut))
    polygons = [p for p in shapely.get_parts(shape) if isinstance(p, Polygon)]
    if not polygons:
        return Region(shapely.box(121, 23.5, 121.1, 23.6))
    whole = MultiPolygon(polygons)
    return Region(whole if whole.is_valid else polygons[0])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(stars(), min_size=1, max_size=4),
    st.lists(corners, min_size=1, max_size=20),
)
def test_a_region_holds_exactly_what_its_polygon_covers(regions, places):
    vertices = shapely.get_coordinates([region.shape for region in regions])
    edges = (vertices[:-1] + vertices[1:]) / 2
    grid = np.array([(121 + x / 100, 23.5 + y / 100) for x, y in places])
    points = np.concatenate((vertices, edges, grid, np.nextafter(vertices, 0)))
    lng, lat = np.ascontiguousarray(points.T)
    covered = [
        (i, n)
        for i, point in enumerate(points)
        for n, region in enumerate(regions)
        if region.shape.covers(Point(point))
    ]
    assert held_by_fences(regions, lng, lat) == covered


def test_a_point_on_a_slanted_edge_is_found_to_the_last_bit():
    triangle = Region(Polygon([(121.1, 23.7), (121.4, 23.7), (121.4, 24.3)]))
    lng = np.linspace(121.1, 121.4, 2_000)
    lat = np.interp(lng, [121.1, 121.4], [23.7, 24.3])
    lng, lat = (np.concatenate((lng,) * 3), np.concatenate([
        lat, np.nextafter(lat, 0), np.nextafter(lat, 90)
    ]))  # fmt: skip
    pairs = held_by_fences([triangle], lng, lat)
    assert pairs == held_by_each([triangle], lng, lat)
    assert 0 < len(pairs) < lng.size


def test_a_comb_of_tall_teeth_and_a_ring_of_many_corners_are_exact():
    rng = np.random.default_rng(7)
    tops = np.column_stack(
        (np.linspace(121, 122, 801), np.tile([24.0, 23.2], 401)[:801])
    )
    comb = Region(Polygon([*tops, (122, 23.0), (121, 23.0)]))
    turn = np.sort(rng.uniform(0, 2 * np.pi, 3_000))
    far = rng.uniform(0.3, 0.5, turn.size)
    ring = Region(
        Polygon(
            np.column_stack((121.5 + far * np.cos(turn), 23.5 + far * np.sin(turn)))
        )
    )
    lng, lat = rng.uniform((120.9, 22.9), (122.1, 24.1), (3_000, 2)).T
    areas = [comb, ring]
    assert held_by_fences(areas, lng, lat) == held_by_each(areas, lng, lat)


steps = st.sampled_from([1e-6, 1e-4, 1e-3, 1e-2, 0.3])


@st.composite
def roads(draw):
    step = draw(steps)
    n = draw(st.integers(2, 6))
    moves = draw(
        st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=n, max_size=n)
    )
    way = np.add(np.cumsum(np.array(moves) * step, axis=0), (121.0, 23.5))
    way[0] = 121.0 + step, 23.5
    if (way == way[0]).all():
        way[-1] = 121.0, 23.5
    half = draw(st.floats(0.5, 50) | st.floats(50, 3_000))
    return Corridor(lng=way[:, 0], lat=way[:, 1], half_width_m=half)


def measured(way, lng, lat):
    """The shortest of all, by a search along every leg on the ellipsoid."""
    found = []
    for i in range(len(way.lng) - 1):
        ends = np.array((way.lng[i : i + 2], way.lat[i : i + 2]))

        def metres(share, ends=ends):
            x, y = ends[:, 0] + share * (ends[:, 1] - ends[:, 0])
            return distance_m(lng=lng, lat=lat, to_lng=x, to_lat=y)

        best = minimize_scalar(metres, bounds=(0, 1), options={"xatol": 1e-12})
        found += [best.fun, metres(0.0), metres(1.0)]
    return min(found)


@settings(max_examples=50, deadline=None)
@given(roads(), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_metres_to_a_way_are_the_shortest_of_all(way, east, north):
    lng, lat = 121.0 + east, 23.5 + north
    found = metres_to_way(way, lng=np.array([lng]), lat=np.array([lat]))[0]
    # the search stops within a millimetre along the way: on the way itself that shows
    assert -1e-6 < measured(way, lng, lat) - found < 1e-6 + 1e-6 / max(found, 1e-3)


def beside(way, rng, n):
    """Places about half a width from a way, some of them a hair from its rim."""
    leg = rng.integers(0, len(way.lng) - 1, n)
    share = rng.uniform(-0.1, 1.1, n)
    lng, lat = np.array(way.lng), np.array(way.lat)
    x = lng[leg] + share * (lng[leg + 1] - lng[leg])
    y = lat[leg] + share * (lat[leg + 1] - lat[leg])
    off_m = way.half_width_m * rng.choice([0.0, 0.5, 1.0, 1.0, 1.0, 1.5], n)
    off_m = np.abs(off_m + rng.choice([0, 1e-4, -1e-4, 1e-2, -1e-2, 1], n))
    square = np.degrees(np.arctan2(lng[leg + 1] - lng[leg], lat[leg + 1] - lat[leg]))
    bearing = square + rng.choice([90.0, -90.0, 0.0, 37.0], n)
    return GEOD.fwd(x, y, bearing, off_m)[:2]


@settings(max_examples=60, deadline=None)
@given(st.lists(roads(), min_size=1, max_size=3), st.integers(0, 2**32 - 1))
def test_a_corridor_holds_what_is_not_farther_than_half_its_width(ways, seed):
    rng = np.random.default_rng(seed)
    places = [beside(way, rng, 25) for way in ways]
    lng, lat = (np.concatenate(column) for column in zip(*places, strict=True))
    assert held_by_fences(ways, lng, lat) == held_by_each(ways, lng, lat)


def test_two_vertices_that_are_one_in_metres_are_one_place():
    next_to = float(np.nextafter(121.0015, 122))
    way = Corridor(
        lng=(121.001, 121.0015, next_to), lat=(23.5, 23.5, 23.5), half_width_m=1.0
    )
    lng, lat = beside(way, np.random.default_rng(4), 200)
    pairs = held_by_fences([way], lng, lat)
    assert pairs == held_by_each([way], lng, lat)
    assert 20 < len(pairs) < 190


def test_a_motorway_of_four_hundred_kilometres_is_exact_along_its_rim():
    rng = np.random.default_rng(1)
    lat = np.linspace(22.6, 25.1, 40)
    way = Corridor(
        lng=120.3 + (lat - 22.6) * 0.5 + rng.uniform(-0.03, 0.03, 40),
        lat=lat,
        half_width_m=150.0,
    )
    lng, lat = beside(way, rng, 400)
    pairs = held_by_fences([way], lng, lat)
    assert pairs == held_by_each([way], lng, lat)
    assert 100 < len(pairs) < 390


def test_a_walked_track_of_a_thousand_points_in_one_place_is_exact():
    rng = np.random.default_rng(2)
    walk = np.add(np.cumsum(rng.normal(0, 2e-6, (1_000, 2)), axis=0), (121.5, 25.0))
    way = Corridor(lng=walk[:, 0], lat=walk[:, 1], half_width_m=5.0)
    lng, lat = rng.normal((121.5, 25.0), 1e-4, (100, 2)).T
    pairs = held_by_fences([way], lng, lat)
    assert pairs == held_by_each([way], lng, lat)
    assert 5 < len(pairs) < 95


def test_a_vertex_given_twice_changes_nothing():
    twice = Corridor(lng=[121, 121, 121.01], lat=[24, 24, 24], half_width_m=10.0)
    once = Corridor(lng=[121, 121.01], lat=[24, 24], half_width_m=10.0)
    lng, lat = np.random.default_rng(3).normal((121.0, 24.0), 1e-4, (200, 2)).T
    assert held_by_fences([twice], lng, lat) == held_by_each([once], lng, lat)


@given(circles, st.floats(0, 360))
@example(Circle(lng=121.0, lat=26.4, radius_m=5e5), 90.0)
def test_the_box_of_a_circle_leaves_nothing_out(circle, bearing):
    lng, lat, _ = GEOD.fwd(circle.lng, circle.lat, bearing, circle.radius_m)
    west, south, east, north = boxes_of([circle])[0]
    # boxes end where Taiwan's bounds do
    assert west <= lng <= east or not TAIWAN.west <= lng <= TAIWAN.east
    assert south <= lat <= north or not TAIWAN.south <= lat <= TAIWAN.north


def many_small(n, rng):
    lng, lat = rng.uniform((121.0, 24.0), (121.5, 24.5), (n, 2)).T
    radius_m = rng.uniform(50, 2_000, n)
    return [
        Circle(lng=x, lat=y, radius_m=r)
        for x, y, r in zip(lng.tolist(), lat.tolist(), radius_m.tolist(), strict=True)
    ]


def test_many_positions_among_many_fences_are_found_as_few_are():
    rng = np.random.default_rng(4)
    areas = many_small(12_000, rng)
    fences = Fences(Fence(n, area) for n, area in enumerate(areas))
    lng, lat = rng.uniform((121.0, 24.0), (121.5, 24.5), (2_000, 2)).T
    lng[::7] = np.nan
    at = rng.uniform(0, 1e9, 2_000)
    held = fences.holding(lng=lng, lat=lat, at=at)
    pairs = list(zip(held.position.tolist(), held.ids, strict=True))
    hundreds = [slice(i, i + 100) for i in range(0, 2_000, 100)]
    few = [fences.holding(lng=lng[i], lat=lat[i], at=at[i]) for i in hundreds]
    assert pairs == [
        (100 * n + i, found)
        for n, some in enumerate(few)
        for i, found in zip(some.position.tolist(), some.ids, strict=True)
    ]
    table = held_by_each(areas, *np.nan_to_num(np.array((lng, lat))[:, :40]))
    assert [pair for pair in pairs if pair[0] < 40] == table


def mixed(rng):
    ring = Polygon(rng.uniform((121, 24), (121.1, 24.1), (3, 2)))
    way = rng.uniform((121, 24), (121.1, 24.1), (3, 2))
    return [
        *many_small(1, rng),
        Region(ring),
        Corridor(lng=way[:, 0], lat=way[:, 1], half_width_m=300.0),
    ]


def test_parts_that_are_chosen_and_joined_are_the_parts_cut_anew():
    rng = np.random.default_rng(5)
    fences = [Fence(n, area) for n, area in enumerate(mixed(rng) + mixed(rng))]
    numbered = list(enumerate(fences))
    apart = joined([parts_of(numbered[3:]), parts_of(numbered[:3])])
    order = np.argsort(apart.number, kind="stable")
    left = order[apart.number[order] != 1]
    again = parts_of([one for one in numbered if one[0] != 1])
    again = kept(again, np.argsort(again.number, kind="stable"))
    for name in Region.__slots__ and (
        "kind",
        "box",
        "form",
        "pieces",
        "bands",
        "edges",
    ):
        found = getattr(kept(apart, left), name)
        assert found.tolist() == getattr(again, name).tolist(), name


def test_the_teeth_of_a_comb_are_not_kept_in_every_band():
    tops = np.column_stack(
        (np.linspace(121, 122, 801), np.tile([24.0, 23.2], 401)[:801])
    )
    comb = Region(Polygon([*tops, (122, 23.0), (121, 23.0)]))
    assert len(parts_of([(0, Fence("comb", comb))]).edges) <= 4 * 803
