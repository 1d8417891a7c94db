"""Sites that come, go, move and change while others are searching.

Each change makes a new `Sites`; those that somebody is searching stay as they are, and
nobody waits. Rows are added to columns, and removed ones only marked with the clock of
the change, so a change costs as much as it changes. Now and then the writer plants the
trees anew, while readers go on in the old ones.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import SitesRefused
from geo.layers import Indices
from geo.sites.columns import GONE, RANK, SINCE, UNTIL, Codes, Columns
from geo.sites.index import ANY, Sites
from geo.sites.ranks import Ranks
from geo.sites.search import Forest, View, is_loaded

LATEST_MOST = 512  # rows outside of the trees; with more, they are planted anew
GONE_LEAST = 1024  # removed rows before it pays to leave them out


class LiveSites:
    """A set of sites that changes; safe for many readers and writers at once.

    Parameters
    ----------
    sites
        What there is at first; it stays as it is.
    """

    def __init__(self, sites: Sites) -> None:
        self._lock = Lock()
        columns, clock, removed = sites.view
        # removals are marked in the table, and others may do so in theirs
        table = columns.table.copy()
        table[table[:, GONE] > clock, GONE] = np.inf
        view = View(replace(columns, table=table), clock, removed)
        self._now = Sites.of_view(view, sites.forest)
        self._start()

    def _start(self) -> None:
        columns = self._now.view.columns
        rows = self._now.view.rows(ANY).tolist()
        self._ids = list(columns.ids[: len(columns)])
        self._row_of = {self._ids[row]: row for row in rows}
        self._ranks: Ranks | None = None
        self._growing: dict[str, _Growing] = {}

    @property
    def now(self) -> Sites:
        """The sites as they are; ask it twice and there may have been a change."""
        return self._now

    def insert(self, sites: Sites) -> Sites:
        """Add sites that are new; see `apply`.

        Raises
        ------
        SitesRefused
            ``kind="duplicate"`` for an id that is there already.
        """
        sites = _without_gone(sites)
        with self._lock:
            for name in sites.ids:
                if name in self._row_of:
                    raise SitesRefused(
                        f"site {name!r} is there already: update it, or use another id",
                        kind="duplicate",
                    )
            return self._apply(sites, ())

    def update(
        self,
        ids: Sequence[Hashable],
        *,
        lng: ArrayLike | None = None,
        lat: ArrayLike | None = None,
        attributes: Mapping[str, Sequence[Hashable]] | None = None,
        online_from: Any = None,  # noqa: ANN401 - as in `Sites`
        online_until: Any = None,  # noqa: ANN401
    ) -> Sites:
        """Move sites or change what is known of them; what is not given stays.

        Parameters are those of `Sites`, a value for each of ``ids``. To open an end of
        the time online again, give NaN.

        Raises
        ------
        SitesRefused
            ``kind="unknown"`` for an id that is not there; and as `Sites` does.
        CoordinateRefused
        """
        with self._lock:
            rows = self._rows(ids)
            columns = self._now.view.columns
            known = {
                name: _decoded(columns, name, rows) for name in columns.codes
            } | dict(attributes or {})
            table = columns.table[rows]
            changed = Sites(
                lng=columns.lng[rows] if lng is None else lng,
                lat=columns.lat[rows] if lat is None else lat,
                ids=ids,
                attributes=known,
                online_from=table[:, SINCE] if online_from is None else online_from,
                online_until=table[:, UNTIL] if online_until is None else online_until,
            )
            return self._apply(changed, ())

    def delete(self, ids: Iterable[Hashable]) -> Sites:
        """Remove sites.

        Raises
        ------
        SitesRefused
            ``kind="unknown"`` for an id that is not there.
        """
        gone = tuple(ids)
        with self._lock:
            return self._apply(None, gone)

    def apply(
        self, *, put: Sites | None = None, remove: Iterable[Hashable] = ()
    ) -> Sites:
        """Remove some sites and put in others, new or not, all at once.

        A reader sees all of it or nothing.

        Parameters
        ----------
        put
            With the attributes that the sites have; those of known id are replaced.
        remove
            Ids; one that is put in too stays in.

        Returns
        -------
        Sites
            As they are now. Rows are counted anew now and then: they hold for one
            `Sites` only.

        Raises
        ------
        SitesRefused
            ``kind="unknown"`` for an id to remove that is not there,
            ``kind="attribute"`` where attributes differ. Then nothing is changed.
        """
        gone = tuple(remove)
        with self._lock:
            return self._apply(None if put is None else _without_gone(put), gone)

    def _apply(self, put: Sites | None, remove: tuple[Hashable, ...]) -> Sites:
        view, columns = self._now.view, self._now.view.columns
        gone = dict.fromkeys(self._rows(remove).tolist())
        names = put.ids if put is not None else ()
        gone |= dict.fromkeys(
            self._row_of[name] for name in names if name in self._row_of
        )
        if put is not None:
            columns = self._extended(columns, put)
        rows = np.fromiter(gone, dtype=np.intp, count=len(gone))
        clock, removed = view.clock + 1, view.removed + rows.size
        columns.table[rows, GONE] = clock
        for name in remove:
            self._row_of.pop(name, None)
        for row, name in enumerate(names, start=len(columns) - len(names)):
            self._row_of[name] = row
        self._publish(View(columns, clock, removed))
        return self._now

    def _publish(self, view: View) -> None:
        columns, removed = view.columns, view.removed
        forest = self._now.forest
        if removed > max(GONE_LEAST, len(columns) // 2):
            view = _compact(view)
            self._now = Sites.of_view(view, forest and forest.again(view))
            self._start()
            return
        if forest is None:
            # readers that plant for themselves would do so after each change
            forest = Forest(view) if is_loaded() else None
        elif len(columns) - forest.n + removed - forest.removed > LATEST_MOST:
            forest = forest.again(view)
        self._now = Sites.of_view(view, forest)

    def _rows(self, ids: Iterable[Hashable]) -> Indices:
        rows = []
        for name in ids:
            if name not in self._row_of:
                raise SitesRefused(
                    f"there is no site {name!r}: insert it first", kind="unknown"
                )
            rows.append(self._row_of[name])
        return np.array(rows, dtype=np.intp)

    def _extended(self, columns: Columns, put: Sites) -> Columns:
        """Add rows; whoever has the columns of before sees none of it."""
        more = put.view.columns
        if set(more.codes) != set(columns.codes):
            raise SitesRefused(
                f"got the attributes {sorted(more.codes)}, want "
                f"{sorted(columns.codes)}",
                kind="attribute",
            )
        table = more.table.copy()
        table[:, GONE] = np.inf
        values, codes = dict(columns.values), {}
        for name in columns.codes:
            values[name], added = _recoded(more, name, values[name])
            codes[name] = self._grown(f"code of {name}", columns.codes[name], added)
        self._ids.extend(put.ids)
        grown = replace(
            columns,
            lng=self._grown("lng", columns.lng, more.lng),
            lat=self._grown("lat", columns.lat, more.lat),
            table=self._grown("table", columns.table, table),
            ids=self._ids,
            codes=codes,
            values=values,
        )
        return self._ranked(grown, len(put.ids))

    def _ranked(self, columns: Columns, n_new: int) -> Columns:
        """Give the last rows their ranks, or all rows if there is no room between."""
        if self._ranks is None:
            old = len(columns) - n_new
            self._ranks = Ranks(self._ids[:old], columns.table[:old, RANK])
        ranks = (
            [self._ranks.rank_of(name) for name in self._ids[-n_new:]] if n_new else []
        )
        if None not in ranks:
            columns.table[len(columns) - n_new :, RANK] = ranks
            return columns
        table = columns.table.copy()  # others may be sorting by the ranks of before
        table[:, RANK] = self._ranks.again(self._ids)
        self._growing.pop("table", None)
        return replace(columns, table=table)

    def _grown(
        self, name: str, column: NDArray[Any], more: NDArray[Any]
    ) -> NDArray[Any]:
        growing = self._growing.setdefault(name, _Growing(column))
        return growing.extended(len(column), more)


class _Growing:
    """A column with room behind it; what was handed out of it never changes."""

    def __init__(self, column: NDArray[Any]) -> None:
        self._room = column

    def extended(self, n: int, more: NDArray[Any]) -> NDArray[Any]:
        """Write behind the first n rows, which are all there are, and return all."""
        end = n + len(more)
        if end > len(self._room):
            room = np.empty((max(2 * n, end), *more.shape[1:]), dtype=self._room.dtype)
            room[:n] = self._room[:n]
            self._room = room
        self._room[n:end] = more
        return self._room[:end]


def _decoded(columns: Columns, name: str, rows: Indices) -> list[Hashable]:
    values = list(columns.values[name])
    return [values[code] for code in columns.codes[name][rows].tolist()]


def _recoded(
    more: Columns, name: str, known: Mapping[Hashable, int]
) -> tuple[dict[Hashable, int], Codes]:
    """Give the values of both, and the codes of the later columns in them."""
    values = dict(known)
    numbers = [values.setdefault(value, len(values)) for value in more.values[name]]
    return values, np.array(numbers, dtype=np.int32)[more.codes[name]]


def _without_gone(sites: Sites) -> Sites:
    """Leave out the rows that were removed, as there are in sites that changed."""
    return Sites.of_view(_compact(sites.view), None) if sites.view.removed else sites


def _compact(view: View) -> View:
    """Leave out the rows that were removed."""
    rows = view.rows(ANY)
    columns = view.columns
    kept = Columns(
        columns.lng[rows],
        columns.lat[rows],
        [columns.ids[row] for row in rows.tolist()],
        columns.table[rows],
        {name: codes[rows] for name, codes in columns.codes.items()},
        columns.values,
    )
    return View(kept, 0.0, 0)
