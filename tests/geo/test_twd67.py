"""The old datum: refused without parameters, moved by those that are handed over."""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import to_wgs84
from geo.distance import distance_m
from geo.errors import CoordinateRefused, CrsMismatch
from geo.twd67 import GeocentricShift, PlaneShift, require_plausible, shift_of

# Published for the main island, see docs/coordinates.md; never built in.
A, B = 0.00001549, 0.000006521
PLANE = PlaneShift(east_m=807.8, north_m=-248.6, scale=A, turn=B)
GEOCENTRIC = GeocentricShift(x_m=-752, y_m=-358, z_m=-179)

easts = st.floats(150_000, 340_000)
norths = st.floats(2_422_000, 2_799_000)


def apart_m(one, other):
    return distance_m(lng=one[0], lat=one[1], to_lng=other[0], to_lat=other[1])


@pytest.mark.parametrize("crs", ["EPSG:3821", "EPSG:3827", "EPSG:3828", 3828])
def test_without_a_shift_the_old_datum_is_refused(crs):
    with pytest.raises(CoordinateRefused, match="shift parameters") as refused:
        to_wgs84(250_000, 2_650_000, crs=crs)
    assert refused.value.kind == "twd67"


@settings(deadline=None)
@given(easts, norths)
def test_the_published_way_there_undoes_the_published_way_back(east97, north97):
    # X67 = X97 - 807.8 - A X97 - B Y97; Y67 = Y97 + 248.6 - A Y97 - B X97
    east67 = east97 - 807.8 - A * east97 - B * north97
    north67 = north97 + 248.6 - A * north97 - B * east97
    moved = to_wgs84(east67, north67, crs="EPSG:3828", twd67_shift=PLANE)
    there = to_wgs84(east97, north97, crs="EPSG:3826")
    assert apart_m(moved, there) < 2  # what is stated of the formula


@settings(deadline=None)
@given(easts, norths)
def test_a_geocentric_shift_is_what_towgs84_does(east, north):
    proj = (
        "+proj=tmerc +lat_0=0 +lon_0=121 +k=0.9999 +x_0=250000 +y_0=0 "
        "+ellps=aust_SA +towgs84=-752,-358,-179,0.2,-0.3,0.1,23 +units=m +no_defs"
    )
    shift = shift_of(-752, -358, -179, 0.2, -0.3, 0.1, 23)
    moved = to_wgs84(east, north, crs="EPSG:3828", twd67_shift=shift)
    assert apart_m(moved, _transformer(proj).transform(east, north)) < 0.01


@settings(deadline=None)
@given(easts, norths)
def test_two_published_shifts_agree_where_doing_nothing_is_854_m_wrong(east, north):
    plane = to_wgs84(east, north, crs="EPSG:3828", twd67_shift=PLANE)
    geocentric = to_wgs84(east, north, crs="EPSG:3828", twd67_shift=GEOCENTRIC)
    assert apart_m(plane, geocentric) < 6.5
    assert apart_m(plane, _transformer("EPSG:3828").transform(east, north)) > 840


def test_degrees_are_moved_like_the_metres_of_the_same_place():
    zone = "+proj=tmerc +lon_0=121 +k=0.9999 +x_0=250000 +ellps=aust_SA"
    lng, lat = pyproj.Proj(zone)(250_000, 2_650_000, inverse=True)
    degrees = to_wgs84(lng, lat, crs="EPSG:3821", twd67_shift=GEOCENTRIC)
    metres = to_wgs84(250_000, 2_650_000, crs="EPSG:3828", twd67_shift=GEOCENTRIC)
    assert apart_m(degrees, metres) < 0.001


def test_arrays_keep_their_shape_and_what_is_lost_is_nan():
    east = np.array([250_000, math.nan, 200_000.0])
    north = np.full(3, 2_650_000.0)
    lng, lat = to_wgs84(east, north, crs=3828, twd67_shift=GEOCENTRIC)
    assert lng.shape == (3,)
    assert np.isnan(lng).tolist() == np.isnan(lat).tolist() == [False, True, False]


@pytest.mark.parametrize(
    "shift",
    [
        PlaneShift(east_m=-807.8, north_m=248.6, scale=A, turn=B),
        PlaneShift(east_m=-248.6, north_m=807.8, scale=A, turn=B),
        PlaneShift(east_m=0, north_m=0),
        GeocentricShift(x_m=752, y_m=358, z_m=179),
        PlaneShift(east_m=math.nan, north_m=0),
        GeocentricShift(x_m=math.inf, y_m=0, z_m=0),
    ],
)
def test_a_shift_that_moves_taiwan_elsewhere_is_refused(shift):
    with pytest.raises(CoordinateRefused, match="check the signs") as refused:
        require_plausible(shift)
    assert refused.value.kind == "twd67"


@pytest.mark.parametrize("shift", [PLANE, GEOCENTRIC])
def test_a_published_shift_is_plausible(shift):
    assert require_plausible(shift) is shift


def test_the_count_of_numbers_says_which_kind_of_shift_they_are():
    assert shift_of(807.8, -248.6, A, B) == PLANE
    assert shift_of(-752, -358, -179) == GEOCENTRIC
    with pytest.raises(CoordinateRefused, match="got 2"):
        shift_of(807.8, -248.6)


@pytest.mark.parametrize("crs", ["EPSG:3826", "EPSG:4326"])
def test_a_shift_for_another_datum_is_refused(crs):
    with pytest.raises(CrsMismatch, match="leave it out"):
        to_wgs84(250_000, 2_650_000, crs=crs, twd67_shift=PLANE)


def test_a_plane_shift_of_degrees_is_refused():
    with pytest.raises(CrsMismatch, match="three or seven"):
        to_wgs84(121.0, 24.0, crs="EPSG:3821", twd67_shift=PLANE)


def _transformer(crs):
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
