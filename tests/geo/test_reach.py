"""How far by now: closed forms, throws of the dice, and what must never happen."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.chord import metres_between
from geo.distance import GEOD, distance_m
from geo.errors import CoordinateRefused
from geo.layers import Boundary, Layer, Level
from geo.reach import (
    RADII,
    LastSeen,
    Means,
    Mode,
    ReachIndex,
    ReachRefused,
    Stations,
)
from geo.reach.laws import carried_share, cut_off, from_percentiles, quantiles_m
from geo.reach.tables import read_tables
from geo.sites import Sites

TABLES = read_tables()
TEMPLE = {"lng": 121.4505, "lat": 25.0358}  # 新莊廟街
DEMENTIA = Means(profile="dementia")
RIDES = Means(Mode.VEHICLE)
DAYS = 24 * 60.0


def county(code, shape):
    return Boundary(Level.COUNTY, code, f"C{code}", code, None, shape)


COAST = ReachIndex(Layer([county("10000", shapely.box(120.0, 23.0, 121.0, 25.0))]))
HALVES = ReachIndex(
    Layer(
        [
            county("10000", shapely.box(119.0, 21.0, 121.0, 26.0)),
            county("10001", shapely.box(121.0, 21.0, 123.0, 26.0)),
        ]
    )
)


def shares(reach):
    return {one.code: one.share for one in reach.shares}


@pytest.fixture(scope="module")
def taiwan(boundaries):
    return ReachIndex(boundaries.county, boundaries.town)


@pytest.mark.parametrize("means", [Means(), DEMENTIA, RIDES])
def test_on_a_straight_coast_half_is_taken_from_the_sea(means):
    found = COAST.reach(LastSeen(121.0, 24.0, 15.0), means)
    assert found.at_sea == pytest.approx(0.5, abs=1e-3)
    assert shares(found) == {"10000": pytest.approx(1.0)}


@pytest.mark.parametrize("means", [Means(), DEMENTIA, RIDES])
def test_on_a_straight_line_both_counties_have_half(means):
    found = HALVES.reach(LastSeen(121.0, 24.0, 40.0), means)
    assert shares(found) == pytest.approx({"10000": 0.5, "10001": 0.5}, abs=1e-3)
    assert found.at_sea == 0


def test_a_vehicle_beside_a_line_has_the_segments_of_its_two_discs():
    minutes, d = 10.0, 3_000.0
    lng = GEOD.fwd(121.0, 24.0, 270, d)[0]
    found = HALVES.reach(LastSeen(lng, 24.0, minutes), RIDES)
    figures = TABLES.vehicle
    beyond = []
    for kmh in (figures.typical_kmh / figures.detour, figures.bound_kmh):
        x = d / (kmh * minutes / 60 * 1000)
        beyond.append((math.acos(x) - x * math.sqrt(1 - x * x)) / math.pi)
    expected = np.dot([1 - figures.beyond_share, figures.beyond_share], beyond)
    assert shares(found)["10001"] == pytest.approx(expected, abs=1e-3)


def test_days_later_the_radii_are_those_of_the_table(taiwan):
    found = taiwan.reach(LastSeen(**TEMPLE, minutes=6 * DAYS), DEMENTIA)
    rows = TABLES.profile("dementia").percentiles
    assert [1 - found.beyond(m) for _, m in rows] == pytest.approx([s for s, _ in rows])
    assert found.radii_m[RADII.index(0.95)] == pytest.approx(5_800, abs=1)


def test_a_place_beyond_the_95_percent_distance_is_never_given_nothing(taiwan):
    # FIELD AC-05: last seen at the temple, found 10.7 km away in 石牌 on day six
    found = taiwan.reach(
        LastSeen(**TEMPLE, minutes=6 * DAYS), DEMENTIA, level=Level.TOWN
    )
    towns = {one.name: one.share for one in found.shares}
    assert found.beyond(10_700) > 0
    assert 0 < towns["北投區"] < towns["新莊區"]


def test_half_an_hour_is_no_day(taiwan):
    soon = taiwan.reach(LastSeen(**TEMPLE, minutes=30), DEMENTIA)
    walk_m = TABLES.walking.bound_kmh / 2 * 1000
    assert soon.beyond(walk_m) == pytest.approx(
        carried_share(TABLES.profile("dementia"), TABLES.carried)
    )
    assert soon.bound_m == TABLES.carried.kmh / 2 * 1000


def test_no_time_is_within_metres(taiwan):
    found = taiwan.reach(LastSeen(**TEMPLE, minutes=0), DEMENTIA)
    assert shares(found) == {"65000": 1.0}
    assert found.bound_m < 3


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([Means(), DEMENTIA, RIDES]),
    st.floats(0, 3 * DAYS),
    st.floats(0, 3 * DAYS),
)
def test_more_time_never_shrinks_a_radius(means, one, other):
    before, after = (
        HALVES.reach(LastSeen(120.5, 24.0, minutes), means)
        for minutes in sorted((one, other))
    )
    assert before.bound_m <= after.bound_m
    near, far = np.array(before.radii_m), np.array(after.radii_m)
    assert (near <= far + 1e-3).all()


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([Means(), DEMENTIA, RIDES]),
    st.floats(120.0, 122.0),
    st.floats(0, 3 * DAYS),
)
def test_shares_sum_to_one_and_mirror_each_other(means, lng, minutes):
    found = shares(HALVES.reach(LastSeen(lng, 23.5, minutes), means))
    mirrored = shares(HALVES.reach(LastSeen(242.0 - lng, 23.5, minutes), means))
    assert sum(found.values()) == pytest.approx(1)
    # a place on the very line is summed up from beside it, which moves each share by
    # less than 0.0002, and both of them to the same side
    assert found.get("10000", 0) == pytest.approx(mirrored.get("10001", 0), abs=4e-4)


def test_far_at_sea_nobody_is_anywhere_and_it_says_so(taiwan):
    found = taiwan.reach(LastSeen(118.0, 22.0, 1.0), RIDES)
    assert found.shares == ()
    assert found.at_sea == pytest.approx(1)


def thrown(index, layer, reach, n=60_000):
    """Shares of each boundary when every part throws dice, each without the sea."""
    rng = np.random.default_rng(6)
    total, at_sea = np.zeros(len(layer)), 0.0
    for part in reach.parts:
        many = n if part.key != "station" else n // 8
        radius = rng.permutation(quantiles_m(part.law, many))
        way = rng.uniform(0, 360, many)
        lng, lat = np.full(many, part.lng), np.full(many, part.lat)
        x, y, _ = GEOD.fwd(lng, lat, way, radius)
        lead = layer.lead(lng=x, lat=y)
        on_land = np.bincount(lead[lead >= 0], minlength=len(layer))
        at_sea += part.weight * (lead < 0).mean()
        total += part.weight * on_land / max(on_land.sum(), 1)
    return total / total.sum(), at_sea


@pytest.mark.parametrize(
    ("at", "minutes", "means"),
    [
        ((121.05, 24.91), 140.0, RIDES),  # 100 km at typical speed, 280 km at most
        ((121.4505, 25.0358), 6 * DAYS, DEMENTIA),
        ((121.739, 25.131), 90.0, Means()),
    ],
)
def test_throws_of_the_dice_agree(taiwan, boundaries, at, minutes, means):
    found = taiwan.reach(LastSeen(*at, minutes), means)
    known, at_sea = thrown(taiwan, boundaries.county, found)
    listed = np.zeros(len(boundaries.county))
    listed[boundaries.county.index_of(one.code for one in found.shares)] = [
        one.share for one in found.shares
    ]
    assert np.abs(listed - known).max() < 0.008  # four standard deviations
    assert found.at_sea == pytest.approx(at_sea, abs=0.008)


def test_the_circle_of_a_distance_holds_what_the_dice_say(line):
    found = HALVES.reach(LastSeen(121.0, 24.0, 60.0), line)
    rng = np.random.default_rng(2)
    inside = 0.0
    for part in found.parts:
        radius = quantiles_m(part.law, 20_000)
        lng, lat = np.full(radius.size, part.lng), np.full(radius.size, part.lat)
        x, y, _ = GEOD.fwd(lng, lat, rng.uniform(0, 360, radius.size), radius)
        inside += part.weight * (metres_between(121.0, 24.0, x, y) <= 9_000).mean()
    assert 1 - found.beyond(9_000) == pytest.approx(inside, abs=0.01)


# stations every 8 km to the north, and one of another network beside the second
NORTH = [24.001 + 0.0722 * i for i in range(6)]


@pytest.fixture
def line():
    stations = Stations(
        lng=[121.0] * 7,
        lat=[*NORTH, NORTH[1]],
        ids=[*"abcdef", "x"],
        networks=["TRA"] * 6 + ["MRT"],
    )
    return Means(Mode.RAIL, "dementia", stations)


def test_a_train_is_there_after_a_walk_a_wait_and_a_ride(line):
    found = HALVES.reach(LastSeen(121.0, 24.0, 30.0), line)
    walk_m = distance_m(lng=121.0, lat=24.0, to_lng=121.0, to_lat=NORTH[0])
    ride_m = distance_m(lng=121.0, lat=NORTH[0], to_lng=121.0, to_lat=NORTH[1])
    ride = TABLES.rail.ride("TRA")
    expected = (
        walk_m / (TABLES.walking.typical_kmh / 0.06)
        + ride.wait_min
        + ride_m / (ride.kmh / 0.06)
    )
    assert found.arrivals[0].id == "b"
    assert found.arrivals[0].minutes == pytest.approx(expected)
    assert found.arrivals[0].metres == pytest.approx(walk_m + ride_m, abs=0.01)


def test_a_train_goes_no_farther_than_the_time_allows_and_keeps_to_its_network(line):
    found = HALVES.reach(LastSeen(121.0, 24.0, 30.0), line)
    assert [arrival.id for arrival in found.arrivals] == ["b", "c"]
    assert all(arrival.minutes < 30 for arrival in found.arrivals)


def test_a_station_too_far_to_walk_takes_nobody_anywhere(line):
    found = HALVES.reach(LastSeen(121.5, 24.0, 300.0), line)
    assert found.arrivals == ()
    on_foot = HALVES.reach(LastSeen(121.5, 24.0, 300.0), DEMENTIA)
    assert found.shares == on_foot.shares


def test_rail_without_stations_is_on_foot():
    last_seen = LastSeen(121.0, 24.0, 60.0)
    by_rail = HALVES.reach(last_seen, Means(Mode.RAIL, "dementia"))
    assert by_rail.shares == HALVES.reach(last_seen, DEMENTIA).shares


def test_half_ride_where_a_station_is_near(line):
    found = HALVES.reach(LastSeen(121.0, 24.0, 60.0), line)
    riding = sum(part.weight for part in found.parts if part.key == "station")
    assert riding == pytest.approx(TABLES.rail.share)
    assert sum(part.weight for part in found.parts) == pytest.approx(1)


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 600), st.floats(0, 600))
def test_more_time_never_takes_a_train_less_far(one, other):
    stations = Stations(lng=[121.0] * 6, lat=NORTH, ids="abcdef", networks=["TRA"] * 6)
    means = Means(Mode.RAIL, "dementia", stations)
    before, after = (
        HALVES.reach(LastSeen(121.0, 24.0, minutes), means)
        for minutes in sorted((one, other))
    )
    assert {a.id for a in before.arrivals} <= {a.id for a in after.arrivals}
    assert before.bound_m <= after.bound_m


SITES = Sites(
    lng=[121.0, 121.0, 121.0, 121.0, 121.196],
    lat=[24.3, 24.002, NORTH[1] + 0.001, 24.05, 24.0],
    ids=["far", "near", "at b", "between", "aside"],
)


def test_sites_within_the_95_percent_radius_come_nearest_first():
    found = HALVES.reach(LastSeen(121.0, 24.0, 70.0), sites=SITES)
    assert [site.id for site in found.sites] == ["near"]
    wider = HALVES.reach(LastSeen(121.0, 24.0, 130.0), sites=SITES)
    assert [site.id for site in wider.sites] == ["near", "between"]
    assert wider.sites[1].metres == pytest.approx(5_538, abs=5)


def test_sites_around_a_station_that_a_train_has_reached_are_within(line):
    found = HALVES.reach(LastSeen(121.0, 24.0, 32.0), line, sites=SITES)
    assert "at b" in [site.id for site in found.sites]
    assert found.radii_m[-1] < 20_000 < found.bound_m
    assert "aside" not in [site.id for site in found.sites]
    on_foot = HALVES.reach(LastSeen(121.0, 24.0, 32.0), DEMENTIA, sites=SITES)
    assert "at b" not in [site.id for site in on_foot.sites]


def test_every_figure_used_names_its_source(line):
    found = HALVES.reach(LastSeen(121.0, 24.0, 32.0), line)
    said = found.assumptions
    assert [one.split(":")[0] for one in said] == [
        "profile dementia",
        "walking",
        "carried",
        "rail",
    ]
    assert "Grampian" in said[0]
    assert "Grampian" in found.assumptions_zh[0]
    assert len(found.assumptions_zh) == len(said)


@pytest.mark.parametrize("minutes", [-1.0, math.nan, math.inf, 1e9])
def test_time_that_cannot_be_meant_is_refused(minutes):
    with pytest.raises(ReachRefused, match="from 0 to 527040") as refused:
        LastSeen(121.0, 24.0, minutes)
    assert refused.value.field == "minutes"


def test_a_place_that_cannot_be_meant_is_refused():
    with pytest.raises(CoordinateRefused):
        LastSeen(24.0, 121.0, 10.0)


def test_a_level_that_is_not_loaded_is_refused_with_those_that_are():
    with pytest.raises(ReachRefused, match="there are county") as refused:
        HALVES.reach(LastSeen(121.0, 24.0, 1.0), level=Level.VILLAGE)
    assert refused.value.field == "level"


def test_stations_of_unequal_columns_or_without_a_place_are_refused():
    with pytest.raises(ReachRefused, match="one of each"):
        Stations(lng=[121.0], lat=[24.0], ids=["a", "b"], networks=["TRA"])
    with pytest.raises(ReachRefused, match="leave it out"):
        Stations(lng=[math.nan], lat=[24.0], ids=["a"], networks=["TRA"])


def test_a_law_that_is_cut_off_keeps_its_proportions():
    law = from_percentiles(((0.4, 300.0), (0.8, 2_000.0), (1.0, 5_000.0)))
    cut = cut_off(law, 1_500.0)
    within = 1 - law.beyond(np.array([200.0, 1_000.0, 1_500.0]))
    assert 1 - cut.beyond(np.array([200.0, 1_000.0, 1_500.0])) == pytest.approx(
        within / within[-1]
    )
    assert cut_off(law, 9_000.0) is law


@pytest.fixture(scope="module")
def timetable(shared_data):
    import pandas

    table = pandas.read_csv(shared_data / "trains_passes_dev.csv")
    return table[table.is_stop].sort_values(["system", "train", "order"])


@pytest.mark.real
@pytest.mark.parametrize("network", ["TRA", "THSR"])
def test_trains_are_between_usual_and_fast_from_stop_to_stop(timetable, network):
    stops = timetable[timetable.system == network]
    after = stops.groupby("train").shift(-1)
    metres = metres_between(
        *(column.to_numpy() for column in (stops.lon, stops.lat, after.lon, after.lat))
    )
    kmh = metres / (after.arr_s - stops.dep_s).to_numpy() * 3.6
    usual, fast = np.nanquantile(kmh, [0.5, 0.95])
    assert usual < TABLES.rail.ride(network).kmh < fast


@pytest.mark.real
def test_a_train_from_hsinchu_brings_miaoli_into_reach(taiwan, timetable):
    # FIELD AC-06: 22:10 to 23:02, 15.7 km down the line and over the border
    stops = timetable.drop_duplicates(["system", "station"])
    stations = Stations(
        lng=stops.lon, lat=stops.lat, ids=list(stops.station), networks=stops.system
    )
    hsinchu = stops[(stops.station == "新竹") & (stops.system == "TRA")].iloc[0]
    last_seen = LastSeen(hsinchu.lon, hsinchu.lat, 52.0)
    by_rail = taiwan.reach(last_seen, Means(Mode.RAIL, "unknown", stations))
    on_foot = taiwan.reach(last_seen, Means())
    assert "竹南" in [arrival.id for arrival in by_rail.arrivals]
    assert shares(by_rail)["10005"] > 0.05 > shares(on_foot).get("10005", 0)
