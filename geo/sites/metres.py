"""Metres from chords, anywhere on earth and without angles; lists in their order.

A desk is one array to work on, with a site in each column of two lists: those near and
the best of them, both with rows for x, y and z in a frame, row in the table and metres;
and with what the search remembers. Compiled, so only who searches among many sites
imports it.
"""

import numpy as np

from geo.chord import ECCENTRICITY_2, EQUATOR_M, earth_centred
from geo.layers import Floats
from geo.machine_code import compiled, inlined
from geo.sites.scan import NEAR_M

ROW, METRES = 3, 4  # of a list, after x, y and z
NEAR, BEST = 0, 5  # the first rows of the two lists
RING, VALUE, COLUMN, NODE, GAP = 10, 11, 12, 13, 14
DESK_ROWS = 15
ABREAST = 16  # columns that are worked on at once; a desk has a multiple of them

POLE_M = EQUATOR_M * (1 - ECCENTRICITY_2) ** 0.5
FLATTEST = 1 / 24 / (EQUATOR_M**2 / POLE_M) ** 2  # a chord grows by its cube times
ROUNDEST = 1.05 / 24 / (POLE_M**2 / EQUATOR_M) ** 2  # at least this, at most that


to_earth = compiled(earth_centred)


@compiled
def desk_for(n: int) -> Floats:
    """Make a desk with room for n sites."""
    return np.empty((DESK_ROWS, -(-n // ABREAST) * ABREAST))


@compiled
def spot(lng: float, lat: float, frame: Floats) -> tuple[float, float, float]:
    """Turn degrees into metres in a frame; NaN if they are no degrees.

    Parameters
    ----------
    frame
        Shape (3, 3): the directions of x, y and z as earth-centred unit vectors.
    """
    if not (abs(lng) <= 180 and abs(lat) <= 90):
        return np.nan, np.nan, np.nan
    x, y, z = to_earth(lng, lat)
    return (
        frame[0, 0] * x + frame[0, 1] * y + frame[0, 2] * z,
        frame[1, 0] * x + frame[1, 1] * y + frame[1, 2] * z,
        frame[2, 0] * x + frame[2, 1] * y + frame[2, 2] * z,
    )


@compiled
def slack_m(metres: float) -> float:
    """Bound by how much two lengths of `bend` may err against each other."""
    return 4e-8 + 8e-7 * (metres / 1e5) ** 5


@compiled
def bend(
    desk: Floats, first: int, n: int, here: tuple[float, ...], frame: Floats
) -> None:
    """Fill in the metres of a list: chords from here, bent to geodesics.

    The circle that bends a chord has the curvature that the ellipsoid has under the
    chord's middle, along it: no angles, hence good at poles and date line too.
    Source: normal curvature of a surface given by an equation, R. Goldman, Curvature
    formulas for implicit curves and surfaces, CAGD 22 (2005), 632-658.

    Parameters
    ----------
    first
        The first row of the list.
    here
        x, y and z in the frame of the sites first.
    """
    x, y, z = here[0], here[1], here[2]
    east, north, up = frame[0, 2], frame[1, 2], frame[2, 2]  # the earth's axis
    a, b = 1 / EQUATOR_M**2, 1 / POLE_M**2
    for i in range(-(-n // ABREAST) * ABREAST):
        sx, sy, sz = desk[first, i], desk[first + 1, i], desk[first + 2, i]
        dx, dy, dz = sx - x, sy - y, sz - z
        mx, my, mz = sx + x, sy + y, sz + z
        chord_2 = dx * dx + dy * dy + dz * dz
        rise = east * dx + north * dy + up * dz
        axial = east * mx + north * my + up * mz
        radius_2, axial_2 = mx * mx + my * my + mz * mz, axial * axial
        surface = radius_2 * a + axial_2 * (b - a)
        slope = radius_2 * (a * a) + axial_2 * (b * b - a * a)
        bent = chord_2 * a + rise * rise * (b - a)
        h = bent * bent * surface / (slope * chord_2 + 1e-300)
        # the series of the arcsine in the square of chord times curvature
        grown = 1 + h * (1 / 24 + h * (3 / 640 + h * (5 / 7168)))
        desk[first + METRES, i] = np.sqrt(chord_2) * grown


@compiled
def widened(chord_m: float) -> float:
    """Bound the chords of all that may be as close by metres as this chord is."""
    return float(chord_m * (1 + ROUNDEST * chord_m * chord_m + 1e-9) + 1e-6)


@inlined
def is_one_spot(desk: Floats, first: int, i: int, j: int) -> bool:
    """Say whether column i of a list is the same place as column j of the best."""
    is_level = (
        desk[first, i] == desk[BEST, j] and desk[first + 1, i] == desk[BEST + 1, j]
    )
    return bool(is_level and desk[first + 2, i] == desk[BEST + 2, j])


@compiled
def is_sure(desk: Floats, n: int, k: int, radius_m: float) -> bool:
    """Say whether no error of the metres can change the first k of the n best.

    It can where two places are as far as each other but for the slack, and at the rim
    of the radius. Sites on one spot are equal whatever the error.
    """
    shown = min(n, k)
    if shown == 0:
        return True
    if desk[BEST + METRES, shown - 1] > NEAR_M:
        return False
    slack = slack_m(desk[BEST + METRES, min(n, k + 1) - 1])
    for j in range(shown):
        metres = desk[BEST + METRES, j]
        if abs(metres - radius_m) <= slack:
            return False
        if j + 1 < n and desk[BEST + METRES, j + 1] - metres <= slack:
            if not is_one_spot(desk, BEST, j, j + 1):
                return False
    return True


@inlined
def goes_before(table: Floats, desk: Floats, i: int, j: int) -> bool:
    """Say whether the near site in column i has a lower rank than that in column j."""
    return bool(table[int(desk[ROW, i]), 2] < table[int(desk[ROW, j]), 2])


@compiled
def sort_by_metres(table: Floats, desk: Floats, n: int) -> None:
    """Put those near into the order of their metres, ties by rank, among the best.

    Source: D. L. Shell, A high-speed sorting procedure, Communications of the ACM 2
    (1959), 30-32, with the steps of D. E. Knuth, The Art of Computer Programming 3.
    """
    step = 1
    while step < n // 3:
        step = 3 * step + 1
    for i in range(n):
        desk[COLUMN, i] = i
    while step > 0:
        for i in range(step, n):
            turn, j = int(desk[COLUMN, i]), i
            while j >= step:
                other = int(desk[COLUMN, j - step])
                ahead = desk[METRES, other] - desk[METRES, turn]
                if ahead < 0 or (ahead == 0 and goes_before(table, desk, other, turn)):
                    break
                desk[COLUMN, j] = other
                j -= step
            desk[COLUMN, j] = turn
        step //= 3
    take(desk, n)


@compiled
def take(desk: Floats, n: int) -> None:
    """Copy the n columns noted from those near to the best."""
    for j in range(n):
        column = int(desk[COLUMN, j])
        for part in range(5):
            desk[BEST + part, j] = desk[part, column]
