"""What goes on beside the appends: sealing, joining files, throwing away by age."""

import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from data.errors import ArchiveRefused
from data.reads.columns import DAY_US, ZONE_US, Reads, joined, micros_of, moment_of
from data.reads.folder import end_of, logs_in
from data.reads.layout import PARTS, path_of
from data.reads.manifest import write_manifest
from data.reads.protocol import IsHeld
from data.reads.recent import Recent
from data.reads.sealing import seal
from data.reads.segment import Segment
from data.reads.state import State, View

JOINED_AT = 4
"""So many files of the same days and like size are joined into one."""

LIKE = 4
"""Files are of like size when the largest is at most so many times the smallest."""

MOST_READS = 4_000_000
"""No file is made larger than this by joining."""

STRAY_SHARE = 64
"""A day with less than this fraction of the reads has no file of its own."""

AGAIN_S = 5.0
"""How long the sealing waits after the disk refused it."""

LONGEST_STEP = timedelta(hours=36)
"""A purge is refused when the clock moved further since the one before: a day, and some
hours for a daily purge that is late."""

log = logging.getLogger(__name__)


class Upkeep(threading.Thread):
    """The thread that seals and joins; purges run in the caller's."""

    def __init__(self, state: State, *, released: int | None) -> None:
        super().__init__(name="reads-upkeep", daemon=True)
        self.released = released
        self._state = state
        self._working = threading.Lock()

    def run(self) -> None:
        """Seal what waits, then join what is worth it, until the archive closes."""
        while self._wait():
            try:
                self.seal_waiting()
                self._join_some(is_whole=False)
            except ArchiveRefused as error:
                self._state.fail(error)
            except OSError as error:
                self._tell(error)
            except Exception as error:
                log.exception("the reads cannot be sealed; they are safe in the log")
                fault = f"the reads cannot be sealed ({error!r}): see the log"
                self._state.fail(ArchiveRefused(fault, kind="disk"))

    def seal_waiting(self) -> None:
        """Seal the tables that are full, the oldest first."""
        with self._working:
            while self._waiting():
                self._seal(self._waiting()[0])

    def join_all(self) -> None:
        """Join the files of each day into as few as may be."""
        self.seal_waiting()
        while self._join_some(is_whole=True):
            pass

    def purge(
        self, before: datetime, *, now: datetime, is_held: IsHeld, sure: bool = False
    ) -> int:
        """Throw away the reads made before a moment; return how many.

        Those that ``is_held`` keeps for cases move to files of their own first. Files
        without any are only deleted.

        Raises
        ------
        ArchiveRefused
            ``clock``: the clock moved by more than a day since the last purge, and
            nobody said it is ``sure``.
        """
        self._require_clock(now, sure=sure)
        self.seal_waiting()
        with self._working:
            segments = self._state.view.segments
            old = [one for one in segments if one.first < micros_of(before)]
            gone = sum(len(one) for one in old)
            kept = [
                part
                for one in old
                for part in self._kept_of(one, micros_of(before), is_held)
            ]
            self._replace(old, kept, micros_of(now))
        self.remove_logs()
        return gone - sum(len(one) for one in kept)

    def _wait(self) -> bool:
        """Wait for work; False when the archive is closed or failed."""
        state = self._state

        def is_due() -> bool:
            return bool(
                state.failure or self._waiting() or _worth(state, is_whole=False)
            )

        with state.changed:
            state.changed.wait_for(is_due)
            return state.failure is None

    def _waiting(self) -> tuple[Recent, ...]:
        return self._state.view.recents[:-1]

    def _tell(self, error: OSError) -> None:
        refused = ArchiveRefused.by_disk(self._state.folder, error)
        if refused.kind == "disk":
            self._state.fail(refused)
            return
        log.error("reads wait in the log: %s", refused)
        with self._state.changed:
            self._state.changed.wait_for(lambda: self._state.failure, timeout=AGAIN_S)

    def _seal(self, recent: Recent) -> None:
        state = self._state
        made: list[Segment] = []
        if recent.written:
            reads = recent.reads(slice(0, recent.written), state.names)
            made = [self._made(part) for part in by_day(reads)]
        with state.changed:
            after = state.view.recents[1]
            manifest = replace(
                state.manifest.with_segments([one.sealed for one in made]),
                first_log=after.number,
                first_position=after.position,
            )
            write_manifest(state.folder, manifest)
            segments = (*state.view.segments, *made)
            state.put(manifest, View(segments, state.view.recents[1:]))
        self.remove_logs()

    def remove_logs(self) -> None:
        """Delete the logs that are sealed and released."""
        state = self._state
        for number, path in logs_in(state.folder):
            is_sealed = number < state.manifest.first_log
            if is_sealed and (self.released is None or end_of(path) <= self.released):
                path.unlink(missing_ok=True)

    def _join_some(self, *, is_whole: bool) -> bool:
        """Join one group of files, if there is one; say whether there was."""
        with self._working:
            group = _worth(self._state, is_whole=is_whole)
            if not group:
                return False
            names = self._state.names
            reads = [one.reads(np.arange(len(one)), names) for one in group]
            made = [self._made(joined(reads), is_held=group[0].sealed.is_held)]
            self._replace(group, made, self._state.manifest.purged_at)
        return True

    def _kept_of(self, one: Segment, before: int, is_held: IsHeld) -> list[Segment]:
        """Seal what is to be kept of a file: the younger reads, and the held ones."""
        reads = one.reads(np.arange(len(one)), self._state.names)
        is_old = reads.at < before
        held = is_old & is_held(reads)
        parts = [(reads.taken(~is_old), False), (reads.taken(held), True)]
        return [
            self._made(part, is_held=is_held) for part, is_held in parts if len(part)
        ]

    def _made(self, reads: Reads, *, is_held: bool = False) -> Segment:
        state = self._state
        with state.changed:
            number = state.manifest.next_number
            state.manifest = replace(state.manifest, next_number=number + 1)
        sealed, numbers = seal(state.folder, f"{number:08d}", reads)
        sealed = replace(sealed, is_held=is_held)
        return Segment(state.folder, sealed, state.names, numbers=numbers)

    def _replace(
        self, old: Sequence[Segment], made: Sequence[Segment], purged_at: int | None
    ) -> None:
        """Put files in the place of others, on disk and for those who search."""
        state = self._state
        gone = frozenset(one.sealed.name for one in old)
        with state.changed:
            manifest = replace(
                state.manifest.with_segments([one.sealed for one in made], gone),
                purged_at=purged_at,
            )
            write_manifest(state.folder, manifest)
            kept = [one for one in state.view.segments if one.sealed.name not in gone]
            state.put(manifest, View((*kept, *made), state.view.recents))
        for name in gone:
            for part in PARTS:
                path_of(state.folder, name, part).unlink(missing_ok=True)

    def _require_clock(self, now: datetime, *, sure: bool) -> None:
        at = self._state.manifest.purged_at
        if at is None or sure:
            return
        last = moment_of(at)
        if abs(now - last) > LONGEST_STEP:
            raise ArchiveRefused(
                f"the last purge was at {last:%Y-%m-%d %H:%M} UTC and now it is "
                f"{now:%Y-%m-%d %H:%M}: check the clock, then say that you are sure",
                kind="clock",
            )


