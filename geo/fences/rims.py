"""Whether one area holds places, by the slow and exact way.

`geo.fence_kernel` asks here about what it leaves in doubt; the tests ask about all.
"""

from collections.abc import Callable

import numpy as np
import shapely

from geo.chord import metres_between
from geo.distance import distance_m
from geo.fences.areas import Area, Circle, Corridor, Region
from geo.fences.cutting import PIECE_M, ways
from geo.fences.parts import Flags
from geo.layers import Floats

NEARBY = 0.02  # of a stretch, 10 m: where a parabola is laid through the second time


def holds(area: Area, *, lng: Floats, lat: Floats) -> Flags:
    """Say which places an area holds, its rim included.

    Parameters
    ----------
    lng, lat
        WGS 84 degrees, shape (n,), finite.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    if isinstance(area, Region):
        return np.asarray(shapely.intersects_xy(area.shape, lng, lat), np.bool_)
    if isinstance(area, Circle):
        metres = distance_m(lng=area.lng, lat=area.lat, to_lng=lng, to_lat=lat)
        return np.asarray(metres <= area.radius_m, np.bool_)
    return metres_to_way(area, lng=lng, lat=lat) <= area.half_width_m


def metres_to_way(way: Corridor, *, lng: Floats, lat: Floats) -> Floats:
    """Measure how far places are from a way, geodesic metres, shape (n,).

    Good to a thousandth of a millimetre within 100 km. Along a stretch of 500 m the
    square of the distance is a parabola but for the curvature of the Earth: its lowest
    point is found twice, the second time from close by.
    """
    start, end, _ = ways([way])
    return np.array(
        [
            _metres_to_stretches(start, end, place)
            for place in np.column_stack((lng, lat))
        ]
    )


def _metres_to_stretches(start: Floats, end: Floats, place: Floats) -> float:
    ends = np.stack((start, end))
    apart = metres_between(ends[..., 0], ends[..., 1], place[0], place[1]).min(axis=0)
    # a stretch may pass closer than its ends, by its length at most
    is_near = apart <= apart.min() + PIECE_M + 1
    start, step = start[is_near], end[is_near] - start[is_near]

    def squares(share: Floats) -> Floats:
        at = start + step * share[..., None]
        metres = distance_m(
            lng=place[0], lat=place[1], to_lng=at[..., 0], to_lat=at[..., 1]
        )
        return np.asarray(metres**2, np.float64)

    lowest = _lowest(np.full(len(start), 0.5), 0.5, squares)
    again = _lowest(lowest, NEARBY, squares)
    tried = np.stack((np.zeros_like(again), lowest, again, np.ones_like(again)))
    return float(np.sqrt(squares(tried).min()))


def _lowest(
    middle: Floats, reach: float, squares: Callable[[Floats], Floats]
) -> Floats:
    """Lowest point of the parabola through three, kept on the stretch."""
    before, at, after = squares(np.stack((middle - reach, middle, middle + reach)))
    bend = before - 2 * at + after
    move = np.divide(before - after, 2 * bend, out=np.zeros_like(at), where=bend > 0)
    return np.asarray(np.clip(middle + reach * move, 0, 1), np.float64)
