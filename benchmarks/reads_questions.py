"""What is asked of the reads archives, and what an answer looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from benchmarks.reads_data import (
    BEGAN_US,
    CONFUSED,
    DAY_US,
    HOUR_US,
    Batch,
    Cameras,
    World,
)

ROW = np.dtype(
    [
        ("plate", "S8"),
        ("at", "i8"),
        ("camera", "i4"),
        ("sequence", "i8"),
        ("received", "i8"),
        ("confidence", "i2"),
        ("type", "i1"),
        ("colour", "i1"),
    ]
)
"""A read in an answer; answers are compared sorted, every column of every row."""

STORED = ("camera", "ms", "plate", "confidence", "type", "colour", "sequence", "delay")
"""The columns that databases keep: milliseconds and seconds, which take least room."""

GIVEN = """plate, ms * 1000 AS "at", camera, sequence,
    (ms + delay * 1000) * 1000 AS received, confidence, type, colour"""
"""SQL that makes `ROW` of them."""


def stored(batch: Batch) -> dict[str, np.ndarray]:
    """Give the columns that databases keep, the plates as texts."""
    columns = {name: getattr(batch, name) for name in STORED if hasattr(batch, name)}
    columns["plate"] = batch.plate.astype("U8")
    columns["ms"] = batch.at // 1_000
    columns["delay"] = (batch.received - batch.at) // 1_000_000
    return {name: columns[name] for name in STORED}


def in_ms(micros: int) -> int:
    """Turn a bound into milliseconds, up to the next one."""
    return -(-micros // 1_000)


PLATE_COUNT = np.dtype([("plate", "S8"), ("n", "i8")])
HOURLY = np.dtype([("camera", "i4"), ("hour", "i8"), ("n", "i8")])

KINDS = {
    "a": "all reads of a plate",
    "fz20": "~20 plates it may be mistaken for",
    "fz520": "all ~520 plates one edit away",
    "pre": "`ABC12??`",
    "b": "circle of 4 km, an hour",
    "c": "plates at 3 of 4 scenes",
    "d": "plates along with one",
    "e": "last read of a plate",
    "e200": "last reads of 200 plates",
    "f": "a camera by hours, 7 days",
    "F": "all cameras by hours, a day",
}
"""Questions by their short names."""

RADIUS_M, SCENE_M = 4_000.0, 1_000.0
ALONG_US, LEAST_ALONG, LEAST_SCENES = 60_000_000, 5, 3
WIDEST = 20


Scene = tuple[np.ndarray, int, int]
"""Cameras and a time: from a moment, included, until another one, which is not."""


class Archive(Protocol):
    """What every archive of this benchmark can do.

    One thread appends while another asks. Times are microseconds, ``since`` included
    and ``until`` not; plates are plain, as bytes; cameras are numbers of the world.
    An answer may come in any form that ``as_array`` turns into one of `ROW`,
    `PLATE_COUNT` or `HOURLY`: what a caller of that archive would work with.
    """

    def append(self, batch: Batch) -> None:
        """Return when the reads are on disk and found by questions."""

    def settle(self) -> None:
        """Finish what is left to do in the background."""

    def by_plates(self, plates: Sequence[bytes]) -> Any: ...

    def by_prefix(self, prefix: bytes, length: int) -> Any: ...

    def by_cameras(self, cameras: np.ndarray, since: int, until: int) -> Any: ...

    def common(self, scenes: Sequence[Scene], least: int) -> Any: ...

    def along(self, plate: bytes, within_us: int, least: int) -> Any: ...

    def last(self, plates: Sequence[bytes]) -> Any: ...

    def hourly(self, camera: int | None, since: int, until: int) -> Any: ...

    def as_array(self, answer: Any, dtype: np.dtype) -> np.ndarray:
        """Turn an answer into an array; not timed."""

    def bytes_on_disk(self) -> int: ...

    def servers(self) -> Sequence[int]:
        """Processes that work for this one, besides it."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its kind, the method of `Archive` and what it is asked with."""

    kind: str
    method: str
    words: tuple
    dtype: np.dtype = ROW


