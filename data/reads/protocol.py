"""What every archive of reads answers, so that one may stand in the place of another.

The questions of `routing.questions` are put together from these alone. The archive of
files (`data.reads.archive`) is one; a table of a database could be another.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.plate_codes import Codes
from data.reads.answers import USUAL, Answer, Appended, Limits, Windows
from data.reads.columns import Reads, Rows
from data.reads.names import Names

IsHeld = Callable[[Reads], NDArray[np.bool_]]
"""Says which reads are held for a case, shape (n,)."""


class ReadsSource(Protocol):
    """Reads that can be asked for.

    Times are aware, ends are included, None is open. Answers come in order of time,
    ties by plate, sequence and camera id. All reads of a source have its ``names`` as
    cameras and looks, so that `data.reads.columns.joined` may put them together.
    """

    @property
    def names(self) -> Names:
        """The cameras and looks that were ever seen."""

    def __len__(self) -> int:
        """Count the reads that are kept."""

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return when the first and the last read were made; None without any."""

    def by_plates(
        self,
        codes: Codes,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limits: Limits = USUAL,
    ) -> Answer:
        """Find all reads with one of these very readings."""

    def plates_between(self, first: int, behind: int) -> Codes:
        """Return all readings with codes from one to before another, sorted."""

    def plates_where(self, keep: Callable[[Codes], Codes]) -> Codes:
        """Return the readings, of all there ever were, that something keeps; sorted."""

    def by_cameras(
        self,
        camera_ids: Iterable[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limits: Limits = USUAL,
        or_own_spot: bool = False,
    ) -> Answer:
        """Find all reads of cameras; if asked, all with a spot of their own too."""

    def between(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limits: Limits = USUAL,
    ) -> Answer:
        """Find all reads of a span of time."""

    def in_windows(self, windows: Windows) -> tuple[Rows, Reads]:
        """Find the reads of each of many cameras in a time of its own, in no order."""

    def last(self, codes: Codes) -> Reads:
        """Find the last read of each reading that was ever seen, in order of time."""

    def hourly(
        self, camera_ids: Iterable[str] | None, *, since: datetime, until: datetime
    ) -> tuple[list[str], NDArray[np.int64]]:
        """Count the reads of cameras, or of all, in each hour from a moment on."""


class ReadsArchive(ReadsSource, Protocol):
    """A source that keeps what it is given, and throws it away by age."""

    def append(self, reads: Reads) -> Appended:
        """Keep reads, each once; they are on disk when this returns.

        Raises
        ------
        ArchiveRefused
            Nothing was acknowledged; sent again, each read is kept once.
        """

    def purge(
        self, before: datetime, *, now: datetime, is_held: IsHeld, sure: bool = False
    ) -> int:
        """Throw away the reads made before a moment, but for those held for a case."""
