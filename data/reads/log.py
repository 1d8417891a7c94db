"""The log: batches in order of coming, on disk before they are acknowledged."""

import logging
import mmap
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from data.errors import ArchiveDamaged, ArchiveRefused
from data.reads.frames import Frame, frame_at, next_frame

SUFFIX = ".log"

log = logging.getLogger(__name__)


class Log:
    """One file that is only written at its end; safe under threads.

    Who has written waits in `sync` until it is on disk; one flush serves all who wait.
    A flush that failed is never tried again: what the system then has on disk, nobody
    knows (Rebello et al. 2020, *Can Applications Recover from fsync Failures?*).
    """

    def __init__(self, path: Path, *, size: int = 0) -> None:
        self.path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._file = os.open(path, flags, 0o600)
        self.written = self.synced = size
        self._flushing = threading.Lock()
        self._failure: OSError | None = None
        if size == 0:
            sync_folder(path.parent)

    def write(self, frame: bytes) -> int:
        """Add a frame, by one writer at a time; return where it ends.

        Raises
        ------
        ArchiveRefused
            The disk is full or failed; nothing of the frame is left in the file.
        """
        self._require_sound()
        view = memoryview(frame)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            self._cut(error)
            raise ArchiveRefused.by_disk(self.path, error) from error
        self.written += len(frame)
        return self.written

    def sync(self, upto: int) -> None:
        """Return when all up to a byte is on disk.

        Raises
        ------
        ArchiveRefused
            It is not, and nobody can say what is: the archive must be opened again.
        """
        with self._flushing:
            self._require_sound()
            if self.synced >= upto:
                return
            target = self.written
            try:
                os.fdatasync(self._file)
            except OSError as error:
                self._failure = error
                raise ArchiveRefused.by_disk(self.path, error) from error
            self.synced = target

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _cut(self, error: OSError) -> None:
        try:
            os.ftruncate(self._file, self.written)
        except OSError:
            self._failure = error

    def _require_sound(self) -> None:
        if self._failure is not None:
            raise ArchiveRefused.by_disk(self.path, self._failure)


def frames_of(path: Path) -> Iterator[Frame]:
    """Read the whole frames of a log; what is torn at its end is cut off and told.

    Raises
    ------
    ArchiveDamaged
        A frame that was on disk is broken.
    """
    content = content_of(path)
    at = 0
    while at < len(content):
        frame = frame_at(content, at)
        if frame is None:
            _cut_torn(path, content, at)
            return
        yield frame
        at = frame.stop


def damage_in(content: memoryview, at: int) -> Frame | None:
    """Find a frame behind a broken one that says the broken one had been on disk."""
    frame = next_frame(content, at)
    while frame is not None:
        if frame.synced > at:
            return frame
        frame = frame_at(content, frame.stop) or next_frame(content, frame.stop)
    return None


def _cut_torn(path: Path, content: memoryview, at: int) -> None:
    if damage_in(content, at) is not None:
        raise ArchiveDamaged(path, f"byte {at}: a batch that was on disk is broken")
    torn = len(content) - at
    log.warning("%s: cut %d bytes of a batch that was never acknowledged", path, torn)
    content.release()
    os.truncate(path, at)
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def content_of(path: Path) -> memoryview:
    """Map a log into memory."""
    if path.stat().st_size == 0:
        return memoryview(b"")
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
