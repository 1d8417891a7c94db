"""Geodesic metres without iteration, for many points at once.

The chord through the ellipsoid between two places, bent to the circle that fits the
ellipsoid best at their middle. Against Karney's geodesic the error is below 0.1 mm up
to 300 km, 1 mm up to 600 km and 2 cm up to 1,200 km anywhere in ``geo.crs.TAIWAN``:
the tests measure it. `geo.distance` is the reference.

Every function works on floats and on arrays; `earth_centred`, `radii_m` and `arc_m`
compile with Numba as they stand.
Source: Euler's formula for the curvature of a section, in W. Torge, Geodesy (2001),
eq. 4.18; constants of WGS 84, NIMA TR8350.2 (2000).
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

EQUATOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)

F = TypeVar("F", float, NDArray[np.float64])


def earth_centred(lng: F, lat: F) -> tuple[F, F, F]:
    """Turn WGS 84 degrees into earth-centred coordinates in metres, height 0."""
    east, north = np.radians(lng), np.radians(lat)
    across = EQUATOR_M / np.sqrt(1 - ECCENTRICITY_2 * np.sin(north) ** 2)
    from_axis = across * np.cos(north)
    return (
        from_axis * np.cos(east),
        from_axis * np.sin(east),
        across * (1 - ECCENTRICITY_2) * np.sin(north),
    )


def radii_m(lat: F) -> tuple[F, F]:
    """Give the radii of curvature along the meridian and across it, in metres."""
    w = 1 - ECCENTRICITY_2 * np.sin(np.radians(lat)) ** 2
    across = EQUATOR_M / np.sqrt(w)
    return across * (1 - ECCENTRICITY_2) / w, across


def arc_m(chord_m: F, lng: F, lat: F, to_lng: F, to_lat: F) -> F:
    """Bend a chord between two places to the geodesic, both in metres."""
    middle = (lat + to_lat) / 2
    # written out, not `radii_m`: compiled code calls compiled functions only
    w = 1 - ECCENTRICITY_2 * np.sin(np.radians(middle)) ** 2
    across = EQUATOR_M / np.sqrt(w)
    along = across * (1 - ECCENTRICITY_2) / w
    north = along * (to_lat - lat)
    east = across * np.cos(np.radians(middle)) * (to_lng - lng)
    north_2, east_2 = north * north, east * east + 1e-12  # two places that are one
    curvature = (north_2 / along + east_2 / across) / (north_2 + east_2)
    metres: F = 2 / curvature * np.arcsin(chord_m * curvature / 2)
    return metres


def metres_between(lng: F, lat: F, to_lng: F, to_lat: F) -> F:
    """Measure the geodesic between two places at most some 1,200 km apart.

    Parameters
    ----------
    lng, lat, to_lng, to_lat
        WGS 84 degrees, floats or arrays that broadcast.

    Returns
    -------
    float or ndarray
        Metres. NaN where a coordinate is NaN.
    """
    x, y, z = earth_centred(lng, lat)
    to_x, to_y, to_z = earth_centred(to_lng, to_lat)
    chord = np.sqrt((to_x - x) ** 2 + (to_y - y) ** 2 + (to_z - z) ** 2)
    metres: F = arc_m(chord, lng, lat, to_lng, to_lat)
    return metres
