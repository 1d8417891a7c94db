"""Which line is nearest to a point: the search itself.

Plain functions on numbers. They run as they stand for a point or a few hundred, where
loading a compiler would cost more than it saves, and `compiled` turns the very same
text into machine code for the many. Both give the same bits.

Lines are straight in degrees. Candidates are compared in a plane scaled at the point:
an error of some 1.4e-15 times the cube of the metres, 2 mm at `NEAR_M` and 4 cm at
`FAR_M`. The one chosen is then measured by `metres_to`; beyond `FAR_M` all are.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from geo.chord import ECCENTRICITY_2, EQUATOR_M
from geo.compiling import compile_together

Numbers = Any  # a flat array, or for plain Python what it indexes faster
Point = tuple[int, float, float]  # the boundary that does not count, degrees
Scale = tuple[float, float, float, float]

# What else the compiled code builds on stands here.
NONE = -1  # in place of a boundary
UNSEEN = -2  # the same, where the point is outside the cells
HEAD = 4  # numbers of a list before its candidates
NODE = 4  # rows and columns of a node of the tree
RADIANS = math.pi / 180.0
SECOND_2 = ECCENTRICITY_2 / (1.0 - ECCENTRICITY_2)
NEAR_M = 10_000.0
FAR_M = 30_000.0
PLANE = 1e-13  # of a square, per square metre: by which the plane is wrong far out
SAME = 4e-9  # of a squared distance: no nearer, but for rounding
SAME_M2 = 1e-14


class Frame(NamedTuple):
    """Where the top cells lie: edges in degrees, cells per degree and their number."""

    west: float
    south: float
    per_degree: float
    columns: int
    rows: int


class Table(NamedTuple):
    """The arrays of `geo.borders.cells.BorderCells`, as compiled code takes them."""

    frame: Frame
    tree: Any
    records: Any
    lines: Any
    behind: Any


class Asked(NamedTuple):
    """Points and what is asked of them, each of shape (n,).

    ``own`` is the boundary that does not count, -1 for none; with ``is_rim`` the
    edge of its own territory counts too, the coast included.
    """

    own: Numbers
    lng: Numbers
    lat: Numbers
    reach_m: Numbers
    is_rim: bool


def record_at(tree: Numbers, frame: Numbers, lng: float, lat: float) -> int:
    """Give where the record of a point's cell begins, -1 outside and for NaN."""
    x = (lng - frame[0]) * frame[2]
    y = (lat - frame[1]) * frame[2]
    if not (0.0 <= x < frame[3] and 0.0 <= y < frame[4]):
        return -1
    column, row = int(x), int(y)
    found = tree[row * frame[3] + column]
    while found < 0:
        x = (x - column) * NODE
        y = (y - row) * NODE
        column, row = int(x), int(y)
        found = tree[NODE * row + column - found]
    return int(found)


def list_at(records: Numbers, record: int, own: int) -> int:
    """Give where a record's list for a boundary's points begins: its own, or the last.

    Parameters
    ----------
    record
        Where the record begins.
    """
    start = record
    while records[start] >= 0 and records[start] != own:
        start += HEAD + records[start + 1]
    return start


def behind_of(behind: Numbers, line: int, own: int) -> int:
    """Give the lowest boundary that a line bounds, other than ``own``; -1 if none."""
    lowest = behind[2 * line]
    return int(behind[2 * line + 1] if lowest == own else lowest)


def lower_of(one: int, other: int) -> int:
    """Give the lower of two boundaries, of which either may be none."""
    if one < 0 or other < 0:
        return max(one, other)
    return min(one, other)


def turned(sine: float, cosine: float, by: float) -> tuple[float, float]:
    """Give sine and cosine of an angle turned by some radians, at most a quarter.

    Taylor's series to the tenth power, exact to rounding below 0.1.
    """
    b = by * by
    s = 1.0 - b * (1 / 42) * (1.0 - b * (1 / 72))
    s = by * (1.0 - b * (1 / 6) * (1.0 - b * (1 / 20) * s))
    c = 1.0 - b * (1 / 30) * (1.0 - b * (1 / 56) * (1.0 - b * (1 / 90)))
    c = 1.0 - b * (1 / 2) * (1.0 - b * (1 / 12) * c)
    return sine * c + cosine * s, cosine * c - sine * s


def radii_at(sine: float) -> tuple[float, float]:
    """Give the radii of curvature across the meridian and along it, in metres."""
    w = 1.0 - ECCENTRICITY_2 * sine * sine
    across = EQUATOR_M / math.sqrt(w)
    return across, across * (1.0 - ECCENTRICITY_2) / w


