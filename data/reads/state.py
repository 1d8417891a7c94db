"""What an archive is at a moment: its files and tables, and whether it can go on."""

import threading
from dataclasses import dataclass
from pathlib import Path

from data.errors import ArchiveRefused
from data.reads.columns import span_of
from data.reads.manifest import Manifest
from data.reads.names import Names
from data.reads.recent import Recent
from data.reads.segment import Segment

Part = Segment | Recent


@dataclass(frozen=True, slots=True)
class View:
    """The files and tables of an archive at a moment.

    The last table grows; all else stays as it is.
    """

    segments: tuple[Segment, ...] = ()
    recents: tuple[Recent, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that is to be searched."""
        return (*self.segments, *self.recents)

    def days(self, first: int, last: int) -> list[int]:
        """Return the days with reads between two moments, in order."""
        held = frozenset[int]().union(*(part.days for part in self.parts))
        return [
            day
            for day in sorted(held)
            if span_of(day)[0] <= last and span_of(day)[1] >= first
        ]


class State:
    """What the threads of an archive share; who changes it holds ``changed``."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.names = Names()
        self.manifest = manifest
        self.view = View()
        self.failure: ArchiveRefused | None = None
        self.changed = threading.Condition(threading.RLock())

    def put(self, manifest: Manifest, view: View) -> None:
        """Have those who search from now on see other files and tables."""
        with self.changed:
            self.manifest = manifest
            self.view = view
            self.changed.notify_all()

    def fail(self, failure: ArchiveRefused) -> None:
        """Take nothing any more, until the archive is opened again."""
        with self.changed:
            self.failure = self.failure or failure
            self.changed.notify_all()

    def require_open(self) -> None:
        """Refuse when the archive failed or is closed.

        Raises
        ------
        ArchiveRefused
        """
        if self.failure is not None:
            raise self.failure
