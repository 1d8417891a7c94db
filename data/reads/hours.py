"""How many reads each camera made in each hour, kept with a sealed segment."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.reads import kernels
from data.reads.coding import smallest
from data.reads.columns import Integers, Rows

HOUR_US = 3_600_000_000

WORTH = 2
"""Counts are kept where at least so many reads come to each of them, taken together."""


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """Counts of a segment by camera, then hour; none for an hour without reads.

    Attributes
    ----------
    first
        Hours from 1970 UTC to the one of the segment's first read.
    starts
        Where the counts of each camera begin, and one behind the last, shape (m + 1,).
    hour
        Hours from ``first`` on, shape (n,).
    reads
        How many there are, 1 or more, shape (n,).
    """

    first: int
    starts: Integers
    hour: NDArray[Any]
    reads: NDArray[Any]

    @classmethod
    def counted(cls, at: Integers, order: NDArray[Any], begins: Integers) -> Self:
        """Count reads that ``order`` numbers by camera, then time.

        Those of each camera begin in ``order`` at ``begins``; the last is behind all.
        """
        first = int(at.min()) // HOUR_US
        starts, hour, reads = kernels.counted_hours(
            at, order, begins, first * HOUR_US, HOUR_US
        )
        return cls(
            first, starts, smallest(hour, hour.max()), smallest(reads, reads.max())
        )

    def add(
        self, counts: Integers, rows: Rows, cameras: Rows, span: tuple[int, int]
    ) -> None:
        """Add what is counted of cameras from one hour to before another.

        Parameters
        ----------
        counts
            Grows; a column is an hour, the first one that of the span.
        rows, cameras
            Which row of ``counts`` each camera of the segment is added to, shape (m,);
            a camera that is -1 has nothing.
        """
        columns = self.first - span[0], span[1] - span[0]
        kept = self.starts, self.hour, self.reads
        kernels.add_hours(counts, rows, cameras, kept, columns)

    def agree(self, other: Self) -> bool:
        """Say whether others are the same."""
        columns = ("starts", "hour", "reads")
        return self.first == other.first and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in columns
        )

    def as_batch(self) -> pa.RecordBatch:
        """Return them as they are written; without rows where they are not worth it."""
        counts = pa.StructArray.from_arrays(
            [pa.array(self.hour), pa.array(self.reads)], names=["hour", "reads"]
        )
        offsets = pa.array(self.starts.astype(np.int32))
        hours = pa.ListArray.from_arrays(offsets, counts)
        is_worth = int(self.reads.sum()) >= WORTH * self.reads.size
        return pa.record_batch({"hours": hours if is_worth else hours[:0]})

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch, first: int) -> Self | None:
        """Return what was written of reads from a moment on; None if nothing was."""
        if not batch.num_rows:
            return None
        hours = batch["hours"]
        starts = hours.offsets.to_numpy().astype(np.int64)
        hour, reads = (
            hours.values.field(name).to_numpy() for name in ("hour", "reads")
        )
        return cls(first // HOUR_US, starts, hour, reads)
