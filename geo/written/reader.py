"""A place as a person writes it: degrees, metres or a kilometre of a road, in one text.

Every way to read the text that lands in Taiwan is made. One that is meant is given with
what was mended to get there; what is open, or no place at all, is refused by name.
Nothing is turned round, moved or rounded without saying so.
"""

from dataclasses import dataclass
from math import cos, radians

import numpy as np

from geo.boundaries import Boundaries, Place
from geo.chord import radii_m
from geo.crs import TM2_119, TM2_121, WGS84, diagnose, is_tm2, remedy
from geo.errors import CoordinateRefused, CrsMismatch
from geo.refusals import Refusal, refusal_of
from geo.twd67 import TWD67, Shift
from geo.written.notation import Amount, Folded, fold_text
from geo.written.pairs import WrittenPair, read_pair
from geo.written.posts import Between, Posts
from geo.written.readings import PairReadings, Way, read_pairs
from geo.written.repairs import (
    BETWEEN_POSTS,
    LAT_FIRST,
    NORTH_FIRST,
    OTHER_COUNTY,
    SWAPPED,
    PlaceRepair,
)
from geo.written.roads import DIRECTIONS, WrittenPost, read_post, road_name

ZONES = {TM2_121: 121, TM2_119: 119}
OLD = frozenset(f"EPSG:{code}" for code in TWD67)
OLD_DEGREES, OLD_METRES = "EPSG:3821", "EPSG:3828"
EITHER_ORDER = frozenset({WGS84, TM2_121, TM2_119})


