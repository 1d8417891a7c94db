"""The manifest: which files are the archive; replaced as a whole or not at all."""

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from data.errors import ArchiveDamaged
from data.reads.log import sync_folder
from data.reads.sealing import Sealed

NAME = "manifest.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is sealed, and from which log on reads are not.

    ``first_position`` counts the reads that came before that log; ``next_number`` names
    the next file; ``purged_at`` is when the last purge was, in microseconds since 1970.
    """

    segments: tuple[Sealed, ...] = ()
    first_log: int = 0
    first_position: int = 0
    next_number: int = 0
    purged_at: int | None = None
    version: int = VERSION

    def with_segments(
        self, more: list[Sealed], without: frozenset[str] = frozenset()
    ) -> "Manifest":
        """Return the manifest with segments added, and others left out."""
        kept = tuple(one for one in self.segments if one.name not in without)
        return replace(self, segments=kept + tuple(more))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder; an empty one where there is none.

    Raises
    ------
    ArchiveDamaged
        It cannot be read, or a later release wrote it.
    """
    path = folder / NAME
    try:
        content = orjson.loads(path.read_bytes())
        if content["version"] > VERSION:
            raise ArchiveDamaged(path, "a later release wrote it")
        segments = tuple(Sealed(**one) for one in content.pop("segments"))
        return Manifest(segments=segments, **content)
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArchiveDamaged(path, f"it cannot be read ({error})") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one before, and have it on disk."""
    new = folder / f"{NAME}.new"
    with new.open("wb") as file:
        file.write(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / NAME)
    sync_folder(folder)
