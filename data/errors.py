"""What can go wrong in the room of the nouns.

::

    DataError
    ├── RecordNotFound      no such report, lead, site …
    ├── StaleVersion        a change built on a version that is no longer the last
    ├── KeyReused           the same key was sent before with different content
    ├── StoreRefused        the store cannot be opened safely
    ├── ArchiveRefused      the reads archive cannot take or give reads now
    │   └── ArchiveDamaged  what it had on disk is broken
    ├── FileRefused         an input file that cannot be read as a whole
    └── RowRefused          one row of an input file; it goes to quarantine
"""

import errno
from pathlib import Path


class DataError(Exception):
    """The base of everything this package raises on purpose."""


class RecordNotFound(DataError):
    """There is no record of this kind under this id."""

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__(f"there is no {kind} {record_id!r}")
        self.kind = kind
        self.record_id = record_id


class StaleVersion(DataError):
    """A newer version of the record is already kept."""

    def __init__(self, kind: str, record_id: str, *, sent: int, kept: int) -> None:
        super().__init__(
            f"{kind} {record_id!r} is at version {kept}; version {sent} was sent, "
            f"and only {kept + 1} can follow: read it again and repeat the change"
        )
        self.kind = kind
        self.record_id = record_id
        self.sent = sent
        self.kept = kept


class KeyReused(DataError):
    """The same key names two different contents."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(
            f"{kind} {key!r} is already kept with different content: "
            "use a new key, or close the first one"
        )
        self.kind = kind
        self.key = key


class StoreRefused(DataError):
    """The database library, file or schema is not one we may write to."""


class ArchiveRefused(DataError):
    """The reads archive cannot do it now; nothing was acknowledged.

    ``kind`` is ``full`` (no room on the disk), ``disk`` (it failed: open the archive
    again), ``behind`` (more comes than can be sealed: try again in a moment) or
    ``open`` (another process has it, or it is closed).
    """

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind

    @classmethod
    def by_disk(cls, path: Path, error: OSError) -> "ArchiveRefused":
        """Make the error for what a disk said."""
        said = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return cls(f"{path}: {said}: free some space and send again", kind="full")
        return cls(
            f"{path}: {said}: check the disk, then start the service again", kind="disk"
        )


class ArchiveDamaged(ArchiveRefused):
    """A file of the archive is not what was written; it is left as it is."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path}: {reason}; restore it from a backup, or move it away and lose "
            "its reads",
            kind="damaged",
        )
        self.path = path


class FileRefused(DataError):
    """A file that cannot be loaded; nothing of it was kept."""

    def __init__(self, path: str, reason: str, *, row: int | None = None) -> None:
        where = path if row is None else f"{path}, row {row}"
        super().__init__(f"{where}: {reason}")
        self.path = path
        self.reason = reason
        self.row = row


class RowRefused(DataError):
    """A row that cannot be a record; `code` groups equal reasons."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
