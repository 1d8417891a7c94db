"""Searching the archive: the same questions to files and to tables in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.plate_codes import CEILING, Codes
from data.reads.answers import USUAL, Answer, Limits, Windows
from data.reads.columns import (
    Integers,
    Reads,
    Rows,
    Smalls,
    in_order,
    joined,
    micros_of,
    moment_of,
    span_of,
)
from data.reads.hours import HOUR_US
from data.reads.manifest import Manifest
from data.reads.names import Names, no_reads_of
from data.reads.recent import Recent
from data.reads.state import Part, State, View

EVER = (np.iinfo(np.int64).min, np.iinfo(np.int64).max)
AT_ONCE = 20_000
"""An answer with fewer reads comes in one piece."""

Find = Callable[[Part, int, int], Rows]


class Search:
    """Questions to an archive.

    Times are aware, ends are included, None is open. Answers come in order of time,
    ties by plate, sequence and camera id.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    def names(self) -> Names:
        """The cameras and looks that were ever seen."""
        return self.state.names

    @property
    def view(self) -> View:
        """The files and tables of now."""
        return self.state.view

    def __len__(self) -> int:
        """Count the reads that are kept."""
        view = self.view
        sealed = sum(len(segment) for segment in view.segments)
        return sealed + sum(recent.visible for recent in view.recents)

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return when the first and the last read were made; None without any."""
        spans = [span for part in self.view.parts if (span := part.span())]
        if not spans:
            return None, None
        first, last = min(one[0] for one in spans), max(one[1] for one in spans)
        return moment_of(first), moment_of(last)

    def by_plates(
        self,
        codes: Codes,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limits: Limits = USUAL,
    ) -> Answer:
        """Find all reads with one of these very readings."""
        wanted = np.unique(codes.astype(np.uint64))

        def find(part: Part, first: int, last: int) -> Rows:
            return part.rows_of_plates(wanted, first, last)

        return self._answer(find, _span(since, until), limits, is_quick=True)

    def by_cameras(
        self,
        camera_ids: Iterable[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limits: Limits = USUAL,
        or_own_spot: bool = False,
    ) -> Answer:
        """Find all reads of cameras, wherever they stood.

        With ``or_own_spot`` also those by any camera that have a spot of their own.
        """
        cameras = self.names.of_ids(camera_ids)

        def find(part: Part, first: int, last: int) -> Rows:
            both = np.full(cameras.size, first), np.full(cameras.size, last)
            rows = part.rows_at(cameras, *both)[1]
            if or_own_spot:
                rows = np.union1d(rows, part.rows_with_spots(first, last))
            return rows

        return self._answer(find, _span(since, until), limits)

    def between(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limits: Limits = USUAL,
    ) -> Answer:
        """Find all reads of a span of time."""

        def find(part: Part, first: int, last: int) -> Rows:
            return part.rows_between(first, last)

        return self._answer(find, _span(since, until), limits)

    def in_windows(self, windows: Windows) -> tuple[Rows, Reads]:
        """Find the reads of each of many cameras in a time of its own.

        Returns which of the windows a read is in, shape (m,), and the reads; one that
        lies in several windows is there once for each. In no order.
        """
        cameras, of = self._numbers(windows.camera_ids)
        first, last = windows.first[of], windows.last[of]
        which, found = [np.empty(0, dtype=np.int64)], [no_reads_of(self.names)]
        for part in self.view.parts:
            spans, rows = part.rows_at(cameras, first, last)
            if rows.size:
                which.append(of[spans])
                found.append(part.reads(rows, self.names))
        return np.concatenate(which), joined(found)

    def plates_between(self, first: int, behind: int) -> Codes:
        """Return all readings with codes from one to before another, sorted."""
        found = [part.codes_of_range(first, behind) for part in self.view.parts]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)

    def plates_where(self, keep: Callable[[Codes], Codes]) -> Codes:
        """Return the readings, of all there ever were, that something keeps; sorted.

        It is asked part by part, and may be asked for one reading several times.
        """
        found = [
            keep(part.codes_of_range(0, CEILING)).astype(np.uint64)
            for part in self.view.parts
        ]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)

    def last(self, codes: Codes) -> Reads:
        """Find the last read of each reading that was ever seen, in order of time."""
        wanted = np.unique(codes.astype(np.uint64))
        best = np.full(wanted.size, EVER[0])
        where: list[tuple[Part, int] | None] = [None] * wanted.size
        view = self.view
        for recent in view.recents:
            self._note_recent(recent, wanted, best, where)
        for segment in sorted(view.segments, key=lambda one: -one.last):
            open_ = np.flatnonzero(best < segment.last)
            if open_.size:
                rows, which = segment.last_of_plates(wanted[open_])
                at, which = segment.times(rows), open_[which]
                for i in np.flatnonzero(at > best[which]).tolist():
                    best[which[i]] = at[i]
                    where[which[i]] = (segment, int(rows[i]))
        return self._gathered([one for one in where if one is not None])

    def hourly(
        self,
        camera_ids: Iterable[str] | None,
        *,
        since: datetime,
        until: datetime,
    ) -> tuple[list[str], NDArray[np.int64]]:
        """Count the reads of cameras in each hour from a moment on.

        Parameters
        ----------
        camera_ids
            None for all.

        Returns
        -------
        list of str, ndarray of shape (cameras, hours)
            Camera ids in ascending order. The last hour may be cut short by ``until``,
            which itself is not counted.

        Notes
        -----
        From a whole hour on, UTC, files answer whole hours from counts of their own;
        else, and for an hour that is cut short, their reads are gone through.
        """
        first, behind = micros_of(since), micros_of(until)
        n_hours = max(-(-(behind - first) // HOUR_US), 0)
        parts, names = self.view.parts, self.names
        chosen = None if camera_ids is None else names.of_ids(camera_ids)
        asked = np.arange(names.n_stations)
        if chosen is not None:
            asked = np.unique(names.stations[chosen])
        counts = np.zeros((asked.size, n_hours), dtype=np.int64)
        for part in parts:
            start = self._add_kept(part, chosen, asked, (first, behind), counts)
            if start < behind:
                at, stations = self._made(part, chosen, start, behind - 1)
                cell = np.searchsorted(asked, stations) * n_hours
                cell += (at - first) // HOUR_US
                # a camera may have come meanwhile, it stands behind all that are asked
                more = np.bincount(cell, minlength=counts.size)[: counts.size]
                counts += more.reshape(counts.shape)
        ids = [names.camera_id(station) for station in asked.tolist()]
        order = sorted(range(len(ids)), key=ids.__getitem__)
        return [ids[row] for row in order], counts[order]

    def _add_kept(
        self,
        part: Part,
        chosen: Smalls | None,
        asked: Rows,
        span: tuple[int, int],
        counts: Integers,
    ) -> int:
        """Add what a file has counted; return from which moment on nothing is added."""
        first, behind = span
        if isinstance(part, Recent) or first >= behind:
            return first
        if part.last < first or part.first >= behind:
            return behind
        if part.hours is None or first % HOUR_US:
            return first
        end = behind if part.last < behind else behind - behind % HOUR_US
        cameras = part.cameras if chosen is None else chosen
        rows = np.searchsorted(asked, self.names.stations[cameras])
        hours = first // HOUR_US, -(-end // HOUR_US)
        part.hours.add(counts, rows, part.own_of(cameras), hours)
        return end

    def _made(
        self, part: Part, chosen: Smalls | None, first: int, last: int
    ) -> tuple[Integers, Integers]:
        """Return when and at which stations reads were made in a span of time."""
        if chosen is None:
            at, camera = part.made_between(first, last)
        else:
            both = np.full(chosen.size, first), np.full(chosen.size, last)
            which, rows = part.rows_at(chosen, *both)
            at, camera = part.times(rows), chosen[which]
        return at, self.names.stations[camera].astype(np.int64)

    def known(self, reads: Reads, station: Smalls) -> set[tuple[int, int, int | str]]:
        """Name all kept reads of the stations and moments of some reads.

        By station, moment, and sequence number or, without one, the reading.
        """
        which, cameras = self.names.at_stations(station)
        moments = reads.at[which]
        found: set[tuple[int, int, int | str]] = set()
        for part in self.view.parts:
            rows = part.known_rows(cameras, moments)
            if rows.size:
                kept = part.reads(rows, self.names)
                stations = self.names.stations[kept.camera].tolist()
                found.update(zip(stations, kept.at.tolist(), kept.marks(), strict=True))
        return found

    def _answer(
        self,
        find: Find,
        span: tuple[int, int],
        limits: Limits,
        *,
        is_quick: bool = False,
    ) -> Answer:
        pieces = self._pieces(find, self.view, span)
        if is_quick:
            pieces = self._at_once(find, self.view, span) or pieces
        return Answer(pieces, limits)

    def _at_once(
        self, find: Find, view: View, span: tuple[int, int]
    ) -> Iterator[Reads] | None:
        """Give a short answer in one piece; None when it is not short."""
        rows = [(part, find(part, *span)) for part in view.parts]
        if sum(of_part.size for _, of_part in rows) > AT_ONCE:
            return None
        found = [part.reads(one, self.names) for part, one in rows if one.size]
        return iter([in_order(joined(found))] if found else [])

    def _pieces(self, find: Find, view: View, span: tuple[int, int]) -> Iterator[Reads]:
        for day in view.days(*span):
            begin, end = span_of(day)
            first, last = max(begin, span[0]), min(end, span[1])
            found = []
            for part in view.parts:
                if day in part.days:
                    rows = find(part, first, last)
                    if rows.size:
                        found.append(part.reads(rows, self.names))
            if found:
                yield in_order(joined(found))

    def _numbers(self, camera_ids: Sequence[str]) -> tuple[Smalls, Rows]:
        """Return the cameras of ids and which of the ids each has."""
        known = {one: self.names.of_ids([one]).tolist() for one in set(camera_ids)}
        found = [known[one] for one in camera_ids]
        of = np.repeat(np.arange(len(found)), [len(one) for one in found])
        return np.array([n for one in found for n in one], dtype=np.int32), of

    def _note_recent(
        self,
        recent: Recent,
        wanted: Codes,
        best: Integers,
        where: list[tuple[Part, int] | None],
    ) -> None:
        rows = recent.rows_of_plates(wanted, *EVER)
        at, which = recent.times(rows), np.searchsorted(wanted, recent.codes(rows))
        for i, one in enumerate(which.tolist()):
            if at[i] > best[one]:
                best[one] = at[i]
                where[one] = (recent, int(rows[i]))

    def _gathered(self, where: list[tuple[Part, int]]) -> Reads:
        rows_of: dict[Part, list[int]] = {}
        for part, row in where:
            rows_of.setdefault(part, []).append(row)
        found = [
            part.reads(np.array(rows, dtype=np.int64), self.names)
            for part, rows in rows_of.items()
        ]
        return in_order(joined(found)) if found else no_reads_of(self.names)


def empty_search() -> Search:
    """Return an archive of nothing, for who has none."""
    return Search(State(Path(), Manifest()))


def _span(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    first = EVER[0] if since is None else micros_of(since)
    return first, EVER[1] if until is None else micros_of(until)
