"""Every way to read a pair of numbers as a place, and which of them can be meant.

Degrees in either order; TWD97 metres of zone 121 or 119, in either order. A way counts
when it lands in Taiwan; the county that somebody named decides between several, or the
fact that only one lands in any county at all. What stays open is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.boundaries import Boundaries, Places
from geo.crs import (
    EASTINGS_M,
    NORTHINGS_M,
    READINGS,
    WGS84,
    diagnose_all,
    to_metres,
    to_wgs84,
)
from geo.twd67 import Shift
from geo.written.repairs import NORTH_FIRST, NORTH_FIRST_119, SHIFTED, SWAPPED, ZONE_119

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

PLAUSIBLE_M = 20_000.0
"""How far from the county it names a place may be and still be meant.

The readings of a pair of metres lie some 200 km apart, labels that name the next
county over a few.
"""

FAR_ISLANDS = {
    "64000": ((116.5, 20.5, 117.1, 20.9), (114.2, 10.2, 114.6, 10.6)),
    "10002": ((123.3, 25.6, 124.7, 26.1),),
}
"""東沙 and 南沙 of 高雄市, 釣魚臺 of 宜蘭縣: west, south, east, north in degrees."""


class Way(NamedTuple):
    """How a pair is read: its CRS, whether turned round, and that as a repair.

    ``repair`` is a name of `geo.written.repairs.REPAIRS`, empty for the plain way.
    """

    crs: str
    is_swapped: bool
    repair: str


_METRES = dict(
    zip(
        ((crs, is_swapped) for crs, is_swapped, _ in READINGS),
        ("", ZONE_119, NORTH_FIRST, NORTH_FIRST_119),
        strict=True,
    )
)
DEGREES = (Way(WGS84, False, ""), Way(WGS84, True, SWAPPED))
WAYS = (
    *DEGREES,
    *(Way(crs, is_swapped, repair) for (crs, is_swapped), repair in _METRES.items()),
)
"""Every way that nobody ruled out, likeliest first."""


@dataclass(frozen=True, slots=True, eq=False)
class PairReadings:
    """Every way to read every pair that lands in Taiwan, as columns of shape (n,).

    Attributes
    ----------
    lng, lat
        WGS 84 degrees.
    owner
        Index of the pair.
    ways
        How it was read.
    places
        Where that is.
    fit
        2 in the county named, or in any when none is; 1 within `PLAUSIBLE_M` of it,
        or within the ``GAP_M`` of any that counts as its shore; 0 elsewhere.
    """

    lng: Floats
    lat: Floats
    owner: Indices
    ways: tuple[Way, ...]
    places: Places
    fit: NDArray[np.int8]

    def by_owner(self, n: int) -> list[list[int]]:
        """Give the indices of the readings of each of ``n`` pairs."""
        own: list[list[int]] = [[] for _ in range(n)]
        for i, owner in enumerate(self.owner.tolist()):
            own[owner].append(i)
        return own

    def verdict(self, own: Sequence[int], *, is_named: bool) -> "Verdict":
        """Say which of the readings of one pair is meant.

        Parameters
        ----------
        own
            Indices of the readings, at least one.
        is_named
            Whether a county was named for the pair.
        """
        best = max(int(self.fit[i]) for i in own)
        fitting = tuple(i for i in own if self.fit[i] == best)
        if len(own) > 1 and best == 0:
            return Verdict("no-reading", tuple(own))
        if len(fitting) > 1:
            return Verdict("two-readings", fitting)
        if best == 0 and is_named and not self.places.covering_counties[own[0]]:
            return Verdict("far-from-county", fitting)
        return Verdict("", fitting)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The readings that can be meant, and why there is not exactly one.

    ``kind`` is ``""`` when ``which`` holds the one that is meant; else
    ``no-reading`` (several, none where it should be), ``two-readings`` (several fit)
    or ``far-from-county`` (one, in no county and far from the one named).
    """

    kind: str
    which: tuple[int, ...]


