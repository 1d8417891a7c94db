"""WGS 84 inside, TWD97 at the edges, and a name for every way to get it wrong.

Everything in ``geo`` is WGS 84 longitude and latitude in degrees. TWD97 (EPSG:3824)
agrees with it to about one metre; TWD67 is about 854 m away and is refused unless the
parameters of the shift are handed over: `geo.twd67`.
"""

from functools import lru_cache
from math import inf, isfinite, nan
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from geo.errors import CoordinateRefused, CrsMismatch
from geo.twd67 import TWD67, Shift, onto_twd97

WGS84 = "EPSG:4326"
TM2_121 = "EPSG:3826"
TM2_119 = "EPSG:3825"

COARSEST_M = 2.0  # TWD97 to WGS 84 is stated as 1 m


class Bounds(NamedTuple):
    """A box of longitudes and latitudes, in degrees, edges included."""

    west: float
    south: float
    east: float
    north: float


# 太平島 114.37 E 10.37 N in the south-west, 赤尾嶼 124.56 E and 東引 26.38 N in the
# north-east; 金門, 馬祖 and 東沙 (116.7 E, 20.7 N) lie between them.
TAIWAN = Bounds(west=114.3, south=10.3, east=124.7, north=26.5)

# The same bounds in TWD97 TM2 metres of either zone, a little wider. The ranges of
# easting and northing do not meet, so a swapped pair always shows.
EASTINGS_M = (-500_000.0, 850_000.0)
NORTHINGS_M = (1_100_000.0, 2_960_000.0)

FAULTS = ("", "nan", "swapped", "metres", "zero", "outside")
REMEDIES = {
    "nan": "give two finite numbers",
    "swapped": "looks swapped: did you mean lng={lat} lat={lng}?",
    "metres": "looks like TWD97 metres (EPSG:3826, west of 119.9 E EPSG:3825): "
    "pass the CRS",
    "zero": "is what devices send without a fix: leave the place empty",
    "outside": "check the digits and the CRS",
}


def is_in_taiwan(*, lng: float, lat: float) -> bool:
    """Say whether a pair lies within the bounds of Taiwan and its far islands."""
    return TAIWAN.west <= lng <= TAIWAN.east and TAIWAN.south <= lat <= TAIWAN.north


def is_tm2(x: float, y: float) -> bool:
    """Say whether ``x`` east and ``y`` north can be TWD97 TM2 metres of either zone.

    Kinmen written in zone 121 has a negative ``x``, and that is valid.
    """
    return EASTINGS_M[0] <= x <= EASTINGS_M[1] and NORTHINGS_M[0] <= y <= NORTHINGS_M[1]


def diagnose(*, lng: float, lat: float) -> str | None:
    """Name what is wrong with a pair that is said to be WGS 84 degrees.

    Returns
    -------
    str or None
        None for a pair within ``TAIWAN``; else the first that holds of ``nan`` (NaN,
        infinite, or no number at all: None, a truth value, text), ``zero`` (0, 0),
        ``swapped``, ``metres`` (TWD97 TM2, in either order) and ``outside``.
    """
    lng, lat = _number(lng), _number(lat)
    if not (isfinite(lng) and isfinite(lat)):
        return "nan"
    if is_in_taiwan(lng=lng, lat=lat):
        return None
    if is_in_taiwan(lng=lat, lat=lng):
        return "swapped"
    if is_tm2(lng, lat) or is_tm2(lat, lng):
        return "metres"
    return "zero" if lng == lat == 0 else "outside"


