"""The grid against looking at every polygon, for all kinds of cells."""

from itertools import pairwise, product

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geo.boundaries import Boundaries, Boundary, Layer, Level
from geo.finding import find_by_grid, find_by_polygon
from geo.grid import NOTHING, UNDECIDED, Grid, build, can_build
from geo.grid.parts import CHAIN, CHILD, LAST_BITS, PAIR, SLOW, STAR

NOTHING_ABOVE = np.empty(0, dtype=np.intp)


def layer_of(shapes, level=Level.COUNTY, digits="{:05d}"):
    return Layer(
        Boundary(
            level,
            digits.format(i),
            f"B{i}",
            digits.format(i)[:5],
            None if level is Level.COUNTY else digits.format(i)[:8],
            shape,
        )
        for i, shape in enumerate(shapes)
    )


def wheel(x, y, n, radius=0.3):
    """``n`` wedges round one vertex; the last leaves a gap."""
    angles = np.sort(np.random.default_rng(n).uniform(0, 2 * np.pi, n + 1))
    rim = [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in angles]
    return [Polygon([(x, y), a, b]) for a, b in pairwise(rim)]


# Wedges round a vertex, a spike into a neighbour, two thin strips, an enclave with an
# island in its lake, two boxes that overlap, two that touch in a corner, a comb, a
# notch.
SHAPES = [
    *wheel(121.013, 24.021, 7),
    Polygon([(121.5, 24), (121.9, 24), (121.9, 24.3), (121.5, 24.3)]),
    Polygon([(121.9, 24), (122.2, 24.1), (121.9, 24.3)]),
    Polygon([(121.5, 24.3), (121.9, 24.3), (121.9, 24.3 + 1e-9), (121.5, 24.3 + 1e-9)]),
    Polygon([(121.5, 24.4), (121.9, 24.4), (121.9, 24.4 + 3e-7), (121.5, 24.4 + 2e-7)]),
    box(120.1, 23.1, 120.4, 23.4).difference(box(120.2, 23.2, 120.3, 23.3)),
    box(120.2, 23.2, 120.3, 23.3).difference(box(120.23, 23.23, 120.26, 23.26)),
    box(120.23, 23.23, 120.26, 23.26),
    box(120.7, 23.1, 120.9, 23.3),
    Polygon([(120.8, 23.0), (121.0, 23.21), (120.85, 23.2), (120.8, 23.15)]),
    box(120.1, 22.1, 120.2, 22.2),
    box(120.2, 22.2, 120.3, 22.3),
    Polygon(
        [(120.5, 21.95)]
        + [(120.5 + i * 1e-5, 22.0 + (i % 2) * 0.1) for i in range(1, 40)]
        + [(120.6, 21.95)]
    ),
]
NOTCHED = [(120.4, 22.4), (120.6, 22.4), (120.6, 22.6), (120.50000003, 22.6)]
SHAPES.append(Polygon([*NOTCHED, (120.5, 22.45), (120.49999997, 22.6), (120.4, 22.6)]))
# Two wedges that meet at the inner corner of a boundary which both overlap, and points
# exactly on their edges: powers of two are not rounded.
SHAPES += [
    Polygon([(121, 22.5), (121.125, 22.5), (121.125, 22.625)]),
    Polygon([(121, 22.5), (121, 22.625), (120.875, 22.625)]),
    Polygon([(120.75, 22.375), (121, 22.5), (121.25, 22.375), (121, 22.875)]),
]
ON_RAYS = [
    (121 + x * 2.0**-k, 22.5 + y * 2.0**-k)
    for k in range(3, 40)
    for x, y in ((1, 0), (1, 1), (0, 1), (-1, 1))
]
LAYER = layer_of(SHAPES)
PARTS = build([LAYER], [NOTHING_ABOVE])
GRID = Grid(PARTS)
CORNERS = shapely.get_coordinates(LAYER.shapes)
RINGS = shapely.get_rings(shapely.get_parts(LAYER.shapes))
ALONG = shapely.get_coordinates(shapely.segmentize(RINGS, 0.017))


