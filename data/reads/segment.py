"""A sealed segment: files that never change, mapped into memory and searched."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.plate_codes import Codes
from data.reads import kernels
from data.reads.coding import Coded
from data.reads.columns import (
    NO_SEQUENCE,
    Extra,
    Integers,
    Look,
    Reads,
    Rows,
    Smalls,
    ranges,
)
from data.reads.frames import extra_of
from data.reads.hours import Hours
from data.reads.layout import (
    CAMERA_SPOT,
    EXTRA,
    HALF,
    HOURS_SINCE,
    About,
    about_of,
    open_part,
    path_of,
)
from data.reads.names import Names
from data.reads.sealing import SECOND_US, Sealed

HAS_SPOT = r'^\[(?:null|"(?:[^"\\]|\\.)*"),\['
"""Extras as JSON of which the second value, the point, is not null.

Reads from a file all have extras, and reading their JSON takes a hundred times longer.
"""

LOW = np.uint64(0xFFFFFFFF)
NO_ROWS: Rows = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Extras:
    rows: NDArray[np.uint32]
    values: pa.StringArray

    def get(self, rows: Rows) -> dict[int, Extra]:
        """Return the extras of rows by their place among them."""
        at = np.searchsorted(self.rows, rows.astype(np.uint32))
        at[at == self.rows.size] = 0
        hit = np.flatnonzero(self.rows[at] == rows)
        return {
            int(i): extra_of(orjson.loads(self.values[int(at[i])].as_py())) for i in hit
        }


class Segment:
    """The reads of a segment, numbered through by plate and time.

    ``cameras`` gives the archive's number of each camera of its own; who knows them
    says so in ``numbers``, or all would have to be looked up.
    """

    def __init__(
        self,
        folder: Path,
        sealed: Sealed,
        names: Names,
        *,
        numbers: Integers | None = None,
    ) -> None:
        self.sealed = sealed
        self.days = frozenset(sealed.days)
        plates = open_part(path_of(folder, sealed.name, "plates"))
        cameras = open_part(path_of(folder, sealed.name, "cameras"))
        extras = open_part(path_of(folder, sealed.name, "extras"))
        order = open_part(path_of(folder, sealed.name, "order"))["reads"]
        about = about_of(path_of(folder, sealed.name, "plates"), plates)
        self.first, self.last, self._unit = about.first, about.last, about.unit
        self._begins = np.array(about.begins, dtype=np.int64)
        self._low = plates["low"].to_numpy()
        self._starts = plates["reads"].offsets.to_numpy()
        reads = plates["reads"].values
        fields = {
            field.name: reads.field(field.name).to_numpy() for field in reads.type
        }
        self._at = fields["at"]
        self._camera = fields["camera"]
        if numbers is None:
            numbers = names.numbers_of_rows(_camera_rows(cameras)).astype(np.int64)
        self.cameras = numbers.astype(np.int32)
        self._own = np.full(int(self.cameras.max()) + 2, -1, dtype=np.int64)
        self._own[self.cameras] = np.arange(self.cameras.size)
        self._bases = cameras["sequence"].to_numpy()
        self._order = order.values.to_numpy()
        self._camera_starts = order.offsets.to_numpy().astype(np.int64)
        self.hours = _hours(folder, sealed.name, about)
        held = _held(extras)
        looks = names.looks_of([Look(*look) for look in about.looks])
        self._look = Coded(fields.get("look"), looks)
        self._coded = _coded_of(about, fields, held)
        self._extras = held.get(EXTRA)

    def __len__(self) -> int:
        return self.sealed.reads

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last read were made."""
        return self.first, self.last

    def rows_of_plates(self, codes: Codes, first: int, last: int) -> Rows:
        """Find the rows of plates from one moment to another, both included."""
        found = kernels.places_of(codes, self._low, self._begins)
        return self.between(self._rows(found[found >= 0]), first, last)

    def last_of_plates(self, codes: Codes) -> tuple[Rows, Rows]:
        """Find the last row of each plate that is there, and which of them it is of."""
        found = kernels.places_of(codes, self._low, self._begins)
        which = np.flatnonzero(found >= 0)
        return self._starts[found[which] + 1].astype(np.int64) - 1, which

    def codes_of_range(self, first: int, behind: int) -> Codes:
        """Return the plates from one code to before another."""
        start, stop = (self._place_from(code) for code in (first, behind))
        return self._code_at(np.arange(start, stop))

    def rows_at(
        self, cameras: Smalls, first: Integers, last: Integers
    ) -> tuple[Rows, Rows]:
        """Find the rows of each camera in its span of time, ends included.

        Returns which of the spans, and the rows; those of a span in order of time.
        """
        own = self.own_of(cameras)
        asked = np.flatnonzero((own >= 0) & (first <= self.last) & (last >= self.first))
        own, first, last = own[asked], first[asked], last[asked]
        bounds = np.stack((self._camera_starts[own], self._camera_starts[own + 1]))
        times = np.stack((self._ticks(first, up=True), self._ticks(last, up=False)))
        start, stop = kernels.windows(self._order, self._at, bounds, times)
        rows = self._order[ranges(start, stop)].astype(np.int64)
        return np.repeat(asked, stop - start), rows

    def between(self, rows: Rows, first: int, last: int) -> Rows:
        """Keep the rows from one moment to another, both included."""
        if first <= self.first and last >= self.last:
            return rows
        at = self.times(rows)
        return rows[(at >= first) & (at <= last)]

    def times(self, rows: Rows) -> Integers:
        """Return when reads were made."""
        at: Integers = self._at[rows].astype(np.int64)
        return at * self._unit + self.first

    def codes(self, rows: Rows) -> Codes:
        """Return the plates of rows."""
        # of one type, or the whole column would be cast at each call
        wanted = rows.astype(self._starts.dtype)
        return self._code_at(np.searchsorted(self._starts, wanted, side="right") - 1)

    def own_of(self, cameras: Smalls) -> Rows:
        """Return the segment's own numbers of cameras; -1 for one without reads."""
        own: Rows = self._own[np.minimum(cameras, self._own.size - 1)]
        return own

    def camera_of(self, rows: Rows) -> Smalls:
        """Return the archive's numbers of the cameras of rows."""
        cameras: Smalls = self.cameras[self._camera[rows]]
        return cameras

    def reads(self, rows: Rows, names: Names) -> Reads:
        """Return rows as columns."""
        at = self.times(rows)
        delay, residuals = self._arrivals(rows)
        return Reads(
            plate=self.codes(rows),
            at=at,
            received=at + delay * SECOND_US,
            camera=self.camera_of(rows),
            look=self._look.taken(rows),
            confidence=self._coded["confidence"].taken(rows),
            sequence=self._sequences(rows, residuals),
            cameras=names.cameras,
            looks=names.looks,
            extras=self._extras.get(rows) if self._extras else {},
        )

    def rows_between(self, first: int, last: int) -> Rows:
        """Find the rows from one moment to another, both included."""
        bounds = np.array([first]), np.array([last])
        low, high = self._ticks(bounds[0], up=True), self._ticks(bounds[1], up=False)
        return np.flatnonzero((self._at >= low[0]) & (self._at <= high[0]))

    def rows_with_spots(self, first: int, last: int) -> Rows:
        """Find the rows with a point of their own in a span of time, ends included."""
        if self._extras is None:
            return NO_ROWS
        rows = self._extras.rows.astype(np.int64)
        at = self.times(rows)
        among = np.flatnonzero((at >= first) & (at <= last))
        texts = self._extras.values.take(pa.array(among))
        has_spot = pc.match_substring_regex(texts, HAS_SPOT)
        found: Rows = rows[among[has_spot.to_numpy(zero_copy_only=False)]]
        return found

    def known_rows(self, cameras: Smalls, moments: Integers) -> Rows:
        """Find the rows of cameras at moments."""
        return self.rows_at(cameras, moments, moments)[1]

    def made_between(self, first: int, last: int) -> tuple[Integers, Smalls]:
        """Return when and by which cameras reads were made in a span of time."""
        if self.first > last or self.last < first:
            return NO_ROWS, NO_ROWS.astype(np.int32)
        at = self._at.astype(np.int64)
        at *= self._unit
        at += self.first
        if first <= self.first and last >= self.last:
            return at, self.cameras[self._camera]
        is_within = (at >= first) & (at <= last)
        return at[is_within], self.cameras[self._camera[is_within]]

    def counted(self) -> Hours:
        """Count the reads of the segment's own cameras by hour, from the reads."""
        at = self.times(np.arange(len(self)))
        return Hours.counted(at, self._order, self._camera_starts)

    def latest(self) -> Integers:
        """Return when each camera of the segment's own made its last read."""
        return self.times(self._order[self._camera_starts[1:] - 1].astype(np.int64))

    def _place_from(self, code: int) -> int:
        high = code >> 32
        if high >= self._begins.size - 1:
            return int(self._low.size)
        start, stop = self._begins[high], self._begins[high + 1]
        low = np.uint32(code & 0xFFFFFFFF)
        return int(start + np.searchsorted(self._low[start:stop], low))

    def _code_at(self, places: Rows) -> Codes:
        high = np.searchsorted(self._begins, places, side="right") - 1
        codes: Codes = (high.astype(np.uint64) << np.uint64(32)) | self._low[places]
        return codes

    def _rows(self, places: Rows) -> Rows:
        return ranges(self._starts[places], self._starts[places + 1])

    def _ticks(self, moments: Integers, *, up: bool) -> Integers:
        since = np.clip(moments, self.first - 1, self.last + 1) - self.first
        return -(-since // self._unit) if up else since // self._unit

    def _arrivals(self, rows: Rows) -> tuple[Integers, Integers]:
        """Return the delays in seconds and what is to be added to sequences."""
        if "arrival" not in self._coded:
            both = (self._coded[key].taken(rows) for key in ("delay", "sequence"))
            delay, residuals = both
            return delay, residuals
        arrival = self._coded["arrival"].taken(rows)
        low = arrival & ((1 << HALF) - 1)
        return arrival >> HALF, np.where(low == 0, NO_SEQUENCE, low - 1)

    def _sequences(self, rows: Rows, residuals: Integers) -> Integers:
        if not rows.size or residuals.max() == NO_SEQUENCE:
            return residuals
        camera = self._camera[rows].astype(np.int64)
        begins = np.stack(
            (self._camera_starts[camera], self._camera_starts[camera + 1])
        )
        place = kernels.ranks(rows, self._order, self._at, begins)
        counted = residuals + place + self._bases[camera]
        return np.where(residuals == NO_SEQUENCE, NO_SEQUENCE, counted)


def _camera_rows(table: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    columns = [table[key].to_pylist() for key in ("camera_id", *CAMERA_SPOT)]
    return zip(*columns, strict=True)


def _hours(folder: Path, name: str, about: About) -> Hours | None:
    if about.version < HOURS_SINCE:
        return None
    return Hours.of_batch(open_part(path_of(folder, name, "hours")), about.first)


def _held(extras: pa.RecordBatch) -> dict[str, _Extras]:
    found = {}
    for row, kind in enumerate(extras["kind"].to_pylist()):
        rows, values = extras["reads"][row].values, extras["values"][row].values
        found[kind] = _Extras(rows.to_numpy(), values)
    return found


def _coded_of(
    about: About, fields: dict[str, NDArray[Any]], held: dict[str, _Extras]
) -> dict[str, Coded]:
    made = {}
    for key, values in about.values.items():
        kind = np.float64 if key == "confidence" else np.int64
        listed = None if values is None else np.array(values, dtype=kind)
        rare = held.get(key)
        texts = rare.values.to_pylist() if rare else []
        made[key] = Coded(
            fields.get(key),
            listed,
            rare.rows if rare else None,
            np.array([orjson.loads(text) for text in texts], kind) if rare else None,
        )
    return made
