"""Shares against a million throws of the dice on the ellipsoid."""

import numpy as np
import pytest
import shapely

from data.bundled import read_boundary_file
from geo.distance import GEOD
from geo.layers import Level
from geo.shares import SharesIndex
from geo.shares.laws import Meaning, law_of
from geo.topology import overlaps


def thrown(layer, rng, *, lng, lat, law, n):
    """Part of ``n`` throws that each boundary covers, and that none does.

    Where boundaries overlap these sum to more than 1.
    """
    beyond = rng.random(n)
    radius = (
        law.sigma_m * np.sqrt(-2 * np.log(beyond))
        if hasattr(law, "sigma_m")
        else law.reach_m * np.sqrt(1 - beyond)
    )
    way = rng.uniform(0, 360, n)
    x, y, _ = GEOD.fwd(np.full(n, lng), np.full(n, lat), way, radius)
    covers = layer.cover(lng=x, lat=y)
    covered = np.bincount(covers[1], minlength=len(layer)) / n
    return np.append(covered, 1 - np.unique(covers[0]).size / n)


def summed(index, layer, **asked):
    places = {axis: [asked.pop(axis)] for axis in ("lng", "lat")}
    found = index.shares(**places, **asked)
    shares = np.append(np.zeros(len(layer)), found.outside)
    shares[found.boundary] = found.share
    return shares


@pytest.fixture(scope="module")
def county(boundaries):
    return boundaries.county


@pytest.fixture(scope="module")
def taiwan(county):
    return SharesIndex(county)


@pytest.mark.parametrize(
    ("lng", "lat", "error_m"),
    [
        (121.41093, 25.02113, 100.0),  # a tongue
        (120.93542, 24.71258, 100.0),  # where three counties meet
    ],
)
def test_a_million_throws_agree(taiwan, county, lng, lat, error_m):
    rng = np.random.default_rng(20_261)
    found = summed(taiwan, county, lng=lng, lat=lat, error_m=error_m)
    known = thrown(county, rng, lng=lng, lat=lat, law=law_of(error_m), n=1_000_000)
    assert np.abs(found - known).max() < 0.0025  # five standard deviations


@pytest.mark.parametrize("meaning", [Meaning.RADIUS_68, Meaning.DISC])
@pytest.mark.parametrize("error_m", [2.0, 60.0, 800.0, 12_000.0, 150_000.0])
def test_throws_agree_all_over_the_lines(taiwan, county, meaning, error_m):
    rng = np.random.default_rng(int(error_m))
    line = shapely.get_coordinates(county.shapes)
    for lng, lat in line[rng.integers(len(line), size=3)]:
        lng, lat = np.array([lng, lat]) + rng.normal(0, error_m / 2e5, 2)
        lat = min(lat, 26.4)
        asked = {"lng": lng, "lat": lat}
        found = summed(taiwan, county, **asked, error_m=error_m, meaning=meaning)
        known = thrown(county, rng, **asked, law=law_of(error_m, meaning), n=100_000)
        assert np.abs(found - known).max() < 0.009  # five and a half


@pytest.mark.real
def test_a_file_with_overlaps_and_gaps_agrees_with_throws(shared_data):
    path = shared_data / "boundaries" / "county_moi_20200820.geojson"
    layer, _ = read_boundary_file(path, level=Level.COUNTY)
    index = SharesIndex(layer)
    rng = np.random.default_rng(1)
    worst = sorted(overlaps(layer), key=lambda overlap: -overlap.km2)[:3]
    spots = [overlap.shape.representative_point() for overlap in worst]
    for spot in [*spots, shapely.Point(120.93542, 24.71258)]:
        asked = {"lng": spot.x, "lat": spot.y}
        found = summed(index, layer, **asked, error_m=100.0)
        raw = thrown(layer, rng, **asked, law=law_of(100.0), n=100_000)
        raw[:-1] *= (1 - raw[-1]) / raw[:-1].sum()
        assert np.abs(found - raw).max() < 0.009
