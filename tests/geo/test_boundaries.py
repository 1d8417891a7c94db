import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from geo.boundaries import (
    Border,
    Boundaries,
    Boundary,
    Layer,
    Level,
    Name,
    Note,
)
from geo.distance import distance_m, line_between
from geo.layers import first_of_each


def county(code, shape, name="", level=Level.COUNTY):
    town = None if level is Level.COUNTY else code[:8]
    return Boundary(level, code, name or f"C{code}", code[:5], town, shape)


def crooked_grid(n, level, *, digits):
    """n x n quadrangles around 121 E 24 N whose corners are off by a random bit."""
    rng = np.random.default_rng(7)
    axis = np.linspace(0, 1, n + 1)
    corner = np.stack(np.meshgrid(121 + axis, 24 + axis, indexing="ij"), axis=-1)
    corner += rng.uniform(-0.2, 0.2, corner.shape) / n
    return [
        county(
            digits.format(i * n + j),
            Polygon(
                [corner[i + a, j + b] for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
            ),
            level=level,
        )
        for i in range(n)
        for j in range(n)
    ]


COUNTIES = crooked_grid(3, Level.COUNTY, digits="1000{}")
# An enclave with a hole around it, and an island that belongs to the outer county.
ENCLAVE = Polygon([(121.4, 24.4), (121.6, 24.42), (121.5, 24.6)])
MIDDLE = COUNTIES[4]
COUNTIES[4] = replace(
    MIDDLE,
    shape=shapely.union_all(
        [MIDDLE.shape.difference(ENCLAVE), box(122.5, 24, 122.6, 25)]
    ),
)
COUNTIES.append(county("20000", ENCLAVE))
LAYER = Layer(COUNTIES)
GRID = Boundaries(LAYER)

VERTICES = shapely.get_coordinates(LAYER.shapes).tolist()
MIDPOINTS = [
    ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    for ring in shapely.get_rings(shapely.get_parts(LAYER.shapes))
    for a, b in zip(ring.coords, ring.coords[1:], strict=False)
]
points = st.one_of(
    st.sampled_from(VERTICES),
    st.sampled_from(MIDPOINTS),
    st.tuples(st.floats(120.9, 122.7), st.floats(23.9, 25.1)),
    st.tuples(st.floats(), st.floats()),
)


def covering(lng, lat, shapes=LAYER.shapes):
    """Look at every boundary."""
    if not (math.isfinite(lng) and math.isfinite(lat)):
        return []
    return np.flatnonzero(shapely.covers(shapes, Point(lng, lat))).tolist()


@given(points)
def test_the_index_agrees_with_looking_at_every_boundary(point):
    lng, lat = point
    assert LAYER.cover(lng=[lng], lat=[lat])[1].tolist() == covering(lng, lat)


@given(points)
def test_strictly_inside_agrees_with_looking_at_every_boundary(point):
    lng, lat = point
    inside = [i for i in covering(lng, lat) if LAYER.shapes[i].contains(Point(point))]
    assert LAYER.cover_inside(lng=[lng], lat=[lat])[1].tolist() == inside


@given(st.lists(points, min_size=1, max_size=20))
def test_many_points_are_located_like_each_alone(several):
    lng, lat = np.array(several).T
    places = GRID.locate(lng=lng, lat=lat)
    together = [repr(place) for place in places]
    assert together == [repr(GRID.locate(lng=x, lat=y)) for x, y in several]


@given(points)
def test_the_lead_has_the_lowest_covering_code(point):
    place = GRID.locate(lng=point[0], lat=point[1])
    codes = [str(LAYER.codes[i]) for i in covering(*point)]
    if place.note in ("ok", "border", "sea", "gap"):
        assert [c.code for c in place.counties] == codes
        assert (place.county.code if place.county else None) == min(codes, default=None)
    else:
        assert place.counties == ()


def test_pairs_come_by_point_then_by_code():
    lng, lat = np.array(VERTICES).T
    pairs = LAYER.cover(lng=lng, lat=lat)
    keys = pairs[0] * len(LAYER) + pairs[1]
    assert (np.diff(keys) > 0).all()


def test_a_boundary_whose_parts_meet_in_the_point_counts_once():
    parts = shapely.union_all([box(121, 24, 122, 25), box(122, 25, 123, 26)])
    layer = Layer([county("10000", parts)])
    assert layer.cover(lng=[122.0], lat=[25.0]).tolist() == [[0], [0]]


def test_the_first_of_each_is_minus_one_for_those_without():
    pairs = np.array([[0, 0, 2], [5, 6, 7]])
    assert first_of_each(pairs, 4).tolist() == [5, -1, 7, -1]


SQUARES = [
    county("10001", box(121.0, 24, 121.1, 24.1), "甲縣"),
    county("10002", box(121.1, 24, 121.2, 24.1), "乙縣"),
    # overlaps 乙縣 by 0.01 degrees, and leaves a sliver of 20 m to 丁縣
    county("10003", box(121.19, 24, 121.3, 24.1), "丙縣"),
    county("10004", box(121.3002, 24, 121.4, 24.1), "丁縣"),
]
ROW = Boundaries(Layer(SQUARES))

NOTES = [
    # lng, lat, note, county, how many cover
    (121.05, 24.05, Note.OK, "甲縣", 1),
    (121.1, 24.05, Note.BORDER, "甲縣", 2),
    (121.195, 24.05, Note.OVERLAP, "乙縣", 2),
    (121.2, 24.05, Note.OVERLAP, "乙縣", 2),  # on the line of 乙縣, inside 丙縣
    (121.3001, 24.05, Note.GAP, None, 0),
    (120.9999, 24.05, Note.GAP, None, 0),  # 10 m off the shore
    (120.99, 24.05, Note.SEA, None, 0),
    (24.05, 121.05, Note.SWAPPED, None, 0),
    (255_000.0, 2_660_000.0, Note.METRES, None, 0),
    (0.0, 0.0, Note.ZERO, None, 0),
    (math.nan, 24.05, Note.NAN, None, 0),
    (121.05, math.inf, Note.NAN, None, 0),
    (139.7, 35.7, Note.OUTSIDE, None, 0),
]


@pytest.mark.parametrize(("lng", "lat", "note", "name", "n"), NOTES)
def test_every_place_has_its_note(lng, lat, note, name, n):
    place = ROW.locate(lng=lng, lat=lat)
    assert place.note is note
    assert (place.county.name if place.county else None) == name
    assert len(place.counties) == n


@pytest.mark.parametrize(("lng", "lat"), [row[:2] for row in NOTES])
def test_every_note_explains_itself_in_both_languages(lng, lat):
    place = ROW.locate(lng=lng, lat=lat)
    assert "{" not in place.why + place.why_zh
    assert place.why
    assert place.why_zh


def test_a_border_is_explained_by_its_counties_and_the_rule():
    place = ROW.locate(lng=121.1, lat=24.05)
    assert place.why == (
        "on the line between 甲縣 and 乙縣; 甲縣 leads, having the lowest code"
    )


def test_a_gap_names_the_nearest_county_and_how_far_it_is():
    place = ROW.locate(lng=121.30015, lat=24.05)
    assert place.near == Name("10004", "丁縣")
    assert place.near_m == pytest.approx(5.1, abs=0.1)


def test_columns_are_empty_where_there_is_nothing():
    places = ROW.locate(lng=[121.05, 120.9, 121.3001], lat=[24.05] * 3)
    assert places.county.tolist() == ["甲縣", "", ""]
    assert places.town_code.tolist() == ["", "", ""]
    assert places.covering_counties.tolist() == [1, 0, 0]
    assert places.near_code.tolist()[:2] == ["", ""]
    assert np.isnan(places.near_m).tolist() == [True, True, False]


def test_no_points_are_no_places():
    places = ROW.locate(lng=[], lat=[])
    assert len(places) == 0
    assert list(places) == []


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="shape"):
        ROW.locate(lng=[121.0, 121.1], lat=[24.0])


