"""Metres, bearings and speeds on the WGS 84 ellipsoid.

Source: C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013), 43-55, as
computed by PROJ; good to some nanometres.
"""

from math import ceil
from typing import overload

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

Floats = NDArray[np.float64]

GEOD = Geod(ellps="WGS84")


@overload
def distance_m(*, lng: float, lat: float, to_lng: float, to_lat: float) -> float: ...
@overload
def distance_m(
    *, lng: float | Floats, lat: float | Floats, to_lng: Floats, to_lat: Floats
) -> Floats: ...
def distance_m(
    *,
    lng: float | Floats,
    lat: float | Floats,
    to_lng: float | Floats,
    to_lat: float | Floats,
) -> float | Floats:
    """Measure the geodesic between two places, in metres.

    Parameters
    ----------
    lng, lat, to_lng, to_lat
        WGS 84 degrees; four floats, or two arrays of shape (n,) for the second place
        and floats or arrays for the first.

    Returns
    -------
    float or ndarray, shape (n,)
        NaN where a coordinate is NaN.

    Examples
    --------
    >>> round(distance_m(lng=121.5, lat=25.0, to_lng=121.5, to_lat=25.1))
    11078
    """
    return _inverse(lng, lat, to_lng, to_lat)[1]


@overload
def bearing_deg(*, lng: float, lat: float, to_lng: float, to_lat: float) -> float: ...
@overload
def bearing_deg(
    *, lng: float | Floats, lat: float | Floats, to_lng: Floats, to_lat: Floats
) -> Floats: ...
def bearing_deg(
    *,
    lng: float | Floats,
    lat: float | Floats,
    to_lng: float | Floats,
    to_lat: float | Floats,
) -> float | Floats:
    """Give the direction in which the geodesic leaves the first place.

    Returns
    -------
    float or ndarray, shape (n,)
        Degrees clockwise from north, 0 <= bearing < 360. NaN where a coordinate is
        NaN or the two places are one.
    """
    azimuth, metres = _inverse(lng, lat, to_lng, to_lat)
    bearing = np.where(np.asarray(metres) > 0, np.asarray(azimuth) % 360.0, np.nan)
    return float(bearing) if bearing.ndim == 0 else bearing


def _inverse(
    lng: float | Floats,
    lat: float | Floats,
    to_lng: float | Floats,
    to_lat: float | Floats,
) -> tuple[float | Floats, float | Floats]:
    ends = [
        np.asarray(end, float) for end in np.broadcast_arrays(lng, lat, to_lng, to_lat)
    ]
    x1, y1, x2, y2 = (end.ravel() for end in ends)
    azimuth, _, metres = GEOD.inv(x1, y1, x2, y2)
    if ends[0].ndim == 0:
        return float(azimuth[0]), float(metres[0])
    return azimuth.reshape(ends[0].shape), metres.reshape(ends[0].shape)


@overload
def speed_kmh(metres: float, seconds: float) -> float: ...
@overload
def speed_kmh(metres: Floats, seconds: Floats) -> Floats: ...
def speed_kmh(metres: float | Floats, seconds: float | Floats) -> float | Floats:
    """Give the mean speed that a distance in a time implies, in km/h.

    Returns
    -------
    float or ndarray, shape (n,)
        Infinite where a distance was covered in no time, 0 for no distance in no
        time, NaN where an input is NaN.

    Raises
    ------
    ValueError
        A negative distance or time: the caller has the two events in wrong order.
    """
    far, long = np.asarray(metres, float), np.asarray(seconds, float)
    if np.any(far < 0) or np.any(long < 0):
        raise ValueError("metres and seconds must not be negative: order the events")
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = np.where((far == 0) & (long == 0), 0.0, far / long * 3.6)
    return float(speed) if speed.ndim == 0 else speed


def line_between(
    *, lng: float, lat: float, to_lng: float, to_lat: float, step_m: float
) -> tuple[Floats, Floats]:
    """Walk the geodesic between two places.

    Parameters
    ----------
    lng, lat, to_lng, to_lat
        WGS 84 degrees.
    step_m
        Greatest distance between two points; they are spaced evenly.

    Returns
    -------
    (lng, lat)
        Degrees, shape (n,), both ends included exactly as given; two equal points
        where the ends are one.

    Raises
    ------
    ValueError
        ``step_m`` is not positive, or a coordinate is not finite.
    """
    metres = distance_m(lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat)
    if not (step_m > 0 and np.isfinite(metres)):
        raise ValueError(f"step_m={step_m} must be positive and both ends finite")
    n_between = max(ceil(metres / step_m) - 1, 0)
    # pyproj refuses to place no points
    between = GEOD.npts(lng, lat, to_lng, to_lat, n_between) if n_between else []
    way = np.array([(lng, lat), *between, (to_lng, to_lat)], dtype=np.float64)
    return way[:, 0], way[:, 1]
