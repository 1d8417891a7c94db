"""How fast the nearest border is found, and whether an error could change the county.

    python -m benchmarks.test_borders              # prints ratios, all in one run
    python -m pytest benchmarks/test_borders.py    # times each of ours alone

The rival is shapely's STRtree on the TM2 plane with metres by pyproj, trees and points
ready. Every way is timed once in each round, in an order that changes; the median
counts. What runs on one core is timed in seconds of the processor, for a neighbour's
load shall not count; what runs on several, by the clock.
"""

import sys
from time import perf_counter, process_time

import numpy as np
import pytest
import shapely
from shapely import STRtree

from benchmarks.points import interior, near_border, outside
from data.bundled import load_boundaries, manifest
from geo.borders import BorderLines
from geo.borders.building import build
from geo.borders.lines import lines_of
from geo.borders.running import SHARED_OUT
from geo.crs import TM2_121, to_metres, to_wgs84
from geo.distance import distance_m
from geo.edges import edges_of

SEED = 20_210_920
ROUNDS = 2 if "--quick" in sys.argv else 7
ONE_CORE = SHARED_OUT - 1
TWO_CORES = 1_000_000
RIVALS = 20_000
STRATA = {"in villages": interior, "near border": near_border, "outside": outside}
REACHES_M = (50.0, 2_000.0)
TAIWAN = load_boundaries()


class OnPlane:
    """Trees of the lines on the TM2 plane, one for each county's points."""

    def __init__(self, layer):
        edges = edges_of(layer)
        ends = np.stack((edges.start, edges.end), axis=1)
        # what is straight in degrees bends on the plane: 0.01 degrees by 2 cm
        lines = shapely.segmentize(shapely.linestrings(ends), 0.01)
        lines = shapely.transform(lines, lambda at: np.column_stack(to_metres(*at.T)))
        counts = {own: edges.owner != own for own in range(-1, len(layer))}
        self.lines = {own: lines[counted] for own, counted in counts.items()}
        self.owners = {own: edges.owner[counted] for own, counted in counts.items()}
        self.trees = {own: STRtree(lines) for own, lines in self.lines.items()}

    def nearest(self, own, lng, lat):
        boundary, metres = np.full(own.size, -1), np.full(own.size, np.nan)
        points = shapely.points(*to_metres(lng, lat))
        for one in np.unique(own):
            of = np.flatnonzero(own == one)
            _, line = self.trees[one].query_nearest(points[of], all_matches=False)
            way = shapely.shortest_line(points[of], self.lines[one][line])
            foot = shapely.get_coordinates(shapely.get_point(way, 1)).T
            to_lng, to_lat = to_wgs84(*foot, crs=TM2_121)
            boundary[of] = self.owners[one][line]
            metres[of] = distance_m(
                lng=lng[of], lat=lat[of], to_lng=to_lng, to_lat=to_lat
            )
        return boundary, metres


def asked(stratum, n, seed=SEED):
    points = STRATA[stratum](TAIWAN, n, np.random.default_rng(seed))
    lng, lat = np.resize(points, (n, 2)).T.copy()
    return TAIWAN.county.lead(lng=lng, lat=lat), lng, lat


