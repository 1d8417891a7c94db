"""Checking an archive: every file as it was written, every read in its order."""

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from data.errors import ArchiveDamaged
from data.reads.folder import lock, logs_in
from data.reads.frames import frame_at
from data.reads.layout import path_of
from data.reads.log import content_of, damage_in
from data.reads.manifest import read_manifest
from data.reads.names import Names
from data.reads.sealing import Sealed
from data.reads.segment import Segment


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written, and where."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    ``torn`` bytes stand at the end of the last log: a batch that was never
    acknowledged, cut off when the archive is opened.
    """

    segments: int
    sealed: int
    logs: int
    unsealed: int
    torn: int
    faults: tuple[Fault, ...]


def check(folder: Path) -> Checked:
    """Check all files of an archive that nobody has open; nothing is changed.

    Raises
    ------
    ArchiveRefused
        Somebody has it open.
    ArchiveDamaged
        The manifest cannot be read.
    """
    descriptor = lock(folder)
    try:
        return _checked(folder)
    finally:
        descriptor.close()


def _checked(folder: Path) -> Checked:
    manifest = read_manifest(folder)
    faults = [fault for one in manifest.segments for fault in _faults_of(folder, one)]
    unsealed = torn = 0
    logs = [pair for pair in logs_in(folder) if pair[0] >= manifest.first_log]
    for _, path in logs:
        reads, torn_here, fault = _log_checked(path)
        unsealed += reads
        torn += torn_here
        faults += [fault] if fault else []
    sealed = sum(one.reads for one in manifest.segments)
    return Checked(
        len(manifest.segments), sealed, len(logs), unsealed, torn, tuple(faults)
    )


def _faults_of(folder: Path, sealed: Sealed) -> list[Fault]:
    faults = []
    for part, written in sealed.checksums.items():
        path = path_of(folder, sealed.name, part)
        try:
            checksum = crc32(path.read_bytes())
        except OSError as error:
            faults.append(Fault(path.name, error.strerror or str(error)))
            continue
        if checksum != written:
            faults.append(Fault(path.name, "its checksum is another than when written"))
    return faults or _disorder(folder, sealed)


def _disorder(folder: Path, sealed: Sealed) -> list[Fault]:
    name = path_of(folder, sealed.name, "plates").name
    try:
        segment = Segment(folder, sealed, Names())
    except ArchiveDamaged as error:
        return [Fault(name, str(error))]
    rows = np.arange(len(segment))
    codes, at = segment.codes(rows).astype(np.int64), segment.times(rows)
    steps, later = np.diff(codes), np.diff(at)
    if (steps < 0).any() or ((steps == 0) & (later < 0)).any():
        return [Fault(name, "its reads are not in order of plate and time")]
    return _miscounted(folder, segment)


def _miscounted(folder: Path, segment: Segment) -> list[Fault]:
    kept, again = segment.hours, segment.counted()
    if kept is None or kept.agree(again):
        return []
    name = path_of(folder, segment.sealed.name, "hours").name
    return [Fault(name, "its counts are not those of the reads")]


def _log_checked(path: Path) -> tuple[int, int, Fault | None]:
    content, at, reads = content_of(path), 0, 0
    while at < len(content):
        frame = frame_at(content, at)
        if frame is None:
            if damage_in(content, at):
                reason = f"byte {at}: a batch that was on disk is broken"
                return reads, 0, Fault(path.name, reason)
            break
        reads += len(frame.reads)
        at = frame.stop
    return reads, len(content) - at, None