def test_coordinates_cannot_be_passed_by_position():
    with pytest.raises(TypeError):
        ROW.locate(121.0, 24.0)


def levels():
    """Two counties; the left has two towns, of which the lower one two villages."""
    left, right = box(121, 24, 121.1, 24.2), box(121.1, 24, 121.2, 24.2)
    low, high = box(121, 24, 121.1, 24.1), box(121, 24.1, 121.1, 24.2)
    counties = [county("10009", left, "左"), county("10001", right, "右")]
    towns = [
        county("10009010", low, level=Level.TOWN),
        county("10009020", high, level=Level.TOWN),
        county("10001010", right, level=Level.TOWN),
    ]
    villages = [
        county("10009010001", box(121, 24, 121.05, 24.1), level=Level.VILLAGE),
        county("10009010002", box(121.05, 24, 121.1, 24.1), level=Level.VILLAGE),
        county("10001010001", right, level=Level.VILLAGE),
    ]
    return Layer(counties), Layer(towns), Layer(villages)


def leads(place):
    names = (place.county, place.town, place.village)
    return [name.code if name else None for name in names]


@pytest.mark.parametrize(
    ("lng", "lat", "codes"),
    [
        (121.02, 24.05, ["10009", "10009010", "10009010001"]),
        (121.05, 24.05, ["10009", "10009010", "10009010001"]),
        # in a town without villages
        (121.02, 24.15, ["10009", "10009020", None]),
        # on the line of the towns the lower leads, and so do its villages
        (121.02, 24.1, ["10009", "10009010", "10009010001"]),
        # on the line of the counties the right one has the lower code
        (121.1, 24.1, ["10001", "10001010", "10001010001"]),
    ],
)
def test_the_three_levels_never_contradict_each_other(lng, lat, codes):
    assert leads(Boundaries(*levels()).locate(lng=lng, lat=lat)) == codes


