"""When somebody was born: a day, or years as an age was told or guessed.

A column ``born`` holds ``1950-03-02``, ``1950``, or years from … to: ``1945..1956``.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WIDEST_YEARS = 25
"""An age that may be anything within more years says nothing."""

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_YEARS = re.compile(r"(\d{4})(?:\.\.(\d{4}))?", re.ASCII)
_DAYS_A_YEAR = 365.25


def born_of(
    birth_date: date | None, age_from: int | None, age_to: int | None, *, on: date
) -> str | None:
    """Write down when somebody was born, as precisely as is known.

    Parameters
    ----------
    age_from, age_to
        The age in whole years on a day, both ends included; one of them alone is the
        age itself.

    Returns
    -------
    str or None
        None where nobody knows, the ages are no ages, or they may be anything.
    """
    if birth_date is not None:
        return birth_date.isoformat()
    low, high = (age_to if age_from is None else age_from), age_to
    if low is None:
        return None
    high = low if high is None else high
    if not 0 <= low <= high <= 130 or high - low > WIDEST_YEARS:
        return None
    return f"{on.year - high - 1}..{on.year - low}"


def gap_years(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return by how many years two births miss each other; 0 where they may be one.

    NaN where one of them cannot be read.
    """
    one, other = (np.array([_span(text) for text in side]) for side in (lefts, rights))
    if not len(one):
        return np.empty(0)
    gaps = np.maximum(one[:, 0] - other[:, 1], other[:, 0] - one[:, 1])
    found: Floats = np.maximum(gaps, 0.0)
    return found


@lru_cache(maxsize=65536)
def _span(text: str) -> tuple[float, float]:
    """Return the years in which somebody may have been born, ends included."""
    if day := _DAY.fullmatch(text):
        try:
            day_of_year = date(*map(int, day.groups())).timetuple().tm_yday
        except ValueError:
            return np.nan, np.nan
        at = int(day[1]) + (day_of_year - 1) / _DAYS_A_YEAR
        return at, at
    if years := _YEARS.fullmatch(text):
        first, last = int(years[1]), int(years[2] or years[1])
        return float(first), float(last) + 1
    return np.nan, np.nan
