"""Place and time: how far one who went missing may be by the time somebody is found.

A column ``whereabouts`` holds ``missing 121.44780,25.03520 ±500 2026-01-05T08:00Z..
2026-01-05T10:00Z dementia``: whether somebody was last seen or found there, WGS 84
degrees or ``?``, the error in metres, when, and which table of distances applies. Far
away is less likely and never impossible: one may have taken a train.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.chord import metres_between
from geo.reach.laws import carried_law, carried_share, foot_law, way_m
from geo.reach.tables import Tables, read_tables
from geo.shares.laws import Pieces

Floats = NDArray[np.float64]

MISSING, FOUND = "missing", "found"
UNKNOWN, DEMENTIA = "unknown", "dementia"

DEMENTIA_FROM_AGE = 65
"""Of unknown health from this age on the table of persons with dementia applies."""

BEFORE = -1.0
"""Found before last seen."""

RIDE_FROM_M = 4000.0
"""Assumption: nobody rides less, and shares beyond fall as 1 / r², so the mean ride is
8 km, as of a metro."""

STEPS_MIN = (5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 600)
"""Times are taken as the next longer of these; beyond the last nothing changes."""

MOST_DAYS = 14
"""A theft that may have been within a longer time is looked for by other keys."""

_TEXT = re.compile(
    r"(missing|found) (?:\?|(-?[\d.]+),(-?[\d.]+)) ±(\d+) (\S+)\.\.(\S+) (\S+)",
    re.ASCII,
)


class Whereabouts(NamedTuple):
    """A place and a span of time; NaN where the place is not known.

    ``error_m`` is the radius that holds the true place with 68 % probability.
    """

    kind: str
    lng: float
    lat: float
    error_m: float
    since: datetime
    until: datetime
    profile: str

    def __str__(self) -> str:
        """Write it as a column holds it."""
        known = self.lng == self.lng and self.lat == self.lat
        place = f"{self.lng:.5f},{self.lat:.5f}" if known else "?"
        span = f"{_written(self.since)}..{_written(self.until)}"
        return f"{self.kind} {place} ±{self.error_m:.0f} {span} {self.profile}"


def still_beyond(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return which share of those who went missing are found so far away, or farther.

    1 for the very place, near 0 for far away, `BEFORE` for found before last seen; NaN
    where a place is not known. Of two reports of one kind the earlier one counts as
    where somebody was last seen. The error of both places is taken off the distance.
    """
    one, other = ([_read(text) for text in side] for side in (lefts, rights))
    found = np.full(len(one), np.nan)
    both = zip(one, other, strict=True)
    told = [(n, *_in_order(a, b)) for n, (a, b) in enumerate(both) if a and b]
    if not told:
        return found
    rows = np.array([n for n, *_ in told])
    metres = _metres([a for _, a, _ in told], [b for _, _, b in told])
    minutes = np.array([_minutes(a, b) for _, a, b in told])
    found[rows] = _beyond(metres, minutes, [a.profile for _, a, _ in told])
    found[rows[minutes < 0]] = BEFORE
    return found