def test_a_town_of_another_county_never_leads():
    counties, towns, _ = levels()
    # the file draws the town of the left county over into the right one
    wide = [
        replace(town, shape=box(121, 24, 121.15, 24.1))
        if town.code == "10009010"
        else town
        for town in towns.boundaries
        if town.code != "10001010"
    ]
    drawn = Boundaries(counties, Layer(wide))
    for boundaries in (drawn, drawn.with_tables()):
        place = boundaries.locate(lng=121.12, lat=24.05)
        assert leads(place) == ["10001", None, None]


def test_a_code_that_is_in_no_layer_is_a_key_error():
    with pytest.raises(KeyError):
        GRID.neighbours("99999")
    with pytest.raises(KeyError):
        GRID["99999"]


def densely(shape, step_deg=2e-5):
    line = shapely.segmentize(shape.boundary, step_deg)
    return shapely.get_coordinates(line).T


DENSE = {
    str(code): densely(shape)
    for code, shape in zip(LAYER.codes, LAYER.shapes, strict=True)
}
BORDER_POINTS = [
    (lng, lat)
    for lng, lat in np.random.default_rng(3).uniform((121, 24), (122, 25), (14, 2))
    if len(covering(lng, lat)) == 1
]


@pytest.mark.parametrize(("lng", "lat"), BORDER_POINTS)
def test_the_border_is_as_far_as_the_nearest_point_of_any_other_county(lng, lat):
    own = str(LAYER.codes[covering(lng, lat)[0]])
    metres = {
        code: distance_m(lng=lng, lat=lat, to_lng=line[0], to_lat=line[1]).min()
        for code, line in DENSE.items()
        if code != own
    }
    code = min(metres, key=metres.get)
    border = GRID.border(lng=lng, lat=lat)
    assert border.code == code
    # the sampled line is at most 1.1 m from the true foot
    assert border.metres == pytest.approx(metres[code], abs=1)


