"""On which side of a line a point lies, exactly.

For longitudes within 64 to 128 and latitudes within 8 to 32 degrees, less than 16
degrees apart, differences of doubles are exact. Two rounded products that differ, then
differ the right way round, since rounding keeps order; where they are equal their
rounding errors decide, and those are doubles too. No tolerance, no slow path.

Source: T. J. Dekker, A floating-point technique for extending the available precision,
Numerische Mathematik 18 (1971), 224-242, for the error of a product.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SPLITTER = 134_217_729.0  # 2**27 + 1: halves of 26 bits
EXACT_LNG = (64.0, 128.0)
EXACT_LAT = (8.0, 32.0)
EXACT_SPAN = 8.0  # a segment no longer than this, and a point beside it


def product_error(a: Floats, b: Floats) -> Floats:
    """Give ``a * b`` less its rounded value, exactly."""
    product = a * b
    c, d = SPLITTER * a, SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    left_over = ((a_high * b_high - product) + a_high * b_low) + a_low * b_high
    return np.asarray(left_over + a_low * b_low, dtype=np.float64)


def turn(dx: Floats, dy: Floats, ex: Floats, ey: Floats) -> NDArray[np.int8]:
    """Say which way a vector turns into another: 1 left, -1 right, 0 along a line.

    Parameters
    ----------
    dx, dy, ex, ey
        The vectors ``d`` and ``e``; arrays that broadcast, finite.

    Returns
    -------
    ndarray of int8
        The exact sign of ``dx * ey - dy * ex``.
    """
    dx, dy, ex, ey = np.broadcast_arrays(dx, dy, ex, ey)
    left, right = dx * ey, dy * ex
    sign = np.array(np.sign(left - right), dtype=np.int8)
    tied = left == right
    first = product_error(dx[tied], ey[tied])
    second = product_error(dy[tied], ex[tied])
    sign[tied] = np.sign(first - second).astype(np.int8)
    return sign


def is_exact(lng: Floats, lat: Floats) -> bool:
    """Say whether all differences of these coordinates are exact."""
    return bool(
        np.all((lng >= EXACT_LNG[0]) & (lng < EXACT_LNG[1]))
        and np.all((lat >= EXACT_LAT[0]) & (lat < EXACT_LAT[1]))
    )
