"""Which of a cell's lines are nowhere in it the nearest, as compiled code.

From a point ``p`` to a segment is the least of its distances to the points ``q`` of the
segment, and ``|p - q|^2 - |p - b|^2`` is linear in ``p``. So the segment's square less
that to a fixed ``b`` is concave in ``p``, and positive in a cell if it is so at its
corners: the segment is then nowhere nearest. In space this holds for chords, whose
order is that of the geodesics; what the curve of the ground adds is in the margin.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CORNERS = 4
SAMPLES = 1 + CORNERS


class Listed(NamedTuple):
    """Entries and their candidates.

    Attributes
    ----------
    samples
        Earth-centred metres of each entry's points to measure from, the corners
        last, shape (n, 5, 3).
    first, piece
        The candidates of entry ``i`` are ``piece[first[i]:first[i + 1]]``.
    """

    samples: Floats
    first: NDArray[np.int64]
    piece: NDArray[np.int64]


def measure(
    listed: Listed, start: Floats, step: Floats, squares: Floats, feet: Floats
) -> None:
    """Measure from each sample to every candidate, and keep the nearest point.

    Parameters
    ----------
    listed
        The candidates are numbers of segments.
    start, step
        Segments, earth-centred metres, shape (m, 3).
    squares
        Filled with square metres of each candidate, shape (k, 5).
    feet
        Filled with the nearest point to each sample, shape (n, 5, 3).
    """
    at, first, piece = listed
    for entry in range(at.shape[0]):
        for sample in range(SAMPLES):
            x, y, z = at[entry, sample]
            least = np.inf
            for i in range(first[entry], first[entry + 1]):
                k = piece[i]
                u, v, w = step[k, 0], step[k, 1], step[k, 2]
                a, b, c = start[k, 0] - x, start[k, 1] - y, start[k, 2] - z
                share = -(a * u + b * v + c * w) / (u * u + v * v + w * w)
                share = min(max(share, 0.0), 1.0)
                a, b, c = a + share * u, b + share * v, c + share * w
                square = a * a + b * b + c * c
                squares[i, sample] = square
                if square < least:
                    least = square
                    feet[entry, sample, 0] = a + x
                    feet[entry, sample, 1] = b + y
                    feet[entry, sample, 2] = c + z


def mark(
    first: NDArray[np.int64], squares: Floats, limits: Floats, kept: NDArray[np.bool_]
) -> None:
    """Mark the candidates that may be nearest somewhere in the cell.

    Parameters
    ----------
    first, squares
        As in `measure`.
    limits
        Squares from each corner to each foot with all there is to spare, shape
        (n, 4, 5): a candidate that is farther than one foot from all four is out.
    kept
        Filled, shape (k,).
    """
    for entry in range(limits.shape[0]):
        for i in range(first[entry], first[entry + 1]):
            kept[i] = True
            for foot in range(SAMPLES):
                is_beaten = True
                for corner in range(CORNERS):
                    is_beaten &= squares[i, 1 + corner] > limits[entry, corner, foot]
                kept[i] &= not is_beaten


class Compiled(NamedTuple):
    """The functions of this module as machine code."""

    measure: Callable[..., None]
    mark: Callable[..., None]


@lru_cache(maxsize=1)
def compiled() -> Compiled:
    """Compile both; the code is kept on disk beside the module."""
    from geo.machine_code import compiled as machine_code

    return Compiled(machine_code(measure), machine_code(mark))
