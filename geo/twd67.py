"""From the old datum TWD67 to TWD97, by parameters that somebody hands over.

TWD67 was measured from the hill 虎子山 in 1967. The easting of one and the same place
is some 830 m greater on TWD97, its northing some 200 m less. No formula is exact
everywhere, so none is built in: whoever has parameters for a survey states them as a
`PlaneShift` or a `GeocentricShift`. ``docs/coordinates.md`` tells which are published.
"""

from dataclasses import astuple, dataclass
from functools import lru_cache
from math import hypot, isfinite
from typing import Any, TypeAlias

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.errors import CoordinateRefused, CrsMismatch

Floats = NDArray[np.float64]

DATUM = 3821
ZONES = {3827: 119, 3828: 121}
"""TM2 on TWD67: EPSG code to the central meridian in degrees."""

TWD67 = frozenset({DATUM, *ZONES})
SIBLING = {3827: "EPSG:3825", 3828: "EPSG:3826"}
"""The CRS of TWD97 on the same plane."""

EXPECTED_M = (829.0, -206.0)
"""East and north of what TWD67 becomes on TWD97, near the middle of Taiwan.

What the published shifts give at 250000, 2600000 in zone 121, to the metre; zone 119
differs by 12 m.
"""

TOLERANCE_M = 100.0
"""Far more than any two surveys differ, far less than a sign turned round."""

