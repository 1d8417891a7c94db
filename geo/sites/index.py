"""Points with an id (cameras, ATMs, stations) and which of them are near.

Distances are geodesics on WGS 84, and every answer is the one that measuring each site
with pyproj gives: the same sites in the same order, metres to a tenth of a millimetre.
`geo.sites.live` keeps sites that change.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from shapely import MultiPolygon, Polygon

from geo.distance import distance_m
from geo.layers import Floats, Indices
from geo.sites import questions as ask
from geo.sites import search, settling
from geo.sites.answers import Beside, Near, Within
from geo.sites.areas import beside_path, covered_rows
from geo.sites.columns import Mask, Where, columns_of, read_only
from geo.sites.paths import SAME_M
from geo.sites.scan import normals_of
from geo.sites.search import Forest, Ground, View, ground_of

ANY = Where()
MOST_GROUNDS = 32


class Sites:
    """An immutable set of points with ids, safe to share between threads.

    Parameters
    ----------
    lng, lat
        WGS 84 degrees, shape (n,), anywhere on earth; n may be 0.
    ids
        One for each point, each once; ties are broken by their order, or by their
        turn here if they have none.
    attributes
        Columns by name, such as ``{"kind": [...]}``: what `Where` chooses by. None is
        a value like others.
    online_from, online_until
        When each site is online: aware times, datetime64 or seconds since 1970; None,
        NaT or NaN is an open end. The end itself is offline.

    Raises
    ------
    CoordinateRefused
        A point that is not in finite degrees.
    SitesRefused
        Columns of different length, an id that occurs twice, a time without zone, an
        end before its beginning.

    Attributes
    ----------
    lng, lat : ndarray, shape (n,)
    ids : tuple
        Of `geo.sites.live`, those that were removed stand there still.
    """

    def __init__(
        self,
        *,
        lng: ArrayLike,
        lat: ArrayLike,
        ids: Sequence[Hashable],
        attributes: Mapping[str, Sequence[Hashable]] | None = None,
        online_from: Any = None,  # noqa: ANN401 - arrays or lists of times
        online_until: Any = None,  # noqa: ANN401
    ) -> None:
        times = (online_from, online_until)
        columns = columns_of(
            lng=lng, lat=lat, ids=ids, attributes=attributes, online=times
        )
        self._start(View(columns, 0.0, 0), None)

    @classmethod
    def of_view(cls, view: View, forest: Forest | None) -> "Sites":
        """Make the sites at one moment; `geo.sites.live` does."""
        sites = cls.__new__(cls)
        sites._start(view, forest)
        return sites

    def _start(self, view: View, forest: Forest | None) -> None:
        self.view, self.forest = view, forest
        self._columns = view.columns
        self._grounds: dict[Where, Ground] = {}
        self._normals: Floats | None = None

    @property
    def lng(self) -> Floats:
        """Longitudes."""
        return read_only(self._columns.lng)

    @property
    def lat(self) -> Floats:
        """Latitudes."""
        return read_only(self._columns.lat)

    @property
    def ids(self) -> tuple[Hashable, ...]:
        """Ids of the rows."""
        return tuple(self._columns.ids[: len(self._columns)])

    def __len__(self) -> int:
        return self.view.rows(ANY).size

    def nearest(
        self,
        *,
        lng: float,
        lat: float,
        k: int = 1,
        radius_m: float = np.inf,
        where: Where = ANY,
        mask: Mask | None = None,
    ) -> Near:
        """Find the ``k`` sites with the shortest geodesic to a point.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees.
        k
            How many; all of them if there are fewer.
        radius_m
            No site farther than this, the rim included.
        where
            Which sites count. ``k`` means k of those.
        mask
            Shape (n,): which rows count besides; looks at every site.

        Raises
        ------
        CoordinateRefused
            A point that is not in degrees.
        SitesRefused
            ``k`` below 1, a negative radius, an attribute that there is not, a mask of
            another length.
        """
        x, y = ask.point_of(lng, lat)
        k = min(ask.count_of(k), max(len(self._columns), 1))
        radius = ask.radius_of(radius_m)
        if mask is None:
            find = self.nearest_rows
            index, metres = find(lng=x, lat=y, k=k, radius_m=radius, where=where)
        else:
            field = self._field(where, mask)
            index, metres = settling.scan_one(field, (x, y), k, radius)
        n = int((index >= 0).sum())
        return Near(index[:n], self._names(index[:n]), metres[:n])

    def nearest_rows(
        self,
        *,
        lng: float,
        lat: float,
        k: int = 1,
        radius_m: float = np.inf,
        where: Where = ANY,
    ) -> tuple[Indices, Floats]:
        """Find the same as `nearest` as two bare arrays, in a few microseconds.

        Before `load_kernels` was called, every site is looked at.

        Returns
        -------
        index, metres
            Shape (k,), padded with -1 and NaN.
        """
        x, y = ask.point_of(lng, lat)
        k, radius = ask.count_of(k), ask.radius_of(radius_m)
        if not search.is_loaded():
            return settling.scan_one(self._field(where), (x, y), k, radius)
        index, metres = np.empty(k, np.int64), np.empty(k)
        ground = self._grounds.get(where) or self._ground(where)
        if search.nearest_one(ground, x, y, radius, (index, metres)) == search.DOUBT:
            place = np.array([[x], [y]])
            found = self._again(where, place, metres[None], radius)
            return found[0][0], found[1][0]
        return index, metres

    def nearest_many(
        self,
        *,
        lng: ArrayLike,
        lat: ArrayLike,
        k: int = 1,
        radius_m: float = np.inf,
        where: Where = ANY,
        threads: int = 1,
    ) -> tuple[Indices, Floats]:
        """Find the ``k`` nearest sites of each of many points; see `nearest`.

        Parameters
        ----------
        lng, lat
            Shape (n,).
        threads
            How many to search in; they run at once, outside of Python's lock.

        Returns
        -------
        index, metres
            Shape (n, k), nearest first, padded with -1 and NaN; a point that is not
            in degrees, or no number, has nothing else.

        Raises
        ------
        SitesRefused
            As `nearest`; columns of different length.
        """
        places = ask.places_of(lng, lat)
        k, radius = ask.count_of(k), ask.radius_of(radius_m)
        ground = self._ground(where)
        index, metres, doubt = search.nearest_many(
            ground, places, k, radius, ask.threads_of(threads)
        )
        again = np.flatnonzero(doubt == search.DOUBT)
        if again.size:
            index[again], metres[again] = self._again(
                where, places[:, again], metres[again], radius
            )
        return index, metres

    def within(
        self,
        *,
        lng: float,
        lat: float,
        radius_m: float,
        where: Where = ANY,
        mask: Mask | None = None,
    ) -> Near:
        """Find every site at most ``radius_m`` metres from a point; see `nearest`."""
        x, y = ask.point_of(lng, lat)
        radius = ask.radius_of(radius_m)
        if mask is None and search.is_loaded():
            found = self.within_many(lng=[x], lat=[y], radius_m=radius, where=where)
            return Near(found.index, self._names(found.index), found.metres)
        field, place = self._field(where, mask), np.array([[x], [y]])
        index, metres = settling.scan_within(field, place, radius)
        return Near(index, self._names(index), metres)

    def within_many(
        self,
        *,
        lng: ArrayLike,
        lat: ArrayLike,
        radius_m: ArrayLike,
        where: Where = ANY,
        threads: int = 1,
    ) -> Within:
        """Find every site within a radius of each of many points; see `within`.

        Parameters
        ----------
        radius_m
            One figure, or one for each point, shape (n,).

        Returns
        -------
        Within
            A point that is not in degrees, or no number, has no sites.
        """
        places, n = ask.places_of(lng, lat), ask.threads_of(threads)
        radii = ask.radii_of(radius_m, places.shape[1])
        found = search.within_many(self._ground(where), places, radii, n)
        return settling.settled_within(self._columns, places, radii, found)

    def inside(self, shape: Polygon | MultiPolygon, *, where: Where = ANY) -> Indices:
        """Find the sites that a polygon covers, its rim included.

        Parameters
        ----------
        shape
            WGS 84 degrees; edges are straight in degrees.

        Returns
        -------
        ndarray, shape (m,)
            Rows in ascending order of id.

        Raises
        ------
        SitesRefused
            No polygon, one that crosses itself, an attribute that there is not.
        CoordinateRefused
            The polygon is not in degrees.
        """
        polygon = ask.polygon_of(shape)
        return covered_rows(self._columns, self.view.rows(where), polygon)

    def beside(
        self,
        *,
        lng: ArrayLike,
        lat: ArrayLike,
        half_width_m: float,
        where: Where = ANY,
    ) -> Beside:
        """Find the sites at most so far from a path, in order of travel.

        Parameters
        ----------
        lng, lat
            Vertices of the path, WGS 84 degrees within Taiwan's bounds, shape (n,), 2
            or more. Legs are straight in degrees; see `geo.sites.paths`.
        half_width_m
            0 to 100,000 geodesic metres, the rim included.

        Returns
        -------
        Beside
            Each site once, at its closest; where two stretches of the path are as
            close to a micrometre, at the first.

        Raises
        ------
        SitesRefused
            A path without leg or out of bounds, a width out of range, an attribute
            that there is not.
        CoordinateRefused
            A vertex that is not in degrees.
        """
        vertices = ask.path_of(lng, lat)
        width = ask.radius_of(half_width_m, most_m=ask.WIDEST_M)
        rows = self.view.rows(where)
        index, along_m, off_m = beside_path(self._columns, rows, vertices, width)
        return Beside(index, self._names(index), along_m, off_m)

    def along(
        self,
        *,
        start: tuple[float, float],
        end: tuple[float, float],
        ratio: float,
        where: Where = ANY,
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

        Returns
        -------
        Near
            In order of travel: ``metres`` are those from the start.

        Raises
        ------
        CoordinateRefused, SitesRefused
            As `nearest`; a ratio below 1.
        """
        ratio = ask.ratio_of(ratio)
        (lng, lat), (to_lng, to_lat) = ask.point_of(*start), ask.point_of(*end)
        whole = distance_m(lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat)
        # d(a,s) + d(s,b) <= r d(a,b) and d(s,b) >= d(a,s) - d(a,b)
        reach_m = (ratio + 1) / 2 * whole + SAME_M
        near = self.within(lng=lng, lat=lat, radius_m=reach_m, where=where, mask=mask)
        x, y = self._columns.lng[near.index], self._columns.lat[near.index]
        rest = distance_m(lng=to_lng, lat=to_lat, to_lng=x, to_lat=y)
        is_along = near.metres + rest <= ratio * whole + SAME_M
        index = near.index[is_along]
        return Near(index, self._names(index), near.metres[is_along])

    def _field(self, where: Where, mask: Mask | None = None) -> settling.Field:
        if self._normals is None:
            self._normals = normals_of(self._columns.lng, self._columns.lat)
        is_counted = ask.mask_of(mask, len(self._columns))
        rows = self.view.rows(where, is_counted)
        return settling.Field(self._columns, rows, self._normals[rows])

    def _ground(self, where: Where) -> Ground:
        if self.forest is None:
            self.forest = Forest(self.view)
        ground = ground_of(self.view, self.forest, where)
        if len(self._grounds) >= MOST_GROUNDS:
            self._grounds = {}
        self._grounds[where] = ground
        return ground

    def _again(
        self, where: Where, places: Floats, metres: Floats, radius_m: float
    ) -> tuple[Indices, Floats]:
        grounds = self._columns, self._ground(where)
        return settling.nearest_again(
            lambda: self._field(where), grounds, places, metres, radius_m
        )

    def _names(self, index: Indices) -> tuple[Hashable, ...]:
        ids = self._columns.ids
        return tuple([ids[row] for row in index.tolist()])
