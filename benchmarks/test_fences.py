"""How fast positions find the fences that hold them, and how fast fences change.

    python -m benchmarks.test_fences              # prints ratios, both in one run
    python -m pytest benchmarks/test_fences.py    # times each of ours alone

The rivals answer from polygons in degrees: what they find differs a little from the
geodesic rims of ours, and is the same work. Every way is timed once in each round, for
a tenth of a second at least, in an order that changes. The median counts, in seconds of
a processor: all ways run on one core, and a neighbour's load shall not count.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from time import thread_time

import numpy as np
import pytest
import shapely
from rtree.index import Index

from data.bundled import load_boundaries, manifest
from geo.crs import TM2_121, to_metres, to_wgs84
from geo.fences import Circle, Corridor, Fence, Fences, Region
from geo.fences.crossings import Crossings

SEED = 20_210_920
IS_QUICK = "--quick" in sys.argv
ROUNDS = 2 if IS_QUICK else 5
LEAST_S = 0.1
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIZES_M = {"50 to 500 m": (50, 500), "50 m to 5 km": (50, 5_000)}
NUMBERS = (5_000,) if IS_QUICK else (5_000, 100_000)
VILLAGES = shapely.bounds(load_boundaries().village.shapes)


def positions(n, rng):
    """Places where people live: in the boxes of villages drawn at random."""
    west, south, east, north = rng.choice(VILLAGES, n).T
    return rng.uniform(west, east), rng.uniform(south, north)


def mixed_fences(n, sizes_m, rng):
    """Seven circles, a corridor and two regions in ten, sizes by their logarithm."""
    lng, lat = positions(n, rng)
    metres = np.exp(rng.uniform(*np.log(sizes_m), n))
    makers = [circle] * 7 + [corridor] + [region] * 2
    return [
        Fence(i, makers[i % 10](float(lng[i]), float(lat[i]), float(metres[i]), rng))
        for i in range(n)
    ]


def circle(lng, lat, metres, rng):
    return Circle(lng=lng, lat=lat, radius_m=metres)


def corridor(lng, lat, metres, rng):
    way = np.cumsum(rng.normal(0, metres / 111_000, (5, 2)), axis=0)
    return Corridor(lng=lng + way[:, 0], lat=lat + way[:, 1], half_width_m=metres / 5)


def region(lng, lat, metres, rng):
    turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 40)))
    far = rng.uniform(0.5, 1, turn.size) * metres / 111_000
    corners = np.column_stack((lng + far * np.cos(turn), lat + far * np.sin(turn)))
    return Region(
        shapely.Polygon(corners).convex_hull if turn.size % 2 else _star(corners)
    )


def _star(corners):
    star = shapely.Polygon(corners)
    return star if star.is_valid else star.convex_hull


def as_polygons(fences):
    """What the rivals need: every area as a polygon in degrees."""
    shapes, metres = [], []
    for fence in fences:
        area = fence.area
        if isinstance(area, Region):
            shapes.append(area.shape)
            metres.append(0.0)
        elif isinstance(area, Circle):
            shapes.append(shapely.Point(area.lng, area.lat))
            metres.append(area.radius_m)
        else:
            shapes.append(shapely.LineString(np.column_stack((area.lng, area.lat))))
            metres.append(area.half_width_m)
    flat = shapely.transform(shapes, lambda xy: np.column_stack(to_metres(*xy.T)))
    wide = shapely.buffer(flat, metres, quad_segs=16)
    return shapely.transform(
        wide, lambda xy: np.column_stack(to_wgs84(*xy.T, crs=TM2_121))
    )


@dataclass(frozen=True, slots=True)
class Rivals:
    """The same areas in a shapely tree and in an rtree."""

    shapes: np.ndarray
    tree: shapely.STRtree
    boxes: Index

    def shapely_batch(self, lng, lat):
        position, shape = self.tree.query(shapely.points(lng, lat))
        is_in = shapely.intersects_xy(self.shapes[shape], lng[position], lat[position])
        return int(is_in.sum())

    def rtree_batch(self, lng, lat):
        points = np.column_stack((lng, lat))
        shape, n_of = self.boxes.intersection_v(points, points)
        position = np.repeat(np.arange(lng.size), n_of.astype(int))
        is_in = shapely.intersects_xy(self.shapes[shape], lng[position], lat[position])
        return int(is_in.sum())

    def rtree_loop(self, lng, lat):
        return sum(
            int(shapely.intersects_xy(self.shapes[shape], x, y))
            for x, y in zip(lng.tolist(), lat.tolist(), strict=True)
            for shape in self.boxes.intersection((x, y, x, y))
        )


def rivals_of(fences):
    shapes = as_polygons(fences)
    shapely.prepare(shapes)
    return Rivals(shapes, shapely.STRtree(shapes), rtree_of(shapes))


def rtree_of(shapes):
    box = shapely.bounds(shapes)
    low, high = np.ascontiguousarray(box[:, :2]), np.ascontiguousarray(box[:, 2:])
    return Index((np.arange(len(box)), low, high))


def one_by_one(fences, lng, lat):
    return sum(
        len(fences.holding_one(lng=x, lat=y, at=NOW))
        for x, y in zip(lng.tolist(), lat.tolist(), strict=True)
    )


def timed(calls, rounds=ROUNDS):
    """Seconds of each call: the median of rounds, all calls in each."""
    rng, seconds = np.random.default_rng(SEED), {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name in rng.permutation(list(calls)):
            seconds[name].append(_seconds(calls[name]))
    return {name: float(np.median(taken)) for name, taken in seconds.items()}


def _seconds(call):
    began, n = thread_time(), 0
    while (taken := thread_time() - began) < LEAST_S or not n:
        call()
        n += 1
    return taken / n


def asking(fences, rng):
    """Positions a second of each way, and how many fences hold one."""
    watched, rivals = Fences(fences), rivals_of(fences)
    lng, lat = positions(10_000, rng)
    few, fewer = slice(0, 1_000), slice(0, 200)
    n_held = len(watched.holding(lng=lng, lat=lat, at=NOW)) / lng.size

    def ours(some):
        return lambda: watched.holding(lng=lng[some], lat=lat[some], at=NOW)

    calls = {
        "ours, batches of 10,000": (ours(slice(None)), 10_000),
        "ours, batches of 1,000": (ours(few), 1_000),
        "ours, one by one": (lambda: one_by_one(watched, lng[few], lat[few]), 1_000),
        "shapely STRtree, batches of 10,000": (
            lambda: rivals.shapely_batch(lng, lat),
            10_000,
        ),
        "rtree intersection_v, batches of 1,000": (
            lambda: rivals.rtree_batch(lng[few], lat[few]),
            1_000,
        ),
        "rtree loop, one by one": (
            lambda: rivals.rtree_loop(lng[fewer], lat[fewer]),
            200,
        ),
    }
    seconds = timed({name: call for name, (call, _) in calls.items()})
    return {name: calls[name][1] / taken for name, taken in seconds.items()}, n_held


def changing(fences, rng):
    """Changes a second of each way, those that a question follows among them."""
    watched, shapes = Fences(fences), as_polygons(fences)
    boxes, box = rtree_of(shapes), shapely.bounds(shapes).tolist()
    ids = map(int, rng.integers(0, len(fences), 10**7))
    spares = (Fence(("new", n), fences[0].area) for n in count())
    news = (Fence(("one", n), fences[0].area) for n in count())
    here = {"lng": 121.5, "lat": 25.0, "at": NOW}

    def replace_and_ask():
        for _ in range(50):
            watched.replace(fences[next(ids)])
            watched.holding_one(**here)

    def replace_many_and_ask():
        for _ in range(1_000):
            watched.replace(fences[next(ids)])
        watched.holding_one(**here)

    def rtree_move():
        for _ in range(50):
            i = next(ids)
            boxes.delete(i, box[i])
            boxes.insert(i, box[i])

    calls = {
        "ours, put in a thousand, then ask": (
            lambda: (
                watched.insert_all(next(spares) for _ in range(1_000)),
                watched.holding_one(**here),
            ),
            1_000,
        ),
        "ours, put in one and take it out": (
            lambda: (watched.insert(one := next(news)), watched.delete(one.id)),
            2,
        ),
        "ours, replace a thousand, then ask": (replace_many_and_ask, 1_000),
        "ours, replace one, then ask": (replace_and_ask, 50),
        "rtree, delete and insert one": (rtree_move, 50),
        "shapely STRtree, made anew for one": (lambda: shapely.STRtree(shapes), 1),
    }
    seconds = timed({name: call for name, (call, _) in calls.items()})
    return {name: calls[name][1] / taken for name, taken in seconds.items()}


def following(fences, rng, step_m):
    """Positions a second of ten thousand moving things, and crossings of each."""
    crossings = Crossings(Fences(fences))
    lng, lat = positions(10_000, rng)
    things, seconds, n_crossed = list(range(lng.size)), [], []
    for n in range(ROUNDS + 1):
        began = thread_time()
        taken = crossings.take(thing=things, lng=lng, lat=lat, at=np.full(lng.size, n))
        seconds.append(thread_time() - began)
        n_crossed.append(len(taken.crossings))
        lng = lng + rng.normal(0, step_m / 101_000, lng.size)
        lat = lat + rng.normal(0, step_m / 111_000, lat.size)
    rate = lng.size / float(np.median(seconds[1:]))
    return rate, float(np.mean(n_crossed[1:])) / lng.size


def main():
    say = sys.stdout.write
    for n in NUMBERS:
        for size, sizes_m in SIZES_M.items():
            rng = np.random.default_rng(SEED)
            fences = mixed_fences(n, sizes_m, rng)
            rates, n_held = asking(fences, rng)
            say(f"\n{n:,} fences, {size}; {n_held:.1f} hold a position\n")
            for name, rate in rates.items():
                alone = name.endswith("one by one")
                ours = rates["ours, one by one" if alone else "ours, batches of 10,000"]
                say(f"{rate:14,.0f} positions/s  {ours / rate:8.1f}  {name}\n")
    say(f"\nchanges to {n:,} fences\n")
    for name, rate in changing(fences, rng).items():
        say(f"{rate:14,.1f} changes/s  {name}\n")
    for step_m in (5, 50):
        rate, n_crossed = following(mixed_fences(n, (50, 500), rng), rng, step_m)
        say(
            f"\nfollowing, {n:,} fences of 50 to 500 m, steps of {step_m} m: "
            f"{rate:,.0f} positions/s, {n_crossed:.2f} crossings each\n"
        )


@pytest.fixture(scope="module", params=NUMBERS)
def watched(request):
    rng = np.random.default_rng(SEED)
    return Fences(mixed_fences(request.param, SIZES_M["50 to 500 m"], rng))


@pytest.mark.parametrize("n", [1_000, 10_000])
def test_holding(benchmark, watched, n):
    lng, lat = positions(n, np.random.default_rng(SEED + 1))
    held = benchmark(lambda: watched.holding(lng=lng, lat=lat, at=NOW))
    benchmark.extra_info["fences"] = len(watched)
    benchmark.extra_info["pairs"] = len(held)
    benchmark.extra_info["boundaries_sha256"] = manifest()["sha256"]


def test_holding_one(benchmark, watched):
    benchmark(lambda: watched.holding_one(lng=121.517, lat=25.0478, at=NOW))


def test_replace_and_ask(benchmark, watched):
    moved = Fence(0, Circle(lng=121.5, lat=25.0, radius_m=300.0))
    benchmark(
        lambda: (
            watched.replace(moved),
            watched.holding_one(lng=121.5, lat=25.0, at=NOW),
        )
    )


if __name__ == "__main__":
    main()
