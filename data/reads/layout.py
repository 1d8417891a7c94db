"""The layout of a sealed segment, version 2: five Arrow IPC files.

``N.plates.arrow`` has a row for each plate, in order of their codes: ``low``, the last
32 bits of the code, and ``reads``, a list of its reads in order of time, of which each
has ``at``, ``camera``, ``look``, ``confidence`` and ``arrival``; a column that is the
same in all reads is left out. ``N.cameras.arrow`` has a row for each camera with where
it stood. ``N.order.arrow`` has a row for each of them with ``reads``, the numbers of
its reads in order of time: reads are numbered through as they stand in the first file.
``N.extras.arrow`` has a row for each kind of what only few reads have: numbers of
reads, and values as JSON. ``N.hours.arrow`` has a row for each camera with ``hours``, a
list of the hours in which it made reads, in order: ``hour``, in whole hours since 1970
UTC less those of ``first``, and ``reads``, how many, each in the smallest unsigned type
that holds all of them. It has no rows where it would have a count for less than two
reads on average. The cameras and extras are compressed (Zstandard), the others are
searched as they are on disk.

What else is needed stands as JSON under ``lianfang`` in the first file's metadata:
``version``, ``reads``, ``first`` and ``last`` (microseconds since 1970 UTC),
``unit`` (``at`` counts these from ``first``), ``begins`` (the row in which codes
begin whose high 10 bits are 0, 1, 2 …), ``looks``, ``values`` (of coded columns).
``arrival`` holds, in its upper half, the whole seconds from being made to being
received, and in the lower one 0 for a read without sequence number, else 1 and what is
to be added to the camera's ``sequence`` and the place of the read in its list. Where
either does not fit in 31 bits, ``delay`` and ``sequence`` stand there one by one.

Version 1 is the same without the hours, and is read as well.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from data.errors import ArchiveDamaged

VERSION = 2
HOURS_SINCE = 2
"""The version from which on segments have the part `hours`."""
KEY = b"lianfang"
PARTS = ("plates", "order", "cameras", "extras", "hours")
COMPRESSED = frozenset({"cameras", "extras"})
CODED = ("look", "confidence", "arrival", "delay", "sequence")

HALF = 31
"""Bits of the lower half of an arrival."""

UNITS = (1_000_000, 1_000, 1)
"""Times are kept in seconds, milliseconds or microseconds: the largest exact one."""

HIGHS = 1024
"""A code has 42 bits, so as many high parts, above the last 32."""

EXTRA = "extra"

CAMERA_SPOT = {
    "lng": pa.float64(),
    "lat": pa.float64(),
    "error_m": pa.float64(),
    "address": pa.string(),
    "county_code": pa.string(),
    "town_code": pa.string(),
    "village_code": pa.string(),
    "county_note": pa.string(),
}


@dataclass(frozen=True, slots=True)
class About:
    """What the metadata of a segment says."""

    reads: int
    first: int
    last: int
    unit: int
    begins: list[int]
    looks: list[list[Any]]
    values: dict[str, list[Any] | None] = field(default_factory=dict)
    version: int = VERSION


def path_of(folder: Path, name: str, part: str) -> Path:
    """Name the file of a segment's part."""
    return folder / f"{name}.{part}.arrow"


def open_part(path: Path) -> pa.RecordBatch:
    """Map a file into memory and return its only batch.

    Raises
    ------
    ArchiveDamaged
        It is no such file.
    """
    try:
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_file(source).get_batch(0)
    except (OSError, pa.ArrowInvalid) as error:
        raise ArchiveDamaged(path, f"it cannot be read ({error})") from error


def about_of(path: Path, plates: pa.RecordBatch) -> About:
    """Read what a segment says of itself.

    Raises
    ------
    ArchiveDamaged
        A later release wrote it, or it is something else.
    """
    said = (plates.schema.metadata or {}).get(KEY)
    if said is None:
        raise ArchiveDamaged(path, "it is no segment of an archive")
    content = orjson.loads(said)
    if content["version"] > VERSION:
        raise ArchiveDamaged(
            path, f"its layout {content['version']} is of a later release"
        )
    return About(**content)
