"""Sealing: reads in memory become the files of a segment."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from data.plate_codes import CEILING
from data.reads import kernels
from data.reads.coding import Coded, coded, smallest, unit_of
from data.reads.columns import NO_SEQUENCE, Extra, Integers, Reads, Rows, days_of
from data.reads.frames import extra_in_words
from data.reads.hours import Hours
from data.reads.layout import (
    CAMERA_SPOT,
    CODED,
    COMPRESSED,
    EXTRA,
    HALF,
    HIGHS,
    KEY,
    PARTS,
    UNITS,
    About,
    path_of,
)
from data.reads.log import sync_folder

CODE_BITS = (CEILING - 1).bit_length()
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """A segment as the manifest names it.

    ``first`` and ``last`` in microseconds since 1970 UTC, ``days`` as `days_of` counts
    them, checksums (CRC-32) by part. One that ``is_held`` is kept for cases.
    """

    name: str
    reads: int
    first: int
    last: int
    days: list[int]
    size: int
    checksums: dict[str, int]
    is_held: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Reads by plate and time, and their order by camera and time.

    ``camera`` numbers the cameras of the segment, whose numbers in the archive are in
    ``numbers``.
    """

    reads: Reads
    camera: Integers
    by_camera: NDArray[np.uint32]
    begins: Integers
    numbers: NDArray[Any]


def seal(folder: Path, name: str, reads: Reads) -> tuple[Sealed, Integers]:
    """Write reads as a segment; its files are on disk when this returns.

    The second is the numbers in ``reads.cameras`` of the segment's own cameras.
    """
    ordered = _sorted(reads)
    first, last = int(reads.at.min()), int(reads.at.max())
    unit = unit_of(ordered.reads.at - first, UNITS)
    columns, bases = _coded_columns(ordered)
    starts = np.flatnonzero(np.diff(ordered.reads.plate, prepend=np.uint64(CEILING)))
    codes = ordered.reads.plate[starts]
    values = {
        key: None if column.values is None else column.values.tolist()
        for key, column in columns.items()
    }
    about = About(
        reads=len(reads),
        first=first,
        last=last,
        unit=unit,
        begins=np.searchsorted(codes >> np.uint64(32), np.arange(HIGHS + 1)).tolist(),
        looks=[list(reads.looks[number]) for number in values.pop("look") or ()],
        values=values,
    )
    parts = {
        "plates": _plates(ordered, columns, starts, about),
        "order": _order(ordered),
        "cameras": _cameras(ordered, bases),
        "extras": _extras(ordered.reads.extras, columns),
        "hours": Hours.counted(
            ordered.reads.at, ordered.by_camera, ordered.begins
        ).as_batch(),
    }
    files = {part: _write(folder, name, part, parts[part]) for part in PARTS}
    sync_folder(folder)
    size = sum(size for size, _ in files.values())
    checksums = {part: checksum for part, (_, checksum) in files.items()}
    days = sorted(days_of(reads.at))
    sealed = Sealed(name, len(reads), first, last, days, size, checksums)
    return sealed, ordered.numbers


def _sorted(reads: Reads) -> _Sorted:
    span = int(reads.at.max()) - int(reads.at.min())
    since = (reads.at - reads.at.min()).astype(np.uint64)
    rows = np.arange(len(reads), dtype=np.uint32)
    by_time = kernels.sorted_by(since, rows, max(span.bit_length(), 1))
    by_plate = kernels.sorted_by(reads.plate, by_time, CODE_BITS)
    where = np.empty_like(by_plate)
    where[by_plate] = rows
    counts = np.bincount(reads.camera)
    numbers = np.flatnonzero(counts)
    local = np.zeros(counts.size, dtype=np.int64)
    local[numbers] = np.arange(numbers.size)
    camera = local[reads.camera]
    bits = max(int(numbers.size - 1).bit_length(), 1)
    by_camera = kernels.sorted_by(camera.astype(np.uint64), by_time, bits)
    begins = np.append(0, np.cumsum(counts[numbers]))
    ordered = reads.taken(by_plate)
    return _Sorted(ordered, camera[by_plate], where[by_camera], begins, numbers)


