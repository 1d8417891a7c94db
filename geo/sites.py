"""Points with an id (cameras, ATMs, stations) and which of them are near.

A ball tree on the sphere narrows, the ellipsoid decides. Sphere and ellipsoid disagree
by less than 1.01 percent anywhere, so a reach widened by 1.2 percent misses nothing.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.distance import distance_m
from geo.layers import Floats, Indices

SPHERE_M = 6_371_008.8  # mean radius of WGS 84 (2a + b) / 3, NIMA TR8350.2 (2000)
SLACK = 1.012
SAME_M = 1e-6  # rounding, for a site on the very line at ratio 1
FAR = 3.0  # radians; near pi the haversine of the tree rounds to NaN

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Sites found, nearest first.

    Attributes
    ----------
    index
        Index of each site, shape (m,).
    ids
        Their ids, in the same order.
    metres
        Geodesic metres to each, shape (m,), ascending; ties in ascending order of id.
    """

    index: Indices
    ids: tuple[Hashable, ...]
    metres: Floats

    def __len__(self) -> int:
        return self.index.size


class Sites:
    """An immutable set of points with ids.

    Parameters
    ----------
    lng, lat
        WGS 84 degrees, shape (n,), finite; n may be 0.
    ids
        One for each point, each once; if they cannot be ordered among themselves,
        ties are broken by their order here.

    Raises
    ------
    ValueError
        Lengths differ, an id occurs twice, or a coordinate is not finite or not in
        degrees.

    Attributes
    ----------
    lng, lat : ndarray, shape (n,)
    ids : tuple
    """

    def __init__(
        self, *, lng: ArrayLike, lat: ArrayLike, ids: Sequence[Hashable]
    ) -> None:
        self.lng = np.array(lng, dtype=np.float64).ravel()
        self.lat = np.array(lat, dtype=np.float64).ravel()
        self.ids = tuple(ids)
        _refuse_unusable(self.lng, self.lat, self.ids)
        self.lng.flags.writeable = self.lat.flags.writeable = False
        self._rank = _ranks(self.ids)
        radians = np.radians(np.column_stack((self.lat, self.lng)))
        self._tree: Any = _ball_tree(radians) if self.ids else None

    def __len__(self) -> int:
        return len(self.ids)

    def nearest(
        self, *, lng: float, lat: float, k: int = 1, mask: Mask | None = None
    ) -> Near:
        """Find the ``k`` sites with the shortest geodesic to a point.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees.
        k
            How many; all of them if there are fewer.
        mask
            Shape (n,): which sites count. ``k`` means k of those.

        Raises
        ------
        ValueError
            ``k`` below 1, a point that is not in degrees, a mask of another length.
        """
        if k < 1:
            raise ValueError(f"k={k} must be 1 or more")
        counted = self._counted(lng, lat, mask)
        if counted.size <= k:
            return self._sorted(counted, lng, lat)
        reach = self._reach(lng, lat, k, mask)
        found = self._sorted(self._within_sphere(lng, lat, reach, mask), lng, lat)
        return Near(found.index[:k], found.ids[:k], found.metres[:k])

    def within(
        self, *, lng: float, lat: float, radius_m: float, mask: Mask | None = None
    ) -> Near:
        """Find every site at most ``radius_m`` from a point.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees.
        radius_m
            Geodesic metres, the rim included.
        mask
            Shape (n,): which sites count.

        Raises
        ------
        ValueError
            A negative radius, a point that is not in degrees, a mask of another
            length.
        """
        if not radius_m >= 0:
            raise ValueError(f"radius_m={radius_m} must be 0 or more")
        if not self._counted(lng, lat, mask).size:
            return self._sorted(np.empty(0, dtype=np.intp), lng, lat)
        near = self._within_sphere(lng, lat, radius_m / SPHERE_M, mask)
        found = self._sorted(near, lng, lat)
        n = int(np.searchsorted(found.metres, radius_m, side="right"))
        return Near(found.index[:n], found.ids[:n], found.metres[:n])

    def along(
        self,
        *,
        start: tuple[float, float],
        end: tuple[float, float],
        ratio: float,
        mask: Mask | None = None,
    ) -> Near:
        """Find the sites that are hardly a detour on the way from start to end.

        Parameters
        ----------
        start, end
            ``(lng, lat)``, WGS 84 degrees.
        ratio
            A site counts if start - site - end is at most this many times start -
            end, 1 or more. If start and end are one, only sites right there count.
        mask
            Shape (n,): which sites count.

        Returns
        -------
        Near
            In order of travel: ``metres`` are those from the start.

        Raises
        ------
        ValueError
            A ratio below 1, an end that is not in degrees, a mask of another length.
        """
        if not ratio >= 1:
            raise ValueError(f"ratio={ratio} must be 1 or more")
        _refuse_point(*end)
        (lng, lat), (to_lng, to_lat) = start, end
        whole = distance_m(lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat)
        # d(a,s) + d(s,b) <= r d(a,b) and d(s,b) >= d(a,s) - d(a,b)
        reach_m = (ratio + 1) / 2 * whole + SAME_M
        near = self.within(lng=lng, lat=lat, radius_m=reach_m, mask=mask)
        rest = self._metres(near.index, to_lng, to_lat)
        is_along = near.metres + rest <= ratio * whole + SAME_M
        return self._chosen(near.index[is_along], near.metres[is_along])

    def _counted(self, lng: float, lat: float, mask: Mask | None) -> Indices:
        _refuse_point(lng, lat)
        if mask is None:
            return np.arange(len(self))
        if np.shape(mask) != (len(self),):
            raise ValueError(f"mask has shape {np.shape(mask)}, want ({len(self)},)")
        return np.flatnonzero(mask)

    def _reach(self, lng: float, lat: float, k: int, mask: Mask | None) -> float:
        """Radians within which at least ``k`` counted sites lie."""
        here = np.radians([[lat, lng]])
        n = k
        while True:
            n = min(n, len(self))
            radians, index = self._tree.query(here, k=n)
            is_counted = np.full(n, True) if mask is None else mask[index[0]]
            if is_counted.sum() >= k or n == len(self):
                return float(np.nan_to_num(radians[0][is_counted][:k], nan=FAR).max())
            n *= 4

    def _within_sphere(
        self, lng: float, lat: float, reach: float, mask: Mask | None
    ) -> Indices:
        wide = reach * SLACK + 1e-9
        if wide >= FAR:
            return self._counted(lng, lat, mask)
        here = np.radians([[lat, lng]])
        index: Indices = self._tree.query_radius(here, r=wide)[0]
        return index if mask is None else index[mask[index]]

    def _metres(self, index: Indices, lng: float, lat: float) -> Floats:
        return distance_m(
            lng=lng, lat=lat, to_lng=self.lng[index], to_lat=self.lat[index]
        )

    def _sorted(self, index: Indices, lng: float, lat: float) -> Near:
        return self._chosen(index, self._metres(index, lng, lat))

    def _chosen(self, index: Indices, metres: Floats) -> Near:
        order = np.lexsort((self._rank[index], metres))
        index = index[order]
        return Near(index, tuple(self.ids[i] for i in index), metres[order])


