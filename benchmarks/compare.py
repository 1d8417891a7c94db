"""Locate the same points with ours and with others', side by side in one run.

    python -m benchmarks.compare            # prints the tables
    python -m benchmarks.compare --docs     # and writes docs/benchmarks.md with a plot
    python -m benchmarks.compare --quick    # a few points, to see that all works

Every way is timed once in each round, in an order that changes, so that a neighbour's
load hits all of them. The median counts; the spread is the middle half of the rounds.
"""

import argparse
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks import report
from benchmarks.gather import one_gather
from benchmarks.locators import LOCATORS, OTHER_ZONES, Call
from benchmarks.memory import footprint
from benchmarks.points import STRATA, Points, on_lines
from data.bundled import load_boundaries, manifest
from geo.boundaries import Boundaries, Level

SEED = 20_210_920
GATHERED_MB = (38, 10)


@dataclass(frozen=True, slots=True)
class Timed:
    """Points per second of one way: median, and the middle half of the rounds."""

    name: str
    threads: int
    level: str
    stratum: str
    points: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many points ours and shapely answered differently, of how many."""

    points: int
    on_lines: int
    wrong: int
    seed: int


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--quick", action="store_true", help="few points, few rounds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--agree", type=float, default=15, help="million points")
    parser.add_argument("--points", type=int, default=1_000_000)
    asked = parser.parse_args()
    taiwan = load_boundaries(build_tables=lambda: _say("building the grids"))
    n, rounds = (20_000, 2) if asked.quick else (asked.points, asked.rounds)
    timed = list(_all_timed(taiwan, n, rounds))
    agreement = _agreement(taiwan, n_millions=0.1 if asked.quick else asked.agree)
    seen = report.Run(
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        versions={name: version(name) for name in report.PACKAGES},
        boundaries=manifest()["sha256"][:16],
        rounds=rounds,
        timed=timed,
        one_call=list(_one_call(taiwan)),
        footprint=footprint(),
        agreement=agreement,
    )
    text = report.as_markdown(seen)
    sys.stdout.write(text)
    if asked.docs:
        folder = Path(__file__).parent.parent / "docs"
        (folder / "benchmarks.md").write_text(text, encoding="utf-8")
        report.plot(seen, folder / "images" / "benchmarks.svg")


def _all_timed(taiwan: Boundaries, n: int, rounds: int) -> Iterator[Timed]:
    rng = np.random.default_rng(SEED)
    for stratum, draw in STRATA.items():
        points = draw(taiwan, n, rng)
        for level in Level:
            _say(f"{stratum}, {level.value}")
            calls = {
                (one.name, one.threads): (
                    one.make(taiwan, level, points[: one.most]),
                    min(len(points), one.most),
                )
                for one in LOCATORS
            }
            yield from _timed(calls, level.value, stratum, rounds)
    points = STRATA["interior"](taiwan, n, rng)
    yield from _limits(points, rounds)
    yield from _zones(taiwan, points, rounds)


def _limits(points: Points, rounds: int) -> Iterator[Timed]:
    calls = {
        (f"limit: one gather from {mb} MB", 1): (one_gather(points, mb), len(points))
        for mb in GATHERED_MB
    }
    yield from _timed(calls, "any", "interior", rounds)


def _zones(taiwan: Boundaries, points: Points, rounds: int) -> Iterator[Timed]:
    calls = {
        (one.name, one.threads): (
            one.make(taiwan, Level.COUNTY, points[: one.most]),
            min(len(points), one.most),
        )
        for one in OTHER_ZONES
    }
    yield from _timed(calls, "time zones", "interior", rounds)


def _timed(
    calls: dict[tuple[str, int], tuple[Call, int]],
    level: str,
    stratum: str,
    rounds: int,
) -> Iterator[Timed]:
    seconds: dict[tuple[str, int], list[float]] = {key: [] for key in calls}
    order = list(calls)
    rng = np.random.default_rng(SEED)
    for call, _ in calls.values():
        call()
    for _ in range(rounds):
        rng.shuffle(order)
        for name, threads in order:
            call = calls[name, int(threads)][0]
            began = perf_counter()
            call()
            seconds[name, int(threads)].append(perf_counter() - began)
    for key, taken in seconds.items():
        low, middle, high = np.percentile(calls[key][1] / np.array(taken), (25, 50, 75))
        yield Timed(*key, level, stratum, calls[key][1], middle, low, high)


def _one_call(taiwan: Boundaries) -> Iterator[tuple[str, float]]:
    """Microseconds of one call for one point, best of several loops."""
    lng, lat = 121.5170, 25.0478
    layer = taiwan.county
    ways = {
        "ours, county code": lambda: taiwan.county_code_at(lng=lng, lat=lat),
        "ours, county, town, village and note": lambda: taiwan.locate(lng=lng, lat=lat),
        "shapely STRtree, county": lambda: layer.cover(lng=[lng], lat=[lat]),
    }
    for name, way in ways.items():
        best = np.inf
        for _ in range(7):
            began = perf_counter()
            for _ in range(2000):
                way()
            best = min(best, (perf_counter() - began) / 2000)
        yield name, best * 1e6


def _agreement(taiwan: Boundaries, n_millions: float) -> Agreement:
    """Compare all three levels with shapely, a new seed each time."""
    seed = int(np.random.SeedSequence().entropy % 2**32)  # type: ignore[operator]
    rng = np.random.default_rng(seed)
    plain = Boundaries(taiwan.county, taiwan.town, taiwan.village)
    layers = (taiwan.county, taiwan.town, taiwan.village)
    wrong = n_on_lines = 0
    total, block = int(n_millions * 1e6), 500_000
    for begin in range(0, total, block):
        n = min(block, total - begin)
        near = on_lines(layers[begin // block % 3], n // 2, rng)
        free = rng.uniform((118.1, 21.8), (122.1, 26.4), (n - n // 2, 2))
        points = np.concatenate((near, free))
        n_on_lines += len(near)
        lng, lat = points.T
        found, wanted = (each.leads(lng=lng, lat=lat) for each in (taiwan, plain))
        differs = found.note != wanted.note
        for level in Level:
            differs |= getattr(found, level.value) != getattr(wanted, level.value)
        wrong += int(differs.sum())
        _say(f"agreement: {begin + n:,} points, {wrong} wrong")
    return Agreement(total, n_on_lines, wrong, seed)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
