import random

import pytest

from data.scenario.network import Network, Stand, Style, edges
from data.scenario.roads import NO_SCOOTERS, ROADS
from data.scenario.waypoints import ABROAD, TOWNS, WAYPOINTS


@pytest.mark.parametrize(
    "point", [*WAYPOINTS.values(), *ABROAD], ids=lambda point: point.name
)
def test_waypoint_is_in_the_county_and_town_it_names(boundaries, point):
    place = boundaries.locate(lng=point.lng, lat=point.lat)
    assert (place.county.code, place.town.name) == (point.county_code, point.town)


def test_roads_use_every_waypoint_and_no_other():
    used = {name for road in ROADS for name in road.waypoints}
    assert used == set(WAYPOINTS)


def test_neighbouring_waypoints_are_less_than_30_km_apart():
    assert max(edge.length_m for edge in edges()) < 30_000


@pytest.mark.parametrize("style", Style)
def test_every_town_can_be_reached_from_every_other(style):
    network = Network(edges(), [])
    for start in TOWNS:
        for end in TOWNS:
            assert network.way(start.name, end.name, style).cameras.size == 0


def test_cameras_of_a_way_come_in_the_order_of_travel():
    ways = edges()
    network = Network(ways, [Stand(number, 0.0) for number in range(len(ways))])
    way = network.way("楊梅市區", "南港車站", Style.FAST)
    passed = [ways[camera] for camera in way.cameras]
    assert [edge.start for edge in passed[1:]] == [edge.end for edge in passed[:-1]]
    assert list(way.seconds) == sorted(way.seconds)


def test_scooters_keep_off_freeways_and_expressways():
    ways = edges()
    network = Network(ways, [Stand(number, 0.0) for number in range(len(ways))])
    rng = random.Random(5)
    for _ in range(50):
        start, end = rng.sample(TOWNS, 2)
        for camera in network.way(start.name, end.name, Style.SCOOTER).cameras:
            assert ways[camera].road.kind not in NO_SCOOTERS