@dataclass(frozen=True, slots=True)
class Reading:
    """A place, and how it was read.

    Attributes
    ----------
    place
        County, town and village, see `geo.boundaries.Place`.
    crs
        What the numbers were read in: ``EPSG:4326``, 3826, 3825 ...; ``"post"`` for a
        kilometre of a road.
    how, how_zh
        That as a sentence.
    repairs
        What was mended, in the order in which it was.
    precision_m
        Metres on the ground that one in the last place written stands for, of the
        coarser of the two numbers: 31 for whole seconds.
    bound_m
        For a kilometre of a road how far the true place can be from this one; None
        otherwise.
    error_m
        Radius that holds the true place with 68 %, from ``bound_m``.
    """

    place: Place
    crs: str
    how: str
    how_zh: str
    repairs: tuple[PlaceRepair, ...]
    precision_m: float
    bound_m: float | None = None
    error_m: float | None = None

    @property
    def lng(self) -> float:
        """Longitude in WGS 84 degrees."""
        return self.place.lng

    @property
    def lat(self) -> float:
        """Latitude in WGS 84 degrees."""
        return self.place.lat


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What became of a text.

    Attributes
    ----------
    reading
        The place that is meant; None where the text is refused.
    alternatives
        Other ways to read it that land in Taiwan; the two or more that are open where
        it is refused as ``two-readings``.
    refusal
        Why there is no reading; None where there is one.
    """

    reading: Reading | None
    alternatives: tuple[Reading, ...] = ()
    refusal: Refusal | None = None


class PlaceReader:
    """Reads places out of texts; keeps the boundaries and the posts.

    Parameters
    ----------
    boundaries
        What counts as a plausible county.
    posts
        For kilometres of roads; without them those are refused.
    twd67_shift
        Parameters for texts on the old datum; without them those are refused.
    """

    def __init__(
        self,
        boundaries: Boundaries,
        posts: Posts | None = None,
        *,
        twd67_shift: Shift | None = None,
    ) -> None:
        self._boundaries = boundaries
        self._posts = posts or Posts()
        self._shift = twd67_shift

    def read(
        self, text: str, *, county: str | None = None, crs: str | None = None
    ) -> Reading:
        """Read the place that a text means.

        Parameters
        ----------
        text
            As `interpret`, which does not raise.

        Raises
        ------
        CoordinateRefused
            With the ``kind`` of `geo.refusals.KINDS`.
        """
        found = self.interpret(text, county=county, crs=crs)
        if found.reading is None:
            refusal = found.refusal
            assert refusal is not None, "neither read nor refused"
            raise CoordinateRefused(refusal.why, kind=refusal.kind)
        return found.reading

    def interpret(
        self, text: str, *, county: str | None = None, crs: str | None = None
    ) -> Interpretation:
        """Read a text in every way, and say which is meant or why none is.

        Parameters
        ----------
        text
            Decimal degrees, degrees with minutes and seconds, TWD97 metres, or a
            kilometre of a road, with or without words for the axes and the system.
        county
            Code or name of the county it should lie in; decides between ways.
        crs
            Of the numbers; then none other is tried. The order of the two is still
            told by words or by what lands in Taiwan.
        """
        try:
            folded = fold_text(text)
            code = self._code_of(county)
            post = read_post(folded)
            if post is not None:
                return self._of_post(post, folded, code)
            pair = read_pair(folded)
            asked = _Asked(pair, folded.repairs, code, _stated(pair, crs))
            return self._of_pair(asked)
        except CoordinateRefused as refused:
            return Interpretation(None, refusal=refusal_of(refused.kind, str(refused)))
        except CrsMismatch as mismatch:
            return Interpretation(None, refusal=refusal_of("crs", str(mismatch)))

    def _code_of(self, county: str | None) -> str | None:
        """Find the code of a county by its code or name."""
        if county is None:
            return None
        plain = fold_text(county).text.replace("台", "臺")
        layer = self._boundaries.county
        found = [
            str(code)
            for code, name in zip(layer.codes, layer.names, strict=True)
            if plain in (code, name, name[:-1])
        ]
        if len(found) == 1:
            return found[0]
        raise CoordinateRefused(
            f"{len(found) or 'no'} counties have this code or name: give one such as "
            f"{layer.codes[0]} or {layer.names[0]}",
            kind="unknown-county",
        )

    def _of_post(
        self, post: WrittenPost, folded: Folded, code: str | None
    ) -> Interpretation:
        found = self._posts.find(
            post.road, km=post.km, direction=post.direction, unit_m=post.unit_m
        )
        place = self._boundaries.locate(lng=found.lng, lat=found.lat)
        how, how_zh = _how_post(post)
        repairs = (*folded.repairs, *_drawn(found))
        reading = Reading(
            place, "post", how, how_zh,
            (*repairs, *self._elsewhere(place, code)),
            post.unit_m, found.bound_m, found.error_m,
        )  # fmt: skip
        return Interpretation(reading)

    def _of_pair(self, asked: "_Asked") -> Interpretation:
        found = read_pairs(
            np.array([asked.pair.x.value]),
            np.array([asked.pair.y.value]),
            boundaries=self._boundaries,
            said=[asked.county],
            crs=None if asked.crs in EITHER_ORDER else asked.crs,
            twd67_shift=self._shift if asked.crs in OLD else None,
        )
        own = [i for i, way in enumerate(found.ways) if _is_allowed(asked, way)]
        if not own:
            return Interpretation(None, refusal=_no_place(asked))
        readings = {i: self._reading(asked, found, i) for i in own}
        verdict = found.verdict(own, is_named=asked.county is not None)
        if verdict.kind:
            open_ones = tuple(readings[i] for i in verdict.which)
            told = "; ".join(_listed(reading) for reading in open_ones)
            refusal = refusal_of(verdict.kind, told)
            return Interpretation(None, open_ones, refusal)
        others = tuple(readings[i] for i in own if i not in verdict.which)
        return Interpretation(readings[verdict.which[0]], others)

    def _reading(self, asked: "_Asked", found: PairReadings, i: int) -> Reading:
        pair, way, place = asked.pair, found.ways[i], found.places[i]
        amounts = (pair.y, pair.x) if way.is_swapped else (pair.x, pair.y)
        how, how_zh = _how_pair(way, amounts)
        repairs = (
            *asked.folding,
            *_written(pair.x, pair.texts[0]),
            *_written(pair.y, pair.texts[1]),
            *_turned(asked, way, place),
            *self._elsewhere(place, asked.county),
        )
        unit_m = precision_m(amounts, way.crs, lat=place.lat)
        return Reading(place, way.crs, how, how_zh, repairs, unit_m)

    def _elsewhere(self, place: Place, code: str | None) -> tuple[PlaceRepair, ...]:
        """Tell that a place lies in another county than the one named."""
        covering = {county.code for county in place.counties}
        if code is None or code in covering or place.county is None:
            return ()
        named = self._boundaries.county[code].name
        return (PlaceRepair(OTHER_COUNTY, named, place.county.name),)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Two numbers with all that narrows how they can be read.

    ``folding`` is what was mended before, ``county`` a code, ``crs`` the one stated.
    """

    pair: WrittenPair
    folding: tuple[PlaceRepair, ...]
    county: str | None
    crs: str | None


