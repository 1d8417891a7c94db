"""A folder that files of reads are put into; each goes through the desk, once.

::

    inbox/           NAME.ndjson, .json, .arrow, .csv, renamed into it when complete
        taking/      the file under way; after a kill it is taken once more
        done/DAY/    taken, with NAME.receipt.json beside it; deleted after some days
        refused/     not taken, with a receipt that says why

Nothing else is touched: no folder, no link, no name that begins with a dot.
"""

import hashlib
import json
import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from data.dates import TAIPEI
from data.errors import ArchiveRefused, FileRefused, StoreRefused
from data.importers.files import name_of
from routing.loading import Kept

log = logging.getLogger(__name__)

SUFFIXES = (".ndjson", ".json", ".arrow", ".csv")
RECEIPT = ".receipt.json"

TAKING, DONE, REFUSED = "taking", "done", "refused"

REST = timedelta(seconds=2)
"""A file that changed later than so long ago may still be written to."""

Take = Callable[[Path], Iterator[Kept]]
"""Sends a file through the desk; see `routing.loading.keep_reads`."""


@dataclass(frozen=True, slots=True)
class InboxState:
    """How the folder stands.

    Attributes
    ----------
    waiting
        Files that were there and not yet taken at the last look.
    done, refused
        Files since the start.
    held_up
        Why nothing is taken now; None when all is well.
    """

    waiting: int = 0
    done: int = 0
    refused: int = 0
    held_up: str | None = None
    last_at: datetime | None = None


