"""How fast the sites around a place are found and changed, beside others' indexes.

    python -m benchmarks.test_sites               # prints ratios, all in one run
    python -m pytest benchmarks/test_sites.py     # times each of ours alone

20,000 cameras and 30,000 ATMs, invented, crowded where villages are small; questions
come from beside them. The rivals have their points ready, as metres on the TM2 plane or
as radians, unless a line says that they too start from degrees and end with geodesic
metres. Every way is timed once in each round, for a twentieth of a second at least, in
an order that changes; the median counts, in seconds of all cores: the ways use one.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from time import process_time

import numpy as np
import pytest
import shapely
from rtree.index import Index
from scipy.spatial import cKDTree
from sklearn.neighbors import BallTree

from benchmarks.points import interior
from data.bundled import load_boundaries
from geo.crs import to_metres
from geo.distance import distance_m
from geo.sites import ANY, LiveSites, Sites, Where, load_kernels

try:
    from pykdtree.kdtree import KDTree
except ModuleNotFoundError:  # it comes with `make bench`
    KDTree = None

SEED = 20_210_920
ROUNDS = 5
LEAST_S = 0.05
K = 10
RADIUS_M = 500.0
MANY, FEW, CHECKED = 20_000, 500, 2_000
CAMERAS, ATMS = 20_000, 30_000
EARTH_M = 6_371_008.8
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CAMERAS_ONLY = Where.of(kind="camera")
ONLINE_CAMERAS = Where.of(kind="camera", online_at=NOON)
BARE = "metres ready, none returned"
WHOLE = "from degrees to geodesic metres"


@dataclass(frozen=True, slots=True)
class Row:
    """What one way does a second, and how often that is what ours does."""

    asked: str
    way: str
    rate: float
    ours: float


def made(n, rng):
    """Places that stand in twos and threes, some of them on the very same spot."""
    places = interior(load_boundaries(), n, rng)
    apart = (rng.random((n, 1)) < 0.8) * rng.normal(0, 4e-4, (n, 2))
    return places[rng.integers(0, n // 3, n)] + apart


def sites_made(rng):
    lng, lat = np.concatenate((made(CAMERAS, rng), made(ATMS, rng))).T
    n = lng.size
    since = NOON + timedelta(hours=1)
    return Sites(
        lng=lng,
        lat=lat,
        ids=range(n),
        attributes={
            "kind": ["camera"] * CAMERAS + ["atm"] * ATMS,
            "owner": rng.choice(["city", "county", "bank"], n).tolist(),
        },
        online_from=[since if late else None for late in rng.random(n) < 0.3],
    )


def questions(sites, n, rng):
    """Places some hundred metres from sites."""
    near = rng.integers(0, sites.lng.size, n)
    off = rng.normal(0, 2e-3, (2, n))
    return sites.lng[near] + off[0], sites.lat[near] + off[1]


class Rivals:
    """The same sites as others want them."""

    def __init__(self, lng, lat):
        self.lng, self.lat = lng, lat
        plane = np.column_stack(to_metres(lng, lat))
        self.scipy = cKDTree(plane)
        self.pykdtree = KDTree(plane) if KDTree else None
        self.ball = BallTree(
            np.radians(np.column_stack((lat, lng))), metric="haversine"
        )
        self.shapely = shapely.STRtree(shapely.points(plane))
        self.degrees = cKDTree(np.column_stack((lng, lat)))
        self.rtree = Index((np.arange(lng.size), plane, plane))

    def metres(self, lng, lat, index):
        """What a tree on the plane leaves to do: projecting is in `whole`."""
        k = index.shape[1]
        row = index.ravel()
        return distance_m(
            lng=np.repeat(lng, k),
            lat=np.repeat(lat, k),
            to_lng=self.lng[row],
            to_lat=self.lat[row],
        ).reshape(index.shape)

    def whole(self, tree, lng, lat):
        index = np.asarray(tree.query(np.column_stack(to_metres(lng, lat)), k=K)[1])
        return self.metres(lng, lat, index.astype(np.intp))


def timed(calls, rounds):
    """Seconds of each call: the median of rounds, all calls in each."""
    rng, seconds = np.random.default_rng(SEED), {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name in rng.permutation(list(calls)):
            seconds[name].append(_seconds(calls[name]))
    return {name: float(np.median(taken)) for name, taken in seconds.items()}


def _seconds(call):
    began, n = process_time(), 0
    while (taken := process_time() - began) < LEAST_S or not n:
        call()
        n += 1
    return taken / n


def rows_of(asked, ways, rounds):
    """Time ways, the first of them ours: name to (call, how many that answers)."""
    seconds = timed({name: call for name, (call, _) in ways.items()}, rounds)
    rates = {name: ways[name][1] / taken for name, taken in seconds.items()}
    first = next(iter(rates.values()))
    return [Row(asked, name, rate, first / rate) for name, rate in rates.items()]


def nearest(sites, rivals, rng, rounds):
    lng, lat = questions(sites, MANY, rng)
    plane = np.column_stack(to_metres(lng, lat))
    radians, few = np.radians(np.column_stack((lat, lng)))[:FEW], plane[:FEW]
    at, points = {"lng": lng, "lat": lat}, shapely.points(plane)
    trees = {"scipy cKDTree": rivals.scipy, "pykdtree": rivals.pykdtree}
    ways = {"ours": (lambda: sites.nearest_many(**at, k=K), MANY)}
    ways["ours, k = 1"] = (lambda: sites.nearest_many(**at), MANY)
    for name, tree in trees.items():
        if tree is not None:
            ways[f"{name}, {BARE}"] = (lambda t=tree: t.query(plane, k=K), MANY)
            ways[f"{name}, {WHOLE}"] = (lambda t=tree: rivals.whole(t, lng, lat), MANY)
    ways["sklearn BallTree, haversine"] = (lambda: rivals.ball.query(radians, K), FEW)
    ways["shapely STRtree, k = 1"] = (
        lambda: rivals.shapely.query_nearest(points, all_matches=False),
        MANY,
    )
    ways["rtree, one by one"] = (
        lambda: [list(rivals.rtree.nearest((x, y, x, y), K)) for x, y in few.tolist()],
        FEW,
    )
    return rows_of(f"{K} nearest, a batch of {MANY:,}", ways, rounds)


def narrowed(sites, rng, rounds):
    """With a choice of sites; the rival has a tree of just those that count."""
    lng, lat = questions(sites, MANY, rng)
    at, rows = {"lng": lng, "lat": lat}, sites.view.rows(ONLINE_CAMERAS)
    tree = cKDTree(np.column_stack(to_metres(sites.lng[rows], sites.lat[rows])))
    plane = np.column_stack(to_metres(lng, lat))
    wheres = {"cameras online": ONLINE_CAMERAS, "cameras": CAMERAS_ONLY, "all": ANY}
    ours = {
        f"ours, {name}": (lambda w=where: sites.nearest_many(**at, k=K, where=w), MANY)
        for name, where in wheres.items()
    }
    ways = ours | {
        f"scipy cKDTree of those, {BARE}": (lambda: tree.query(plane, k=K), MANY),
    }
    return rows_of(f"{K} nearest of those that count", ways, rounds)


def within(sites, rivals, rng, rounds):
    lng, lat = questions(sites, MANY, rng)
    plane = np.column_stack(to_metres(lng, lat))
    points, some = shapely.points(plane), slice(0, 10 * FEW)
    radians = np.radians(np.column_stack((lat, lng)))[some]
    at = {"lng": lng, "lat": lat, "radius_m": RADIUS_M}
    ways = {
        "ours": (lambda: sites.within_many(**at), MANY),
        f"scipy cKDTree, {BARE}": (
            lambda: rivals.scipy.query_ball_point(plane, RADIUS_M),
            MANY,
        ),
        f"shapely STRtree dwithin, {BARE}": (
            lambda: rivals.shapely.query(points, "dwithin", distance=RADIUS_M),
            MANY,
        ),
        "sklearn BallTree, haversine": (
            lambda: rivals.ball.query_radius(radians, RADIUS_M / EARTH_M),
            10 * FEW,
        ),
    }
    return rows_of(f"within {RADIUS_M:.0f} m, a batch of {MANY:,}", ways, rounds)


def one_by_one(sites, rivals, rng, rounds):
    lng, lat = questions(sites, FEW, rng)
    degrees = list(zip(lng.tolist(), lat.tolist(), strict=True))
    plane = np.column_stack(to_metres(lng, lat))
    radians = np.radians(np.column_stack((lat, lng)))[:50]
    rows, where = sites.nearest_rows, ONLINE_CAMERAS
    ways = {
        "ours, nearest_rows": (
            lambda: [rows(lng=x, lat=y, k=K) for x, y in degrees],
            FEW,
        ),
        "ours, nearest_rows, cameras online": (
            lambda: [rows(lng=x, lat=y, k=K, where=where) for x, y in degrees],
            FEW,
        ),
        "ours, nearest, with ids": (
            lambda: [sites.nearest(lng=x, lat=y, k=K) for x, y in degrees],
            FEW,
        ),
        f"scipy cKDTree, {BARE}": (
            lambda: [rivals.scipy.query(at, k=K) for at in plane],
            FEW,
        ),
        "sklearn BallTree, haversine": (
            lambda: [rivals.ball.query(at[None], K) for at in radians],
            len(radians),
        ),
    }
    return rows_of(f"{K} nearest, one call each", ways, rounds)


SORT = {"kind": "atm", "owner": "bank"}


def new(ids, lng, lat):
    sorts = {name: [value] * len(ids) for name, value in SORT.items()}
    return Sites(lng=lng, lat=lat, ids=ids, attributes=sorts)


def changes(sites, rivals, rng, rounds):
    """Changes a second; ours with a question after each, the rivals without."""
    live, names = LiveSites(sites), count(len(sites))
    rows = iter(rng.permutation(len(sites)).tolist())
    moved = iter(rng.integers(0, len(sites), 10**6).tolist())
    lng, lat = sites.lng, sites.lat
    plane = np.column_stack(to_metres(lng, lat))
    boxes = plane.tolist()

    def ask():
        live.now.nearest_rows(lng=121.517, lat=25.0478, k=K)

    def put_in():
        row = [next(moved)]
        live.insert(new([next(names)], lng[row] + 1e-4, lat[row]))
        ask()

    def take_out():
        live.delete([next(rows)])
        ask()

    def move():
        row = [next(moved)]
        live.update([len(sites)], lng=lng[row], lat=lat[row] + 1e-4)
        ask()

    def a_thousand():
        ids = [next(names) for _ in range(1_000)]
        live.insert(new(ids, lng[:1_000], lat[:1_000]))
        ask()
        live.delete(ids)
        ask()

    def move_in_rtree():
        rivals.rtree.delete(row := next(moved), boxes[row])
        rivals.rtree.insert(row, boxes[row])

    put_in()
    ways = {
        "ours, move one, then ask": (move, 1),
        "ours, put in one, then ask": (put_in, 1),
        "ours, take out one, then ask": (take_out, 1),
        "ours, put in 1,000, ask, take them out, ask": (a_thousand, 2_000),
        "rtree, delete and insert one": (move_in_rtree, 1),
        "scipy cKDTree, made anew for one": (lambda: cKDTree(plane), 1),
    }
    return rows_of(f"changes of {len(sites):,} sites", ways, rounds)


def report(rounds=ROUNDS):
    """Time every way; rows of one question stand together, ours first."""
    load_kernels()
    rng = np.random.default_rng(SEED)
    sites = sites_made(rng)
    rivals = Rivals(sites.lng, sites.lat)
    return [
        *nearest(sites, rivals, rng, rounds),
        *narrowed(sites, rng, rounds),
        *within(sites, rivals, rng, rounds),
        *one_by_one(sites, rivals, rng, rounds),
        *changes(sites, rivals, rng, rounds),
    ]


def wrong_sets():
    """How many of some questions get ten sites that are not the ten nearest."""
    rng = np.random.default_rng(SEED + 1)
    sites = sites_made(rng)
    rivals = Rivals(sites.lng, sites.lat)
    lng, lat = questions(sites, CHECKED, rng)
    plane, radians = np.column_stack(to_metres(lng, lat)), np.radians((lat, lng)).T
    found = {
        "ours": sites.nearest_many(lng=lng, lat=lat, k=K)[0],
        "scipy cKDTree on TM2": rivals.scipy.query(plane, k=K)[1],
        "sklearn BallTree, haversine": rivals.ball.query(radians, K)[1],
        "scipy cKDTree on degrees": rivals.degrees.query(
            np.column_stack((lng, lat)), k=K
        )[1],
    }
    if rivals.pykdtree is not None:
        found["pykdtree on TM2"] = rivals.pykdtree.query(plane, k=K)[1].astype(np.intp)
    least = np.array([k_least(sites, x, y) for x, y in zip(lng, lat, strict=True)])
    # sites on one spot may stand for each other
    return {
        name: int(
            (np.abs(rivals.metres(lng, lat, index).max(axis=1) - least) > 1e-6).sum()
        )
        for name, index in found.items()
    }


def k_least(sites, x, y):
    """Metres to the last of the k nearest, every site in reach measured."""
    for width_deg in (0.1, 1.0, 10.0):
        near = np.flatnonzero(np.abs(sites.lat - y) < width_deg)
        to = {"to_lng": sites.lng[near], "to_lat": sites.lat[near]}
        metres = np.sort(distance_m(lng=x, lat=y, **to))
        if metres.size >= K and metres[K - 1] < width_deg * 110_000:
            break
    return metres[K - 1]


def main():
    say, asked = sys.stdout.write, None
    for row in report():
        if row.asked != asked:
            asked = row.asked
            say(f"\n{asked}\n         a second  microseconds  x as long as ours\n")
        say(f"{row.rate:17,.0f} {1e6 / row.rate:13.1f} {row.ours:18.2f}  {row.way}\n")
    say(f"\nwrong sets of {K} in {CHECKED:,} questions\n")
    for name, wrong in wrong_sets().items():
        say(f"{wrong:17,}  {name}\n")


@pytest.fixture(scope="module")
def sites():
    load_kernels()
    return sites_made(np.random.default_rng(SEED))


@pytest.mark.parametrize("where", [ANY, ONLINE_CAMERAS], ids=["all", "some"])
def test_nearest_many(benchmark, sites, where):
    lng, lat = questions(sites, MANY, np.random.default_rng(SEED + 1))
    benchmark(lambda: sites.nearest_many(lng=lng, lat=lat, k=K, where=where))


def test_nearest_rows(benchmark, sites):
    sites.nearest_many(lng=[121.517], lat=[25.0478])
    benchmark(lambda: sites.nearest_rows(lng=121.517, lat=25.0478, k=K))


def test_move_one_and_ask(benchmark, sites):
    live = LiveSites(sites)
    live.now.nearest_rows(lng=121.517, lat=25.0478, k=K)
    at = {"lng": [121.517], "lat": [25.0478]}
    benchmark(
        lambda: live.update([7], **at).nearest_rows(lng=121.517, lat=25.0478, k=K)
    )


def test_no_set_of_ours_is_wrong():
    assert wrong_sets()["ours"] == 0


if __name__ == "__main__":
    main()
