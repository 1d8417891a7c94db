"""Shares of boundaries in the error around a point, compiled.

Imported only where shares are asked for, since importing Numba takes half a second.
`geo.shares.reference` is the same without tree and without compiler. All of it stands
in one file.

Every edge is worth the angle under which it is seen, each direction weighted by the
probability beyond the edge. With the point at the origin, the edge at the signed
distance d and t along it, dθ = d dt / (d² + t²) and

    ∫ (1 - F) dθ = Δθ - d ∫ K dt,    K = F(r) / r².

K has no pole where the edge passes through the point, unlike the left-hand side, so a
few Gauss nodes do for a Gaussian; for a disc K is constant.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.chord import ECCENTRICITY_2, EQUATOR_M
from geo.layers import Floats, Indices
from geo.machine_code import compiled
from geo.shares.columns import Asked, Desk, Ground, Out, Rule

NARROW = 0.5  # standard deviations that three nodes integrate to 1e-9
WIDE = 2.0  # and six
AFAR = 3.0  # times its length away, three nodes do without the angle
LOOK_FURTHER = 2.0  # the bent plane lengthens by less than this much of the bend


def _gauss(n: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give nodes and weights of Gauss and Legendre from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return tuple(((nodes + 1) / 2).tolist()), tuple((weights / 2).tolist())


NODES_3, WEIGHTS_3 = _gauss(3)
NODES_6, WEIGHTS_6 = _gauss(6)


@compiled
def _inner_gaussian(square: float) -> float:
    """Give K = (1 - exp(-r²/2)) / r² of a Gaussian."""
    if square < 1e-3:
        return 0.5 - square / 8 + square * square / 48
    return float((1 - np.exp(-square / 2)) / square)


@compiled
def _within(d: float, t1: float, t2: float) -> float:
    """Integrate K of a Gaussian along an edge from t1 to t2."""
    total = 0.0
    width = t2 - t1
    if width <= NARROW:
        for i in range(3):
            t = t1 + width * NODES_3[i]
            total += WEIGHTS_3[i] * _inner_gaussian(d * d + t * t)
        return total * width
    n = int(np.ceil(width / WIDE))
    width /= n
    for panel in range(n):
        for i in range(6):
            t = t1 + width * (panel + NODES_6[i])
            total += WEIGHTS_6[i] * _inner_gaussian(d * d + t * t)
    return total * width


@compiled
def _from_afar(d: float, t1: float, t2: float, is_disc: bool) -> float:
    """Integrate (1 - F) / r² along an edge that is short against its distance."""
    total = 0.0
    for i in range(3):
        t = t1 + (t2 - t1) * NODES_3[i]
        square = d * d + t * t
        tail = 1 - square if is_disc else np.exp(-square / 2)
        total += WEIGHTS_3[i] * tail / square
    return total * (t2 - t1)


@compiled
def edge_share(
    x1: float, y1: float, x2: float, y2: float, is_disc: bool, reach: float
) -> float:
    """Integrate 1 - F over the angle of an edge seen from the origin, over 2π.

    Positive where the edge passes the origin on its left. Lengths are in standard
    deviations of the Gaussian, in radii of the disc.
    """
    dx, dy = x2 - x1, y2 - y1
    length = np.sqrt(dx * dx + dy * dy)
    if length == 0:
        return 0.0
    d = (x1 * y2 - x2 * y1) / length
    rest = reach * reach - d * d
    if rest <= 0:
        return 0.0
    half = np.sqrt(rest)
    # each end by itself: from a far end to a near one, adding loses all digits
    t1 = max((x1 * dx + y1 * dy) / length, -half)
    t2 = min((x2 * dx + y2 * dy) / length, half)
    if t1 >= t2:
        return 0.0
    if (AFAR * (t2 - t1)) ** 2 < d * d + max(t1, -t2, 0.0) ** 2:
        return float(d * _from_afar(d, t1, t2, is_disc) / (2 * np.pi))
    angle = np.arctan2(d * (t2 - t1), d * d + t1 * t2)
    within = t2 - t1 if is_disc else _within(d, t1, t2)
    return float((angle - d * within) / (2 * np.pi))


class Plane(NamedTuple):
    """How degrees around one point become lengths of the law."""

    lng: float
    lat: float
    per_lng: float
    per_lat: float
    bend: float
    m2: float


@compiled
def _on_plane(plane: Plane, lng: float, lat: float) -> tuple[float, float]:
    x = (lng - plane.lng) * plane.per_lng
    y = (lat - plane.lat) * plane.per_lat
    return x - plane.bend * x * y, y + plane.bend * x * x / 2


@compiled
def _touch(desk: Desk, boundary: int, point: int, n: int) -> int:
    """Begin the sum of a boundary unless this point did; return how many it has."""
    if desk.asked_by[boundary] == point:
        return n
    desk.asked_by[boundary] = point
    desk.sums[boundary] = 0.0
    desk.touched[n] = boundary
    return n + 1


@compiled
def _add(sides: Indices, share: float, desk: Desk, point: int, n: int) -> int:
    """Add what an edge is worth to the sums of its two sides."""
    if share == 0:
        return n
    for side in range(2):
        boundary = sides[side]
        if boundary >= 0:
            n = _touch(desk, boundary, point, n)
            desk.sums[boundary] += -share if side == 0 else share
    return n


@compiled
def _of_ends(ends: Floats, plane: Plane, rule: Rule) -> float:
    x1, y1 = _on_plane(plane, ends[0], ends[1])
    x2, y2 = _on_plane(plane, ends[2], ends[3])
    return float(edge_share(x1, y1, x2, y2, rule.is_disc, rule.reach))


@compiled
def _square_to(bounds: Floats, plane: Plane) -> float:
    """Square of the distance to a box, in lengths of the law."""
    x = max(bounds[0] - plane.lng, plane.lng - bounds[2], 0.0) * plane.per_lng
    y = max(bounds[1] - plane.lat, plane.lat - bounds[3], 0.0) * plane.per_lat
    return float(x * x + y * y)


@compiled
def _is_straight(
    stray_m2: float, bounds: Floats, square: float, plane: Plane, rule: Rule
) -> bool:
    """Say whether a chord stands for a box at this distance.

    On the bent plane the lines leave the chord too, by ``bend * length² / 8``.
    """
    east = (bounds[2] - bounds[0]) * plane.per_lng
    north = (bounds[3] - bounds[1]) * plane.per_lat
    length = np.sqrt(east * east + north * north)
    rise = plane.bend * length * length / 8
    if square <= rise * rise:
        return False
    stray = stray_m2 / plane.m2 + rise * length
    density = 2.0 if rule.is_disc else np.exp(-square / 2)
    return bool(stray * density <= rule.stray * 2 * np.pi)


@compiled
def _sum_up(
    ground: Ground, plane: Plane, rule: Rule, desk: Desk, point: int, n: int
) -> int:
    """Add all edges within reach; return how many boundaries are touched."""
    desk.boxes[0] = ground.bounds.shape[0] - 1
    waiting = 1
    # the plane bends lengths a little: look somewhat further
    reach = (rule.reach * (1 + LOOK_FURTHER * plane.bend * rule.reach)) ** 2
    while waiting:
        waiting -= 1
        box = desk.boxes[waiting]
        square = _square_to(ground.bounds[box], plane)
        if square > reach:
            continue
        stray_m2, bounds = ground.strays_m2[box], ground.bounds[box]
        if _is_straight(stray_m2, bounds, square, plane, rule):
            share = _of_ends(ground.chords[box], plane, rule)
            n = _add(ground.chord_sides[box], share, desk, point, n)
            continue
        for held in range(ground.held[box, 0], ground.held[box, 1]):
            if ground.holds_lines[box]:
                share = _of_ends(ground.lines[held], plane, rule)
                n = _add(ground.sides[held], share, desk, point, n)
            else:
                desk.boxes[waiting] = held
                waiting += 1
    return n


@compiled
def _plane_at(lng: float, lat: float, scale_m: float, rule: Rule) -> Plane:
    """Lay the plane that touches the ground at a point.

    Beyond ``flat_m`` it follows the azimuthal equidistant projection to the second
    order; within, lines that are straight in degrees stay exactly straight.
    """
    north = np.radians(lat)
    w = 1 - ECCENTRICITY_2 * np.sin(north) ** 2
    across = EQUATOR_M / np.sqrt(w)
    along = across * (1 - ECCENTRICITY_2) / w
    east_m = np.radians(across * np.cos(north))
    north_m = np.radians(along)
    is_flat = rule.reach * scale_m <= rule.flat_m
    bend = 0.0 if is_flat else np.tan(north) / across * scale_m
    return Plane(lng, lat, east_m / scale_m, north_m / scale_m, bend, scale_m * scale_m)


@compiled
def _into_range(share: float, smallest: float) -> float:
    """Take out what chords and the end of the reach leave."""
    return 0.0 if share < smallest else min(share, 1.0)


@compiled
def _even_out(desk: Desk, n: int, outside: int, smallest: float) -> float:
    """Bring the sums into range; return what is outside, the rest sums to 1 less it."""
    beyond, whole = 0.0, 0.0
    for i in range(n):
        boundary = desk.touched[i]
        share = _into_range(desk.sums[boundary], smallest)
        desk.sums[boundary] = share
        if boundary == outside:
            beyond = share
        else:
            whole += share
    if whole == 0:
        return 1.0
    for i in range(n):
        desk.sums[desk.touched[i]] *= (1 - beyond) / whole
    return beyond


@compiled
def _in_order(desk: Desk, n: int) -> Indices:
    """Give those touched, the largest share first, of equal ones the lowest index."""
    by_code = np.sort(desk.touched[:n])
    return by_code[np.argsort(-desk.sums[by_code], kind="mergesort")]


@compiled
def _square_to_line(ends: Floats, plane: Plane) -> float:
    """Square of the distance to a line, in lengths of the law."""
    x1, y1 = _on_plane(plane, ends[0], ends[1])
    x2, y2 = _on_plane(plane, ends[2], ends[3])
    dx, dy = x2 - x1, y2 - y1
    along = min(max(-(x1 * dx + y1 * dy) / (dx * dx + dy * dy), 0.0), 1.0)
    x, y = x1 + along * dx, y1 + along * dy
    return float(x * x + y * y)


@compiled
def touching(
    ground: Ground, lng: Floats, lat: Floats, touch_m: Floats, boxes: Indices
) -> NDArray[np.bool_]:
    """Say which points are nearer to some line than ``touch_m``, shape (n,)."""
    found = np.zeros(lng.size, dtype=np.bool_)
    flat = Rule(False, 1.0, 1.0, np.inf, 0.0, 0.0)
    for point in range(lng.size):
        plane = _plane_at(lng[point], lat[point], touch_m[point], flat)
        boxes[0] = ground.bounds.shape[0] - 1
        waiting = 1
        while waiting and not found[point]:
            waiting -= 1
            box = boxes[waiting]
            if _square_to(ground.bounds[box], plane) > 1:
                continue
            for held in range(ground.held[box, 0], ground.held[box, 1]):
                if not ground.holds_lines[box]:
                    boxes[waiting] = held
                    waiting += 1
                elif _square_to_line(ground.lines[held], plane) < 1:
                    found[point] = True
    return found


@compiled
def _begin(ground: Ground, asked: Asked, desk: Desk, point: int) -> int:
    """Give a point to what covers it; return how many boundaries that is."""
    n = 0
    for i in range(asked.first[point], asked.first[point + 1]):
        n = _touch(desk, asked.covering[i], point, n)
        desk.sums[asked.covering[i]] = 1.0
    if n == 0:
        n = _touch(desk, ground.outside, point, n)
        desk.sums[ground.outside] = 1.0
    return n


@compiled
def shares_of(
    ground: Ground, asked: Asked, rule: Rule, desk: Desk, out: Out, start: int
) -> tuple[int, int]:
    """Fill the columns of ``out``, beginning with point ``start``.

    Returns
    -------
    (point, n)
        The first point that found no room, and how many pairs were written.
    """
    filled = 0
    for point in range(start, asked.lng.size):
        n = _begin(ground, asked, desk, point)
        lead = asked.lead[point]
        scale_m = asked.scale_m[point]
        plane = _plane_at(asked.lng[point], asked.lat[point], scale_m, rule)
        n = _sum_up(ground, plane, rule, desk, point, n)
        if filled + n > out.point.size:
            return point, filled
        out.outside[point] = _even_out(desk, n, ground.outside, rule.smallest)
        out.could_change[point] = False
        for boundary in _in_order(desk, n):
            share = desk.sums[boundary]
            if boundary == ground.outside or share == 0:
                continue
            out.point[filled] = point
            out.boundary[filled] = boundary
            out.share[filled] = share
            filled += 1
            out.could_change[point] |= boundary != lead and share >= rule.threshold
    return asked.lng.size, filled
