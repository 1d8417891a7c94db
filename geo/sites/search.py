"""The compiled search, loaded when first many places are asked about, or before.

Loading takes a second, and on a machine that has never done it a good deal longer; one
place among some ten thousand sites is answered in a millisecond without.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Event
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.layers import Floats, Indices
from geo.sites.columns import (
    GONE,
    SINCE,
    UNTIL,
    Among,
    Columns,
    Mask,
    Where,
    columns_of,
)

T = TypeVar("T")

FEWEST = 64  # sites that are not worth a tree of their own
RARE = 8  # one site in this many: those that are online get a tree of their own
MOST_TREES = 32
SURE, DOUBT = 0, 1  # as in the kernels
UNCHANGED = -1.0


def load_kernels() -> None:
    """Load the compiled search, which `Sites` then uses for single questions too.

    A service that answers many of them calls this when it starts. It takes a second,
    and half a minute on a machine where it has to be compiled first.
    """
    _warm()
    _loaded.set()


def is_loaded() -> bool:
    """Say whether the compiled search is there, ready for single questions."""
    return _loaded.is_set()


_loaded = Event()


@cache  # an import costs as much as half a search
def _kernels() -> ModuleType:
    # Here and not above: Numba takes half a second to import, and most commands
    # search no sites.
    from geo.sites import kernels

    return kernels


def _warm() -> None:
    """Ask every kind of question once, of two sites."""
    places = np.array([[121.0, 121.1], [24.0, 24.0]])
    lng, lat = places
    columns = columns_of(
        lng=lng, lat=lat, ids=("a", "b"), attributes=None, online=(None, None)
    )
    view = View(columns, 0.0, 0)
    ground = ground_of(view, Forest(view), Where())
    nearest_many(ground, places, 1, np.inf, 1)
    within_many(ground, places, np.ones(2), 1)
    nearest_one(ground, 121.0, 24.0, np.inf, (np.empty(1, np.int64), np.empty(1)))


def _trees() -> ModuleType:
    from geo.sites import tree

    return tree


class Ground(NamedTuple):
    """What a question is put to: trees, table, frame, and what is looked up there."""

    tree: Floats
    latest: Floats
    table: Floats
    frame: Floats
    clock: float
    at: float

    def nested(self) -> tuple[Any, ...]:
        """Return it as the kernels for many take it."""
        checks = (self.table, self.clock, self.at)
        return ((self.tree, self.latest), checks, self.frame)


class Tree(NamedTuple):
    """Sites with some attributes, and when they come and go online, sorted."""

    array: Floats
    since: Floats
    until: Floats

    def online(self, at: float) -> float:
        """Give the share of the sites that are online at a time; 1 for NaN."""
        if at != at:
            return 1.0
        came = np.searchsorted(self.since, at, side="right")
        left = np.searchsorted(self.until, at, side="right")
        return float(came - left) / max(self.since.size, 1)


class View(NamedTuple):
    """The sites at one moment: columns, and how often they were changed till then."""

    columns: Columns
    clock: float
    removed: int

    def rows(self, where: Where, mask: Mask | None = None) -> Indices:
        """Give the rows that count, ascending."""
        columns = self.columns
        is_counted = columns.counted(where.among) & columns.online(where.at)
        is_counted &= columns.table[:, GONE] > self.clock
        return np.flatnonzero(is_counted if mask is None else is_counted & mask)


class Forest:
    """Trees over the sites that were there at some time, for each choice of them.

    Attributes
    ----------
    n
        How many rows of the columns it knows.
    removed
        How many sites had been removed when it was planted.
    """

    def __init__(self, view: View) -> None:
        columns = view.columns
        self.n = len(columns)
        self.removed = view.removed
        self._columns = columns
        self._is_there = columns.table[:, GONE] > view.clock
        self._trees: dict[Among, Tree] = {}
        middle = (columns.lng.mean(), columns.lat.mean()) if self.n else (121.0, 24.0)
        self.frame: Floats = _trees().frame_at(*middle)
        self._points = self.points(columns, np.arange(self.n))

    def points(self, columns: Columns, rows: Indices) -> Floats:
        """Give x, y, z and row of some rows, shape (m, 4)."""
        places = _trees().spots(columns.lng[rows], columns.lat[rows], self.frame)
        return np.column_stack((places, rows))

    def tree(self, among: Among) -> Tree:
        """Return the tree of the sites with some attributes, planted if need be."""
        known = self._trees.get(among)
        return known if known is not None else self._plant(among)

    def again(self, view: View) -> "Forest":
        """Plant the same trees anew for a later moment."""
        forest = Forest(view)
        for among in list(self._trees):
            forest.tree(among)
        return forest

    def _plant(self, among: Among) -> Tree:
        chosen = self._columns.counted(among) & self._is_there
        table = self._columns.table[chosen]
        tree = Tree(
            _trees().plant(self._points[chosen]),
            np.sort(table[:, SINCE]),
            np.sort(table[:, UNTIL]),
        )
        while len(self._trees) >= MOST_TREES:  # the one that was planted first
            self._trees.pop(next(iter(list(self._trees))), None)
        self._trees[among] = tree
        return tree


def ground_of(view: View, forest: Forest, where: Where) -> Ground:
    """Gather what a question is put to."""
    columns, clock, removed = view
    among, at = where.among, where.at
    tree, nothing = forest.tree(among), _trees().NOTHING
    if tree.since.size > FEWEST and tree.online(at) < 1 / RARE:
        own = _trees().plant(forest.points(columns, view.rows(where)))
        return Ground(own, nothing, columns.table, forest.frame, UNCHANGED, np.nan)
    rows = forest.n + np.flatnonzero(columns.counted(among, start=forest.n))
    latest = _trees().heap(forest.points(columns, rows)) if rows.size else nothing
    is_checked = at == at or removed > forest.removed or rows.size > 0
    checked = clock if is_checked else UNCHANGED
    return Ground(tree.array, latest, columns.table, forest.frame, checked, at)


def nearest_one(
    ground: Ground, lng: float, lat: float, radius_m: float, out: tuple[Any, Any]
) -> int:
    """Fill in index and metres, (k,) each; return whether that is sure."""
    sure: int = _kernels().nearest_one(*ground, lng, lat, radius_m, *out)
    return sure


def nearest_many(
    ground: Ground, degrees: Floats, k: int, radius_m: float, threads: int
) -> tuple[Indices, Floats, NDArray[np.int8]]:
    """Return index and metres, (n, k) each, and what is in doubt, (n,)."""
    n = degrees.shape[1]
    index, metres = np.full((n, k), -1, dtype=np.int64), np.full((n, k), np.nan)
    doubt = np.zeros(n, dtype=np.int8)
    places = _trees().spots(degrees[0], degrees[1], ground.frame)

    def answer(order: Indices) -> None:
        out = (index, metres, doubt)
        _kernels().nearest_many(ground.nested(), places, order, radius_m, out)

    _share_out(answer, _trees().order_of(places), threads)
    return index, metres, doubt


def within_many(
    ground: Ground, degrees: Floats, radius_m: Floats, threads: int
) -> tuple[Indices, Floats, NDArray[np.bool_]]:
    """Return pairs (2, p), metres (p,), and which places are in doubt, (n,)."""
    n = degrees.shape[1]
    doubt = np.zeros(n, dtype=np.bool_)
    places = _trees().spots(degrees[0], degrees[1], ground.frame)

    def answer(order: Indices) -> tuple[Indices, Floats]:
        found = _kernels().within_many(ground.nested(), places, order, radius_m)
        sizes, sure, sites = found
        doubt[order] = sure[order] == DOUBT
        place = np.repeat(order, sizes[order])
        return np.stack((place, sites[0].astype(np.int64))), sites[1]

    parts = _share_out(answer, _trees().order_of(places), threads)
    pairs = np.concatenate([pairs for pairs, _ in parts], axis=1)
    return pairs, np.concatenate([metres for _, metres in parts]), doubt


def _share_out(answer: Callable[[Indices], T], order: Indices, threads: int) -> list[T]:
    """Answer the places of an order in several threads, each a stretch of it."""
    if threads == 1 or order.size < 2 * threads:
        return [answer(order)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(answer, np.array_split(order, threads)))
