"""Columns of numbers out of whatever a caller has."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ColumnsRefused
from geo.layers import Floats


def numbers_of(values: ArrayLike) -> Floats:
    """Make floats of values, of the same shape.

    A text, None, True and whatever else is none is NaN, so that one bad row does not
    spoil the others; `geo.written` reads texts.
    """
    given = np.asarray(values)
    if given.dtype.kind in "fiu":
        return given.astype(np.float64, copy=False)
    if given.dtype.kind in "US":  # one text among numbers makes texts of them all
        given = np.asarray(values, dtype=object)
    found = np.array([_number(one) for one in given.ravel()], dtype=np.float64)
    return found.reshape(given.shape)


def ranges(first: NDArray[Any], count: NDArray[Any]) -> NDArray[np.int64]:
    """List ``first[i], first[i] + 1, ...``, ``count[i]`` of them, for each i."""
    begins = np.cumsum(count) - count
    numbers: NDArray[np.int64] = np.repeat(first - begins, count)
    return numbers + np.arange(numbers.size)


def _number(value: Any) -> float:  # noqa: ANN401 - whatever a caller may give
    if not isinstance(value, int | float | np.integer | np.floating):
        return np.nan
    try:
        return np.nan if isinstance(value, bool) else float(value)
    except OverflowError:
        return np.nan


def columns_of(lng: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Make two columns of one length; what is no number is NaN.

    Raises
    ------
    ColumnsRefused
        Lengths that differ, or more than one dimension.
    """
    x, y = numbers_of(lng), numbers_of(lat)
    if x.ndim != 1 or x.shape != y.shape:
        raise ColumnsRefused(
            f"lng has shape {x.shape}, lat {y.shape}: want (n,) twice, a longitude and "
            "a latitude for each point"
        )
    return x, y