def _ball_tree(radians: Floats) -> Any:  # noqa: ANN401 - scikit-learn ships no types
    # Here and not above: scikit-learn takes a second to import, and most commands
    # search no sites.
    from sklearn.neighbors import BallTree

    return BallTree(radians, metric="haversine")


def _ranks(ids: Sequence[Hashable]) -> Indices:
    """Position of each id when sorted, shape (n,)."""
    rank = np.arange(len(ids))
    try:
        order = sorted(range(len(ids)), key=ids.__getitem__)  # type: ignore[arg-type]
    except TypeError:
        return rank
    rank[order] = np.arange(len(ids))
    return rank


def _refuse_unusable(lng: Floats, lat: Floats, ids: Sequence[Hashable]) -> None:
    if not lng.size == lat.size == len(ids):
        raise ValueError(f"got {lng.size} lng, {lat.size} lat and {len(ids)} ids")
    if len(set(ids)) < len(ids):
        raise ValueError("an id occurs twice: a site has one place")
    if not ((np.abs(lng) <= 180) & (np.abs(lat) <= 90)).all():
        raise ValueError("a site is not in finite WGS 84 degrees: see geo.crs.diagnose")


def _refuse_point(lng: float, lat: float) -> None:
    if not (abs(lng) <= 180 and abs(lat) <= 90):
        raise ValueError(f"lng={lng} lat={lat} are not finite WGS 84 degrees")
