"""From the two coordinates and the words of a row to a place.

Public files mix the zones of TWD97, turn pairs round and write degrees where metres
should be. Every reading that a pair allows is made; the county that the row itself
names decides between them. A pair that only one reading puts in Taiwan needs no
such help. What stays open is refused, never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any

import numpy as np

from data.errors import RowRefused
from data.importers.gazetteer import Gazetteer, Said
from data.records import Spot
from geo.boundaries import Boundaries, Note, Places
from geo.crs import remedy, to_wgs84
from geo.errors import CoordinateRefused
from geo.written.notation import Cell, read_cell
from geo.written.readings import PLAUSIBLE_M, PairReadings, Verdict, read_pairs

SIGNIFICANT = 7
"""Decimals of a degree that are kept, about a centimetre."""


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
        readings = read_pairs(
            np.array([pair.x for pair in pairs]),
            np.array([pair.y for pair in pairs]),
            boundaries=self._boundaries,
            said=[claim.said for claim in claims],
            crs=self._crs,
        )
        return [
            self._choose(claim, pair, readings, own)
            for claim, pair, own in zip(
                claims, pairs, readings.by_owner(len(pairs)), strict=True
            )
        ]

    def _choose(
        self, claim: Claim, pair: _Pair, readings: PairReadings, own: list[int]
    ) -> Placed | RowRefused:
        if not own:
            return _no_place(pair, self._crs)
        verdict = readings.verdict(own, is_named=claim.said is not None)
        if verdict.kind == "far-from-county":
            reason = self._far(claim, verdict.which[0], readings)
            return RowRefused("far-from-county", reason)
        if verdict.kind:
            return RowRefused(verdict.kind, _open(verdict, readings))
        return self._placed(claim, pair, readings, verdict.which[0])

    def _far(self, claim: Claim, i: int, readings: PairReadings) -> str:
        name = self.gazetteer.names[claim.said or ""]
        where = f"lng={readings.lng[i]:.6f} lat={readings.lat[i]:.6f}"
        reach = PLAUSIBLE_M / 1000
        return f"{where} is in no county and over {reach:.0f} km from {name}, as named"

    def _placed(
        self, claim: Claim, pair: _Pair, readings: PairReadings, i: int
    ) -> Placed:
        places, way = readings.places, readings.ways[i]
        note = places.note[i]
        county, notes = _county(places, i, claim.said)
        attributes: dict[str, Any] = {}
        if claim.said and county != claim.said:
            attributes["county_said"] = claim.said
            notes = (*notes, "the point lies in another county than the row names")
        if pair.temporary is not None:
            x, y = reversed(pair.temporary) if way.is_swapped else pair.temporary
            lng, lat = to_wgs84(x, y, crs=way.crs)
            attributes["temporary_lng"] = round(float(lng), SIGNIFICANT)
            attributes["temporary_lat"] = round(float(lat), SIGNIFICANT)
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
        repairs = (*pair.repairs, way.repair) if way.repair else pair.repairs
        return Placed(spot, repairs, notes, attributes)


def _no_place(pair: _Pair, crs: str | None) -> RowRefused:
    if crs is not None:
        reason = f"x={pair.x} y={pair.y} is not in Taiwan when read as {crs}"
        return RowRefused("wrong-crs", f"{reason}: leave --crs out, or check it")
    kind = "zero" if pair.x == pair.y == 0 else "outside"
    return RowRefused(kind, remedy(kind, lng=pair.x, lat=pair.y))


def _open(verdict: Verdict, readings: PairReadings) -> str:
    ways = ", ".join(readings.ways[i].repair or "as given" for i in verdict.which)
    told = "none lies near" if verdict.kind == "no-reading" else "all fit"
    return (
        f"{len(verdict.which)} ways to read the coordinates ({ways}), and {told} "
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


def _pair(claim: Claim) -> _Pair | None:
    """Read the two cells of a row as numbers; None when both are empty."""
    if not claim.x and not claim.y:
        return None
    if not claim.x or not claim.y:
        raise RowRefused("half-a-pair", "one of the two coordinates is missing")
    x, y = _cell(claim.x), _cell(claim.y)
    repairs = tuple(dict.fromkeys((*x.amount.repairs, *y.amount.repairs)))
    both = None if isnan(x.second + y.second) else (x.second, y.second)
    return _Pair(x.amount.value, y.amount.value, repairs, both)


def _cell(text: str) -> Cell:
    try:
        return read_cell(text)
    except CoordinateRefused as refused:
        reason = f"{text[:40]!r} is not a coordinate: {refused}"
        raise RowRefused("not-a-number", reason) from refused