def by_grid(points):
    return find_by_grid(GRID, [LAYER], [NOTHING_ABOVE], points.T)


def by_polygon(points):
    return find_by_polygon([LAYER], [NOTHING_ABOVE], points.T)


def assert_same(found, wanted):
    assert found.leads.tolist() == wanted.leads.tolist()
    assert found.covers.tolist() == wanted.covers.tolist()
    assert found.is_overlap.tolist() == wanted.is_overlap.tolist()


anywhere = st.tuples(st.floats(119.9, 122.4), st.floats(21.8, 24.6))
on_a_corner = st.sampled_from(CORNERS.tolist()).map(tuple)
on_a_line = st.sampled_from(ALONG.tolist()).map(tuple)
on_a_ray = st.sampled_from(ON_RAYS)
nudges = st.tuples(st.integers(-3, 3), st.integers(-3, 3))


@st.composite
def close_to_a_line(draw):
    (x, y), (i, j) = draw(st.one_of(on_a_corner, on_a_line)), draw(nudges)
    return x + i * np.spacing(x), y + j * np.spacing(y)


@given(
    st.lists(st.one_of(anywhere, on_a_corner, on_a_line, on_a_ray, close_to_a_line()))
)
@settings(max_examples=300)
def test_the_grid_agrees_with_looking_at_every_polygon(several):
    points = np.array(several, dtype=float).reshape(-1, 2)
    assert_same(by_grid(points), by_polygon(points))


def test_points_on_the_edges_of_a_star_are_decided_exactly():
    points = np.array(ON_RAYS)
    assert_same(by_grid(points), by_polygon(points))
    together = GRID.look_up_plainly(lng=points[:, 0], lat=points[:, 1])
    assert [GRID.look_up_one(*point) for point in ON_RAYS] == together.tolist()


@given(st.one_of(anywhere, on_a_corner, on_a_line, on_a_ray, close_to_a_line()))
def test_one_point_is_looked_up_as_among_many(point):
    lng, lat = point
    together = GRID.look_up_plainly(lng=np.array([lng]), lat=np.array([lat]))
    assert GRID.look_up_one(lng, lat) == together[0]


@pytest.mark.parametrize("offset", [0.0, 1e-13, 1e-9, 1e-6, 1e-3])
def test_compiled_and_plain_look_up_are_one(offset):
    rng = np.random.default_rng()
    every = np.concatenate(
        (CORNERS, ALONG, rng.uniform((120, 22), (122.3, 24.5), (9999, 2)))
    )
    points = rng.choice(every, 30_000) + rng.normal(0, offset or 1e-300, (30_000, 2))
    lng, lat = points.T
    compiled = GRID.look_up(lng=lng, lat=lat)
    assert compiled.tolist() == GRID.look_up_plainly(lng=lng, lat=lat).tolist()


def test_two_threads_answer_as_one():
    lng, lat = np.random.default_rng(5).uniform((120, 22), (122, 24), (250_000, 2)).T
    alone = GRID.look_up(lng=lng, lat=lat)
    assert GRID.look_up(lng=lng, lat=lat, threads=2).tolist() == alone.tolist()