def test_borders_of_many_are_those_of_each_alone():
    lng, lat = np.array([*BORDER_POINTS, (120.0, 24.0), (121.5, 24.5)]).T
    codes, metres = GRID.border(lng=lng, lat=lat)
    for i, (x, y) in enumerate(zip(lng, lat, strict=True)):
        border = GRID.border(lng=x, lat=y)
        kept = Border(float(metres[i]), str(codes[i])) if codes[i] else None
        assert border == kept


def test_the_coast_is_no_border():
    # 甲縣 ends at the sea 1 km to the west; 乙縣 is 9 km to the east
    border = ROW.border(lng=121.01, lat=24.05)
    assert border.code == "10002"
    assert border.metres == pytest.approx(9157, abs=10)


def test_on_the_line_the_border_is_here():
    assert ROW.border(lng=121.1, lat=24.05) == Border(0.0, "10002")


def test_no_county_has_no_border():
    assert ROW.border(lng=120.0, lat=24.05) is None
    assert ROW.border(lng=math.nan, lat=24.05) is None
    alone = Boundaries(Layer(SQUARES[:1]))
    assert alone.border(lng=121.05, lat=24.05) is None


def test_a_way_is_cut_into_counties_in_order_of_travel():
    lng, lat = line_between(
        lng=121.35, lat=24.05, to_lng=120.95, to_lat=24.05, step_m=1000
    )
    legs = ROW.counties_along(lng=lng, lat=lat)
    assert [leg.code for leg in legs] == ["10004", "10003", "10002", "10001"]
    whole = distance_m(lng=121.35, lat=24.05, to_lng=120.95, to_lat=24.05)
    at_sea = distance_m(lng=121.0, lat=24.05, to_lng=120.95, to_lat=24.05)
    sliver = distance_m(lng=121.3, lat=24.05, to_lng=121.3002, to_lat=24.05)
    inside = sum(leg.metres for leg in legs)
    assert inside == pytest.approx(whole - at_sea - sliver, abs=1)


def test_a_county_that_the_way_comes_back_to_is_listed_again():
    legs = ROW.counties_along(lng=[121.05, 121.15, 121.05], lat=[24.02, 24.05, 24.08])
    assert [leg.code for leg in legs] == ["10001", "10002", "10001"]


def test_along_a_common_line_the_lowest_code_leads():
    legs = ROW.counties_along(lng=[121.1, 121.1], lat=[24.02, 24.08])
    assert [leg.code for leg in legs] == ["10001"]


def test_a_vertex_given_twice_changes_nothing():
    once = ROW.counties_along(lng=[121.05, 121.1, 121.15], lat=[24.05] * 3)
    twice = ROW.counties_along(lng=[121.05, 121.1, 121.1, 121.15], lat=[24.05] * 4)
    assert once == twice
    assert ROW.counties_along(lng=[121.05, 121.05], lat=[24.05, 24.05]) == []


def test_a_line_with_a_vertex_given_twice_has_a_border():
    left = Polygon([(121, 24), (121.1, 24), (121.1, 24), (121.1, 24.1), (121, 24.1)])
    both = Boundaries(Layer([county("10001", left), SQUARES[1]]))
    assert both.border(lng=121.05, lat=24.05).code == "10002"


def test_a_way_at_sea_passes_no_county():
    assert ROW.counties_along(lng=[120.0, 120.5], lat=[24.0, 24.0]) == []


@pytest.mark.parametrize("lng", [[121.0], [121.0, math.nan], []])
def test_a_way_needs_two_finite_vertices(lng):
    with pytest.raises(ValueError, match="two or more"):
        ROW.counties_along(lng=lng, lat=[24.0] * len(lng))


@given(st.lists(st.sampled_from(VERTICES + MIDPOINTS), min_size=2, max_size=6))
def test_legs_are_never_longer_than_the_way(vertices):
    lng, lat = np.array(vertices).T
    legs = GRID.counties_along(lng=lng, lat=lat)
    whole = distance_m(lng=lng[:-1], lat=lat[:-1], to_lng=lng[1:], to_lat=lat[1:]).sum()
    # straight in degrees is a little longer than the geodesic
    assert sum(leg.metres for leg in legs) <= whole * (1 + 1e-4) + 1e-6