def metres_to(
    lines: Numbers,
    line: int,
    point: Point,
    at: tuple[float, float],
    n_steps: int,
) -> float:
    """Measure the geodesic from a point to the nearest point of a line.

    Parameters
    ----------
    lines, line
        All lines, and the number of this one.
    point
        Its place counts.
    at
        Sine and cosine of the point's latitude.
    n_steps
        Newton's steps along the line after the first guess, each in the scale of the
        middle between point and foot: one is enough up to `FAR_M`.
    """
    lng, lat = point[1], point[2]
    ax, ay = lines[4 * line] - lng, lines[4 * line + 1] - lat
    bx, by = lines[4 * line + 2] - lng, lines[4 * line + 3] - lat
    ex, ey = bx - ax, by - ay
    sine, cosine = at
    across, along = radii_at(sine)
    fx, fy, share, slope = ax, ay, 0.0, 0.0
    for _ in range(n_steps + 1):
        gx, gy = across * cosine, along * along
        # the scale at the middle shrinks as the foot goes north
        pull_y = gy * fy - slope * gx * along * sine * fx * fx
        gx *= gx
        share -= (gx * fx * ex + pull_y * ey) / (gx * ex * ex + gy * ey * ey)
        share = min(max(share, 0.0), 1.0)
        fx, fy = ax + share * ex, ay + share * ey
        if share == 1.0:
            fx, fy = bx, by
        slope = RADIANS * 0.5
        sine, cosine = turned(at[0], at[1], fy * slope)
        across, along = radii_at(sine)
    return mid_latitude_m(fx * RADIANS, fy * RADIANS, sine, cosine, across)


def mid_latitude_m(
    east: float, north: float, sine: float, cosine: float, across: float
) -> float:
    """Measure a geodesic by Gauss's mid-latitude formula.

    Within 1 mm up to 100 km, 5 mm up to 300 km and 3e-6 of the length up to 1,200 km.
    Source: C. F. Gauss, Untersuchungen über Gegenstände der höheren Geodäsie, zweite
    Abhandlung (1846).

    Parameters
    ----------
    east, north
        Differences of longitude and latitude, in radians.
    sine, cosine, across
        Of the latitude in the middle, and the radius across the meridian there.
    """
    eta_2 = SECOND_2 * cosine * cosine
    v_2 = 1.0 + eta_2
    sine_2, cosine_2 = sine * sine, cosine * cosine
    tan_2 = sine_2 / cosine_2
    east_2, north = east * east, north / v_2
    north_2 = north * north
    x = 1.0 + ((v_2 - 9.0 * eta_2 * tan_2) * north_2 - east_2 * sine_2) * (1 / 24)
    y = 1.0 + (1.0 - 2.0 * eta_2) * east_2 * cosine_2 * (1 / 24)
    y += eta_2 * (1.0 - tan_2) * north_2 * (1 / 8)
    y *= 1.0 - east_2 * (1 / 8) * (1.0 - east_2 * (1 / 48))
    x *= east * cosine
    y *= north
    return across * math.sqrt(x * x + y * y)


def scale_at(sine: float, cosine: float) -> Scale:
    """Give metres per degree at a latitude, east and north, and how both change.

    The changes are for each degree that a foot lies farther north, half of which is
    between.
    """
    across, along = radii_at(sine)
    east, north = across * cosine * RADIANS, along * RADIANS
    thinning = north * sine * (RADIANS * 0.5)
    stretch = north * along / across * sine * cosine * (RADIANS * 1.5 * SECOND_2)
    return east, north, thinning, stretch


def square_to(lines: Numbers, line: int, lng: float, lat: float, scale: Scale) -> float:
    """Give the square of the metres to a line on the plane scaled at the point."""
    east, north, thinning, stretch = scale
    k = 4 * line
    fx, fy = lines[k] - lng, lines[k + 1] - lat
    bx, by = lines[k + 2] - lng, lines[k + 3] - lat
    ex, ey = bx - fx, by - fy
    east_2, north_2 = east * east, north * north
    share = -(east_2 * fx * ex + north_2 * fy * ey)
    whole = east_2 * ex * ex + north_2 * ey * ey
    if share >= whole:
        fx, fy = bx, by
    elif share > 0.0:
        share /= whole
        fx, fy = fx + share * ex, fy + share * ey
    x, y = (east - thinning * fy) * fx, (north + stretch * fy) * fy
    square: float = x * x + y * y
    return square


def nearest_in(
    records: Numbers, lines: Numbers, behind: Numbers, start: int, point: Point
) -> tuple[int, float]:
    """Find the nearest line of a list: the boundary behind it, and metres."""
    own, lng, lat = point
    sine, cosine = math.sin(lat * RADIANS), math.cos(lat * RADIANS)
    scale = scale_at(sine, cosine)
    best, limit, nearest, seen = math.inf, math.inf, -1, NONE
    for i in range(start + HEAD, start + HEAD + records[start + 1]):
        line = records[i]
        square = square_to(lines, line, lng, lat, scale)
        if square <= limit:
            near = behind_of(behind, line, own)
            is_less = square < best - (limit - best)
            seen = near if is_less else lower_of(seen, near)
            if square < best:
                best, nearest = square, line
                limit = best + (best * SAME + SAME_M2)
    if best < NEAR_M * NEAR_M:
        return seen, math.sqrt(best)
    if best < FAR_M * FAR_M:
        return seen, metres_to(lines, nearest, point, (sine, cosine), 1)
    limit = best * (1.0 + PLANE * best)
    return nearest_far(records, (lines, behind), start, point, limit)


