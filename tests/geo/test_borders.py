"""The nearest border against all edges, one by one, measured by pyproj."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, STRtree, box

from data.bundled import read_boundary_file
from geo.borders import BorderLines, search
from geo.crs import TM2_121, to_metres, to_wgs84
from geo.distance import distance_m, line_between
from geo.edges import edges_of
from geo.layers import Boundary, Layer, Level

slow_at_first = settings(deadline=None)  # where code may have to be compiled


def layer_of(*shapes):
    """Counties 10001, 10002, ... of these shapes."""
    return Layer(
        Boundary(Level.COUNTY, f"1{i:04}", f"C{i}", f"1{i:04}", None, shape)
        for i, shape in enumerate(shapes)
    )


def lines_with_cells(layer):
    lines = BorderLines(layer)
    assert lines.cells is lines.cells
    return lines


# Three counties meet at 121.2 E 24.2 N; the north has a bay; the east a hole with an
# enclave in it, and an island that lies nearer to the south.
ENCLAVE = Polygon([(121.3, 24.25), (121.36, 24.26), (121.33, 24.31)])
SOUTH = box(121, 24, 121.4, 24.2)
NORTH = Polygon(
    [(121, 24.2), (121.2, 24.2), (121.2, 24.4), (121.12, 24.25), (121, 24.4)]
)
EAST = box(121.2, 24.2, 121.4, 24.4).difference(ENCLAVE)
ISLAND = box(121.1, 23.9, 121.15, 23.95)
MAINLAND = layer_of(SOUTH, NORTH, EAST.union(ISLAND), ENCLAVE)
# Edges of four degrees, across the whole land.
WIDE = layer_of(
    Polygon([(118, 22), (122, 22.5), (122, 24), (118, 23.5)]),
    Polygon([(118, 23.5), (122, 24), (121, 26), (118.5, 26)]),
)
# The second overlaps the first, the third lies within both and shares a coast.
OVERLAPPING = layer_of(
    box(121, 24, 121.2, 24.2),
    box(121.15, 24, 121.3, 24.2),
    Polygon([(121.16, 24), (121.19, 24), (121.17, 24.1)]),
)
APART = layer_of(box(121, 24, 121.1, 24.1), box(121.5, 24, 121.6, 24.1))
LAYERS = {
    "mainland": MAINLAND,
    "wide": WIDE,
    "overlapping": OVERLAPPING,
    "apart": APART,
}


def places_in(layer):
    """Corners, middles of edges, and any place in or around a layer."""
    edges = edges_of(layer)
    west, south, east, north = shapely.total_bounds(layer.shapes)
    middles = (edges.start + edges.end) / 2
    return st.one_of(
        st.sampled_from(edges.start.tolist()),
        st.sampled_from(middles.tolist()),
        st.tuples(
            st.floats(west - 0.2, east + 0.2), st.floats(south - 0.2, north + 0.2)
        ),
    )


questions = st.one_of(
    [
        st.tuples(st.just(name), places_in(layer), st.integers(-1, len(layer) - 1))
        for name, layer in LAYERS.items()
    ]
)


@pytest.fixture(scope="module")
def ready():
    return {name: lines_with_cells(layer) for name, layer in LAYERS.items()}


def metres_to_edges(start, end, lng, lat):
    """The shortest way to each edge, by golden section."""
    step = end - start
    low, high = np.zeros(len(start)), np.ones(len(start))

    def metres(share):
        foot = start + share[:, None] * step
        return distance_m(lng=lng, lat=lat, to_lng=foot[:, 0], to_lat=foot[:, 1])

    for _ in range(60):
        one, other = low + 0.382 * (high - low), low + 0.618 * (high - low)
        is_left = metres(one) < metres(other)
        high, low = np.where(is_left, other, high), np.where(is_left, low, one)
    ends = (np.zeros_like(low), low, high, np.ones_like(low))
    return np.min([metres(share) for share in ends], axis=0)


def nearest_of_edges(layer, own, lng, lat, *, counts_own=False):
    edges = edges_of(layer)
    metres = np.full(edges.owner.size, np.inf)
    ends = [
        distance_m(lng=lng, lat=lat, to_lng=at[:, 0], to_lat=at[:, 1])
        for at in (edges.start, edges.end)
    ]
    length = distance_m(
        lng=edges.start[:, 0],
        lat=edges.start[:, 1],
        to_lng=edges.end[:, 0],
        to_lat=edges.end[:, 1],
    )
    counts = np.full(edges.owner.size, True) if counts_own else edges.owner != own
    # no point of an edge is nearer than its nearer end by more than half its length
    least = np.minimum(*ends) - length * 0.51
    seen = np.flatnonzero(counts & (least <= np.minimum(*ends)[counts].min()))
    metres[seen] = metres_to_edges(edges.start[seen], edges.end[seen], lng, lat)
    nearest = metres[counts].min()
    is_same = metres <= nearest + 1e-6
    behind = edges.owner[is_same & (edges.owner != own)]
    return behind.min(initial=len(layer)) % len(layer) if behind.size else -1, nearest


def ask_one(lines, own, lng, lat, **how):
    boundary, metres = lines.nearest(
        np.array([own]), lng=np.array([lng]), lat=np.array([lat]), **how
    )
    return int(boundary[0]), float(metres[0])


def is_equal(left, right):
    return left[0] == right[0] and (
        left[1] == right[1] or (math.isnan(left[1]) and math.isnan(right[1]))
    )


@slow_at_first
@given(questions)
def test_the_nearest_is_the_shortest_way_to_any_edge_of_another(ready, question):
    name, (lng, lat), own = question
    boundary, metres = ready[name].nearest_one(own, lng=lng, lat=lat)
    expected, expected_m = nearest_of_edges(LAYERS[name], own, lng, lat)
    assert (boundary, metres) == (
        expected,
        pytest.approx(expected_m, rel=1e-6, abs=1e-3),
    )


@slow_at_first
@given(questions)
def test_the_way_out_is_the_shortest_to_any_edge(ready, question):
    name, (lng, lat), own = question
    boundary, metres = ready[name].nearest_one(
        own, lng=lng, lat=lat, including_sea=True
    )
    expected, expected_m = nearest_of_edges(
        LAYERS[name], own, lng, lat, counts_own=True
    )
    assert (boundary, metres) == (
        expected,
        pytest.approx(expected_m, rel=1e-6, abs=1e-3),
    )


@slow_at_first
@given(questions, st.sampled_from([None, 50.0, 3000.0]), st.booleans())
def test_cells_answer_like_the_tree_to_the_bit(ready, question, reach_m, sea):
    name, (lng, lat), own = question
    how = {"reach_m": reach_m, "including_sea": sea}
    by_tree = ask_one(BorderLines(LAYERS[name]), own, lng, lat, **how)
    assert is_equal(ready[name].nearest_one(own, lng=lng, lat=lat, **how), by_tree)


def scattered(layer, n):
    """Points, half of them close to a line, and a boundary for each."""
    rng = np.random.default_rng(20_210_920)
    west, south, east, north = shapely.total_bounds(layer.shapes)
    anywhere = rng.uniform((west - 1, south - 1), (east + 1, north + 1), (n // 2, 2))
    edges = edges_of(layer)
    on = rng.integers(len(edges.start), size=n - n // 2)
    share = rng.uniform(0, 1, (on.size, 1))
    near = edges.start[on] * share + edges.end[on] * (1 - share)
    points = np.concatenate((anywhere, near + rng.normal(0, 1e-3, near.shape)))
    return rng.integers(-1, len(layer), n), *points.T


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("sea", [False, True])
def test_what_could_change_is_what_is_within_reach(ready, name, sea):
    own, lng, lat = scattered(LAYERS[name], 4000)
    at = {"lng": lng, "lat": lat, "including_sea": sea}
    metres = ready[name].nearest(own, **at)[1]
    rng = np.random.default_rng(5)
    reach_m = np.where(rng.random(own.size) < 0.5, metres, 10 ** rng.uniform(0, 6))
    reach_m *= 1 + rng.normal(0, 1e-3, own.size)
    could = ready[name].could_change(own, **at, reach_m=reach_m)
    assert np.array_equal(could, metres <= reach_m)


def test_what_could_change_is_told_without_cells():
    own, lng, lat = scattered(MAINLAND, 500)
    lines = BorderLines(MAINLAND)
    could = lines.could_change(own, lng=lng, lat=lat, reach_m=3000.0)
    assert np.array_equal(could, lines.nearest(own, lng=lng, lat=lat)[1] <= 3000)


def test_of_equally_near_counties_the_lowest_counts(ready):
    # the corner of the south, the north and the east
    lines = ready["mainland"]
    assert lines.nearest_one(3, lng=121.2, lat=24.2) == (0, 0.0)
    assert lines.nearest_one(0, lng=121.2, lat=24.2) == (1, 0.0)
    assert lines.nearest_one(1, lng=121.2, lat=24.2) == (0, 0.0)
    assert lines.nearest_one(-1, lng=121.2, lat=24.2) == (0, 0.0)


def test_the_own_coast_is_no_border(ready):
    # 1 km from the coast of the south, 11 km from the north
    boundary, metres = ready["mainland"].nearest_one(0, lng=121.01, lat=24.1)
    to_north = distance_m(lng=121.01, lat=24.1, to_lng=121.01, to_lat=24.2)
    assert (boundary, metres) == (1, pytest.approx(to_north, abs=1e-3))


def test_the_own_coast_is_a_way_out_into_the_sea(ready):
    boundary, metres = ready["mainland"].nearest_one(
        0, lng=121.01, lat=24.1, including_sea=True
    )
    to_sea = distance_m(lng=121.01, lat=24.1, to_lng=121.0, to_lat=24.1)
    assert (boundary, metres) == (-1, pytest.approx(to_sea, abs=0.1))


def test_the_coast_of_another_county_counts(ready):
    # from the island of the east, over the sea
    boundary, metres = ready["mainland"].nearest_one(2, lng=121.12, lat=23.94)
    to_south = distance_m(lng=121.12, lat=23.94, to_lng=121.12, to_lat=24.0)
    assert (boundary, metres) == (0, pytest.approx(to_south, abs=1e-3))


def test_a_hole_counts_for_both_sides(ready):
    within, around = (
        ready["mainland"].nearest_one(own, lng=121.33, lat=24.27) for own in (3, 2)
    )
    assert within[0] == 2
    assert around[0] == 3
    assert within[1] == around[1]


def test_a_point_of_no_county_is_near_any(ready):
    assert ready["mainland"].nearest_one(-1, lng=120.99, lat=24.1)[0] == 0


def test_nothing_is_near_beyond_reach(ready):
    lines = ready["mainland"]
    metres = lines.nearest_one(0, lng=121.01, lat=24.1)[1]
    how = {"lng": 121.01, "lat": 24.1}
    assert lines.nearest_one(0, **how, reach_m=metres)[0] == 1
    assert is_equal(lines.nearest_one(0, **how, reach_m=metres - 1e-6), (-1, math.nan))


@pytest.mark.parametrize("has_cells", [False, True])
def test_a_row_that_is_not_finite_has_nothing_near(has_cells):
    lines = lines_with_cells(MAINLAND) if has_cells else BorderLines(MAINLAND)
    at = {
        "lng": np.array([math.nan, 121.1, math.inf, 121.1]),
        "lat": np.array([24.1, math.nan, 24.1, 24.1]),
    }
    boundary, metres = lines.nearest(np.zeros(4, int), **at)
    assert boundary.tolist() == [-1, -1, -1, 1]
    assert np.isnan(metres).tolist() == [True, True, True, False]
    could = lines.could_change(np.zeros(4, int), **at, reach_m=1e7)
    assert could.tolist() == [False, False, False, True]


def test_an_unknown_error_changes_nothing(ready):
    own, lng, lat = np.array([0, 0]), np.full(2, 121.1), np.full(2, 24.19)
    could = ready["mainland"].could_change(
        own, lng=lng, lat=lat, reach_m=np.array([math.nan, 5000.0])
    )
    assert could.tolist() == [False, True]


@pytest.mark.parametrize("has_cells", [False, True])
def test_a_single_county_has_no_border_but_a_coast(has_cells):
    alone = layer_of(box(121, 24, 121.1, 24.1))
    lines = lines_with_cells(alone) if has_cells else BorderLines(alone)
    at = {"lng": 121.02, "lat": 24.05}
    assert is_equal(lines.nearest_one(0, **at), (-1, math.nan))
    assert lines.nearest_one(0, **at, including_sea=True)[1] == pytest.approx(
        distance_m(lng=121.02, lat=24.05, to_lng=121.0, to_lat=24.05), abs=0.1
    )
    columns = {key: np.array([value]) for key, value in at.items()}
    assert not lines.could_change(np.array([0]), **columns, reach_m=1e7)[0]


def test_no_points_have_no_answers(ready):
    nothing = np.empty(0)
    boundary, metres = ready["mainland"].nearest(
        nothing.astype(int), lng=nothing, lat=nothing
    )
    assert boundary.shape == metres.shape == (0,)


@pytest.mark.parametrize(
    ("length_m", "error_m"), [(100, 1e-6), (5e3, 1e-6), (5e4, 1e-4), (3e5, 6e-3)]
)
def test_gauss_agrees_with_karney(length_m, error_m):
    rng = np.random.default_rng(3)
    for lng, lat, towards in rng.uniform((114, 10, 0), (125, 27, 6.28), (200, 3)):
        step = length_m / 111e3
        to_lng, to_lat = lng + step * math.sin(towards), lat + step * math.cos(towards)
        middle = math.radians((lat + to_lat) / 2)
        metres = search.mid_latitude_m(
            math.radians(to_lng - lng),
            math.radians(to_lat - lat),
            math.sin(middle),
            math.cos(middle),
            search.radii_at(math.sin(middle))[0],
        )
        karney = distance_m(lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat)
        assert metres == pytest.approx(karney, abs=error_m)


@pytest.mark.parametrize("own", [[0, 0], [[0]], [4], [-2]])
def test_columns_that_do_not_fit_are_refused(ready, own):
    with pytest.raises(ValueError, match="want"):
        ready["mainland"].nearest(np.array(own), lng=np.ones(1), lat=np.ones(1))


def nearest_on_tm2(layer, own, lng, lat):
    """Search with shapely's tree on the TM2 plane; measure with pyproj."""
    edges = edges_of(layer)
    others = edges.owner != own
    ends = np.stack((edges.start[others], edges.end[others]), axis=1)
    lines = shapely.segmentize(shapely.linestrings(ends), 0.01)
    lines = shapely.transform(lines, lambda at: np.column_stack(to_metres(*at.T)))
    points = shapely.points(*to_metres(lng, lat))
    point, line = STRtree(lines).query_nearest(points, all_matches=False)
    feet = shapely.get_point(shapely.shortest_line(points[point], lines[line]), 1)
    to_lng, to_lat = to_wgs84(shapely.get_x(feet), shapely.get_y(feet), crs=TM2_121)
    return distance_m(lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat)


