import numba
import numpy as np
import pytest

from geo.chord import arc_m, earth_centred, metres_between, radii_m
from geo.crs import TAIWAN
from geo.distance import distance_m


def pairs(far_deg, n=20_000):
    rng = np.random.default_rng(3)
    lng, lat = rng.uniform(TAIWAN[:2], TAIWAN[2:], (n, 2)).T
    to_lng = np.clip(lng + rng.uniform(-far_deg, far_deg, n), TAIWAN.west, TAIWAN.east)
    to_lat = np.clip(
        lat + rng.uniform(-far_deg, far_deg, n), TAIWAN.south, TAIWAN.north
    )
    return lng, lat, to_lng, to_lat


@pytest.mark.parametrize(
    ("far_deg", "allowed_m"),
    [(1e-6, 1e-8), (0.01, 1e-7), (0.5, 1e-4), (1.8, 1e-4), (3.8, 1e-3), (7.5, 0.02)],
)
def test_it_agrees_with_the_geodesic(far_deg, allowed_m):
    lng, lat, to_lng, to_lat = pairs(far_deg)
    true = distance_m(lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat)
    found = metres_between(lng, lat, to_lng, to_lat)
    assert np.abs(found - true).max() < allowed_m


def test_a_place_is_no_distance_from_itself():
    assert metres_between(121.5, 25.0, 121.5, 25.0) == 0


def test_nan_stays_nan():
    assert np.isnan(metres_between(float("nan"), 25.0, 121.5, 25.0))


def test_the_radii_are_those_of_the_ellipsoid():
    along, across = radii_m(0.0)
    assert along == pytest.approx(6_335_439.327, abs=1e-3)
    assert across == 6_378_137.0


def test_it_compiles_as_it_stands_and_says_the_same():
    at = (121.5, 25.0)
    assert numba.njit(earth_centred)(*at) == pytest.approx(earth_centred(*at))
    assert numba.njit(radii_m)(at[1]) == pytest.approx(radii_m(at[1]))
    bent = numba.njit(arc_m)(5e4, *at, 121.9, 25.2)
    assert bent == pytest.approx(arc_m(5e4, *at, 121.9, 25.2), abs=1e-6)