def timed(calls, clock, rounds=ROUNDS):
    """Seconds of each call: the median of rounds, all calls in each."""
    rng, seconds = np.random.default_rng(SEED), {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name in rng.permutation(list(calls)):
            began = clock()
            calls[name]()
            seconds[name].append(clock() - began)
    return {name: float(np.median(taken)) for name, taken in seconds.items()}


def ways_of(lines, own, lng, lat):
    """Ways of ours to ask about the same points."""
    at = {"lng": lng, "lat": lat}
    ways = {"nearest": lambda: lines.nearest(own, **at)}
    for reach_m in REACHES_M:
        ways[f"could {reach_m:,.0f} m change it"] = lambda reach_m=reach_m: (
            lines.could_change(own, **at, reach_m=reach_m)
        )
    ways["could 50 m change it, sea too"] = lambda: lines.could_change(
        own, **at, reach_m=50.0, including_sea=True
    )
    return ways


def one_core(lines, plane, stratum):
    """Points a second on one core, of ours and of the rival."""
    own, lng, lat = asked(stratum, ONE_CORE)
    few = slice(0, RIVALS)
    ways = {
        name: (way, ONE_CORE) for name, way in ways_of(lines, own, lng, lat).items()
    }
    ways["shapely STRtree on TM2"] = (
        lambda: plane.nearest(own[few], lng[few], lat[few]),
        RIVALS,
    )
    without = BorderLines(TAIWAN.county)
    ways["nearest, without cells, 100 points"] = (
        lambda: without.nearest(own[:100], lng=lng[:100], lat=lat[:100]),
        100,
    )
    seconds = timed({name: way for name, (way, _) in ways.items()}, process_time)
    return {name: ways[name][1] / taken for name, taken in seconds.items()}


def two_cores(lines, stratum):
    """Points a second by the clock."""
    seconds = timed(ways_of(lines, *asked(stratum, TWO_CORES)), perf_counter)
    return {name: TWO_CORES / taken for name, taken in seconds.items()}


def one_call(lines):
    """Microseconds of one call, for points one after the other."""
    own, lng, lat = (column[:1_000].tolist() for column in asked("in villages", 5_000))

    def each():
        for a, x, y in zip(own, lng, lat, strict=True):
            lines.nearest_one(a, lng=x, lat=y)

    return timed({"one": each}, process_time)["one"] / len(own) * 1e6


def difference_m(lines, plane, stratum):
    """Greatest difference in metres to the rival within 5 km."""
    own, lng, lat = asked(stratum, RIVALS)
    metres = lines.nearest(own, lng=lng, lat=lat)[1]
    off_m = np.abs(metres - plane.nearest(own, lng, lat)[1])
    return off_m[metres < 5_000].max()


def main():
    say = sys.stdout.write
    plane = OnPlane(TAIWAN.county)
    segments = lines_of(edges_of(TAIWAN.county))
    build(segments)
    built_s = timed({"build": lambda: build(segments)}, process_time, 3)["build"]
    lines = BorderLines(TAIWAN.county, build(segments))
    say(f"cells: {built_s:.1f} s to build, {lines.cells.nbytes / 1e6:.1f} MB\n")
    say(f"one call: {one_call(lines):.1f} microseconds\n")
    for stratum in STRATA:
        rates = one_core(lines, plane, stratum)
        together = two_cores(lines, stratum)
        off_m = difference_m(lines, plane, stratum)
        say(f"\n{stratum}; at most {off_m:.3f} m from the rival's within 5 km\n")
        say("    one core, M/s   x rival   all cores, M/s\n")
        for name, rate in rates.items():
            ratio = rate / rates["shapely STRtree on TM2"]
            whole = f"{together[name] / 1e6:17.2f}" if name in together else " " * 17
            say(f"{rate / 1e6:17.3f} {ratio:9.1f}{whole}  {name}\n")


@pytest.fixture(scope="module")
def lines():
    made = BorderLines(TAIWAN.county)
    assert made.cells.nbytes
    return made


@pytest.fixture(scope="module", params=STRATA)
def points(request):
    return asked(request.param, RIVALS)


@pytest.fixture
def told(benchmark, points):
    benchmark.extra_info["points"] = points[0].size
    benchmark.extra_info["boundaries_sha256"] = manifest()["sha256"]
    return benchmark


def test_nearest(told, lines, points):
    own, lng, lat = points
    told(lambda: lines.nearest(own, lng=lng, lat=lat))


def test_could_change(told, lines, points):
    own, lng, lat = points
    told(lambda: lines.could_change(own, lng=lng, lat=lat, reach_m=50.0))


def test_nearest_one(benchmark, lines):
    benchmark(lambda: lines.nearest_one(0, lng=121.5170, lat=25.0478))


def test_build(benchmark):
    segments = lines_of(edges_of(TAIWAN.county))
    benchmark.pedantic(lambda: build(segments), rounds=3)


if __name__ == "__main__":
    main()