def nearest_far(
    records: Numbers,
    columns: tuple[Numbers, Numbers],
    start: int,
    point: Point,
    limit: float,
) -> tuple[int, float]:
    """Do as `nearest_in` where the plane no longer tells which is nearest.

    Parameters
    ----------
    columns
        Lines, and what lies behind them.
    limit
        Square metres on the plane that the nearest is not farther than.
    """
    lines, behind = columns
    own, lng, lat = point
    at = math.sin(lat * RADIANS), math.cos(lat * RADIANS)
    scale = scale_at(at[0], at[1])
    best, seen = math.inf, NONE
    for i in range(start + HEAD, start + HEAD + records[start + 1]):
        line = records[i]
        if square_to(lines, line, lng, lat, scale) <= limit:
            metres = metres_to(lines, line, point, at, 2)
            if metres <= best + best * SAME:
                near = behind_of(behind, line, own)
                is_less = metres < best - best * SAME
                seen = near if is_less else lower_of(seen, near)
                best = min(best, metres)
    return seen, best


def find_lists(table: Table, asked: Asked, starts: Numbers) -> None:
    """Fill in where the list to search for each point begins, or `UNSEEN`.

    Apart from the search, so that the processor fetches what many points need at once.
    """
    frame, tree, records, _, _ = table
    for i in range(len(starts)):
        starts[i] = record_at(tree, frame, asked.lng[i], asked.lat[i])
    for i in range(len(starts)):
        if starts[i] >= 0:
            own = NONE if asked.is_rim else asked.own[i]
            starts[i] = list_at(records, starts[i], own)


def nearest_all(
    table: Table, asked: Asked, starts: Numbers, seen: Numbers, metres: Numbers
) -> None:
    """Fill in what is nearest to each point: the boundary behind it, and metres.

    `NONE` and NaN where nothing is within reach, `UNSEEN` and NaN where the cells do
    not know.
    """
    _, _, records, lines, behind = table
    owns, lngs, lats, reaches_m, is_rim = asked
    for i in range(len(starts)):
        start, reach_m = starts[i], reaches_m[i]
        seen[i], metres[i] = NONE if start >= 0 else UNSEEN, math.nan
        if start >= 0 and records[start + 2] <= reach_m * 100.0:
            point = (owns[i], lngs[i], lats[i])
            found = nearest_in(records, lines, behind, start, point)
            if found[1] <= reach_m and (is_rim or found[0] >= 0):
                seen[i], metres[i] = found


def reached_all(
    table: Table, asked: Asked, starts: Numbers, is_reached: Numbers
) -> None:
    """Fill in 1 where something is within reach of a point, else 0, or `UNSEEN`.

    Most points are answered by the bounds of their list.
    """
    _, _, records, lines, behind = table
    owns, lngs, lats, reaches_m, is_rim = asked
    for i in range(len(starts)):
        start, reach_m = starts[i], reaches_m[i]
        is_reached[i] = 0 if start >= 0 else UNSEEN
        if start >= 0 and records[start + 2] <= reach_m * 100.0:
            is_reached[i] = 1
            if records[start + 3] > reach_m * 100.0:
                point = (owns[i], lngs[i], lats[i])
                found = nearest_in(records, lines, behind, start, point)
                is_near = found[1] <= reach_m and (is_rim or found[0] >= 0)
                is_reached[i] = 1 if is_near else 0


class Compiled(NamedTuple):
    """The three searches as machine code, which lets other threads run."""

    find_lists: Callable[..., None]
    nearest_all: Callable[..., None]
    reached_all: Callable[..., None]


@lru_cache(maxsize=1)
def compiled() -> Compiled:
    """Compile this module's functions; the code is kept on disk beside the module."""
    functions = (
        record_at,
        list_at,
        behind_of,
        lower_of,
        turned,
        radii_at,
        mid_latitude_m,
        metres_to,
        scale_at,
        square_to,
        nearest_far,
        nearest_in,
        find_lists,
        nearest_all,
        reached_all,
    )
    made = compile_together(globals(), functions)
    return Compiled(made["find_lists"], made["nearest_all"], made["reached_all"])


def is_compiled() -> bool:
    """Say whether the compiled code is there already."""
    return compiled.cache_info().currsize > 0
