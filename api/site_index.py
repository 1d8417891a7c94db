"""The sites of the store, kept ready for searching while they change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from data import queries
from data.store import Store
from geo.sites import LiveSites, Sites, Where

Row = dict[str, Any]

FILTERS = ("kind", "owner", "reads_plates")
"""What a search can be narrowed by: columns of the rows."""


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """The sites of one moment that have a point.

    Attributes
    ----------
    points
        To be searched; its ids are keys of ``rows``.
    rows
        What is known of each, by id.
    """

    points: Sites
    rows: Mapping[Any, Row]

    def rows_of(self, ids: Sequence[Any]) -> list[Row]:
        """Return the rows of some sites, in their order."""
        return [self.rows[one] for one in ids]


class SiteBook:
    """Takes over what changes in the store; searches under way go on undisturbed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = Lock()
        self._commits: int | None = None
        self._mark: Row | None = None
        self._rows: dict[str, Row] = {}
        self._live = LiveSites(_points([]))

    def now(self) -> SiteIndex:
        """Return the sites as the store has them now."""
        with self._turn:
            commits = self._store.commits()
            if commits != self._commits:
                self._look()
                self._commits = commits
            return SiteIndex(self._live.now, self._rows)

    def _look(self) -> None:
        """Take over the sites if they changed; the mark is a scan of all of them."""
        with self._store.read() as tx:
            mark = tx.rows(queries.sites_mark())[0]
            if mark != self._mark:
                rows = {row["id"]: row for row in tx.rows(queries.site_columns())}
                self._take_over(rows)
                self._mark = mark

    def _take_over(self, rows: dict[str, Row]) -> None:
        changed = [row for key, row in rows.items() if self._rows.get(key) != row]
        gone = self._rows.keys() - rows.keys()
        if changed or gone:
            self._live.apply(put=_points(changed), remove=gone)
        self._rows = rows


def where(
    *,
    kind: Sequence[str] = (),
    owner: Sequence[str] = (),
    reads_plates: bool | None = None,
    online_at: datetime | None = None,
) -> Where:
    """Say which sites count; what is not given does not narrow.

    Parameters
    ----------
    kind, owner
        Any of these.
    reads_plates
        Only sites of which that is known to be so.
    online_at
        Only sites in service at this aware time; a site whose times are not known
        counts as in service.

    Raises
    ------
    SitesRefused
        ``kind="time"`` for a time without zone.
    """
    return Where.of(
        kind=list(kind) or None,
        owner=list(owner) or None,
        reads_plates=reads_plates,
        online_at=online_at,
    )


def _points(rows: Sequence[Row]) -> Sites:
    return Sites(
        lng=[row["lng"] for row in rows],
        lat=[row["lat"] for row in rows],
        ids=[row["id"] for row in rows],
        attributes={name: [row[name] for row in rows] for name in FILTERS},
        online_from=[_time(row["online_from"]) for row in rows],
        online_until=[_time(row["online_until"]) for row in rows],
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
