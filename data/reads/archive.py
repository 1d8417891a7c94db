"""The archive of one folder: appends that are on disk, searches that never wait.

Reads go to a log, which is on disk before they are acknowledged, and to a table in
memory. When that is full, it is sealed beside the others into files that never change,
and the files of a day are later joined into fewer (`data.reads.upkeep`). Whoever
searches works on the files and tables there were when he began, so nobody waits for
anybody.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np

from data.errors import ArchiveRefused
from data.reads.answers import Appended
from data.reads.columns import Camera, Reads, Smalls, joined
from data.reads.folder import (
    grown,
    lock,
    log_path,
    logs_in,
    reads_in,
    remove_strays,
)
from data.reads.frames import News, packed
from data.reads.known import Newest
from data.reads.log import Log
from data.reads.manifest import read_manifest
from data.reads.protocol import IsHeld
from data.reads.recent import Recent
from data.reads.search import Search
from data.reads.segment import Segment
from data.reads.state import State, View
from data.reads.upkeep import Upkeep

ROOM = 1_000_000
"""Reads in memory before they are sealed."""

MOST_WAITING = 3
"""Full tables that may wait to be sealed; with more, appends wait."""

WAIT_S = 5.0
"""How long an append waits for the sealing before it is refused."""

BATCH = 100_000
"""A larger batch is written in parts of so many, each as a whole."""

SECOND_US = 1_000_000


class Archive(Search):
    """The reads of a folder; safe under threads, one process at a time.

    Parameters
    ----------
    released
        Logs with reads from this position on are kept when they are sealed, so that
        `since` can give them again; None keeps none.
    room
        How many reads stay in memory before they are sealed.
    waits
        How many full tables may wait for that.

    Raises
    ------
    ArchiveRefused
        Another process has the folder, or it cannot be written.
    ArchiveDamaged
        What it had on disk is broken.
    """

    def __init__(
        self,
        folder: Path,
        *,
        released: int | None = None,
        room: int = ROOM,
        waits: int = MOST_WAITING,
    ) -> None:
        self._lock = lock(folder)
        try:
            super().__init__(State(folder, read_manifest(folder)))
            self._room = room
            self._waits = waits
            self._newest = Newest()
            self._told_cameras = np.zeros(0, dtype=np.bool_)
            self._told_looks = np.zeros(0, dtype=np.bool_)
            self._open()
        except BaseException:
            self._lock.close()
            raise
        self.upkeep = Upkeep(self.state, released=released)
        self.upkeep.start()

    def _open(self) -> None:
        state = self.state
        remove_strays(state.folder, state.manifest)
        sealed = state.manifest.segments
        segments = tuple(Segment(state.folder, one, state.names) for one in sealed)
        for segment in segments:
            stations = state.names.stations[segment.cameras]
            self._newest.note(stations, segment.latest())
        state.view = View(segments)
        self.position = state.manifest.first_position
        self._read_logs()
        self._begin_log()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, reads: Reads) -> Appended:
        """Keep reads; those that are known are left out. On disk when this returns.

        A read is known by camera id, moment and sequence number, or where it has none,
        by camera id, moment and reading (see `data.records.read_id`), however often, in
        whatever order and batch it comes. When it was received is kept to the second,
        rounded up from the moment of the read.

        Raises
        ------
        ArchiveRefused
            ``full``, ``disk``, ``behind`` or ``open``. Nothing was acknowledged; sent
            again, each read is kept once.
        """
        parts = [
            self._append(reads.taken(slice(start, start + BATCH)))
            for start in range(0, max(len(reads), 1), BATCH)
        ]
        is_new = np.concatenate([part.is_new for part in parts])
        new = joined([part.new for part in parts])
        return Appended(is_new, new, parts[-1].position)

    def _append(self, reads: Reads) -> Appended:
        with self.state.changed:
            self.state.require_open()
            numbered = self._numbered(reads)
            station = self.names.stations[numbered.camera]
            is_new = self._newest.are_new(numbered, station, self.known)
            new = numbered if is_new.all() else numbered.taken(is_new)
            if len(new):
                self._write(new)
            written, end, recent = self._log, self._log.written, self._recent
            shown, position = recent.written, self.position
        self._sync(written, end)
        recent.show(shown)
        return Appended(is_new, new, position)

    def _write(self, new: Reads) -> None:
        if not self._recent.has_room(len(new)):
            self._require_room()
            self.rotate()
        news = self._news(new)
        frame = packed(new, news, first=self.position, synced=self._log.synced)
        self._log.write(frame)
        self._told_cameras[list(news.cameras)] = True
        self._told_looks[list(news.looks)] = True
        self._recent.add(new)
        self.position += len(new)

    def _sync(self, written: Log, upto: int) -> None:
        try:
            written.sync(upto)
        except ArchiveRefused as error:
            self.state.fail(error)
            raise

    def numbers_of(self, cameras: Sequence[Camera]) -> Smalls:
        """Return the archive's numbers of cameras; new ones get theirs now."""
        with self.state.changed:
            return self.names.numbers_of(cameras)

    def rotate(self) -> None:
        """Begin a new log and table; the ones before wait to be sealed.

        Raises
        ------
        ArchiveRefused
            The old log cannot be brought to the disk, or the new one not be made.
        """
        with self.state.changed:
            self.state.require_open()
            if self._recent.written:
                self._sync(self._log, self._log.written)
                self._recent.show(self._recent.written)
                self._log.close()
                self._begin_log()

    def purge(
        self, before: datetime, *, now: datetime, is_held: IsHeld, sure: bool = False
    ) -> int:
        """Throw away the reads made before a moment, those in memory too.

        See `data.reads.upkeep.Upkeep.purge`.
        """
        self.rotate()
        return self.upkeep.purge(before, now=now, is_held=is_held, sure=sure)

    def since(self, position: int) -> Iterator[Reads]:
        """Give the reads from a position on again, in order of coming.

        Only those whose logs are kept, see ``released``.
        """
        for _, path in logs_in(self.state.folder):
            with suppress(FileNotFoundError):  # it was released meanwhile
                for first, reads in reads_in(path, self.names):
                    if first + len(reads) > position:
                        yield reads.taken(slice(max(position - first, 0), None))

    def close(self) -> None:
        """Let go of the folder; what is in the log is read again when it is opened."""
        if self._lock.closed:
            return
        self.state.fail(ArchiveRefused("the archive is closed", kind="open"))
        self.upkeep.join()
        with self.state.changed:
            self._log.close()
            self._lock.close()

    def _require_room(self) -> None:
        def is_free() -> bool:
            is_over = self.state.failure is not None
            return is_over or len(self.view.recents) <= self._waits

        if not self.state.changed.wait_for(is_free, timeout=WAIT_S):
            raise ArchiveRefused(
                "more reads come than can be sealed: send again in a moment",
                kind="behind",
            )
        self.state.require_open()

    def _numbered(self, reads: Reads) -> Reads:
        """Give cameras and looks the archive's numbers, and round what was received."""
        names = self.names
        camera, look = reads.camera, reads.look
        if reads.cameras is not names.cameras:
            camera = names.numbers_of(reads.cameras)[camera]
        if reads.looks is not names.looks:
            look = names.looks_of(reads.looks)[look]
        delay = -((reads.at - reads.received) // SECOND_US) * SECOND_US
        return replace(
            reads,
            camera=camera,
            look=look,
            received=reads.at + delay,
            cameras=names.cameras,
            looks=names.looks,
        )

    def _news(self, reads: Reads) -> News:
        """Name the cameras and looks that the log does not name yet."""
        names = self.names
        self._told_cameras = grown(self._told_cameras, len(names.cameras), fill=False)
        self._told_looks = grown(self._told_looks, len(names.looks), fill=False)
        cameras = np.unique(reads.camera[~self._told_cameras[reads.camera]]).tolist()
        looks = np.unique(reads.look[~self._told_looks[reads.look]]).tolist()
        return News(
            {number: names.cameras[number] for number in cameras},
            {number: names.looks[number] for number in looks},
        )

    def _begin_log(self) -> None:
        state = self.state
        number = state.manifest.next_number
        self._log = Log(log_path(state.folder, number))
        self._told_cameras = np.zeros(0, dtype=np.bool_)
        self._told_looks = np.zeros(0, dtype=np.bool_)
        self._recent = Recent(
            max(self._room, BATCH), number=number, position=self.position
        )
        manifest = replace(state.manifest, next_number=number + 1)
        state.put(
            manifest, replace(state.view, recents=(*state.view.recents, self._recent))
        )

    def _read_logs(self) -> None:
        """Read the logs that are not sealed into tables."""
        state = self.state
        for number, path in logs_in(state.folder):
            if number >= state.manifest.first_log:
                recent = self._read_again(number, path)
                self.position += recent.written
                state.view = replace(state.view, recents=(*state.view.recents, recent))
            following = max(state.manifest.next_number, number + 1)
            state.manifest = replace(state.manifest, next_number=following)

    def _read_again(self, number: int, path: Path) -> Recent:
        parts = [reads for _, reads in reads_in(path, self.names)]
        room = max(sum(map(len, parts)), 1)
        recent = Recent(room, number=number, position=self.position)
        for reads in parts:
            self._newest.note(self.names.stations[reads.camera], reads.at)
            recent.add(reads)
        recent.show(recent.written)
        return recent
