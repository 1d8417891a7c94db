"""Look up one point without NumPy: arrays cost more than the search itself."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from geo.grid.answers import NOTHING
from geo.grid.cells import FAN, STEP
from geo.grid.parts import CHAIN, CHILD, LAST_BITS, PAIR, STAR, Parts


def one_by_one(parts: Parts) -> Callable[[float, float], int]:
    """Return what gives the answer of one point, -1 where no cell decides.

    It takes WGS 84 degrees, finite: longitude, latitude. A function, since that looks
    its numbers up faster than an object does.

    Parameters
    ----------
    parts
        The tables; a mapped file stays mapped.
    """
    box = parts.box
    cells: memoryview[int] = parts.cells.data
    scale = 2.0**box.bits
    west, south, width, height = box.west, box.south, box.width, box.height
    n_first, down = width * height, LAST_BITS - box.bits

    def answer(lng: float, lat: float) -> int:
        column, row = int(lng * scale) - west, int(lat * scale) - south
        if 0 <= column < width and 0 <= row < height:
            code = cells[row * width + column]
            return code if code >= 0 else closer(lng, lat, code)
        return NOTHING

    def closer(lng: float, lat: float, code: int) -> int:
        column, row = int(lng * 2.0**LAST_BITS), int(lat * 2.0**LAST_BITS)
        shift = down
        while code < 0 and ~code & 7 == CHILD:
            shift -= STEP
            part = (row >> shift & FAN - 1) * FAN + (column >> shift & FAN - 1)
            code = cells[n_first + (~code >> 3) * FAN * FAN + part]
        if code >= 0:
            return code
        decide = _DECIDE.get(~code & 7)
        return decide(parts, ~code >> 3, lng, lat) if decide else -1

    return answer


def _turn(dx: float, dy: float, ex: float, ey: float) -> int:
    left, right = dx * ey, dy * ex
    if left == right:
        exact = Fraction(dx) * Fraction(ey) - Fraction(dy) * Fraction(ex)
        return (exact > 0) - (exact < 0)
    return 1 if left > right else -1


def _in_chain(parts: Parts, i: int, x: float, y: float) -> int:
    row = parts.chains[i]
    answers: list[int] = row.view(np.int32)[12:].tolist()
    vx, vy, dx, dy, ex, ey, _, _ = row.tolist()
    left, on, right, is_either = answers
    first = _turn(dx, dy, x - vx, y - vy)
    second = _turn(ex, ey, x - vx, y - vy)
    way = max(first, second) if is_either else min(first, second)
    return (right, on, left)[way + 1]


def _in_star(parts: Parts, i: int, x: float, y: float) -> int:
    stars = parts.stars
    begin, stop = int(stars.first[i]), int(stars.first[i + 1])
    px, py = x - float(stars.vertex[i, 0]), y - float(stars.vertex[i, 1])
    if px == py == 0:
        return int(stars.at_vertex[i])
    rays = stars.rays[begin:stop].tolist()
    sides = [_turn(dx, dy, px, py) for dx, dy in rays]
    for ray, (dx, dy) in enumerate(rays):
        if sides[ray] == 0 and dx * px + dy * py > 0:
            return int(stars.answers[begin + ray, 1])
        is_after, is_before = sides[ray] > 0, sides[(ray + 1) % len(rays)] < 0
        wide = bool(stars.is_wide[begin + ray])
        if (is_after or is_before) if wide else (is_after and is_before):
            return int(stars.answers[begin + ray, 0])
    return -1


def _in_pair(parts: Parts, i: int, x: float, y: float) -> int:
    ax, ay, dx, dy, bx, by, ex, ey = parts.pairs.lines[i].tolist()
    first, second = _turn(dx, dy, x - ax, y - ay), _turn(ex, ey, x - bx, y - by)
    return int(parts.pairs.answers[i, 3 * (first + 1) + second + 1])


_DECIDE = {CHAIN: _in_chain, STAR: _in_star, PAIR: _in_pair}