def _number(value: object) -> float:
    """Give a number as a float, NaN for what is none; True and "25" are none."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        return nan
    try:
        return float(value)
    except OverflowError:  # an int of 400 digits
        return inf


def diagnose_all(lng: ArrayLike, lat: ArrayLike) -> NDArray[np.int8]:
    """Name what is wrong with each pair; the same rules as `diagnose`.

    Returns
    -------
    ndarray of int8, shape (n,)
        Index into ``FAULTS``; 0 is a pair within ``TAIWAN``.
    """
    x, y = _numbers(lng), _numbers(lat)
    faults = (
        (~(np.isfinite(x) & np.isfinite(y)), "nan"),
        (_within(x, y, TAIWAN), ""),
        (_within(y, x, TAIWAN), "swapped"),
        (_within(x, y, _TM2) | _within(y, x, _TM2), "metres"),
        ((x == 0) & (y == 0), "zero"),
    )
    codes = [FAULTS.index(name) for _, name in faults]
    found = np.select([mask for mask, _ in faults], codes, FAULTS.index("outside"))
    return found.astype(np.int8)


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    """Give an array as floats; what is no number, such as text, is NaN."""
    given = np.asarray(values)
    if given.dtype.kind in "fiu":
        return given.astype(np.float64, copy=False)
    flat = [_number(value) for value in given.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(given.shape)


_TM2 = Bounds(EASTINGS_M[0], NORTHINGS_M[0], EASTINGS_M[1], NORTHINGS_M[1])


def _within(
    x: NDArray[np.float64], y: NDArray[np.float64], bounds: Bounds
) -> NDArray[np.bool_]:
    west, south, east, north = bounds
    return (west <= x) & (x <= east) & (south <= y) & (y <= north)


def remedy(kind: str, *, lng: float, lat: float) -> str:
    """Say in one sentence what is wrong with a pair and what to do about it."""
    allowed = (
        f"allowed is lng {TAIWAN.west} to {TAIWAN.east}, "
        f"lat {TAIWAN.south} to {TAIWAN.north}"
    )
    advice = REMEDIES[kind].format(lng=lng, lat=lat)
    return f"lng={lng} lat={lat} {advice} ({allowed})"


def require_degrees(*, lng: float, lat: float) -> None:
    """Refuse a pair that `diagnose` finds something wrong with.

    Raises
    ------
    CoordinateRefused
        With the ``kind`` that `diagnose` names, the range and the remedy.
    """
    kind = diagnose(lng=lng, lat=lat)
    if kind is not None:
        message = remedy(kind, lng=lng, lat=lat)
        raise CoordinateRefused(message, kind=kind, lng=lng, lat=lat)


def to_wgs84(
    x: ArrayLike, y: ArrayLike, *, crs: object, twd67_shift: Shift | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn coordinates of a known CRS into WGS 84 degrees.

    Parameters
    ----------
    x, y
        Easting or longitude, and northing or latitude, shape (n,) or scalar,
        whatever axis order the CRS itself declares.
    crs
        Anything pyproj reads: ``"EPSG:3826"``, 3824, WKT ...
    twd67_shift
        How TWD67 becomes TWD97, from whoever measured it. Only for EPSG:3821, 3827
        and 3828, and without it those are refused.

    Returns
    -------
    (lng, lat)
        Degrees, in the shape given. What cannot be transformed is NaN.

    Raises
    ------
    CoordinateRefused
        ``kind="twd67"`` for the old datum without a shift, or with one that moves
        Taiwan to where it is not.
    CrsMismatch
        A CRS that is unknown, or whose way to WGS 84 is a guess or coarser than 2 m;
        a shift that is not for this CRS.
    """
    if twd67_shift is not None:
        east, north = np.asarray(x, float), np.asarray(y, float)
        old = _known_crs(crs)
        east, north, crs = onto_twd97(east, north, crs=old, shift=twd67_shift)
        return to_wgs84(east, north, crs=crs)
    known = crs if crs in (TM2_121, TM2_119) else require_usable(crs)
    lng, lat = _transformer(str(known)).transform(
        np.asarray(x, float), np.asarray(y, float)
    )
    lost = ~(np.isfinite(lng) & np.isfinite(lat))
    return np.where(lost, np.nan, lng), np.where(lost, np.nan, lat)


def to_metres(
    lng: ArrayLike, lat: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project WGS 84 degrees to the TM2 plane of zone 121, in metres.

    The projection is conformal: near any one place it keeps shapes, so the nearest of
    several close points on the plane is the nearest on the ground; lengths on the
    plane are not to be reported, `geo.distance` measures those.
    """
    east, north = _transformer(TM2_121).transform(
        np.asarray(lng, float), np.asarray(lat, float), direction="INVERSE"
    )
    return east, north


def require_usable(crs: object) -> str:
    """Return the CRS in a form that pyproj reads, or refuse it.

    Raises
    ------
    CoordinateRefused
        ``kind="twd67"`` for the old datum.
    CrsMismatch
        None, an unknown CRS, or one whose way to WGS 84 is a guess or too coarse.
    """
    known = _known_crs(crs)
    _refuse_twd67(known)
    text: str = known.to_string()
    _refuse_coarse(text)
    return text


def _known_crs(crs: object) -> pyproj.CRS:
    if crs is None:
        raise CrsMismatch(
            "no CRS given: say which, EPSG:4326 for GPS degrees, EPSG:3824 for "
            "TWD97 degrees, EPSG:3826 for TWD97 metres"
        )
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise CrsMismatch(f"{crs!r} is not a known CRS: try EPSG:3826") from error


def _refuse_twd67(crs: pyproj.CRS) -> None:
    base = crs.geodetic_crs
    if (base and base.to_epsg() in TWD67) or "TWD67" in crs.name.upper():
        raise CoordinateRefused(
            f"{crs.name} is on the old datum TWD67, about 854 m from TWD97, and there "
            "is no exact way over: hand over the surveyor's own shift parameters, or "
            "convert it and pass EPSG:3826 (TWD97) instead",
            kind="twd67",
        )


def _refuse_coarse(crs: str) -> None:
    try:
        accuracy = _transformer(crs).accuracy
    except pyproj.exceptions.ProjError:  # nothing but a guess is known
        accuracy = -1
    if not 0 <= accuracy <= COARSEST_M:
        stated = "is a guess" if accuracy < 0 else f"is good to {accuracy:g} m only"
        raise CrsMismatch(
            f"the way from {crs} to WGS 84 {stated}, allowed is {COARSEST_M:g} m: "
            "pass EPSG:4326, 3824, 3825 or 3826"
        )


@lru_cache(maxsize=16)
def _transformer(crs: str) -> Any:  # noqa: ANN401 - pyproj's own class is untyped
    # without this PROJ turns TWD67 into WGS 84 some 854 m wrong, and says nothing
    return pyproj.Transformer.from_crs(crs, WGS84, always_xy=True, allow_ballpark=False)


READINGS = (
    (TM2_121, False, "as given"),
    (TM2_119, False, "zone 119"),
    (TM2_121, True, "x and y swapped"),
    (TM2_119, True, "x and y swapped, zone 119"),
)
"""Every way to read a pair of TWD97 metres: zone, turned round or not, and its name.

Files mix the two zones without saying so; who reads one takes the reading that lands
where the row says it should. Likeliest first.
"""
