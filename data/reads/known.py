"""Telling reads that are new from those that came before.

Nearly every read is later than all of its camera so far, and so new without a search.
Only the others are looked for, at their camera and moment.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data.reads import kernels
from data.reads.columns import Integers, Reads, Smalls
from data.reads.folder import grown

LONG_AGO = np.iinfo(np.int64).min
MIX = np.int64(-7046029254386353131)  # 2**64 / golden ratio, as a signed number

Kept = set[tuple[int, int, int | str]]
"""Reads by station, moment, and what tells them apart there (`Reads.marks`)."""


class Newest:
    """When each station made its last read; one thread at a time."""

    def __init__(self) -> None:
        self._latest = np.empty(0, dtype=np.int64)

    def note(self, station: Smalls, at: Integers) -> None:
        """Note reads that are kept."""
        if station.size:
            self._latest = grown(self._latest, int(station.max()) + 1, LONG_AGO)
            np.maximum.at(self._latest, station, at)

    def are_new(
        self, reads: Reads, station: Smalls, kept: Callable[[Reads, Smalls], Kept]
    ) -> NDArray[np.bool_]:
        """Say which reads are not kept yet, and note them.

        ``kept`` finds those that are, at the stations and moments of some reads. Of
        reads that stand twice in the batch, the first is new. Noted reads that
        are then not kept cost a search when they come again, and nothing else.
        """
        if not len(reads):
            return np.empty(0, dtype=np.bool_)
        self._latest = grown(self._latest, int(station.max()) + 1, LONG_AGO)
        are_new: NDArray[np.bool_] = kernels.newer(station, reads.at, self._latest)
        suspects = np.flatnonzero(~are_new)
        if suspects.size:
            # other reads of the batch at the same moments must be compared, too
            moments = reads.at * MIX + station
            asked = np.sort(moments[suspects])
            at = np.minimum(np.searchsorted(asked, moments), asked.size - 1)
            rows = np.flatnonzero(asked[at] == moments)
            some = reads.taken(rows)
            are_new[rows] = _unseen(some, station[rows], kept(some, station[rows]))
        return are_new


def _unseen(reads: Reads, station: Smalls, kept: Kept) -> NDArray[np.bool_]:
    unseen = np.ones(len(reads), dtype=np.bool_)
    marks = zip(station.tolist(), reads.at.tolist(), reads.marks(), strict=True)
    for row, mark in enumerate(marks):
        unseen[row] = mark not in kept
        kept.add(mark)
    return unseen
