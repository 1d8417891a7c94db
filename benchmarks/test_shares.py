"""How fast the error around a point is shared out; throws of the dice as the rival.

    python -m benchmarks.test_shares              # prints rates, both in one run
    python -m pytest benchmarks/test_shares.py    # times each alone

Beside the rival stands how far it is off: the way to a digit more is a hundred times
the throws. Ours is within 1e-6 of the exact sum over all lines, but for what the flat
plane leaves; its tests hold it to 0.02 of a million throws. Seconds are those of one
core, the median of rounds in changing order.
"""

import sys
from time import process_time

import numpy as np
import pytest
import shapely

from benchmarks.points import near_border
from data.bundled import load_boundaries, manifest
from geo.distance import GEOD
from geo.layers import Level
from geo.shares import SharesIndex
from geo.shares.laws import Meaning, law_of

SEED = 20_210_920
TAIWAN = load_boundaries()
INDEX = SharesIndex(TAIWAN.county, TAIWAN.town)
ERROR_M = 100.0
CLEAR_DEG = 0.02
ROUNDS = 2 if "--quick" in sys.argv else 7
THROWS = (100, 10_000)


def near_the_border(rng, n):
    return near_border(TAIWAN, n, rng)


def clear_of_lines(rng, n):
    """Points on land, more than 2 km from any line of a county."""
    points = rng.uniform((120.1, 22.2), (121.9, 25.2), (8 * n, 2))
    inner = shapely.buffer(TAIWAN.county.shapes, -CLEAR_DEG)
    tree = shapely.STRtree(inner)
    on = tree.query(shapely.points(points), predicate="within")[0]
    return points[on][:n]


STRATA = {"clear": (clear_of_lines, 500_000), "border": (near_the_border, 50_000)}


@pytest.fixture(scope="module", params=STRATA)
def points(request):
    draw, n = STRATA[request.param]
    return draw(np.random.default_rng(SEED), n)


def told(benchmark, run, n):
    run()  # built, compiled
    benchmark.extra_info["boundaries_sha256"] = manifest()["sha256"]
    benchmark.extra_info["points"] = n
    found = benchmark.pedantic(run, rounds=5)
    benchmark.extra_info["points_per_s"] = round(n / benchmark.stats["median"])
    return found


@pytest.mark.parametrize("level", [Level.COUNTY, Level.TOWN])
@pytest.mark.parametrize("meaning", [Meaning.RADIUS_68, Meaning.DISC])
def test_shares(benchmark, points, level, meaning):
    lng, lat = points.T
    found = told(
        benchmark,
        lambda: INDEX.shares(
            lng=lng, lat=lat, error_m=ERROR_M, meaning=meaning, level=level
        ),
        len(points),
    )
    assert (found.note == "ok").all()


@pytest.mark.parametrize("error_m", [1_000.0, 10_000.0, 50_000.0, 200_000.0])
@pytest.mark.parametrize("level", [Level.COUNTY, Level.TOWN])
def test_shares_of_large_errors(benchmark, error_m, level):
    lng, lat = near_the_border(np.random.default_rng(SEED), 2_000).T
    lat = np.minimum(lat, 26.4)
    told(
        benchmark,
        lambda: INDEX.shares(lng=lng, lat=lat, error_m=error_m, level=level),
        lng.size,
    )


@pytest.mark.parametrize("n_throws", [100, 10_000])
def test_throws_at_the_border(benchmark, n_throws):
    points = near_the_border(np.random.default_rng(SEED), 50)
    found = INDEX.shares(lng=points[:, 0], lat=points[:, 1], error_m=ERROR_M)
    known = np.zeros((len(points), len(TAIWAN.county)))
    known[found.point, found.boundary] = found.share
    rng = np.random.default_rng(SEED)
    shares = told(benchmark, lambda: _thrown(points, rng, n_throws), len(points))
    benchmark.extra_info["largest_error"] = round(float(abs(shares - known).max()), 4)
    assert abs(shares - known).max() < 5 / np.sqrt(n_throws)


def _thrown(points, rng, n):
    sigma_m = law_of(ERROR_M).sigma_m
    lng, lat = np.repeat(points, n, axis=0).T
    radius = sigma_m * np.sqrt(-2 * np.log(rng.random(lng.size)))
    x, y, _ = GEOD.fwd(lng, lat, rng.uniform(0, 360, lng.size), radius)
    covers = TAIWAN.county.cover(lng=x, lat=y)
    shares = np.zeros((len(points), len(TAIWAN.county)))
    np.add.at(shares, (covers[0] // n, covers[1]), 1 / n)
    return shares


def ways():
    """Calls by name, with how many points each answers."""
    calls = {}
    rng = np.random.default_rng(SEED)
    for stratum, (draw, n) in STRATA.items():
        lng, lat = draw(rng, n).T.copy()
        for level in (Level.COUNTY, Level.TOWN):
            for meaning in (Meaning.RADIUS_68, Meaning.DISC):
                calls[f"{stratum}, {level.value}, {meaning.value}, 100 m"] = (
                    _asking(lng, lat, ERROR_M, meaning, level),
                    n,
                )
    lng, lat = near_the_border(rng, 1_000).T
    lat = np.minimum(lat, 26.4)
    for error_m in (1_000.0, 10_000.0, 50_000.0, 200_000.0):
        calls[f"border, county, radius_68, {error_m:,.0f} m"] = (
            _asking(lng, lat, error_m, Meaning.RADIUS_68, Level.COUNTY),
            lng.size,
        )
    return calls


def _asking(lng, lat, error_m, meaning, level):
    return lambda: INDEX.shares(
        lng=lng, lat=lat, error_m=error_m, meaning=meaning, level=level
    )


def throwing(n_throws, points):
    """Throw the dice for each point; how far the worst share is off."""
    found = INDEX.shares(lng=points[:, 0], lat=points[:, 1], error_m=ERROR_M)
    known = np.zeros((len(points), len(TAIWAN.county)))
    known[found.point, found.boundary] = found.share
    rng = np.random.default_rng(SEED)
    shares = _thrown(points, rng, n_throws)
    return float(abs(shares - known).max())


def main():
    say = sys.stdout.write
    calls = ways()
    points = near_the_border(np.random.default_rng(SEED), 20)
    rng = np.random.default_rng(SEED)
    for n_throws in THROWS:
        calls[f"border, county, {n_throws:,} throws a point"] = (
            lambda n_throws=n_throws: _thrown(points, rng, n_throws),
            len(points),
        )
    taken = {name: [] for name in calls}
    for call, _ in calls.values():
        call()
    for _ in range(ROUNDS):
        for name in rng.permutation(list(calls)):
            began = process_time()
            calls[name][0]()
            taken[name].append(process_time() - began)
    for name, (_, n) in calls.items():
        rates = n / np.array(taken[name])
        low, rate, high = np.percentile(rates, (25, 50, 75))
        say(f"{rate:12,.0f} points/s  ({low:,.0f} to {high:,.0f})  {name}\n")
    for n_throws in THROWS:
        off = throwing(n_throws, points)
        say(
            f"{n_throws:,} throws: the worst of {len(points)} points off by {off:.4f}\n"
        )


def test_shares_one(benchmark):
    benchmark(lambda: INDEX.shares(lng=121.41093, lat=25.02113, error_m=ERROR_M))


def test_shares_build(benchmark):
    def build():
        SharesIndex(TAIWAN.county).shares(lng=121.4, lat=25.0, error_m=ERROR_M)

    benchmark.pedantic(build, rounds=3, warmup_rounds=1)


if __name__ == "__main__":
    main()