def by_day(reads: Reads) -> list[Reads]:
    """Part reads by their day; days with few are left together."""
    days = (reads.at + ZONE_US) // DAY_US
    numbers, counts = np.unique(days, return_counts=True)
    large = numbers[counts * STRAY_SHARE >= len(reads)]
    parts = [reads.taken(days == day) for day in large]
    if large.size < numbers.size:
        parts.append(reads.taken(~np.isin(days, large)))
    return parts


def _worth(state: State, *, is_whole: bool) -> list[Segment]:
    """Return a group of files that is worth joining, or none."""
    groups: dict[tuple[object, bool], list[Segment]] = defaultdict(list)
    for one in state.view.segments:
        days = tuple(one.sealed.days)
        groups[days if len(days) == 1 else "strays", one.sealed.is_held].append(one)
    least = 2 if is_whole else JOINED_AT
    for group in groups.values():
        by_size = sorted(group, key=len)
        for start in range(len(group) + 1 - least):
            chosen = _alike(by_size[start:], is_whole=is_whole)
            if len(chosen) >= least:
                return chosen
    return []


def _alike(group: Sequence[Segment], *, is_whole: bool) -> list[Segment]:
    """Take files from the smallest on, as many as may be joined."""
    chosen: list[Segment] = []
    total = 0
    for one in group:
        is_like = is_whole or not chosen or len(one) <= LIKE * len(chosen[0])
        if not is_like or total + len(one) > MOST_READS:
            break
        chosen.append(one)
        total += len(one)
    return chosen
