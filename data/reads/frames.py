"""Batches of reads as bytes: the frames of the log.

A frame is a header and a body. The header (all little-endian): the magic ``LFR1``,
CRC-32 of all behind it, bytes of the body, reads in it, the number of the first read
since the archive began, and how far the log was known to be on disk when the frame was
written. The body: bytes of the JSON behind it, the columns plate, at, received,
sequence, confidence (8 bytes each), camera, look (4 each), and the JSON: the extras of
the batch and with those cameras and looks, by number, that no earlier frame of the log
names.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
import orjson

from data.reads.columns import Camera, Extra, Look, Reads
from data.records import Provenance, Spot

MAGIC = b"LFR1"
HEADER = struct.Struct("<4sIIIQQ")
CHECKED = 8
"""The checksum holds from here on."""

COLUMNS = (
    ("plate", np.dtype("<u8")),
    ("at", np.dtype("<i8")),
    ("received", np.dtype("<i8")),
    ("sequence", np.dtype("<i8")),
    ("confidence", np.dtype("<f8")),
    ("camera", np.dtype("<i4")),
    ("look", np.dtype("<i4")),
)
ROW_BYTES = sum(kind.itemsize for _, kind in COLUMNS)

SPOT = ("lng", "lat", "error_m", "address", "county_code", "town_code")
SPOT_FIELDS = (*SPOT, "village_code", "county_note")


@dataclass(frozen=True, slots=True)
class News:
    """What a frame names first: cameras and looks by number."""

    cameras: Mapping[int, Camera] = field(default_factory=dict)
    looks: Mapping[int, Look] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame: its reads, the number of the first, where it stands and ends.

    The numbers in ``reads`` are those of the log: its frames name them once.
    """

    reads: Reads
    news: News
    first: int
    synced: int
    start: int
    stop: int


def packed(reads: Reads, news: News, *, first: int, synced: int) -> bytes:
    """Write a batch as a frame."""
    words = orjson.dumps(_words(reads, news))
    parts = [struct.pack("<I", len(words))]
    for name, kind in COLUMNS:
        column = getattr(reads, name)
        parts.append(np.ascontiguousarray(column, dtype=kind).tobytes())
    body = b"".join([*parts, words])
    header = HEADER.pack(MAGIC, 0, len(body), len(reads), first, synced)
    checksum = crc32(body, crc32(header[CHECKED:]))
    return b"".join([MAGIC, struct.pack("<I", checksum), header[CHECKED:], body])


def frame_at(content: memoryview, start: int) -> Frame | None:
    """Read the frame that begins at a byte; None where no whole one does."""
    if start + HEADER.size > len(content):
        return None
    magic, checksum, size, n, first, synced = HEADER.unpack_from(content, start)
    body = start + HEADER.size
    stop = body + size
    if magic != MAGIC or stop > len(content):
        return None
    if crc32(content[start + CHECKED : stop]) != checksum:
        return None
    reads, news = _unpacked(content[body:stop], n)
    return Frame(reads, news, first, synced, start, stop)


def next_frame(content: memoryview, start: int) -> Frame | None:
    """Find the first whole frame at a byte or behind it, however far."""
    whole = bytes(content[start:])
    at = whole.find(MAGIC)
    while at >= 0:
        frame = frame_at(content, start + at)
        if frame is not None:
            return frame
        at = whole.find(MAGIC, at + 1)
    return None


def _words(reads: Reads, news: News) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if news.cameras:
        words["cameras"] = [
            [number, camera_id, in_words(spot)]
            for number, (camera_id, spot) in news.cameras.items()
        ]
    if news.looks:
        words["looks"] = [[number, *look] for number, look in news.looks.items()]
    if reads.extras:
        words["extras"] = [
            [row, *extra_in_words(extra)] for row, extra in reads.extras.items()
        ]
    return words


def in_words(spot: Spot | None) -> list[Any] | None:
    """Write a spot as a list, the last Nones left out."""
    if spot is None:
        return None
    values = [getattr(spot, name) for name in SPOT_FIELDS]
    while values and values[-1] is None:
        values.pop()
    return values


def spot_of(values: list[Any] | None) -> Spot | None:
    """Read a spot that was written as a list."""
    if values is None:
        return None
    return Spot(**dict(zip(SPOT_FIELDS, values, strict=False)))


def extra_in_words(extra: Extra) -> list[Any]:
    """Write what only few reads have as a list."""
    raw, spot, origin = extra
    return [
        raw,
        in_words(spot),
        None if origin is None else [origin.source, origin.row],
    ]


def extra_of(values: list[Any]) -> Extra:
    """Read what was written as a list."""
    raw, spot, origin = values
    return Extra(raw, spot_of(spot), Provenance(*origin) if origin else None)


def _unpacked(body: memoryview, n: int) -> tuple[Reads, News]:
    size = struct.unpack_from("<I", body)[0]
    columns: dict[str, Any] = {}
    at = 4
    for name, kind in COLUMNS:
        columns[name] = np.frombuffer(body, dtype=kind, count=n, offset=at)
        at += n * kind.itemsize
    words = orjson.loads(bytes(body[at : at + size]))
    extras = {row: extra_of(values) for row, *values in words.get("extras", ())}
    cameras = {
        number: Camera(name, spot_of(spot) or Spot())
        for number, name, spot in words.get("cameras", ())
    }
    looks = {number: Look(*look) for number, *look in words.get("looks", ())}
    return Reads(**columns, cameras=(), looks=(), extras=extras), News(cameras, looks)
