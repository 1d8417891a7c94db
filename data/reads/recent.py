"""Reads that are not sealed yet: columns in memory, found by plate and by moment."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.plate_codes import Codes
from data.reads import kernels
from data.reads.columns import (
    Extra,
    Integers,
    Reads,
    Rows,
    Smalls,
    days_of,
    ranges,
)
from data.reads.names import Names

COLUMNS = {
    "plate": np.uint64,
    "at": np.int64,
    "received": np.int64,
    "camera": np.int32,
    "look": np.int32,
    "confidence": np.float64,
    "sequence": np.int64,
}


class Recent:
    """A table that grows at its end; one writer, and readers who need no lock.

    Rows from ``visible`` on may be written but are not on disk yet: nobody sees them
    besides the writer. ``number`` is that of its log, ``position`` counts the reads
    before it.
    """

    def __init__(self, room: int, *, number: int, position: int) -> None:
        self.number = number
        self.position = position
        self.visible = 0
        self.written = 0
        self.days: frozenset[int] = frozenset()
        self._room = room
        self._columns = {
            name: np.empty(room, dtype=kind) for name, kind in COLUMNS.items()
        }
        size = 1 << max(int(room - 1).bit_length() + 1, 4)
        self._chains = tuple(
            np.full(length, -1, dtype=np.int32) for length in (size, room, size, room)
        )
        self._extras: dict[int, Extra] = {}

    def has_room(self, n: int) -> bool:
        """Say whether n more rows fit."""
        return self.written + n <= self._room

    def add(self, reads: Reads) -> int:
        """Write rows behind the others; return the row behind them."""
        start, stop = self.written, self.written + len(reads)
        for name, column in self._columns.items():
            column[start:stop] = getattr(reads, name)
        for row, extra in reads.extras.items():
            self._extras[start + row] = extra
        self.days |= days_of(reads.at)
        new = [self._columns[name][start:stop] for name in ("plate", "camera", "at")]
        kernels.chain(*new, self._chains, start)
        self.written = stop
        return stop

    def show(self, stop: int) -> None:
        """Let readers see the rows before one; they are on disk now."""
        self.visible = max(self.visible, stop)

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last visible read were made; None: none."""
        at = self._columns["at"][: self.visible]
        return (int(at.min()), int(at.max())) if at.size else None

    def rows_of_plates(self, codes: Codes, first: int, last: int) -> Rows:
        """Find the visible rows of plates from one moment to another, both included."""
        plate, at = (self._columns[name][: self.visible] for name in ("plate", "at"))
        rows: Rows = kernels.chained_plates(codes, plate, *self._chains[:2])
        return rows[(at[rows] >= first) & (at[rows] <= last)]

    def rows_at(
        self, cameras: Smalls, first: Integers, last: Integers
    ) -> tuple[Rows, Rows]:
        """Find the visible rows of each camera in its span of time, ends included.

        Returns which of the spans, and the rows; those of a span in order of time.
        """
        camera, at = (self._columns[name][: self.visible] for name in ("camera", "at"))
        if not cameras.size or not at.size:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        within = np.flatnonzero((at >= first.min()) & (at <= last.max()))
        is_wanted = np.zeros(max(int(cameras.max()), int(camera.max())) + 1, dtype=bool)
        is_wanted[cameras] = True
        within = within[is_wanted[camera[within]]]
        order = within[np.lexsort((at[within], camera[within]))]
        sorted_cameras, wanted = camera[order], cameras.astype(np.int32)
        bounds = (
            np.searchsorted(sorted_cameras, wanted, side="left"),
            np.searchsorted(sorted_cameras, wanted, side="right"),
        )
        times = np.stack((first, last))
        start, stop = kernels.windows(order, at, np.stack(bounds), times)
        return np.repeat(np.arange(cameras.size), stop - start), order[
            ranges(start, stop)
        ]

    def rows_between(self, first: int, last: int) -> Rows:
        """Find the visible rows from one moment to another, both included."""
        at = self._columns["at"][: self.visible]
        return np.flatnonzero((at >= first) & (at <= last))

    def codes_of_range(self, first: int, behind: int) -> Codes:
        """Return the visible plates from one code to before another, sorted."""
        plate = self._columns["plate"][: self.visible]
        return np.unique(plate[(plate >= first) & (plate < behind)])

    def rows_with_spots(self, first: int, last: int) -> Rows:
        """Find the rows with a point of their own in a span of time, ends included."""
        held = self._extras
        among = self.rows_between(first, last).tolist() if held else []
        found = [row for row in among if row in held and held[row].spot is not None]
        return np.array(found, dtype=np.int64)

    def known_rows(self, cameras: Smalls, moments: Integers) -> Rows:
        """Find the rows of cameras at moments, those too that nobody sees yet."""
        held = {name: column[: self.written] for name, column in self._columns.items()}
        _, rows = kernels.chained_moments(
            cameras, moments, held["camera"], held["at"], self._chains
        )
        found: Rows = rows
        return found

    def made_between(self, first: int, last: int) -> tuple[Integers, Smalls]:
        """Return when and by which cameras reads were made in a span of time."""
        at, camera = (self._columns[name][: self.visible] for name in ("at", "camera"))
        is_within = (at >= first) & (at <= last)
        return at[is_within], camera[is_within]

    def times(self, rows: Rows) -> Integers:
        """Return when reads were made."""
        at: Integers = self._columns["at"][rows]
        return at

    def codes(self, rows: Rows) -> Codes:
        """Return the plates of rows."""
        codes: Codes = self._columns["plate"][rows]
        return codes

    def reads(self, rows: NDArray[Any] | slice, names: Names) -> Reads:
        """Return rows as columns."""
        extras: dict[int, Extra] = {}
        if self._extras:
            old = np.arange(self.written)[rows].tolist()
            pairs = ((new, self._extras.get(row)) for new, row in enumerate(old))
            extras = {new: extra for new, extra in pairs if extra is not None}
        columns = {name: column[rows] for name, column in self._columns.items()}
        return Reads(**columns, cameras=names.cameras, looks=names.looks, extras=extras)
