"""Points on a line are looked at from a hair beside it.

On a line the sums have a jump of a whole turn, to one side or the other, and by how
much of the error a point is off the line decides nothing: shares are continuous. So a
point that touches a line is moved off it, by far less than its error.
"""

from collections.abc import Callable
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from geo.chord import radii_m
from geo.layers import Floats, Indices
from geo.shares.columns import FLAT_M

Touches = Callable[[Floats, Floats, Floats], NDArray[np.bool_]]

TOUCH = 1e-6  # of the length of the law
LEAST_M = 1e-8  # some times what doubles resolve in degrees
BENT_M = 5e-3  # what the bent plane may do to a line of `SHORT_DEG`
ASIDE = 4.0
TURN = 2.399963  # the golden angle: no line follows the tries
TRIES = 12


def touch_m(scale_m: Floats, reach: float) -> Floats:
    """Give from how near on a point counts as on a line.

    Parameters
    ----------
    scale_m, reach
        Length of the law, shape (n,), and how far the law goes in that length.
    """
    least_m = np.where(reach * scale_m > FLAT_M, BENT_M, LEAST_M)
    return np.asarray(np.maximum(TOUCH * scale_m, least_m), dtype=np.float64)


def moved_aside(
    lng: Floats, lat: Floats, touch_m: Floats, touches: Touches
) -> tuple[Floats, Floats, Indices]:
    """Move the points that touch a line until they do not.

    Parameters
    ----------
    lng, lat, touch_m
        Degrees, and what counts as touching, shape (n,).
    touches
        Says which of some points touch a line.

    Returns
    -------
    (lng, lat, moved)
        All points, and which of them were moved, by some ``touch_m``.
    """
    x, y = lng.copy(), lat.copy()
    moved = at = np.flatnonzero(touches(x, y, touch_m))
    along, across = radii_m(lat[moved])
    east = np.degrees(touch_m[moved] / across / np.cos(np.radians(lat[moved])))
    north = np.degrees(touch_m[moved] / along)
    for attempt in range(1, TRIES):
        if not at.size:
            break
        row = np.searchsorted(moved, at)
        far, way = ASIDE * attempt, TURN * attempt
        x[at] = lng[at] + far * cos(way) * east[row]
        y[at] = lat[at] + far * sin(way) * north[row]
        at = at[touches(x[at], y[at], touch_m[at])]
    return x, y, moved
