"""Reads: rows to licence plates seen by cameras."""

import re
from dataclasses import dataclass
from datetime import datetime

from data.dates import moment
from data.errors import RowRefused
from data.importers.columns import Columns
from data.importers.parsed import LoadKind, Made, Row, Setting, Table, provenance
from data.importers.places import Claim, Placed, Placer
from data.importers.reports import EARLY
from data.records import Read, read_id
from data.words import colour, vehicle_type

_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?|\.\d+) ?(%?)", re.ASCII)
_COUNT = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the rows of one file are read with."""

    table: Table
    columns: Columns
    at: datetime

    def value(self, row: Row, field: str) -> str:
        return self.columns.value(row.values, field)


def make_reads(
    rows: list[Row],
    table: Table,
    columns: Columns,
    kind: LoadKind,
    setting: Setting,
) -> Made:
    """Make a read of each row that names a camera or a point, a moment and a plate.

    A read without coordinates has an empty spot: the camera's place is for whoever
    knows the cameras to fill in.
    """
    made = Made()
    placer = Placer(setting.boundaries, setting.options.crs or table.shape.frame)
    reading = _Reading(table, columns, setting.at)
    claims = [Claim(*columns.pair(row.values)) for row in rows]
    for row, placed in zip(rows, placer.place_all(claims), strict=True):
        try:
            if isinstance(placed, RowRefused):
                raise placed
            made.records.append((row, _read(reading, row, placed)))
            made.repairs.update(placed.repairs)
            made.repairs.update(f"note: {note}" for note in placed.notes)
        except RowRefused as refused:
            made.refuse(row, refused)
    return made


def _read(reading: _Reading, row: Row, placed: Placed) -> Read:
    raw = reading.columns.raw(row.values, "plate")
    at = moment(_needed(reading, row, "at"))
    if at > reading.at + EARLY:
        raise RowRefused("future", f"was read on {at.date()}, which is to come")
    camera_id = reading.value(row, "camera_id")
    if not camera_id and placed.spot.lng is None:
        raise RowRefused("no-place", "names no camera and has no coordinates")
    _needed(reading, row, "plate")
    sequence = _sequence(reading.value(row, "sequence"))
    named = camera_id or f"{placed.spot.lng},{placed.spot.lat}"
    return Read(
        id=read_id(named, sequence=sequence, at=at, plate_raw=raw),
        camera_id=camera_id,
        at=at,
        plate_raw=raw,
        plate="",
        received_at=reading.at,
        spot=placed.spot,
        sequence=sequence,
        confidence=_confidence(reading.value(row, "confidence")),
        vehicle_type=vehicle_type(reading.value(row, "vehicle_type")),
        colour=colour(reading.value(row, "colour")),
        provenance=provenance(reading.table, row),
    )


def _needed(reading: _Reading, row: Row, field: str) -> str:
    text = reading.value(row, field)
    if not text:
        raise RowRefused(f"no-{field}", f"has nothing in the column for {field}")
    return text


def _sequence(text: str) -> int | None:
    if not text:
        return None
    if not _COUNT.fullmatch(text):
        raise RowRefused("bad-number", "the sequence is not a whole number")
    return int(text)


def _confidence(text: str) -> float | None:
    """Read a probability: 0.93 or 93%; 93 without a sign could be either."""
    if not text:
        return None
    found = _SHARE.fullmatch(text)
    share = float(found[1]) / (100 if found[2] else 1) if found else 2.0
    if not 0 <= share <= 1:
        raise RowRefused("bad-number", "the confidence is not from 0 to 1, nor percent")
    return share
