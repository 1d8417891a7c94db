"""The grids of the bundled boundaries against their polygons."""

import numpy as np
import pytest
import shapely

from data.bundled import load_boundaries
from geo.boundaries import Boundaries, Level
from geo.places import NOTES, Note

SEED = 20_261_121
N = 20_000


@pytest.fixture(scope="module")
def taiwan():
    return load_boundaries(build_tables=lambda: None)


@pytest.fixture(scope="module")
def by_polygon(taiwan):
    return Boundaries(taiwan.county, taiwan.town, taiwan.village)


def points_of(kind, layer, rng):
    corners = shapely.get_coordinates(layer.shapes)
    if kind == "anywhere":
        return rng.uniform((118.1, 21.8), (122.1, 26.4), (N, 2))
    if kind == "land":
        west, south, east, north = shapely.bounds(rng.choice(layer.shapes, N)).T
        return np.column_stack((rng.uniform(west, east), rng.uniform(south, north)))
    chosen = rng.integers(0, len(corners) - 1, N)
    if kind == "corners":
        return corners[chosen]
    if kind == "middles":
        return (corners[chosen] + corners[chosen + 1]) / 2
    return corners[chosen] + rng.normal(0, kind, (N, 2))


@pytest.mark.parametrize(
    "kind", ["anywhere", "land", "corners", "middles", 1e-14, 1e-9, 1e-5]
)
@pytest.mark.parametrize("level", list(Level))
def test_the_grids_give_the_leads_of_the_polygons(taiwan, by_polygon, kind, level):
    rng = np.random.default_rng(SEED)
    lng, lat = points_of(kind, getattr(taiwan, level.value), rng).T
    found = taiwan.leads(lng=lng, lat=lat, finest=level)
    wanted = by_polygon.leads(lng=lng, lat=lat, finest=level)
    for column in ("county", "town", "village", "note"):
        assert np.array_equal(getattr(found, column), getattr(wanted, column)), column


def test_no_cell_is_left_to_the_polygons(taiwan):
    grids = taiwan.tables.grids
    assert {level: grid.parts.n_slow for level, grid in grids.items()} == {
        Level.COUNTY: 0,
        Level.TOWN: 0,
        Level.VILLAGE: 0,
    }


def test_one_place_is_the_same_by_grid_and_by_polygon(taiwan, by_polygon):
    rng = np.random.default_rng(SEED)
    for kind in ("anywhere", "corners", "middles"):
        for lng, lat in points_of(kind, taiwan.village, rng)[:300].tolist():
            assert repr(taiwan.locate(lng=lng, lat=lat)) == repr(
                by_polygon.locate(lng=lng, lat=lat)
            )


def test_the_county_code_alone_is_that_of_the_place(taiwan, by_polygon):
    rng = np.random.default_rng(SEED)
    for lng, lat in points_of("land", taiwan.county, rng)[:500].tolist():
        place = by_polygon.locate(lng=lng, lat=lat)
        code = place.county.code if place.county else ""
        assert taiwan.county_code_at(lng=lng, lat=lat) == code
        assert by_polygon.county_code_at(lng=lng, lat=lat) == code


def test_all_tables_together_stay_below_100_megabytes(taiwan):
    assert sum(grid.nbytes for grid in taiwan.tables.grids.values()) < 100e6


def test_a_point_on_a_line_says_so(taiwan):
    corners = shapely.get_coordinates(taiwan.county.shapes)
    leads = taiwan.leads(lng=corners[:, 0], lat=corners[:, 1])
    notes = {NOTES[i] for i in np.unique(leads.note)}
    assert notes == {Note.OK, Note.BORDER}


def test_bad_pairs_have_a_note_and_no_lead(taiwan):
    lng = np.array([np.nan, 25.0, 0.0, 302_000.0, 200.0])
    lat = np.array([25.0, 121.5, 0.0, 2_770_000.0, 95.0])
    leads = taiwan.leads(lng=lng, lat=lat)
    assert [NOTES[i].value for i in leads.note] == [
        "nan", "swapped", "zero", "metres", "outside",
    ]  # fmt: skip
    assert leads.county.tolist() == [-1] * 5


def test_arrays_of_different_length_are_refused(taiwan):
    with pytest.raises(ValueError, match="want"):
        taiwan.leads(lng=np.zeros(3), lat=np.zeros(2))


def test_no_points_have_no_leads(taiwan):
    assert len(taiwan.leads(lng=[], lat=[])) == 0


@pytest.mark.parametrize("kind", ["anywhere", "land", "corners", "middles", 1e-5])
def test_the_border_of_one_point_is_that_of_many_and_of_the_lines(
    taiwan, by_polygon, kind
):
    rng = np.random.default_rng(SEED)
    points = points_of(kind, taiwan.county, rng)[:300]
    codes, metres = taiwan.border(lng=points[:, 0], lat=points[:, 1])
    without, there = by_polygon.border(lng=points[:, 0], lat=points[:, 1])
    assert codes.tolist() == without.tolist()
    assert metres == pytest.approx(there, abs=1e-6, nan_ok=True)
    for (lng, lat), code, off_m in zip(points.tolist(), codes, metres, strict=True):
        one = taiwan.border(lng=lng, lat=lat)
        assert (one.code if one else "") == code
        assert one is None or one.metres == pytest.approx(off_m, abs=1e-6)
