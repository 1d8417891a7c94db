"""Locate the same points with ours and with others', side by side in one run.

Every way is timed once in each round, in an order that changes, so that a neighbour's
load hits all of them. The median counts; the spread is the middle half of the rounds.
"""

import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter

import numpy as np
import rtree
import shapely
import timezonefinder
import tzfpy

from benchmarks import report
from benchmarks.gather import one_gather
from benchmarks.locators import LOCATORS, OTHER_ZONES, Call, Locator, by_postgis
from benchmarks.memory import footprint
from benchmarks.points import STRATA, Points, in_taiwan, on_lines
from benchmarks.postgis import NoPostgis, postgis
from benchmarks.postgres_user import NoUser
from data.bundled import load_boundaries, manifest
from geo.boundaries import Boundaries, Level

SEED = 20_210_920
GATHERED_MB = (38, 10)
BLOCK = 250_000


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


def measured(*, n: int, rounds: int, n_millions: float) -> report.Run:
    """Time every way and count where ours and shapely differ.

    Parameters
    ----------
    n
        Points that each way is given, or as many as it takes in a second.
    n_millions
        Points that ours and shapely are compared on.
    """
    taiwan = load_boundaries(build_tables=lambda: _say("building the tables"))
    with ExitStack() as running:
        others = list(LOCATORS)
        try:
            others.append(by_postgis(running.enter_context(postgis(taiwan))))
        except (NoPostgis, NoUser) as error:
            _say(f"without PostGIS: {error}")
        timed = list(_all_timed(taiwan, others, n, rounds))
    return report.Run(
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        versions={name: version(name) for name in report.PACKAGES},
        boundaries=manifest()["sha256"][:16],
        rounds=rounds,
        timed=timed,
        one_call=list(_one_call(taiwan)),
        footprint=footprint(),
        agreement=_agreement(taiwan, n_millions),
    )


def _all_timed(
    taiwan: Boundaries, locators: Sequence[Locator], n: int, rounds: int
) -> Iterator[Timed]:
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
                for one in locators
            }
            yield from _timed(calls, level.value, stratum, rounds)
    points = in_taiwan(taiwan, n, rng)
    yield from _limits(points, rounds)
    yield from _zones(taiwan, points, rounds)


def _limits(points: Points, rounds: int) -> Iterator[Timed]:
    calls = {
        (f"limit: one gather from {mb} MB", 1): (one_gather(points, mb), len(points))
        for mb in GATHERED_MB
    }
    yield from _timed(calls, "any", "in Taiwan", rounds)


def _zones(taiwan: Boundaries, points: Points, rounds: int) -> Iterator[Timed]:
    calls = {
        (one.name, one.threads): (
            one.make(taiwan, Level.COUNTY, points[: one.most]),
            min(len(points), one.most),
        )
        for one in OTHER_ZONES
    }
    yield from _timed(calls, "time zones", "in Taiwan", rounds)


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
    """Microseconds of one call a point, best of several rounds over 500 points."""
    points = in_taiwan(taiwan, 500, np.random.default_rng(SEED)).tolist()
    shapes = taiwan.county.shapes
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    boxes = rtree.index.Index(
        (i, tuple(box), None) for i, box in enumerate(shapely.bounds(shapes).tolist())
    )

    def by_tree(x: float, y: float) -> int:
        near = tree.query(shapely.Point(x, y))
        return next(i for i in near if shapely.intersects_xy(shapes[i], x, y))

    def by_rtree(x: float, y: float) -> int:
        near = boxes.intersection((x, y, x, y))
        return next(i for i in near if shapely.intersects_xy(shapes[i], x, y))

    finder = timezonefinder.TimezoneFinder(in_memory=True)
    ways: dict[str, Callable[[float, float], object]] = {
        "ours, county code": lambda x, y: taiwan.county_code_at(lng=x, lat=y),
        "ours, county, town, village and note": lambda x, y: taiwan.locate(
            lng=x, lat=y
        ),
        "ours, next county and metres to it": lambda x, y: taiwan.border(lng=x, lat=y),
        "shapely STRtree and prepared polygons, county": by_tree,
        "rtree and prepared polygons, county": by_rtree,
        "tzfpy, its own zones": tzfpy.get_tz,
        "timezonefinder, its own zones": lambda x, y: finder.timezone_at(lng=x, lat=y),
    }
    best = dict.fromkeys(ways, np.inf)
    for _ in range(9):
        for name, way in ways.items():
            began = perf_counter()
            for x, y in points:
                way(x, y)
            best[name] = min(best[name], (perf_counter() - began) / len(points))
    yield from ((name, seconds * 1e6) for name, seconds in best.items())


def _agreement(taiwan: Boundaries, n_millions: float) -> Agreement:
    """Compare all three levels with shapely, a new seed each time."""
    entropy = np.random.SeedSequence().entropy
    seed = int(entropy % 2**32)  # type: ignore[operator]
    plain = Boundaries(taiwan.county, taiwan.town, taiwan.village)
    layers = (taiwan.county, taiwan.town, taiwan.village)

    def compared(nth: int) -> tuple[int, int]:
        rng = np.random.default_rng([seed, nth])
        near = on_lines(layers[nth % 3], BLOCK // 2, rng)
        free = rng.uniform((118.1, 21.8), (122.1, 26.4), (BLOCK - len(near), 2))
        lng, lat = np.concatenate((near, free)).T
        found, wanted = (each.leads(lng=lng, lat=lat) for each in (taiwan, plain))
        differs = found.note != wanted.note
        for level in Level:
            differs |= getattr(found, level.value) != getattr(wanted, level.value)
        return len(near), int(differs.sum())

    n_on_lines = wrong = 0
    blocks = max(1, round(n_millions * 1e6 / BLOCK))
    with ThreadPoolExecutor(2) as pool:
        for done, (n_near, n_wrong) in enumerate(pool.map(compared, range(blocks))):
            n_on_lines, wrong = n_on_lines + n_near, wrong + n_wrong
            _say(f"agreement: {(done + 1) * BLOCK:,} points, {wrong} wrong")
    return Agreement(blocks * BLOCK, n_on_lines, wrong, seed)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