@pytest.mark.parametrize("n", [1_000, 30_000, 250_000])
def test_leads_are_what_the_answers_mean(n):
    rng = np.random.default_rng(6)
    near = rng.choice(np.concatenate((CORNERS, ALONG)), n // 2)
    free = rng.uniform((119.9, 21.8), (122.4, 24.6), (n - n // 2, 2))
    lng, lat = np.concatenate((near, free)).T
    answer = GRID.look_up(lng=lng, lat=lat)
    columns = (GRID.answers.county, GRID.answers.town)
    found = GRID.meanings(columns, lng=lng, lat=lat, threads=2)
    means = np.where(answer == UNDECIDED, -2, GRID.answers.county[answer])
    assert found[0].tolist() == means.tolist()
    assert set(found[1][answer != UNDECIDED].tolist()) == {-1}


def test_every_kind_of_cell_is_among_those_tested():
    kinds = ~PARTS.cells[PARTS.cells < 0] & 7
    assert set(kinds.tolist()) == {CHILD, CHAIN, STAR, PAIR, SLOW}
    assert PARTS.n_slow == (kinds == SLOW).sum()


@pytest.mark.parametrize(
    "pair",
    [(np.nan, 24.0), (121.0, np.nan), (np.inf, 24.0), (-np.inf, np.inf), (0.0, 0.0),
     (1e300, 24.0), (-121.0, -24.0)],
)  # fmt: skip
def test_what_is_no_place_near_is_covered_by_nothing(pair):
    lng, lat = np.full((30_000, 2), pair).T
    assert set(GRID.look_up(lng=lng, lat=lat).tolist()) == {NOTHING}
    assert set(GRID.look_up_plainly(lng=lng, lat=lat).tolist()) == {NOTHING}


def test_no_points_have_no_answers():
    nothing = np.empty(0)
    assert GRID.look_up(lng=nothing, lat=nothing).size == 0


def test_a_cell_that_is_not_decided_is_left_to_the_polygons():
    # three lines of one boundary within 3 mm: a comb that fine is no boundary
    teeth = [(121 + i * 1e-10, 24 + (i % 2) * 1e-5) for i in range(1, 8)]
    fine = layer_of([Polygon([(121, 23.9), *teeth, (121.2, 23.9)])])
    grid = Grid(build([fine], [NOTHING_ABOVE]))
    assert grid.parts.n_slow > 0
    x, y = np.meshgrid(np.linspace(121, 121 + 1e-9, 50), np.linspace(24, 24 + 1e-5, 50))
    points = np.column_stack((x.ravel(), y.ravel()))
    assert UNDECIDED in grid.look_up(lng=points[:, 0], lat=points[:, 1])
    assert_same(
        find_by_grid(grid, [fine], [NOTHING_ABOVE], points.T),
        find_by_polygon([fine], [NOTHING_ABOVE], points.T),
    )


@given(st.integers(3, 9), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_random_wedges_agree_everywhere(n, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform((120, 22), (122, 25))
    layer = layer_of(wheel(x, y, n, radius=rng.uniform(1e-6, 0.5)))
    grid = Grid(build([layer], [NOTHING_ABOVE]))
    corners = shapely.get_coordinates(layer.shapes)
    points = np.concatenate(
        (
            corners,
            rng.choice(corners, 200)
            + rng.normal(0, rng.choice([1e-14, 1e-8, 1e-3]), (200, 2)),
        )
    )
    assert_same(
        find_by_grid(grid, [layer], [NOTHING_ABOVE], points.T),
        find_by_polygon([layer], [NOTHING_ABOVE], points.T),
    )


@given(st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_random_triangles_that_overlap_and_cross_agree_everywhere(seed):
    rng = np.random.default_rng(seed)
    corners = rng.uniform((120, 22), (120.5, 22.5), (6, 3, 2))
    layer = layer_of([Polygon(c) for c in corners])
    grid = Grid(build([layer], [NOTHING_ABOVE]))
    crossings = shapely.get_coordinates(
        shapely.intersection(
            *np.array(list(product(layer.shapes.tolist(), repeat=2))).T
        )
    )
    points = np.concatenate(
        (rng.uniform((120, 22), (120.5, 22.5), (500, 2)), crossings)
    )
    assert_same(
        find_by_grid(grid, [layer], [NOTHING_ABOVE], points.T),
        find_by_polygon([layer], [NOTHING_ABOVE], points.T),
    )


def test_boundaries_beyond_exact_arithmetic_get_no_grid():
    far = layer_of([box(10, 50, 11, 51)])
    assert not can_build([far])
    assert Boundaries(far).with_tables().tables.grids == {}
    with pytest.raises(ValueError, match="outside of what a grid computes exactly"):
        build([far], [NOTHING_ABOVE])


def test_a_grid_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        GRID.parts.cells[0] = 1


def test_cells_are_no_finer_than_a_number_of_32_bits_can_say():
    assert (PARTS.box.width << (LAST_BITS - PARTS.box.bits)) < 2**31