def precision_m(amounts: tuple[Amount, Amount], crs: str, *, lat: float) -> float:
    """Give the metres that the last place of the coarser number stands for.

    Parameters
    ----------
    amounts
        East, then north.
    """
    east, north = (amount.unit for amount in amounts)
    if crs in (WGS84, "EPSG:3824", "EPSG:3821"):
        along_m, across_m = radii_m(lat)
        north = radians(north) * along_m
        east = radians(east) * across_m * cos(radians(lat))
    return float(max(east, north))


def _stated(pair: WrittenPair, crs: str | None) -> str | None:
    """Join the CRS that was passed with the one the text names."""
    is_code = crs is not None and crs.lower().startswith("epsg:")
    passed = crs.upper() if crs and is_code else crs
    named = pair.frame
    if named == "TWD67":
        if passed in OLD:
            return passed
        is_degrees = diagnose(lng=pair.x.value, lat=pair.y.value) in (None, "swapped")
        named = OLD_DEGREES if is_degrees else OLD_METRES
    if passed and named and passed != named:
        raise CoordinateRefused(
            f"the text names {pair.frame}, and {passed} was stated", kind="wrong-crs"
        )
    return passed or named or None


def _is_allowed(asked: _Asked, way: Way) -> bool:
    """Say whether a way agrees with the words and marks of the text."""
    pair = asked.pair
    if asked.crs and way.crs != asked.crs:
        return False
    if pair.is_labelled and way.is_swapped:
        return False
    is_marked = pair.x.is_degrees or pair.y.is_degrees
    return not (is_marked and way.crs in ZONES)


def _no_place(asked: _Asked) -> Refusal:
    """Say why a pair that lands nowhere is refused."""
    x, y = asked.pair.x.value, asked.pair.y.value
    if asked.crs:
        return refusal_of("wrong-crs", f"{x:.10g} {y:.10g} read as {asked.crs}")
    kind = diagnose(lng=x, lat=y)
    if kind == "metres" and not is_tm2(x, y):
        told = f"{x:.10g} is called east and {y:.10g} north: it looks the other way"
        return refusal_of("swapped", f"{told} round")
    kind = kind if kind in ("swapped", "zero") else "outside"
    return refusal_of(kind, remedy(kind, lng=x, lat=y))


def _written(amount: Amount, text: str) -> tuple[PlaceRepair, ...]:
    value = f"{amount.value:.10g}"
    return tuple(PlaceRepair(name, text, value) for name in amount.repairs)


def _turned(asked: _Asked, way: Way, place: Place) -> tuple[PlaceRepair, ...]:
    """Tell that the order or the zone is not the plain one, unless it was stated."""
    name = LAT_FIRST if way.repair == SWAPPED else way.repair
    if asked.crs in ZONES:
        name = NORTH_FIRST if way.is_swapped else ""
    if not name:
        return ()
    made = f"lng={place.lng:.6f} lat={place.lat:.6f}"
    return (PlaceRepair(name, ", ".join(asked.pair.texts), made),)


def _drawn(found: Between) -> tuple[PlaceRepair, ...]:
    if found.before is found.after:
        return ()
    names = (post.name or f"{post.km:g}" for post in (found.before, found.after))
    made = f"lng={found.lng:.6f} lat={found.lat:.6f} ±{found.bound_m:.0f} m"
    return (PlaceRepair(BETWEEN_POSTS, " - ".join(names), made),)


def _how_pair(way: Way, amounts: tuple[Amount, Amount]) -> tuple[str, str]:
    east, north = (f"{amount.value:.10g}" for amount in amounts)
    if way.crs == WGS84:
        return (
            f"WGS 84 degrees: longitude {east}, latitude {north}",
            f"WGS84經緯度：東經{east}度、北緯{north}度",
        )
    if way.crs in ZONES:
        zone = ZONES[way.crs]
        return (
            f"TWD97 TM2 metres of zone {zone} ({way.crs}): {east} east, {north} north",
            f"TWD97二度分帶{zone}分帶（{way.crs}）：橫坐標{east}、縱坐標{north}",
        )
    return (f"{way.crs}: {east}, {north}", f"{way.crs}：{east}、{north}")


def _how_post(post: WrittenPost) -> tuple[str, str]:
    name, name_zh = road_name(post.road)
    way, way_zh = DIRECTIONS.get(post.direction or "", ("", ""))
    return (
        " ".join(filter(None, (f"{name}, kilometre {post.km:g}", way))),
        f"{name_zh}{way_zh}{post.km:g}公里",
    )


def _listed(reading: Reading) -> str:
    county = reading.place.county
    return f"{reading.how}, in {county.name if county else 'no county'}"