def _coded_columns(ordered: _Sorted) -> tuple[dict[str, Coded], Integers]:
    reads = ordered.reads
    residuals, bases = _residuals(ordered)
    columns: dict[str, NDArray[Any]] = {
        "look": reads.look,
        "confidence": reads.confidence,
        **_arrivals((reads.received - reads.at) // SECOND_US, residuals),
    }
    return {key: coded(column) for key, column in columns.items()}, bases


def _arrivals(delay: Integers, residuals: Integers) -> dict[str, NDArray[Any]]:
    """Give both in one column where they fit: few of the pairs differ."""
    is_none = residuals == NO_SEQUENCE
    least, most = -(1 << HALF - 1), (1 << HALF - 1) - 1
    fits = (delay >= least) & (delay <= most) & (is_none | (residuals < most))
    if not fits.all():
        return {"delay": delay, "sequence": residuals}
    low = np.where(is_none, 0, residuals + 1)
    return {"arrival": (delay << HALF) + low}


def _residuals(ordered: _Sorted) -> tuple[Integers, Integers]:
    """Give what sequences are above counting up, and where each camera's begins.

    A read without number keeps `NO_SEQUENCE`.
    """
    order, begins = ordered.by_camera, ordered.begins
    sequence = ordered.reads.sequence[order]
    is_none = sequence == NO_SEQUENCE
    of_camera = np.repeat(np.arange(begins.size - 1), np.diff(begins))
    place = np.arange(order.size) - begins[of_camera]
    ahead = np.where(is_none, np.iinfo(np.int64).max, sequence - place)
    bases = np.minimum.reduceat(ahead, begins[:-1]) if order.size else ahead
    bases = np.where(bases == np.iinfo(np.int64).max, 0, bases)
    residuals = np.empty(order.size, dtype=np.int64)
    residuals[order] = np.where(is_none, NO_SEQUENCE, ahead - bases[of_camera])
    return residuals, bases


def _plates(
    ordered: _Sorted, columns: Mapping[str, Coded], starts: Rows, about: About
) -> pa.RecordBatch:
    reads = ordered.reads
    since = (reads.at - about.first) // about.unit
    fields = {
        "at": smallest(since, max(int(since.max()), 1 << 31)),
        "camera": smallest(ordered.camera, ordered.numbers.size - 1),
    }
    for key in CODED:
        codes = columns[key].codes if key in columns else None
        if codes is not None:
            fields[key] = codes
    struct = pa.StructArray.from_arrays(
        [pa.array(column) for column in fields.values()], names=list(fields)
    )
    offsets = pa.array(np.append(starts, len(reads)).astype(np.int32))
    low = (reads.plate[starts] & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    lists = pa.ListArray.from_arrays(offsets, struct)
    batch = pa.record_batch([pa.array(low), lists], names=["low", "reads"])
    return batch.replace_schema_metadata({KEY: orjson.dumps(asdict(about))})


def _cameras(ordered: _Sorted, bases: Integers) -> pa.RecordBatch:
    cameras = [ordered.reads.cameras[number] for number in ordered.numbers.tolist()]
    spots = {
        key: pa.array([getattr(camera.spot, key) for camera in cameras], type=kind)
        for key, kind in CAMERA_SPOT.items()
    }
    return pa.record_batch(
        {
            "camera_id": pa.array([one.camera_id for one in cameras], pa.string()),
            **spots,
            "sequence": pa.array(bases),
        }
    )


def _order(ordered: _Sorted) -> pa.RecordBatch:
    offsets = pa.array(ordered.begins.astype(np.int32))
    reads = pa.ListArray.from_arrays(offsets, pa.array(ordered.by_camera))
    return pa.record_batch({"reads": reads})


def _extras(
    extras: Mapping[int, Extra], columns: Mapping[str, Coded]
) -> pa.RecordBatch:
    rows: dict[str, Sequence[int]] = {}
    values: dict[str, list[str]] = {}
    for key, column in columns.items():
        if column.rare_rows is not None and column.rare_values is not None:
            rows[key] = column.rare_rows.tolist()
            values[key] = [
                orjson.dumps(v).decode() for v in column.rare_values.tolist()
            ]
    if extras:
        rows[EXTRA] = sorted(extras)
        values[EXTRA] = [
            orjson.dumps(extra_in_words(extras[row])).decode() for row in rows[EXTRA]
        ]
    return pa.record_batch(
        {
            "kind": pa.array(list(rows), pa.string()),
            "reads": pa.array(list(rows.values()), pa.list_(pa.uint32())),
            "values": pa.array(list(values.values()), pa.list_(pa.string())),
        }
    )


def _write(
    folder: Path, name: str, part: str, batch: pa.RecordBatch
) -> tuple[int, int]:
    """Write a file and have it on disk; return its size and checksum."""
    path, sink = path_of(folder, name, part), pa.BufferOutputStream()
    how = pa.ipc.IpcWriteOptions(compression="zstd" if part in COMPRESSED else None)
    with pa.ipc.new_file(sink, batch.schema, options=how) as writer:
        writer.write_batch(batch)
    content = memoryview(sink.getvalue())
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return len(content), crc32(content)