PROBE = (250_000.0, 2_600_000.0)
ELLIPSOID = "+ellps=aust_SA"
"""GRS 1967 Modified, a = 6378160 m, 1/f = 298.25: that of EPSG:3821."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneShift:
    """Four numbers that move TM2 metres of TWD67 to TWD97, on the plane.

    ``east97 = east67 + east_m + scale * east67 + turn * north67`` and
    ``north97 = north67 + north_m + scale * north67 + turn * east67``.

    Attributes
    ----------
    east_m, north_m
        Metres.
    scale, turn
        Metres per metre.
    """

    east_m: float
    north_m: float
    scale: float = 0.0
    turn: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocentricShift:
    """Three or seven numbers that move the ellipsoid of TWD67, as ``+towgs84`` does.

    Attributes
    ----------
    x_m, y_m, z_m
        Metres.
    rx_arcsec, ry_arcsec, rz_arcsec
        Seconds of arc, in the position vector convention (EPSG method 9606).
    scale_ppm
        Parts per million.
    """

    x_m: float
    y_m: float
    z_m: float
    rx_arcsec: float = 0.0
    ry_arcsec: float = 0.0
    rz_arcsec: float = 0.0
    scale_ppm: float = 0.0


Shift: TypeAlias = PlaneShift | GeocentricShift


def shift_of(*numbers: float) -> Shift:
    """Make a shift of 4 numbers (plane) or of 3 or 7 (geocentric, as ``+towgs84``).

    Raises
    ------
    CoordinateRefused
        ``kind="twd67"``: another count, or numbers that cannot be meant.
    """
    if len(numbers) == 4:
        east_m, north_m, scale, turn = numbers
        return require_plausible(
            PlaneShift(east_m=east_m, north_m=north_m, scale=scale, turn=turn)
        )
    if len(numbers) in (3, 7):
        x_m, y_m, z_m, *rest = numbers
        rx, ry, rz, ppm = rest or (0.0, 0.0, 0.0, 0.0)
        return require_plausible(
            GeocentricShift(
                x_m=x_m, y_m=y_m, z_m=z_m,
                rx_arcsec=rx, ry_arcsec=ry, rz_arcsec=rz, scale_ppm=ppm,
            )
        )  # fmt: skip
    raise CoordinateRefused(
        f"a shift from TWD67 has 4 numbers (east m, north m, scale, turn) or 3 or 7 "
        f"(as +towgs84), got {len(numbers)}",
        kind="twd67",
    )


def require_plausible(shift: Shift) -> Shift:
    """Return the shift, or refuse one that moves Taiwan to where it is not.

    A sign turned round, two numbers exchanged or metres for kilometres shows as
    hundreds of metres at the middle of the island.

    Raises
    ------
    CoordinateRefused
        ``kind="twd67"``, with the metres that the shift would move.
    """
    moved = _moved_m(shift)
    off_m = hypot(moved[0] - EXPECTED_M[0], moved[1] - EXPECTED_M[1])
    if not off_m <= TOLERANCE_M:
        raise CoordinateRefused(
            f"this shift moves the middle of Taiwan {moved[0]:.0f} m east and "
            f"{moved[1]:.0f} m north; from TWD67 to TWD97 it is about "
            f"{EXPECTED_M[0]:.0f} and {EXPECTED_M[1]:.0f}, within {TOLERANCE_M:.0f} m: "
            "check the signs and the order of the numbers",
            kind="twd67",
        )
    return shift


def _moved_m(shift: Shift) -> tuple[float, float]:
    if not all(isfinite(number) for number in astuple(shift)):
        return float("nan"), float("nan")
    x, y = np.array([PROBE[0]]), np.array([PROBE[1]])
    if isinstance(shift, PlaneShift):
        east, north = _on_the_plane(x, y, shift)
    else:
        back = f"+step +proj=tmerc +lon_0=121 +k=0.9999 +x_0=250000 {_GRS80}"
        east, north = _pipeline(3828, shift, back).transform(x, y)
    return float(east[0]) - PROBE[0], float(north[0]) - PROBE[1]


def onto_twd97(
    x: Floats, y: Floats, *, crs: pyproj.CRS, shift: Shift
) -> tuple[Floats, Floats, str]:
    """Bring coordinates on TWD67 to TWD97 by the shift given.

    Parameters
    ----------
    x, y
        Easting or longitude, northing or latitude, shape (n,) or scalar.
    crs
        EPSG:3821, 3827 or 3828.

    Returns
    -------
    x, y, crs
        And the CRS they are in now: EPSG:3825 or 3826 after a plane shift, EPSG:3824
        degrees after a geocentric one.

    Raises
    ------
    CrsMismatch
        Another CRS, or degrees with a plane shift.
    CoordinateRefused
        See `require_plausible`.
    """
    code = crs.to_epsg()
    if code not in TWD67:
        raise CrsMismatch(
            f"a shift from TWD67 was given for {crs.name}: it is for EPSG:3821, 3827 "
            "and 3828 only, leave it out"
        )
    require_plausible(shift)
    if isinstance(shift, GeocentricShift):
        lng, lat = _pipeline(code, shift).transform(x, y)
        return lng, lat, "EPSG:3824"
    if code == DATUM:
        raise CrsMismatch(
            "a plane shift needs metres, EPSG:3827 or 3828, and EPSG:3821 is degrees: "
            "give a geocentric shift, three or seven numbers"
        )
    return *_on_the_plane(x, y, shift), SIBLING[code]


def _on_the_plane(x: Floats, y: Floats, shift: PlaneShift) -> tuple[Floats, Floats]:
    """Apply the four numbers; the formula is in `PlaneShift`."""
    east = x + shift.east_m + shift.scale * x + shift.turn * y
    north = y + shift.north_m + shift.scale * y + shift.turn * x
    return east, north


_GRS80 = "+ellps=GRS80"
_TO_DEGREES = "+step +proj=unitconvert +xy_in=rad +xy_out=deg"


@lru_cache(maxsize=16)
def _pipeline(code: int, shift: GeocentricShift, last: str = _TO_DEGREES) -> Any:  # noqa: ANN401
    zone = ZONES.get(code)
    first = (
        f"+inv +proj=tmerc +lon_0={zone} +k=0.9999 +x_0=250000 {ELLIPSOID}"
        if zone
        else "+proj=unitconvert +xy_in=deg +xy_out=rad"
    )
    # heights are not known and must not be made up: they are put aside
    return pyproj.Transformer.from_pipeline(
        f"+proj=pipeline +step {first} +step +proj=push +v_3 "
        f"+step +proj=cart {ELLIPSOID} +step +proj=helmert "
        f"+x={shift.x_m!r} +y={shift.y_m!r} +z={shift.z_m!r} "
        f"+rx={shift.rx_arcsec!r} +ry={shift.ry_arcsec!r} +rz={shift.rz_arcsec!r} "
        f"+s={shift.scale_ppm!r} +convention=position_vector "
        f"+step +inv +proj=cart {_GRS80} +step +proj=pop +v_3 {last}"
    )