class Inbox:
    """The folder, looked at whenever somebody says so; used by one thread.

    Parameters
    ----------
    folder
        Made if it is not there.
    most_bytes
        A larger file is refused.
    keep
        How long what is done stays.
    is_over
        Asked between pieces; the file under way is then left for the next start.
    """

    def __init__(
        self,
        folder: Path,
        take: Take,
        *,
        most_bytes: int,
        keep: timedelta,
        now: Callable[[], datetime],
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self.folder = folder
        self.state = InboxState()
        self._take = take
        self._most = most_bytes
        self._keep = keep
        self._now = now
        self._is_over = is_over
        self._cleaned: date | None = None

    def look(self) -> bool:
        """Take the files that rest, the oldest first.

        Returns
        -------
        bool
            False when nothing can be taken now, so that the next look may be later.
        """
        held_up = None
        try:
            self._make_folders()
            self._delete_old()
            for path in self._waiting():
                self._take_one(path)
                if self._is_over():
                    break
        except ArchiveRefused as error:
            held_up = error.kind
        except StoreRefused:
            held_up = "store"
        except OSError as error:
            held_up = error.strerror or "disk"
        if held_up is not None and held_up != self.state.held_up:
            log.warning("the inbox waits: %s", held_up)
        self.state = replace(self.state, held_up=held_up)
        return held_up is None

    def _make_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (TAKING, DONE, REFUSED):
            folder = self.folder / name
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise NotADirectoryError(0, f"{name} is no folder")

    def _waiting(self) -> Iterator[Path]:
        """Give the files to take; each is in `TAKING` by then."""
        taking = self.folder / TAKING
        left = [path for _, path in self._resting(taking)]
        fresh = self._resting(self.folder)
        self._count_waiting(len(left) + len(fresh))
        yield from left
        for _, path in fresh:
            under_way = taking / path.name
            if not os.path.lexists(under_way):
                with suppress(FileNotFoundError):
                    path.rename(under_way)
                    yield under_way

    def _resting(self, folder: Path) -> list[tuple[int, Path]]:
        """List the files that nobody writes to any more, the oldest first."""
        latest = (self._now() - REST).timestamp() * 1e9
        found = []
        with os.scandir(folder) as listed:
            for each in listed:
                if not _is_wanted(each.name):
                    continue
                with suppress(FileNotFoundError):
                    about = each.stat(follow_symlinks=False)
                    if _is_plain(about) and about.st_mtime_ns <= latest:
                        found.append((about.st_mtime_ns, Path(each.path)))
        return sorted(found)

    def _count_waiting(self, n: int) -> None:
        self.state = replace(self.state, waiting=n)

    def _take_one(self, path: Path) -> None:
        """Send one file through the desk and put it away.

        Raises
        ------
        ArchiveRefused, StoreRefused
            Not now; the file stays where it is.
        """
        before = path.lstat()
        if not _is_plain(before):
            return self._put_away(path, Kept(), "is no file of its own")
        if before.st_size > self._most:
            why = f"is larger than {self._most // 1024**2} MB: split it"
            return self._put_away(path, Kept(), why)
        sent = self._sent(path)
        if sent is None:
            return None
        kept, refused = sent
        if refused is None and _changed(before, path.lstat()):
            return None  # somebody writes to it still: once more when it rests
        return self._put_away(path, kept, refused)

    def _sent(self, path: Path) -> tuple[Kept, str | None] | None:
        """Send a file through the desk; None when it is left for the next start.

        Otherwise what became of it, and why it was read no further.
        """
        kept = Kept()
        try:
            for so_far in self._take(path):
                kept = so_far
                if self._is_over():
                    return None
        except FileRefused as error:
            return kept, error.reason
        except (ArchiveRefused, StoreRefused, OSError):
            raise
        except Exception:
            log.exception("a file in the inbox could not be read")
            return kept, "cannot be read: the log of the service says more"
        return kept, None

    def _put_away(self, path: Path, kept: Kept, why: str | None) -> None:
        """Move a file beside its receipt, which is there first."""
        now = self._now()
        folder = self.folder / REFUSED
        if why is None:
            folder = self.folder / DONE / now.astimezone(TAIPEI).date().isoformat()
            folder.mkdir(mode=0o700, exist_ok=True)
        to = _free(folder / path.name)
        _write_receipt(to.with_name(to.name + RECEIPT), _receipt(path, kept, why, now))
        path.rename(to)
        self.state = replace(
            self.state,
            waiting=max(0, self.state.waiting - 1),
            done=self.state.done + (why is None),
            refused=self.state.refused + (why is not None),
            last_at=now,
        )
        log.info("took a file of %d reads, %d new", kept.rows, kept.loaded)

    def _delete_old(self) -> None:
        """Delete the days in `DONE` that are over, once a day."""
        today = self._now().astimezone(TAIPEI).date()
        if self._cleaned == today:
            return
        for folder in (self.folder / DONE).iterdir():
            day = _day(folder)
            if day is not None and day < today - self._keep:
                for path in folder.iterdir():
                    path.unlink()
                folder.rmdir()
        self._cleaned = today


def _is_wanted(name: str) -> bool:
    lower = name.lower()
    is_ours = lower.startswith(".") or lower.endswith(RECEIPT)
    return lower.endswith(SUFFIXES) and not is_ours


def _is_plain(about: os.stat_result) -> bool:
    """Say whether this is a file, and under this name alone."""
    return stat.S_ISREG(about.st_mode) and about.st_nlink == 1


def _changed(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)


def _day(folder: Path) -> date | None:
    if folder.is_symlink() or not folder.is_dir():
        return None
    try:
        return date.fromisoformat(folder.name)
    except ValueError:
        return None


def _free(path: Path) -> Path:
    """Return the path, or one with a number that no file has."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _receipt(path: Path, kept: Kept, why: str | None, now: datetime) -> dict[str, Any]:
    return {
        "file": name_of(path),
        "sha256": _sha256(path),
        "at": now.isoformat(),
        "refused": why,
        "received": kept.rows,
        "stored": kept.loaded,
        "duplicate": kept.duplicate,
        "quarantined": kept.quarantined,
        "reasons": dict(kept.reasons),
        "leads": list(kept.lead_ids),
    }


def _sha256(path: Path) -> str | None:
    if not _is_plain(path.lstat()):
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_receipt(path: Path, receipt: dict[str, Any]) -> None:
    """Write a receipt; one of the same bytes stays, for it says what was new."""
    with suppress(OSError, ValueError, KeyError):
        if json.loads(path.read_text())["sha256"] == receipt["sha256"]:
            return
    new = path.with_name(f".{path.name}")
    text = json.dumps(receipt, ensure_ascii=False, indent=1)
    new.write_text(text + "\n", encoding="utf-8")
    new.replace(path)
