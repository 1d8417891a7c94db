"""Watching reads: the hot list in memory, and past reads of what is newly wanted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from data import queries
from data.plate_codes import Codes, encode, lengths
from data.reads.answers import NO_LIMITS
from data.reads.columns import Look, Reads
from data.reads.names import Names
from data.reads.protocol import ReadsSource
from data.records import HotListEntry, Read
from data.store import Transaction
from matching.hot_tables import numbers
from matching.hotlist import LiveHotList
from matching.hotview import HotReads, HotView, errors_of
from matching.looks import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.model import Model
from matching.near import LOWEST, chances_of
from matching.wanted import completions, wanted_of

COUNTED = timedelta(days=7)
"""How far back other cameras' reads of the same plate are counted."""

DOUBTED = 0.2
"""The largest error a character may have: no reading of a plate is less probable."""


Smalls = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A read that may be of a wanted vehicle, before all is weighed."""

    read: Read
    entry_id: str


class LookNumbers:
    """What looks are in an array; of a list that grows, worked out when it has grown.

    Safe under threads: what is kept is changed as a whole.
    """

    def __init__(self) -> None:
        self._kept: tuple[Sequence[Look], Smalls, Smalls] | None = None

    def of(self, looks: Sequence[Look]) -> tuple[Smalls, Smalls]:
        """Return the numbers of types and of colours, shape (n,) each."""
        kept = self._kept
        if kept is None or kept[0] is not looks or kept[1].size != len(looks):
            kinds = numbers([look.vehicle_type for look in looks], TYPE_NUMBERS)
            colours = numbers([look.colour for look in looks], COLOUR_NUMBERS)
            self._kept = kept = looks, kinds, colours
        return kept[1], kept[2]


class Watch:
    """The hot list kept fresh, and what it finds; its owner holds a lock."""

    def __init__(self, archive: ReadsSource, model: Model) -> None:
        self._archive = archive
        self._model = model
        self._list = LiveHotList(model)
        self._mark: object = None
        self._looks = LookNumbers()
        history = model.comparisons["history"]
        # what others read is not weighed in bulk, and can add so much
        self._most_more = max(0.0, *map(history.bits, history.levels))

    def refresh(self, tx: Transaction) -> bool:
        """Take over what somebody else changed in the store; say whether he did."""
        mark = self.mark(tx)
        if mark == self._mark:
            return False
        self._list.apply(wanted_of(entry) for entry in tx.find(HotListEntry))
        self._mark = mark
        return True

    def mark(self, tx: Transaction) -> object:
        """Return what is another one when the hot list has changed."""
        return tx.rows(queries.hot_list_mark())[0]

    def take(self, entries: Iterable[HotListEntry], mark: object) -> None:
        """Take over entries that the owner changed, with the mark behind it."""
        self._list.apply(wanted_of(entry) for entry in entries)
        self._mark = mark

    @property
    def now(self) -> HotView:
        """The hot list as it is; it stays so, and needs no lock."""
        return self._list.now

    def suspicions(self, reads: Reads, view: HotView) -> list[Suspicion]:
        """Find the pairs that may be leads, in order of reads.

        What other cameras read may still speak for or against a pair.
        """
        return list(self._pairs(reads, view))

    def past(self, entry: HotListEntry) -> Iterator[Suspicion]:
        """Find the reads of the archive that may be of a newly wanted vehicle.

        Every reading there ever was is looked at, so nothing is missed that would have
        been found live.
        """
        if not len(self._archive):
            return
        view = LiveHotList(self._model, [wanted_of(entry)]).now
        codes = self._archive.plates_where(lambda some: could_be(some, entry.plate))
        found = self._archive.by_plates(codes, since=entry.since, limits=NO_LIMITS)
        for piece in found:
            yield from self._pairs(piece, view)

    def others(self, read: Read) -> int:
        """Count the other cameras that lately gave the very same reading."""
        ids = self.cameras_that_read(read.plate, read.at - COUNTED, read.at)
        return len(ids - {read.camera_id})

    def cameras_that_read(
        self, plate: str, since: datetime, until: datetime
    ) -> set[str]:
        """Return the cameras that read exactly this plate in a span of time."""
        found = self._archive.by_plates(
            encode([plate]), since=since, until=until, limits=NO_LIMITS
        ).all()
        cameras = np.unique(found.camera).tolist()
        return {found.cameras[number].camera_id for number in cameras}

    def _pairs(self, reads: Reads, view: HotView) -> Iterator[Suspicion]:
        least = view.lead_bits - self._most_more
        asked = hot_reads(reads, self._archive.names, self._looks)
        hits = view.match(asked, least_bits=least)
        rows, at = np.unique(hits.reads, return_inverse=True)
        records = reads.taken(rows).records()
        for number, row in zip(at.tolist(), hits.rows.tolist(), strict=True):
            yield Suspicion(records[number], view.wanted(row).id)


def hot_reads(reads: Reads, names: Names, looks: LookNumbers) -> HotReads:
    """Return reads of an archive as the hot list wants them."""
    places = names.points[reads.camera]
    for row, extra in reads.extras.items():
        if extra.spot is not None:
            places[row] = extra.spot.lng, extra.spot.lat
    kinds, colours = looks.of(reads.looks)
    return HotReads(
        codes=reads.plate,
        at_us=reads.at,
        errors=errors_of(reads.confidence, lengths(reads.plate)),
        types=kinds[reads.look],
        colours=colours[reads.look],
        lng=places[:, 0],
        lat=places[:, 1],
    )


def could_be(codes: Codes, plate: str) -> Codes:
    """Keep the readings that a plate could have given, by whatever camera.

    As the hot list finds them live: with at most one character dropped or added, beside
    any number of replaced ones, and not less probable than 4e-6. Of a plate of which
    not all is known, only those that are one it may be.
    """
    if "?" in plate:
        return np.intersect1d(codes, completions(plate))
    near = np.abs(lengths(codes) - len(plate)) <= 1
    some = codes[near]
    return some[chances_of(some, plate, error=DOUBTED) >= LOWEST]
