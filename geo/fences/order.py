"""Things that are close to each other, close to each other in memory.

Source: G. M. Morton, A computer oriented geodetic data base (1966).
"""

import numpy as np
from numpy.typing import NDArray

from geo.layers import Floats, Indices

CELLS = 256.0  # to a degree: some 400 m
COARSER = np.uint32(4)  # two bits of each: cells of some 1.7 km


def curve_of(lng: Floats, lat: Floats) -> NDArray[np.uint32]:
    """Say where on Morton's curve places lie.

    Parameters
    ----------
    lng, lat
        Degrees, shape (n,), finite, at least 0 and below 256.
    """
    column, row = (lng * CELLS).astype(np.uint32), (lat * CELLS).astype(np.uint32)
    return _spread(column) | _spread(row) << np.uint32(1)


def nearby_order(lng: Floats, lat: Floats) -> Indices:
    """Order places so that those nearby come together; fast, and not perfect.

    Sixteen bits of the curve, which sort in no time, tell places within 4 degrees
    apart; others may come together too.
    """
    key = (curve_of(lng, lat) >> COARSER).astype(np.uint16)
    return np.argsort(key, kind="stable")


def _spread(bits: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Put a zero before each of sixteen bits."""
    for shift, mask in (
        (8, 0x00FF00FF),
        (4, 0x0F0F0F0F),
        (2, 0x33333333),
        (1, 0x55555555),
    ):
        bits = (bits | bits << np.uint32(shift)) & np.uint32(mask)
    return bits
