"""Ours, as the service uses it: one archive in this process.

Cameras and looks have the archive's numbers before the first batch, as with a reader of
a stream that knows its cameras. Code is compiled before the first batch too. Fuzzy,
common and along are put together here from what the archive answers.
"""

import shutil
from datetime import datetime
from pathlib import Path

import numpy as np

from benchmarks.reads_data import (
    BEGAN_US,
    HOUR_US,
    Batch,
    Cameras,
)
from benchmarks.reads_looks import COLOURS, TYPES
from benchmarks.reads_questions import HOURLY, PLATE_COUNT
from data.errors import ArchiveRefused
from data.plate_codes import PLACES, decode, encode, prefix_range
from data.reads.answers import Windows
from data.reads.archive import Archive
from data.reads.columns import Camera, Look, Reads, moment_of
from data.records import Spot


class Ours:
    """See the top of the file; one thread appends, another asks."""

    def __init__(self, folder: Path, cameras: Cameras) -> None:
        self._ids = cameras.ids
        self._known = [
            Camera(name, Spot(lng=lng, lat=lat, county_code=county))
            for name, lng, lat, county in zip(
                cameras.ids,
                cameras.lng.tolist(),
                cameras.lat.tolist(),
                cameras.county,
                strict=True,
            )
        ]
        self._open(folder / "warm")
        self._warm_up()
        self.close()
        shutil.rmtree(folder / "warm")
        self._open(folder / "reads")

    def _open(self, folder: Path) -> None:
        self._folder = folder
        self._archive = Archive(folder)
        names = self._archive.names
        self._camera = names.numbers_of(self._known)
        looks = [Look(kind, colour) for kind in TYPES for colour in COLOURS]
        self._look = names.looks_of(looks)

    def _warm_up(self) -> None:
        for batch in (_some(0), _some(1), _some(0)):
            self.append(batch)
            self.by_plates([b"AAA0001"])
        for _ in range(2):
            self.by_plates([b"AAA0001", b"AAA0002"])
            self.by_prefix(b"AAA00", 7)
            self.last([b"AAA0001"])
            scene = np.arange(9, dtype=np.int32), BEGAN_US, BEGAN_US + HOUR_US
            self.by_cameras(*scene)
            self.common([scene], 1)
            self.along(b"AAA0001", HOUR_US, 1)
            self.hourly(3, *scene[1:])
            self.hourly(None, *scene[1:])
            self.settle()

    def append(self, batch: Batch) -> None:
        reads = self._reads_of(batch)
        while True:
            try:
                self._archive.append(reads)
                return
            except ArchiveRefused as error:
                if error.kind != "behind":  # then it is to be sent again
                    raise

    def _reads_of(self, batch: Batch) -> Reads:
        names = self._archive.names
        look = batch.type.astype(np.int32) * len(COLOURS) + batch.colour
        return Reads(
            plate=encode(batch.plate),
            at=batch.at,
            received=batch.received,
            camera=self._camera[batch.camera],
            look=self._look[look],
            confidence=batch.confidence / 100,
            sequence=batch.sequence,
            cameras=names.cameras,
            looks=names.looks,
        )

    def settle(self) -> None:
        self._archive.rotate()
        self._archive.upkeep.join_all()

    def by_plates(self, plates) -> Reads:
        return self._archive.by_plates(encode(np.array(plates))).all()

    def by_prefix(self, prefix, length) -> Reads:
        between = prefix_range(prefix.decode())
        codes = self._archive.plates_between(*between)
        # a text is as long as its code has places that are not 0
        whole = codes % np.uint64(37 ** (PLACES - length)) == 0
        shorter = codes % np.uint64(37 ** (PLACES - length + 1)) == 0
        return self._archive.by_plates(codes[whole & ~shorter]).all()

    def by_cameras(self, cameras, since, until) -> Reads:
        ids = [self._ids[camera] for camera in cameras.tolist()]
        return self._archive.by_cameras(ids, **_span(since, until)).all()

    def common(self, scenes, least):
        n = [len(cameras) for cameras, _, _ in scenes]
        ids = [self._ids[one] for cameras, _, _ in scenes for one in cameras.tolist()]
        first, behind = np.array([scene[1:] for scene in scenes]).T
        windows = Windows(ids, np.repeat(first, n), np.repeat(behind - 1, n))
        which, reads = self._archive.in_windows(windows)
        return _counted(np.repeat(np.arange(len(n)), n)[which], reads.plate, least)

    def along(self, plate, within_us, least):
        """Look around each read of the plate."""
        own = self._archive.by_plates(encode(np.array([plate]))).all()
        ids = [own.cameras[camera].camera_id for camera in own.camera.tolist()]
        windows = Windows(ids, own.at - within_us, own.at + within_us)
        _, reads = self._archive.in_windows(windows)
        other = reads.plate != encode(np.array([plate]))[0]
        return _counted(reads.camera[other], reads.plate[other], least)

    def last(self, plates) -> Reads:
        return self._archive.last(encode(np.array(plates)))

    def hourly(self, camera, since, until):
        ids = None if camera is None else [self._ids[camera]]
        return since, *self._archive.hourly(ids, **_span(since, until, ends=0))

    def as_array(self, answer, dtype):
        if dtype == PLATE_COUNT:
            return np.array(list(zip(*answer, strict=True)), dtype=dtype)
        if dtype == HOURLY:
            return _hours(*answer)
        return _rows(answer, dtype)

    def bytes_on_disk(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def servers(self):
        return ()

    def close(self) -> None:
        self._archive.close()


def _span(since: int, until: int, ends: int = 1) -> dict[str, datetime]:
    return {"since": moment_of(since), "until": moment_of(until - ends)}


def _counted(of: np.ndarray, codes: np.ndarray, least: int):
    """Count the different things that come with each plate."""
    pairs = np.unique(np.column_stack((codes.astype(np.int64), of)), axis=0)
    plates, n = np.unique(pairs[:, 0], return_counts=True)
    return decode(plates[n >= least].astype(np.uint64)), n[n >= least]


def _number(camera_id: str) -> int:
    return int(camera_id.rpartition("-")[2])


def _hours(since: int, ids, counts) -> np.ndarray:
    camera, hour = np.nonzero(counts)
    rows = np.empty(camera.size, dtype=HOURLY)
    rows["camera"] = np.array([_number(one) for one in ids], dtype=int)[camera]
    rows["hour"], rows["n"] = since + hour * HOUR_US, counts[camera, hour]
    return rows


def _rows(reads: Reads, dtype: np.dtype) -> np.ndarray:
    rows = np.empty(len(reads), dtype=dtype)
    numbers = [_number(one.camera_id) for one in reads.cameras]
    looks = [
        (TYPES.index(o.vehicle_type), COLOURS.index(o.colour)) for o in reads.looks
    ]
    rows["plate"] = decode(reads.plate).astype("S8")
    rows["camera"] = np.array(numbers, dtype=int)[reads.camera]
    rows["confidence"] = np.rint(reads.confidence * 100)
    which = np.array(looks, dtype=int).reshape(-1, 2)[reads.look]
    rows["type"], rows["colour"] = which.T
    for name in ("at", "sequence", "received"):
        rows[name] = getattr(reads, name)
    return rows


def _some(nth: int) -> Batch:
    """Make a few reads to warm up with."""
    n = np.arange(500)
    return Batch(
        camera=(n % 9).astype(np.int32),
        at=BEGAN_US + n * 1_000_000,
        plate=np.array([f"AAA{i % 100:04d}" for i in range(500)], dtype="S8"),
        confidence=np.full(500, 90, dtype=np.int16),
        type=(n % len(TYPES)).astype(np.int8),
        colour=(n % len(COLOURS)).astype(np.int8),
        sequence=n + 1_000 * nth,
        received=BEGAN_US + n * 1_000_000 + 2_000_000,
    )
