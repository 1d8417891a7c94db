"""The quick way against looking at every line, and each part of it by itself."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import owens_t

from geo.chord import metres_between
from geo.distance import distance_m
from geo.layers import Boundary, Layer, Level
from geo.shares import SharesIndex
from geo.shares.clearance import SHARED, clearance_of
from geo.shares.kernels import edge_share
from geo.shares.laws import Meaning, disc, law_of
from geo.shares.lines import NOBODY, SHORT_DEG, lines_of
from geo.shares.reference import angle_weights, on_plane, shares_under
from geo.shares.tree import tree_of

REACH = 5.0
edge_share(0.0, 0.0, 1.0, 1.0, False, REACH)  # compiled before a deadline counts


@pytest.fixture(scope="module")
def county(boundaries):
    return boundaries.county


@pytest.fixture(scope="module")
def lines(county):
    return lines_of(county)


@pytest.fixture(scope="module")
def taiwan(county):
    return SharesIndex(county)


ends = st.floats(-8, 8)


@given(ends, ends, ends, ends)
def test_an_edge_is_worth_what_owen_tabulated(x1, y1, x2, y2):
    length = math.hypot(x2 - x1, y2 - y1)
    d = (x1 * y2 - x2 * y1) / max(length, 1e-9)
    if length < 1e-3 or abs(d) < 1e-9:
        return  # on the line either sign is right
    h = abs(d)
    t1, t2 = ((x * (x2 - x1) + y * (y2 - y1)) / length for x, y in ((x1, y1), (x2, y2)))
    known = math.copysign(1, d) * (owens_t(h, t2 / h) - owens_t(h, t1 / h))
    # what lies beyond the reach is left out: exp(-12.5)
    assert edge_share(x1, y1, x2, y2, False, REACH) == pytest.approx(known, abs=4e-6)


@pytest.mark.parametrize("length", [0.01, 0.3, 0.6, 1.5, 3.0, 9.0])
def test_an_edge_within_reach_is_exact_to_a_ten_millionth(length):
    rng = np.random.default_rng(5)
    for x, y, way in rng.uniform((-2, -2, 0), (2, 2, 2 * np.pi), (300, 3)):
        x2, y2 = x + length * math.cos(way), y + length * math.sin(way)
        if math.hypot(x2, y2) < 4:
            d = (x * y2 - x2 * y) / length
            along = np.array([x, x2]) * math.cos(way) + np.array([y, y2]) * np.sin(way)
            known = np.sign(d) * np.diff(owens_t(abs(d), along / abs(d)))[0]
            assert edge_share(x, y, x2, y2, False, REACH) == pytest.approx(
                known, abs=1e-7
            )


def test_an_edge_of_no_length_is_worth_nothing():
    assert edge_share(1.0, 1.0, 1.0, 1.0, False, REACH) == 0


PLACES = {
    "on a vertex": lambda line, rng: line,
    "on a line": lambda line, rng: (line + np.roll(line, -1, 0)) / 2,
    "a hair off a vertex": lambda line, rng: line + rng.normal(0, 1e-13, line.shape),
    "near a line": lambda line, rng: line + rng.normal(0, 1e-3, line.shape),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("meaning", [Meaning.RADIUS_68, Meaning.DISC])
@pytest.mark.parametrize("error_m", [0.0, 1.0, 100.0, 10_000.0, 150_000.0])
def test_the_quick_way_is_looking_at_every_line(
    taiwan, county, lines, place, meaning, error_m
):
    rng = np.random.default_rng(7)
    line = shapely.get_coordinates(county.shapes)
    lng, lat = PLACES[place](line, rng)[rng.integers(len(line), size=8)].T
    found = taiwan.shares(lng=lng, lat=lat, error_m=error_m, meaning=meaning)
    shares = np.zeros((8, len(county) + 1))
    shares[found.point, found.boundary] = found.share
    shares[:, -1] = found.outside
    law = law_of(error_m, meaning)
    known = [
        shares_under(law, lng=x, lat=y, layer=county, lines=lines)
        for x, y in zip(lng, lat, strict=True)
    ]
    # chords stand for far lines: 1e-5 each; without them it is a millionth
    allowed = 2e-6 if error_m <= 1 else 3e-4
    assert np.abs(shares - known).max() < allowed


@pytest.mark.parametrize("meaning", [Meaning.RADIUS_68, Meaning.DISC])
@pytest.mark.parametrize("error_m", [0.0, 100.0, 2_000.0, 30_000.0])
def test_no_share_jumps_beside_a_line(taiwan, county, error_m, meaning):
    rng = np.random.default_rng(13)
    line = shapely.get_coordinates(county.shapes)
    i = rng.integers(len(line) - 1, size=1_500 if error_m < 1_000 else 150)
    share = rng.choice([0.0, 0.25, 0.5, rng.random()], i.size)[:, None]
    on = line[i] * (1 - share) + line[i + 1] * share
    on = np.where(
        np.abs(line[i] - line[i + 1]).max(axis=1, keepdims=True) < 0.05, on, line[i]
    )
    on += rng.choice([0, 1e-14, 1e-11], i.size)[:, None] * rng.normal(size=on.shape)
    step = max(error_m, 0.01) * 2e-10 * rng.normal(size=on.shape)

    def shares(points):
        asked = {"lng": points[:, 0], "lat": np.minimum(points[:, 1], 26.4)}
        found = taiwan.shares(**asked, error_m=error_m, meaning=meaning)
        table = np.zeros((len(points), len(county) + 1))
        table[found.point, found.boundary] = found.share
        table[:, -1] = found.outside
        return table

    assert np.abs(shares(on) - shares(on + step)).max() < 2e-4


def test_quick_answers_are_those_of_the_sums(taiwan, county):
    rng = np.random.default_rng(8)
    lng, lat = rng.uniform((118, 21.8), (122.2, 26.5), (20_000, 2)).T
    found = taiwan.shares(lng=lng, lat=lat, error_m=0.0)
    whole = np.flatnonzero(found.outside == 0)
    lead = np.full(lng.size, len(county))
    lead[found.point] = found.boundary
    assert (county.lead(lng=lng, lat=lat)[whole] == lead[whole]).all()
    assert (county.lead(lng=lng, lat=lat)[found.outside == 1] == -1).all()


def test_a_cell_never_promises_more_room_than_there_is(county, lines):
    clearance = clearance_of(county, lines)
    rng = np.random.default_rng(9)
    lng, lat = rng.uniform((119, 21.8), (122.2, 25.6), (3_000, 2)).T
    promised, _ = clearance.at(lng, lat)
    chosen = np.flatnonzero((promised > 0) & (promised < 30_000))
    points = (lines.start + lines.end) / 2
    for i in chosen[:150]:
        metres = metres_between(lng[i], lat[i], *points.T)
        assert promised[i] <= metres.min()
    assert promised[chosen].max() > 10_000


def test_a_cell_with_one_owner_lies_in_it(county, lines):
    clearance = clearance_of(county, lines)
    rng = np.random.default_rng(10)
    lng, lat = rng.uniform((117, 21), (123, 27), (50_000, 2)).T
    _, owner = clearance.at(lng, lat)
    lead = county.lead(lng=lng, lat=lat)
    known = owner != SHARED
    assert (owner[known] == np.where(lead < 0, len(county), lead)[known]).all()
    assert known.mean() > 0.4


def test_a_point_off_the_raster_is_not_answered_by_it(county, lines):
    metres, owner = clearance_of(county, lines).at(
        np.array([100.0, np.nan]), np.array([24.0, 24.0])
    )
    assert metres.tolist() == [0, 0]
    assert owner.tolist() == [SHARED, SHARED]


def test_every_line_stands_once_with_a_boundary_on_its_left(county, lines):
    assert (lines.left >= 0).all()
    assert (lines.right != NOBODY).all()
    assert (lines.left != lines.right).all()
    assert np.abs(lines.end - lines.start).max() <= SHORT_DEG * (1 + 1e-9)
    ways = np.concatenate(
        (
            np.column_stack((lines.start, lines.end)),
            np.column_stack((lines.end, lines.start)),
        )
    )
    assert len(np.unique(ways, axis=0)) == 2 * len(lines)


def test_lines_enclose_the_area_of_each_boundary(county, lines):
    start, end = lines.start - (121, 24), lines.end - (121, 24)
    doubled = start[:, 0] * end[:, 1] - end[:, 0] * start[:, 1]
    areas = np.bincount(lines.left, doubled, len(county) + 1)
    areas -= np.bincount(lines.right, doubled, len(county) + 1)
    assert areas[:-1] / 2 == pytest.approx(shapely.area(county.shapes), rel=1e-8)


def test_boundaries_that_overlap_leave_the_outside_to_the_rim_of_their_union():
    layer = Layer(
        [
            Boundary(Level.COUNTY, str(i), str(i), str(i), None, shape)
            for i, shape in enumerate(
                [shapely.box(121, 24, 121.2, 24.2), shapely.box(121.1, 24.1, 121.3, 25)]
            )
        ]
    )
    lines = lines_of(layer)
    doubled = lines.start[:, 0] * lines.end[:, 1] - lines.end[:, 0] * lines.start[:, 1]
    rim = lines.right == len(layer)
    assert doubled[rim].sum() / 2 == pytest.approx(shapely.union_all(layer.shapes).area)
    assert (lines.left[rim] == NOBODY).all()


def test_every_box_holds_what_it_says(lines):
    tree = tree_of(lines)
    boxes, held = tree.boxes, tree.boxes.held
    n_lines = np.where(boxes.holds_lines, held[:, 1] - held[:, 0], 0)
    reached = np.zeros(len(tree.lines), dtype=int)
    stack = [len(boxes) - 1]
    while stack:
        box = stack.pop()
        first, last = held[box]
        if boxes.holds_lines[box]:
            reached[first:last] += 1
            inner = tree.lines[first:last].reshape(-1, 2)
        else:
            assert last <= box
            stack += range(first, last)
            inner = boxes.bounds[first:last].reshape(-1, 2)
        assert (inner >= boxes.bounds[box, :2]).all()
        assert (inner <= boxes.bounds[box, 2:]).all()
    assert (reached == 1).all()
    assert n_lines.max() <= 4


def test_a_chord_strays_no_less_than_the_area_it_cuts_off(lines):
    tree = tree_of(lines)
    boxes = tree.boxes
    chosen = np.flatnonzero(boxes.holds_lines & np.isfinite(boxes.strays_m2))
    for box in chosen[:: len(chosen) // 300]:
        first, last = boxes.held[box]
        corner = tree.lines[first, :2]
        way = np.vstack((tree.lines[first:last, :2], tree.lines[last - 1, 2:]))
        metres = on_plane(way, *corner, is_flat=True)
        signed = shapely.LinearRing(metres) if len(metres) > 2 else None
        area = shapely.Polygon(signed).area if signed is not None else 0.0
        assert boxes.strays_m2[box] >= area * (1 - 1e-3)
        assert (boxes.chords[box] == [*way[0], *way[-1]]).all()
        assert (boxes.sides[box] == tree.sides[first:last]).all()


def test_the_plane_is_azimuthal_and_equidistant():
    rng = np.random.default_rng(4)
    points = rng.uniform((119.5, 22.5), (122.5, 25.5), (500, 2))
    x, y = on_plane(points, 121.0, 24.0).T
    metres = distance_m(lng=121.0, lat=24.0, to_lng=points[:, 0], to_lat=points[:, 1])
    assert np.hypot(x, y) == pytest.approx(metres, rel=6e-4)


def test_pieces_integrate_to_the_same_as_nodes_along_the_edge():
    law = disc(2.0)
    start, end = np.array([[-3.0, 0.4]]), np.array([[2.5, 1.1]])
    (found,) = angle_weights(law, start, end)
    share = np.linspace(0, 1, 200_001)[:, None]
    way = start + share * (end - start)
    angle = np.arctan2(way[:, 1], way[:, 0])
    middle = np.hypot(*((way[1:] + way[:-1]) / 2).T)
    summed = (law.beyond(middle) * np.diff(angle)).sum() / (2 * np.pi)
    assert found == pytest.approx(summed, abs=1e-9)
