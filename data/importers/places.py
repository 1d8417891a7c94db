"""From the two coordinates and the words of a row to a place.

Public files mix the zones of TWD97, turn pairs round and write degrees where metres
should be. Every reading that a pair allows is made; the county that the row itself
names decides between them. A pair that only one reading puts in Taiwan needs no
such help. What stays open is refused, never guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import nan
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import RowRefused
from data.importers.gazetteer import Gazetteer, Said
from data.records import Spot
from geo.boundaries import Boundaries, Note, Places
from geo.crs import (
    READINGS,
    diagnose_all,
    is_tm2,
    remedy,
    to_metres,
    to_wgs84,
)

Floats = NDArray[np.float64]

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

SIGNIFICANT = 7
"""Decimals of a degree that are kept, about a centimetre."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_TWO_NUMBERS = re.compile(r"([+-]?\d+(?:\.\d*)?) ?\(([+-]?\d+(?:\.\d*)?)\)", re.ASCII)
_DMS = re.compile(
    r"[NEne東北]?經?緯?(\d{1,3})[°º度] ?(\d{1,2}(?:\.\d+)?)['′’分]"
    r" ?(?:(\d{1,2}(?:\.\d+)?)(?:[\"″”秒]|''|′′)?)? ?[NEne]?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one row says of its place; ``x`` and ``y`` are empty where it is silent.

    ``said`` is the county its words name, ``town`` words that may name a town.
    """

    x: str = ""
    y: str = ""
    address: str | None = None
    said: str | None = None
    town: str = ""
    error_m: float | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a row is; ``attributes`` keeps what the coordinates alone do not say."""

    spot: Spot
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two numbers of a row, what was mended to get them, and a second place."""

    x: float
    y: float
    repairs: tuple[str, ...] = ()
    temporary: tuple[float, float] | None = None


class Placer:
    """Turns claims into places; keeps what it needs of the boundaries.

    Parameters
    ----------
    crs
        Of every pair, when a person or the file states one; then a pair has only
        that reading.
    """

    def __init__(self, boundaries: Boundaries, crs: str | None = None) -> None:
        self.gazetteer = Gazetteer(boundaries)
        self._boundaries = boundaries
        self._crs = crs

    def place_all(self, claims: Sequence[Claim]) -> list[Placed | RowRefused]:
        """Place each claim, or say why it has no place.

        Returns
        -------
        list, shape (n,)
            A refusal is of code ``not-a-number``, ``half-a-pair``, one of
            `geo.crs.diagnose`, ``wrong-crs``, ``two-readings``, ``no-reading`` or
            ``far-from-county``.
        """
        found: list[Placed | RowRefused] = [self._unlocated(c) for c in claims]
        pairs: list[tuple[int, _Pair]] = []
        for i, claim in enumerate(claims):
            try:
                if pair := _pair(claim):
                    pairs.append((i, pair))
            except RowRefused as refused:
                found[i] = refused
        owners = [claims[i] for i, _ in pairs]
        located = self._locate_all(owners, [pair for _, pair in pairs])
        for (i, _), placed in zip(pairs, located, strict=True):
            found[i] = placed
        return found

    def _unlocated(self, claim: Claim) -> Placed:
        said = self._said(claim)
        spot = Spot(
            error_m=claim.error_m,
            address=claim.address,
            county_code=said.county,
            town_code=said.town,
        )
        return Placed(spot)

    def _said(self, claim: Claim) -> Said:
        for text in (claim.address, claim.town):
            if text and (town := self.gazetteer.town_in(text, claim.said)):
                return Said(claim.said, town)
        return Said(claim.said)

    def _locate_all(
        self, claims: Sequence[Claim], pairs: Sequence[_Pair]
    ) -> list[Placed | RowRefused]:
        if not pairs:
            return []
        x = np.array([pair.x for pair in pairs])
        y = np.array([pair.y for pair in pairs])
        readings = _Readings.of(x, y, self._crs)
        places = self._boundaries.locate(lng=readings.lng, lat=readings.lat)
        fit = self._fit([claims[i].said for i in readings.owner], readings, places)
        return [
            self._choose(claim, pair, _Found(readings, places, fit, own))
            for claim, pair, own in zip(
                claims, pairs, readings.by_owner(len(pairs)), strict=True
            )
        ]

    def _fit(
        self, said: Sequence[str | None], readings: "_Readings", places: Places
    ) -> NDArray[np.int8]:
        """Grade how well each reading agrees with the county its row names.

        Returns
        -------
        ndarray of int8, shape (n,)
            2 in the county, or in any when none is named; 1 within `PLAUSIBLE_M` of
            it; 0 elsewhere.
        """
        fit = np.zeros(len(said), dtype=np.int8)
        named = np.array([code or "" for code in said])
        fit[(named == "") & (places.covering_counties > 0)] = 2
        fit[(named != "") & (places.county_code == named)] = 2
        for code in set(named[fit == 0].tolist()) - {""}:
            asked = np.flatnonzero((fit == 0) & (named == code))
            fit[asked[self._is_near(code, readings, asked)]] = 1
        return fit

    def _is_near(
        self, code: str, readings: "_Readings", asked: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        lng, lat = readings.lng[asked], readings.lat[asked]
        points = shapely.points(*to_metres(lng, lat))
        near = shapely.dwithin(_plane(self._boundaries, code), points, PLAUSIBLE_M)
        for west, south, east, north in FAR_ISLANDS.get(code, ()):
            near |= (west <= lng) & (lng <= east) & (south <= lat) & (lat <= north)
        return np.asarray(near, dtype=np.bool_)

    def _choose(
        self, claim: Claim, pair: _Pair, found: "_Found"
    ) -> Placed | RowRefused:
        own = found.own
        if not own:
            return _no_place(pair, self._crs)
        best = max(int(found.fit[i]) for i in own)
        fitting = [i for i in own if found.fit[i] == best]
        if len(own) > 1 and best == 0:
            return RowRefused("no-reading", _open(own, found, "none lies near"))
        if len(fitting) > 1:
            return RowRefused("two-readings", _open(fitting, found, "all fit"))
        if best == 0 and claim.said and not found.places.covering_counties[own[0]]:
            return RowRefused("far-from-county", self._far(claim, own[0], found))
        return self._placed(claim, pair, fitting[0], found)

    def _far(self, claim: Claim, i: int, found: "_Found") -> str:
        name = self.gazetteer.names[claim.said or ""]
        where = f"lng={found.readings.lng[i]:.6f} lat={found.readings.lat[i]:.6f}"
        reach = PLAUSIBLE_M / 1000
        return f"{where} is in no county and over {reach:.0f} km from {name}, as named"

    def _placed(self, claim: Claim, pair: _Pair, i: int, found: "_Found") -> Placed:
        readings, places = found.readings, found.places
        note = places.note[i]
        county, notes = _county(places, i, claim.said)
        attributes: dict[str, Any] = {}
        if claim.said and county != claim.said:
            attributes["county_said"] = claim.said
            notes = (*notes, "the point lies in another county than the row names")
        if pair.temporary is not None:
            temporary = readings.again(i, pair.temporary)
            attributes["temporary_lng"], attributes["temporary_lat"] = temporary
        if note != Note.OK:
            attributes["place_note"] = str(note)
        spot = Spot(
            lng=round(float(readings.lng[i]), SIGNIFICANT),
            lat=round(float(readings.lat[i]), SIGNIFICANT),
            error_m=claim.error_m,
            address=claim.address,
            county_code=county,
            town_code=str(places.town_code[i]) or None,
            village_code=str(places.village_code[i]) or None,
        )
        repair = readings.repair[i]
        repairs = (*pair.repairs, repair) if repair else pair.repairs
        return Placed(spot, repairs, notes, attributes)


@dataclass(frozen=True, slots=True)
class _Readings:
    """Every way to read every pair, as columns of shape (n,).

    ``owner`` is the index of the pair, ``crs`` and ``is_swapped`` how it was read,
    ``repair`` that in words, empty for the plain way.
    """

    lng: Floats
    lat: Floats
    owner: NDArray[np.intp]
    crs: list[str]
    is_swapped: list[bool]
    repair: list[str]

    @classmethod
    def of(cls, x: Floats, y: Floats, crs: str | None) -> "_Readings":
        """Read pairs, shape (n,), in the CRS stated, or in every way they allow."""
        parts = [_stated(x, y, crs)] if crs else _all_ways(x, y)
        return cls(
            lng=np.concatenate([part[0] for part in parts]),
            lat=np.concatenate([part[1] for part in parts]),
            owner=np.concatenate([part[2] for part in parts]),
            crs=[part[3] for part in parts for _ in part[2]],
            is_swapped=[part[4] for part in parts for _ in part[2]],
            repair=[part[5] for part in parts for _ in part[2]],
        )

    def by_owner(self, n: int) -> list[list[int]]:
        """Give the indices of the readings of each of ``n`` pairs."""
        own: list[list[int]] = [[] for _ in range(n)]
        for i, owner in enumerate(self.owner.tolist()):
            own[owner].append(i)
        return own

    def again(self, i: int, pair: tuple[float, float]) -> tuple[float, float]:
        """Read another pair in the way of reading ``i``."""
        x, y = reversed(pair) if self.is_swapped[i] else pair
        lng, lat = to_wgs84(x, y, crs=self.crs[i])
        return round(float(lng), SIGNIFICANT), round(float(lat), SIGNIFICANT)


@dataclass(frozen=True, slots=True)
class _Found:
    """Readings with their places and grades, and which of them are one row's."""

    readings: _Readings
    places: Places
    fit: NDArray[np.int8]
    own: list[int]


_Part = tuple[Floats, Floats, NDArray[np.intp], str, bool, str]


def _stated(x: Floats, y: Floats, crs: str) -> _Part:
    lng, lat = to_wgs84(x, y, crs=crs)
    inside = np.flatnonzero(diagnose_all(lng, lat) == 0)
    return lng[inside], lat[inside], inside, crs, False, ""


def _all_ways(x: Floats, y: Floats) -> list[_Part]:
    parts = []
    for is_swapped, repair in ((False, ""), (True, "degrees swapped")):
        lng, lat = (y, x) if is_swapped else (x, y)
        own = np.flatnonzero(diagnose_all(lng, lat) == 0)
        parts.append((lng[own], lat[own], own, "EPSG:4326", is_swapped, repair))
    for crs, is_swapped, name in READINGS:
        east, north = (y, x) if is_swapped else (x, y)
        own = np.array(
            [i for i in range(x.size) if is_tm2(float(east[i]), float(north[i]))],
            dtype=np.intp,
        )
        lng, lat = to_wgs84(east[own], north[own], crs=crs)
        inside = diagnose_all(lng, lat) == 0
        repair = "" if name == "as given" else f"metres: {name}"
        parts.append((lng[inside], lat[inside], own[inside], crs, is_swapped, repair))
    return parts


def _no_place(pair: _Pair, crs: str | None) -> RowRefused:
    if crs is not None:
        reason = f"x={pair.x} y={pair.y} is not in Taiwan when read as {crs}"
        return RowRefused("wrong-crs", f"{reason}: leave --crs out, or check it")
    kind = "zero" if pair.x == pair.y == 0 else "outside"
    return RowRefused(kind, remedy(kind, lng=pair.x, lat=pair.y))


def _open(which: Sequence[int], found: _Found, verdict: str) -> str:
    readings = found.readings
    ways = ", ".join(readings.repair[i] or "as given" for i in which)
    return (
        f"{len(which)} ways to read the coordinates ({ways}), and {verdict} "
        "what the row names: state the CRS with --crs"
    )


def _county(
    places: Places, i: int, said: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Give the county that answers, and a note when the point alone does not say."""
    if places.covering_counties[i] > 1 and said in _covering(places, i):
        return said, ("on a line between counties: the one named leads",)
    if code := str(places.county_code[i]):
        return code, ()
    if near := str(places.near_code[i]):
        return near, ("between the lines of the counties, or on the shore",)
    if said:
        return said, ("in no county of the boundary file: the one named is taken",)
    return None, ("in no county of the boundary file, and none is named",)


def _covering(places: Places, i: int) -> set[str]:
    first, last = np.searchsorted(places.covers[0], (i, i + 1))
    return set(places.counties.codes[places.covers[1][first:last]].tolist())


@lru_cache(maxsize=64)
def _plane(boundaries: Boundaries, code: str) -> Any:  # noqa: ANN401 - a shape
    """Give a county on the plane of zone 121, ready for many questions."""

    def projected(degrees: Floats) -> Floats:
        return np.column_stack(to_metres(degrees[:, 0], degrees[:, 1]))

    shape = shapely.transform(boundaries.county[code].shape, projected)
    shapely.prepare(shape)
    return shape


def _pair(claim: Claim) -> _Pair | None:
    """Read the two cells of a row as numbers; None when both are empty."""
    if not claim.x and not claim.y:
        return None
    if not claim.x or not claim.y:
        raise RowRefused("half-a-pair", "one of the two coordinates is missing")
    x, y = _numbers(claim.x), _numbers(claim.y)
    repairs = tuple(dict.fromkeys(how for _, _, how in (x, y) if how))
    second = (x[1], y[1]) if x[1] == x[1] and y[1] == y[1] else None
    return _Pair(x[0], y[0], repairs, second)


def _numbers(text: str) -> tuple[float, float, str]:
    """Read one cell: its number, the one in brackets or NaN, and the repair."""
    if _NUMBER.fullmatch(text):
        return float(text), nan, ""
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", "")), nan, "number with commas"
    if two := _TWO_NUMBERS.fullmatch(text):
        return float(two[1]), float(two[2]), "two numbers: the first is the address"
    if dms := _DMS.fullmatch(text):
        degrees = int(dms[1]) + float(dms[2]) / 60 + float(dms[3] or 0) / 3600
        return degrees, nan, "degrees and minutes"
    raise RowRefused("not-a-number", f"{text[:40]!r} is not a coordinate")