def read_pairs(
    x: Floats,
    y: Floats,
    *,
    boundaries: Boundaries,
    said: Sequence[str | None],
    crs: str | None = None,
    twd67_shift: Shift | None = None,
) -> PairReadings:
    """Read pairs in every way that they allow, or in the CRS stated.

    Parameters
    ----------
    x, y
        The numbers as written, shape (n,).
    said
        Code of the county named for each pair, None where none is; n of them.
    crs
        Of every pair; then there is only this way.
    twd67_shift
        See `geo.crs.to_wgs84`.

    Raises
    ------
    CrsMismatch, CoordinateRefused
        As `geo.crs.to_wgs84`, for the CRS stated.
    """
    parts = [_stated(x, y, crs, twd67_shift)] if crs else _all_ways(x, y)
    lng = np.concatenate([part.lng for part in parts])
    lat = np.concatenate([part.lat for part in parts])
    owner = np.concatenate([part.owner for part in parts])
    places = boundaries.locate(lng=lng, lat=lat)
    named = np.array([said[i] or "" for i in owner.tolist()], dtype=np.str_)
    return PairReadings(
        lng=lng,
        lat=lat,
        owner=owner,
        ways=tuple(part.way for part in parts for _ in part.owner),
        places=places,
        fit=_fit(named, places, boundaries),
    )


class _Part(NamedTuple):
    """The pairs that one way brings to Taiwan."""

    lng: Floats
    lat: Floats
    owner: Indices
    way: Way


def _stated(x: Floats, y: Floats, crs: str, shift: Shift | None) -> _Part:
    lng, lat = to_wgs84(x, y, crs=crs, twd67_shift=shift)
    inside = np.flatnonzero(diagnose_all(lng, lat) == 0)
    way = Way(crs, False, SHIFTED if shift is not None else "")
    return _Part(lng[inside], lat[inside], inside, way)


def _all_ways(x: Floats, y: Floats) -> list[_Part]:
    parts = []
    for way in WAYS:
        east, north = (y, x) if way.is_swapped else (x, y)
        if way.crs == WGS84:
            own = np.arange(x.size)
            lng, lat = east, north
        else:
            own = np.flatnonzero(
                _between(east, EASTINGS_M) & _between(north, NORTHINGS_M)
            )
            lng, lat = to_wgs84(east[own], north[own], crs=way.crs)
        inside = diagnose_all(lng, lat) == 0
        parts.append(_Part(lng[inside], lat[inside], own[inside], way))
    return parts


def _between(values: Floats, ends: tuple[float, float]) -> NDArray[np.bool_]:
    return (ends[0] <= values) & (values <= ends[1])


def _fit(
    named: NDArray[np.str_], places: Places, boundaries: Boundaries
) -> NDArray[np.int8]:
    fit = np.zeros(len(places), dtype=np.int8)
    fit[(named == "") & (places.near_code != "")] = 1
    fit[(named == "") & (places.covering_counties > 0)] = 2
    fit[(named != "") & (places.county_code == named)] = 2
    for code in set(named[fit == 0].tolist()) - {""}:
        asked = np.flatnonzero((fit == 0) & (named == code))
        lng, lat = places.lng[asked], places.lat[asked]
        fit[asked[is_near_county(boundaries, code, lng=lng, lat=lat)]] = 1
    return fit


def is_near_county(
    boundaries: Boundaries, code: str, *, lng: Floats, lat: Floats
) -> NDArray[np.bool_]:
    """Say which places, shape (n,), lie within `PLAUSIBLE_M` of a county.

    The far islands, which boundary files often lack, count as near to theirs.

    Raises
    ------
    KeyError
        No county has the code.
    """
    points = shapely.points(*to_metres(lng, lat))
    near = shapely.dwithin(_plane(boundaries, code), points, PLAUSIBLE_M)
    for west, south, east, north in FAR_ISLANDS.get(code, ()):
        near |= (west <= lng) & (lng <= east) & (south <= lat) & (lat <= north)
    return np.asarray(near, dtype=np.bool_)


@lru_cache(maxsize=64)
def _plane(boundaries: Boundaries, code: str) -> Any:  # noqa: ANN401 - a shape
    """Give a county on the plane of zone 121, ready for many questions."""

    def projected(degrees: Floats) -> Floats:
        return np.column_stack(to_metres(degrees[:, 0], degrees[:, 1]))

    shape = shapely.transform(boundaries.county[code].shape, projected)
    shapely.prepare(shape)
    return shape
