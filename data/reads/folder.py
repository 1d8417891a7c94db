"""The folder of an archive: one process at a time, and only files that are its own."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from data.errors import ArchiveRefused
from data.reads.columns import Reads
from data.reads.log import SUFFIX, frames_of
from data.reads.manifest import NAME, Manifest
from data.reads.names import Names

LOCK = "lock"


def lock(folder: Path) -> BinaryIO:
    """Take a folder for this process; return what lets it go when closed.

    Raises
    ------
    ArchiveRefused
        Another process has it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = (folder / LOCK).open("ab")
    except OSError as error:
        raise ArchiveRefused.by_disk(folder, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        descriptor.close()
        raise ArchiveRefused(
            f"{folder} is in use by another process: stop that one first", kind="open"
        ) from error
    return descriptor


def log_path(folder: Path, number: int) -> Path:
    """Name a log."""
    return folder / f"{number:08d}{SUFFIX}"


def logs_in(folder: Path) -> list[tuple[int, Path]]:
    """Return the logs of a folder with their numbers, the first one first."""
    return sorted((int(path.stem), path) for path in folder.glob(f"*{SUFFIX}"))


def remove_strays(folder: Path, manifest: Manifest) -> None:
    """Remove files of segments that a crash left half made, or half removed."""
    named = {one.name for one in manifest.segments}
    for path in folder.glob("*.arrow"):
        if path.name.split(".")[0] not in named:
            path.unlink()
    (folder / f"{NAME}.new").unlink(missing_ok=True)


def reads_in(path: Path, names: Names) -> Iterator[tuple[int, Reads]]:
    """Read a log again: the position of each batch, and its reads.

    Raises
    ------
    ArchiveDamaged
        A batch that was on disk is broken.
    """
    cameras, looks = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    for frame in frames_of(path):
        cameras = _noted(cameras, frame.news.cameras, names.numbers_of)
        looks = _noted(looks, frame.news.looks, names.looks_of)
        reads = replace(
            frame.reads,
            camera=cameras[frame.reads.camera],
            look=looks[frame.reads.look],
            cameras=names.cameras,
            looks=names.looks,
        )
        yield frame.first, reads


def end_of(path: Path) -> int:
    """Return the position behind the last read of a log; 0 for an empty one."""
    return max((frame.first + len(frame.reads) for frame in frames_of(path)), default=0)


def grown(column: NDArray[Any], n: int, fill: object) -> NDArray[Any]:
    """Return a column with room for at least n values, new ones as given."""
    if n <= column.size:
        return column
    room = np.full(max(n, 2 * column.size, 64), fill, dtype=column.dtype)
    room[: column.size] = column
    return room


def _noted(
    numbers: NDArray[np.int32],
    named: Mapping[int, Any],
    numbers_of: Callable[[Any], NDArray[np.int32]],
) -> NDArray[np.int32]:
    """Note the archive's numbers of what a log names by its own."""
    if not named:
        return numbers
    numbers = grown(numbers, max(named) + 1, 0)
    numbers[list(named)] = numbers_of(list(named.values()))
    return numbers