def questions_of(world: World, sample: Batch, n: int) -> list[Question]:
    """Ask about plates and places that were seen; n of each kind, less of slow ones.

    Half of the plates are drawn by reads, so they drive much, half by vehicles.
    """
    rng = np.random.default_rng(len(sample))
    some = rng.choice(sample.plate, 5 * n), rng.choice(world.plates, 5 * n)
    plates = np.column_stack(some).ravel()
    n_days = int(np.clip((sample.at.max() - BEGAN_US) // DAY_US, 1, world.n_days))
    asked = []
    for nth in range(n):
        plate = bytes(plates[nth % len(plates)])
        asked.append(Question("a", "by_plates", ([plate],)))
        asked.append(Question("fz20", "by_plates", (confusable(plate),)))
        asked.append(Question("e", "last", ([plate],)))
        asked.append(_circle(world.cameras, sample, int(rng.integers(len(sample)))))
        asked.append(_camera_week(int(rng.choice(sample.camera)), n_days))
    for nth in range(-(-n // 2)):
        plate = bytes(plates[-nth % len(plates)])
        asked.append(Question("fz520", "by_plates", (one_edit_away(plate),)))
    asked += _prefixes(plates, n)
    asked += [
        Question("d", "along", (plate, ALONG_US, LEAST_ALONG), PLATE_COUNT)
        for plate in (*map(bytes, world.convoys[: n // 2, 0]), *map(bytes, plates[:n]))
    ][:n]
    for _ in range(max(2, n // 8)):
        many = sorted({bytes(one) for one in rng.choice(plates, 200)})
        asked.append(Question("e200", "last", (many,)))
        day = BEGAN_US + int(rng.integers(n_days)) * DAY_US
        asked.append(Question("F", "hourly", (None, day, day + DAY_US), HOURLY))
    return asked


def scenes_of(cameras: Cameras, trips: Sequence[np.ndarray], n: int) -> list[Question]:
    """Ask who was where a plate was: four scenes each, from the reads of plates."""
    rows = [np.sort(reads, order="at") for reads in trips]
    asked = []
    for reads in [one for one in rows if len(one) >= 8][:n]:
        some = reads[np.linspace(0, len(reads) - 1, 4).astype(int)]
        scenes = [
            (
                cameras.near(int(one["camera"]), SCENE_M),
                int(one["at"]) - HOUR_US // 2,
                int(one["at"]) + HOUR_US // 2,
            )
            for one in some
        ]
        asked.append(Question("c", "common", (scenes, LEAST_SCENES), PLATE_COUNT))
    return asked


def _circle(cameras: Cameras, sample: Batch, row: int) -> Question:
    """Ask from, or until, the very moment of a read: only one of them includes it."""
    near = cameras.near(int(sample.camera[row]), RADIUS_M)
    since = int(sample.at[row]) - row % 2 * HOUR_US
    return Question("b", "by_cameras", (near, since, since + HOUR_US))


def _camera_week(camera: int, n_days: int) -> Question:
    until = BEGAN_US + n_days * DAY_US
    return Question("f", "hourly", (camera, until - 7 * DAY_US, until), HOURLY)


def _prefixes(plates: np.ndarray, n: int) -> list[Question]:
    whole = [bytes(one) for one in plates if len(one) == 7 and one[:3].isalpha()]
    heads = list(dict.fromkeys(one[:5] for one in whole))[:n]
    return [Question("pre", "by_prefix", (head, 7)) for head in heads]


def confusable(plate: bytes) -> list[bytes]:
    """Give the plate and those that look most like it, about twenty, as one sees it."""
    text = plate.decode()
    found = {text: None}
    for rank in range(4):
        for place, character in enumerate(text):
            others = CONFUSED[character]
            if rank < len(others):
                found[text[:place] + others[rank] + text[place + 1 :]] = None
    return [one.encode() for one in list(found)[:WIDEST]]


def one_edit_away(plate: bytes) -> list[bytes]:
    """Give the plate and all that one replaced, added or dropped character makes."""
    text, characters = plate.decode(), list(CONFUSED)
    found = {text: None}
    for place in range(len(text) + 1):
        head, tail = text[:place], text[place:]
        for one in characters:
            if tail:
                found[head + one + tail[1:]] = None
            if len(text) < 8:
                found[head + one + tail] = None
        if tail and len(text) > 4:
            found[head + tail[1:]] = None
    return [one.encode() for one in found]