def days_between(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return the days that lie at least between two spans of time; NaN for unknown."""
    pairs = zip(lefts, rights, strict=True)
    return np.array([_days(_read(a), _read(b)) for a, b in pairs], dtype=np.float64)


def days_after(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return the days from lost to found, at most: below 0 for found before lost.

    NaN for unknown. Of two of one kind the earlier one counts as lost.
    """
    one, other = ([_read(text) for text in side] for side in (lefts, rights))
    return np.array(
        [
            _minutes(*_in_order(a, b)) / (24 * 60) if a and b else np.nan
            for a, b in zip(one, other, strict=True)
        ],
        dtype=np.float64,
    )


def metres_apart(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return the metres between two places, less the error of both; NaN for unknown."""
    one, other = ([_read(text) for text in side] for side in (lefts, rights))
    found = np.full(len(one), np.nan)
    both = enumerate(zip(one, other, strict=True))
    told = [(n, a, b) for n, (a, b) in both if a and b]
    if told:
        rows, lefts_told, rights_told = zip(*told, strict=True)
        found[list(rows)] = _metres(lefts_told, rights_told)
    return found


def cells(text: str) -> list[str]:
    """Name the cells of a place: of two places 5 km apart at most one is the same.

    Four grids of a tenth of a degree, each moved by half a cell.
    """
    read = _read(text)
    if read is None or read.lng != read.lng:
        return []
    x, y = read.lng * 10, read.lat * 10
    return [
        f"{int(x + east / 2)}/{int(y + north / 2)}/{east}{north}"
        for east in (0, 1)
        for north in (0, 1)
    ]


def cells_by_day(text: str) -> list[str]:
    """Name the cells of a place on each day that it is told of, and a day around them.

    Of two within 5 km, whose spans of time are not a day apart, one is the same. None
    for a span of more than `MOST_DAYS`.
    """
    read = _read(text)
    if read is None or read.until - read.since > timedelta(days=MOST_DAYS):
        return []
    first, last = (at.toordinal() for at in (read.since, read.until))
    return [
        f"{cell}@{day}" for cell in cells(text) for day in range(first - 1, last + 2)
    ]


@lru_cache(maxsize=65536)
def _read(text: str) -> Whereabouts | None:
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    kind, lng, lat, error_m, since, until, profile = found.groups()
    try:
        place = float(lng or "nan"), float(lat or "nan")
        span = datetime.fromisoformat(since), datetime.fromisoformat(until)
    except ValueError:
        return None
    return Whereabouts(kind, *place, float(error_m), *span, profile)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _in_order(a: Whereabouts, b: Whereabouts) -> tuple[Whereabouts, Whereabouts]:
    """Put first where somebody was last seen."""
    if a.kind != b.kind:
        return (a, b) if a.kind == MISSING else (b, a)
    return (a, b) if (a.since, a[1:4]) <= (b.since, b[1:4]) else (b, a)


def _minutes(first: Whereabouts, then: Whereabouts) -> float:
    """Return the longest time that may lie between; below 0 there is none."""
    return (then.until - first.since) / timedelta(minutes=1)


def _metres(first: Sequence[Whereabouts], then: Sequence[Whereabouts]) -> Floats:
    a, b = (np.array([one[1:4] for one in side]).T for side in (first, then))
    apart = metres_between(a[0], a[1], b[0], b[1])
    found: Floats = np.maximum(apart - np.hypot(a[2], b[2]), 0.0)
    return found


def _days(a: Whereabouts | None, b: Whereabouts | None) -> float:
    if a is None or b is None:
        return np.nan
    gap = max(a.since - b.until, b.since - a.until, timedelta(0))
    return gap / timedelta(days=1)


def _beyond(metres: Floats, minutes: Floats, profiles: Sequence[str]) -> Floats:
    steps = np.minimum(np.searchsorted(STEPS_MIN, minutes), len(STEPS_MIN) - 1)
    keys = [f"{profile} {step}" for profile, step in zip(profiles, steps, strict=True)]
    found = np.full(metres.size, np.nan)
    for key in dict.fromkeys(keys):
        at = np.array([one == key for one in keys])
        profile, step = key.split()
        gone = _ways(profile, STEPS_MIN[int(step)])
        found[at] = sum(weight * law.beyond(metres[at]) for weight, law in gone)
    return found


def ways(profile: str, minutes: float) -> tuple[tuple[float, Pieces], ...]:
    """Return the ways in which somebody may have gone on, with their weights.

    On foot, carried after all, or by train or bus; laws of metres from where last seen.
    """
    step = min(int(np.searchsorted(STEPS_MIN, minutes)), len(STEPS_MIN) - 1)
    return _ways(profile, STEPS_MIN[step])


@cache
def _ways(profile: str, minutes: int) -> tuple[tuple[float, Pieces], ...]:
    tables = _tables()
    known = profile if profile in tables.profiles else UNKNOWN
    who = tables.profile(known)
    is_time = way_m(tables.carried.kmh, minutes) >= 2 * RIDE_FROM_M
    rides = tables.rail.share if is_time else 0.0
    walk = foot_law(who, tables, minutes)
    carried = carried_share(who, tables.carried)
    return (
        ((1 - rides) * (1 - carried), walk),
        ((1 - rides) * carried, carried_law(tables.carried, walk.reach_m, minutes)),
        (rides, carried_law(tables.carried, RIDE_FROM_M, minutes)),
    )


@cache
def _tables() -> Tables:
    return read_tables()
