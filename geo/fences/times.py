"""Moments as whole microseconds since 1970, so that edges in time are exact."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.errors import FenceRefused

Micros = NDArray[np.int64]
When = object
"""A moment, or one for each position; `micros_all` says in which forms."""

LOST = int(np.iinfo(np.int64).min)
"""No moment at all; NumPy's NaT is the same number."""
ALWAYS = LOST + 1
FOREVER = int(np.iinfo(np.int64).max)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FARTHEST_S = 9_000_000_000.0  # year 2255: up to there a float tells microseconds


def micros(at: datetime) -> int:
    """Turn an aware time into microseconds since 1970.

    Raises
    ------
    FenceRefused
        ``kind="time"``: no datetime, or one without an offset.
    """
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise FenceRefused(
            f"{at!r} is no moment: give a datetime with an offset, such as "
            "datetime.now(UTC)",
            kind="time",
        )
    return (at - EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    """Turn microseconds since 1970 back into a time in UTC."""
    return EPOCH + at * MICROSECOND


def micros_all(at: When, n: int) -> Micros:
    """Turn the times of positions into microseconds since 1970.

    Parameters
    ----------
    at
        One aware datetime for all; or for each position, shape (n,), seconds since
        1970 as numbers, ``datetime64`` in UTC, or aware datetimes.
    n
        How many positions there are.

    Returns
    -------
    ndarray of int64, shape (1,) or (n,)
        One for all, or one each; ``LOST`` where there is no moment: NaN, NaT, text,
        a time without an offset, or one beyond the year 2255.

    Raises
    ------
    FenceRefused
        ``kind="time"``: one time for all, and it is none.
    ValueError
        As many times as there are positions are wanted, and it is another number.
    """
    if isinstance(at, datetime) or np.ndim(at) == 0:  # type: ignore[arg-type]
        return np.array([one_for_all(at)], dtype=np.int64)
    given = np.asarray(at)
    if given.shape != (n,):
        raise ValueError(f"at has shape {given.shape}: want one time, or ({n},)")
    if given.dtype.kind == "M":
        return given.astype("M8[us]").astype(np.int64)
    if given.dtype.kind in "fiu":
        return _from_seconds(given.astype(np.float64))
    return np.array([_or_lost(one) for one in given.tolist()], dtype=np.int64)


def one_for_all(at: object) -> int:
    """Turn one time of any form into microseconds since 1970.

    Raises
    ------
    FenceRefused
        ``kind="time"``: no moment.
    """
    found = micros(at) if isinstance(at, datetime) else _or_lost(at)
    if found == LOST:
        raise FenceRefused(
            f"{at!r} is no moment: give a datetime with an offset, datetime64, or "
            "seconds since 1970",
            kind="time",
        )
    return found


def _or_lost(at: object) -> int:
    """Read a time of any form; ``LOST`` for what is none."""
    if isinstance(at, datetime):
        return LOST if at.tzinfo is None else micros(at)
    if isinstance(at, np.datetime64):
        return int(at.astype("M8[us]").astype(np.int64))
    if isinstance(at, bool | np.bool_) or not isinstance(at, int | float | np.number):
        return LOST
    # compared as it is: an int may be too long for a float
    return round(float(at) * 1e6) if -FARTHEST_S <= at <= FARTHEST_S else LOST


def _from_seconds(seconds: NDArray[np.float64]) -> Micros:
    is_moment = np.abs(seconds) <= FARTHEST_S
    scaled = np.rint(np.where(is_moment, seconds, 0.0) * 1e6).astype(np.int64)
    return np.where(is_moment, scaled, LOST)
