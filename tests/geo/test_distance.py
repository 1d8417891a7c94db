import math

import numpy as np
import pytest

from geo.distance import bearing_deg, distance_m, line_between, speed_kmh


def test_a_published_geodesic_is_met():
    # Example of the GeodSolve manual page of GeographicLib
    metres = distance_m(lng=-73.8, lat=40.6, to_lng=-0.5, to_lat=51.6)
    assert metres == pytest.approx(5_551_759.4, abs=0.1)


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude():
    east = distance_m(lng=121, lat=24, to_lng=122, to_lat=24)
    north = distance_m(lng=121, lat=24, to_lng=121, to_lat=25)
    assert east == pytest.approx(101_751, abs=50)
    assert north == pytest.approx(110_767, abs=50)


def test_one_place_against_many_gives_each_distance():
    to_lng, to_lat = np.array([121.0, 121.5, np.nan]), np.array([24.0, 25.0, 25.0])
    found = distance_m(lng=121.0, lat=24.0, to_lng=to_lng, to_lat=to_lat)
    assert found[0] == 0
    assert found[1] == distance_m(lng=121.0, lat=24.0, to_lng=121.5, to_lat=25.0)
    assert np.isnan(found[2])


@pytest.mark.parametrize(
    ("to_lng", "to_lat", "bearing"),
    [(121, 25, 0), (121, 23, 180), (121.001, 24, 90), (120.999, 24, 270)],
)
def test_bearings_turn_clockwise_from_north(to_lng, to_lat, bearing):
    found = bearing_deg(lng=121, lat=24, to_lng=to_lng, to_lat=to_lat)
    assert found == pytest.approx(bearing, abs=0.01)


def test_a_place_has_no_bearing_to_itself():
    assert math.isnan(bearing_deg(lng=121, lat=24, to_lng=121, to_lat=24))


@pytest.mark.parametrize(
    ("metres", "seconds", "kmh"),
    [(1000, 3600, 1), (27_780, 1000, 100.008), (0, 0, 0), (5, 0, math.inf), (0, 5, 0)],
)
def test_speed_follows_from_distance_and_time(metres, seconds, kmh):
    assert speed_kmh(metres, seconds) == pytest.approx(kmh)


def test_speeds_of_arrays_come_one_by_one():
    found = speed_kmh(np.array([1000.0, 0.0, np.nan]), np.array([3600.0, 0.0, 1.0]))
    assert found[:2].tolist() == [1, 0]
    assert np.isnan(found[2])


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="order the events"):
        speed_kmh(10.0, -1.0)


def test_a_line_keeps_both_ends_and_its_length():
    ends = {"lng": 121.5, "lat": 25.0, "to_lng": 120.3, "to_lat": 22.6}
    lng, lat = line_between(**ends, step_m=1000)
    steps = distance_m(lng=lng[:-1], lat=lat[:-1], to_lng=lng[1:], to_lat=lat[1:])
    assert (lng[0], lat[0], lng[-1], lat[-1]) == tuple(ends.values())
    assert steps.max() <= 1000
    assert steps.sum() == pytest.approx(distance_m(**ends))


def test_a_line_from_a_place_to_itself_has_two_equal_points():
    lng, lat = line_between(lng=121, lat=24, to_lng=121, to_lat=24, step_m=5)
    assert lng.tolist() == [121, 121]
    assert lat.tolist() == [24, 24]


@pytest.mark.parametrize(("lng", "step_m"), [(121.0, 0), (121.0, -1), (math.nan, 5)])
def test_a_line_needs_steps_and_finite_ends(lng, step_m):
    with pytest.raises(ValueError, match="step_m"):
        line_between(lng=lng, lat=24, to_lng=122, to_lat=24, step_m=step_m)