@pytest.fixture(scope="module")
def taiwan(boundaries):
    return lines_with_cells(boundaries.county)


def test_the_counties_of_taiwan_are_as_far_as_on_the_tm2_plane(taiwan, boundaries):
    layer = boundaries.county
    _, lng, lat = scattered(layer, 1500)
    lead = layer.lead(lng=lng, lat=lat)
    boundary, metres = taiwan.nearest(lead, lng=lng, lat=lat)
    assert (boundary != lead).all()
    for own in np.unique(lead)[::5]:
        of = lead == own
        near = of & (metres < 5000)
        on_plane = nearest_on_tm2(layer, own, lng[of], lat[of])
        # the plane is true to a part in 1,000, and lines bend on it by a few cm
        assert metres[of] == pytest.approx(on_plane, rel=2e-3, abs=0.1)
        assert metres[near] == pytest.approx(on_plane[near[of]], abs=1)


def test_taiwans_counties_are_measured_to_a_millimetre(taiwan, boundaries):
    layer = boundaries.county
    own, lng, lat = scattered(layer, 20)
    own = layer.lead(lng=lng, lat=lat)
    boundary, metres = taiwan.nearest(own, lng=lng, lat=lat)
    expected = [nearest_of_edges(layer, *of) for of in zip(own, lng, lat, strict=True)]
    assert boundary.tolist() == [int(behind) for behind, _ in expected]
    expected_m = [found for _, found in expected]
    assert metres == pytest.approx(expected_m, rel=1e-6, abs=1e-3)


@pytest.mark.real
def test_a_file_with_overlaps_gaps_and_far_islands_is_searched(shared_data):
    path = shared_data / "boundaries" / "county_moi_20200820.geojson"
    layer, report = read_boundary_file(path, level=Level.COUNTY)
    assert report.overlap_pairs
    lines = lines_with_cells(layer)
    own, lng, lat = scattered(layer, 300)
    by_tree = BorderLines(layer).nearest(own, lng=lng, lat=lat)
    by_cells = lines.nearest(own, lng=lng, lat=lat)
    assert np.array_equal(by_cells[0], by_tree[0])
    assert np.array_equal(by_cells[1], by_tree[1], equal_nan=True)


def test_a_way_is_cut_at_the_lines():
    lng, lat = line_between(lng=121.1, lat=24.1, to_lng=121.1, to_lat=24.3, step_m=5e3)
    at = np.unique(BorderLines(MAINLAND).crossings(lng, lat))
    assert np.interp(at, np.arange(lat.size), lat) == pytest.approx([24.2, 24.275])
