"""Why a read is silent: its plate was wanted until lately, and no longer is.

Beside the hot list the plates are kept that were wanted and are over. A batch is held
against them by its exact readings alone, so it costs one search in a sorted array.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data import queries
from data.plate_codes import Codes, encode
from data.reads.columns import Reads
from data.store import Transaction

log = logging.getLogger(__name__)

REMEMBERED = timedelta(days=90)
"""How long after an entry was over its silence is still explained."""


@dataclass(frozen=True, slots=True)
class Over:
    """An entry that is over: of which report, in which state, since when."""

    entry_id: str
    report_id: str
    state: str
    until: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """The entries that are over, and the codes of their plates.

    Attributes
    ----------
    codes
        Shape (n,), sorted; of a plate with several entries each has its own.
    entries
        Length n.
    """

    codes: Codes
    entries: tuple[Over, ...]

    def tell(self, reads: Reads, wanted: set[str]) -> int:
        """Log why reads are silent, a line for each entry; return how many lines.

        Only ids, times and the state are logged, no plate: the reason in words is in
        the report. Plates of `wanted` are not silent: another entry wants them.
        """
        if not self.entries or not len(reads):
            return 0
        heard = self.codes[~np.isin(self.codes, encode(sorted(wanted)))]
        silent = np.flatnonzero(np.isin(reads.plate, heard))
        if not silent.size:
            return 0
        told = 0
        for code in np.unique(reads.plate[silent]).tolist():
            rows = silent[reads.plate[silent] == code]
            (first,) = reads.taken(rows[:1]).records()
            here = np.array([code, code + 1], dtype=np.uint64)
            begin, end = np.searchsorted(self.codes, here).tolist()
            for one in self.entries[begin:end]:
                told += 1
                log.info(
                    "silent: %d reads, first %s: entry %s of report %s is %s since %s",
                    rows.size,
                    first.id,
                    one.entry_id,
                    one.report_id,
                    one.state,
                    one.until.isoformat(),
                )
        return told


def silence_of(tx: Transaction, *, at: datetime) -> Silence:
    """Read the entries that were over not longer than `REMEMBERED` before a time."""
    rows = tx.rows(queries.over_since(at - REMEMBERED))
    codes = encode([row["plate"] for row in rows])
    order = np.argsort(codes, kind="stable")
    entries = tuple(
        Over(row["id"], row["report_id"], row["state"], row["until"])
        for row in (rows[number] for number in order.tolist())
    )
    return Silence(codes[order], entries)


NO_SILENCE = Silence(np.empty(0, dtype=np.uint64), ())
