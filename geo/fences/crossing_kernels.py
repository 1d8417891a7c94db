"""Which positions of things show a crossing, compiled by Numba.

Imported when first asked; annotated for readers, Numba finds the types by itself.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.machine_code import compiled

Numbers = NDArray[np.int64]

NOTHING_NEW, CROSSING, LATE = 0, 1, 2


def _follow(
    order: Numbers, track: Numbers, at: Numbers, held: Any, kept: Any
) -> tuple[NDArray[np.int8], Numbers, Numbers]:
    """Compare each position of a thing with the one before.

    Parameters
    ----------
    order
        Positions, those of one thing together in the order handed over.
    track
        Number of the thing at each position.
    at
        The time of each position.
    held
        Where the numbers of the fences that hold each position begin, shape (n + 1,),
        and these numbers.
    kept
        Of each thing the time, the first number and how many there are, changed to
        those of its last position; then all numbers. A thing that was not at any
        position yet has the earliest time and no numbers.

    Returns
    -------
    (found, before, before_at)
        What each position shows; the position before it of the same thing, -1 for
        none among these; and the time of that one, or the one kept.
    """
    begins, numbers = held
    last_at, first, count, all_numbers = kept
    found = np.zeros(at.size, np.int8)
    before, before_at = np.full(at.size, -1, np.int64), np.empty(at.size, np.int64)
    previous = -1
    for k in range(order.size):
        i = order[k]
        thing = track[i]
        if k == 0 or track[order[k - 1]] != thing:
            previous = -1
        if at[i] < last_at[thing]:
            found[i] = LATE
            continue
        before_at[i] = last_at[thing]
        last_at[thing] = at[i]
        if previous < 0:
            old, begin, n = all_numbers, first[thing], count[thing]
        else:
            old, begin = numbers, begins[previous]
            n = begins[previous + 1] - begin
        is_same = n == begins[i + 1] - begins[i]
        j = 0
        while is_same and j < n:
            is_same = old[begin + j] == numbers[begins[i] + j]
            j += 1
        found[i] = NOTHING_NEW if is_same else CROSSING
        before[i] = previous
        previous = i
    return found, before, before_at


follow: Any = compiled(_follow)
