"""A tree of sites as one array, built by halves, and queries in an order of place.

::

    row 0                 leaves, points in each, 0, 0
    row 1 to 2 leaves-1   boxes: west, east, south, north; box i has parts 2i and 2i+1
    the rest              the points of leaf after leaf: x, y, z, row in the table

x, y and z are metres in a frame that stands upright in the middle of the sites, and
the boxes lie in its x-y plane. A leaf that is not full has points at infinity.
Importing this module takes half a second.
"""

import numpy as np

from geo.layers import Floats, Indices
from geo.machine_code import compiled
from geo.sites.metres import spot

LEAF = 10
BOX = np.array([[-np.inf, np.inf, -np.inf, np.inf]])


def frame_at(lng: float, lat: float) -> Floats:
    """Return the directions of east, north and up at a place, shape (3, 3)."""
    east, north = np.radians(lng), np.radians(lat)
    sin_e, cos_e, sin_n, cos_n = (
        np.sin(east),
        np.cos(east),
        np.sin(north),
        np.cos(north),
    )
    return np.array(
        [
            [-sin_e, cos_e, 0.0],
            [-sin_n * cos_e, -sin_n * sin_e, cos_n],
            [cos_n * cos_e, cos_n * sin_e, sin_n],
        ]
    )


def plant(points: Floats) -> Floats:
    """Build a tree of points.

    Parameters
    ----------
    points
        Shape (n, 4): x, y, z and row; n may be 0.
    """
    n_leaves = 1
    while n_leaves * LEAF < len(points):
        n_leaves *= 2
    in_each = -(-len(points) // n_leaves)
    tree = np.full((2 * n_leaves + n_leaves * in_each, 4), np.inf)
    tree[0] = n_leaves, in_each, 0, 0
    tree[2 * n_leaves : 2 * n_leaves + len(points)] = points
    tree[2 * n_leaves + len(points) :, 3] = -1
    build(tree)
    return tree


def heap(points: Floats) -> Floats:
    """Make a tree of one leaf, for a few points that will not stay long."""
    head = np.array([[1.0, len(points), 0.0, 0.0]])
    return np.concatenate((head, BOX, points))


NOTHING = heap(np.empty((0, 4)))


@compiled
def gap_2(tree: Floats, node: int, x: float, y: float) -> float:
    """Give the square of the distance from a place to a box, 0 inside."""
    east = max(tree[node, 0] - x, 0.0, x - tree[node, 1])
    north = max(tree[node, 2] - y, 0.0, y - tree[node, 3])
    return float(east * east + north * north)


@compiled
def chord(places: Floats, i: int, here: tuple[float, ...]) -> float:
    """Give the length of the chord from one of many places to another one."""
    dx, dy, dz = places[i, 0] - here[0], places[i, 1] - here[1], places[i, 2] - here[2]
    return float(np.sqrt(dx * dx + dy * dy + dz * dz))


@compiled
def spots(lng: Floats, lat: Floats, frame: Floats) -> Floats:
    """Turn degrees, shape (n,), into metres in a frame, shape (n, 3)."""
    found = np.empty((lng.size, 3))
    for i in range(lng.size):
        found[i, 0], found[i, 1], found[i, 2] = spot(lng[i], lat[i], frame)
    return found


@compiled
def build(tree: Floats) -> None:
    """Sort the points of a tree into its leaves and draw the boxes."""
    leaves, size = int(tree[0, 0]), int(tree[0, 1])
    top = 1  # the first node as deep as this one
    for node in range(1, leaves):
        if node == 2 * top:
            top = node
        span = leaves * size // top
        start = 2 * leaves + (node - top) * span
        west, east, south, north = _box(tree, start, start + span)
        axis = 0 if east - west >= north - south else 1
        _split(tree, (start, start + span), start + span // 2, axis)
    for node in range(2 * leaves - 1, 0, -1):
        if node >= leaves:
            start = 2 * leaves + (node - leaves) * size
            box = _box(tree, start, start + size)
            tree[node, 0], tree[node, 1], tree[node, 2], tree[node, 3] = box
            continue
        for side in (0, 2):
            parts = tree[2 * node : 2 * node + 2]
            tree[node, side] = min(parts[0, side], parts[1, side])
            tree[node, side + 1] = max(parts[0, side + 1], parts[1, side + 1])


@compiled
def _box(tree: Floats, start: int, end: int) -> tuple[float, float, float, float]:
    west = south = np.inf
    east = north = -np.inf
    for i in range(start, end):
        if tree[i, 0] < np.inf:
            west, east = min(west, tree[i, 0]), max(east, tree[i, 0])
            south, north = min(south, tree[i, 1]), max(north, tree[i, 1])
    return west, east, south, north


@compiled
def _split(tree: Floats, span: tuple[int, int], middle: int, axis: int) -> None:
    """Move points so that none before the middle is beyond one behind it.

    Source: C. A. R. Hoare, Algorithm 65: Find, Communications of the ACM 4 (1961),
    321-322.
    """
    low, high = span[0], span[1] - 1
    while low < high:
        i, j = _part(tree, low, high, axis)
        if j < middle < i:
            return
        if middle <= j:
            high = j
        else:
            low = i


@compiled
def _part(tree: Floats, low: int, high: int, axis: int) -> tuple[int, int]:
    """Part a span in two; return where the upper part begins and the lower one ends."""
    pivot = tree[(low + high) // 2, axis]
    i, j = low, high
    while i <= j:
        while tree[i, axis] < pivot:
            i += 1
        while tree[j, axis] > pivot:
            j -= 1
        if i <= j:
            for column in range(4):
                moved = tree[i, column]
                tree[i, column], tree[j, column] = tree[j, column], moved
            i, j = i + 1, j - 1
    return i, j


@compiled
def order_of(places: Floats) -> Indices:
    """Order the places that are not NaN so that each is close to the one before.

    Source: G. M. Morton, A computer oriented geodetic data base (1966).
    """
    order = np.flatnonzero(places[:, 0] == places[:, 0])
    if order.size < 2:
        return order
    x, y = places[order, 0], places[order, 1]
    west, south = x.min(), y.min()
    steps = 65535 / max(x.max() - west, y.max() - south, 1e-9)
    keys = np.empty(order.size, np.int64)
    for i in range(order.size):
        column, row = int((x[i] - west) * steps), int((y[i] - south) * steps)
        keys[i] = _every_other_bit(column) | (_every_other_bit(row) << 1)
    for shift in (0, 11, 22):
        order, keys = _sorted_by(keys, order, shift)
    return order


@compiled
def _every_other_bit(number: int) -> int:
    number = (number | (number << 8)) & 0x00FF00FF
    number = (number | (number << 4)) & 0x0F0F0F0F
    number = (number | (number << 2)) & 0x33333333
    return (number | (number << 1)) & 0x55555555


@compiled
def _sorted_by(keys: Indices, order: Indices, shift: int) -> tuple[Indices, Indices]:
    """Sort by eleven bits of the keys; those that are equal stay as they were."""
    starts = np.zeros(2049, np.int64)
    for key in keys:
        starts[((key >> shift) & 2047) + 1] += 1
    starts = np.cumsum(starts)
    to_order, to_keys = np.empty_like(order), np.empty_like(keys)
    for i in range(keys.size):
        digit = (keys[i] >> shift) & 2047
        to_order[starts[digit]], to_keys[starts[digit]] = order[i], keys[i]
        starts[digit] += 1
    return to_order, to_keys


@compiled
def run_end(
    places: Floats, start: int, width_m: float
) -> tuple[int, tuple[float, float, float]]:
    """Find where places in order leave a box, and the middle of the box."""
    west = east = places[start, 0]
    south = north = places[start, 1]
    end = start + 1
    while end < len(places):
        x, y = places[end, 0], places[end, 1]
        to_west, to_east = min(west, x), max(east, x)
        to_south, to_north = min(south, y), max(north, y)
        if to_east - to_west > width_m or to_north - to_south > width_m:
            break
        west, east, south, north = to_west, to_east, to_south, to_north
        end += 1
    return end, ((west + east) / 2, (south + north) / 2, places[start, 2])
