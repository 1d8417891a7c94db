"""The hot list as it is at one moment: matching batches of reads against it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.plate_codes import Codes, encode
from data.records import Read
from geo.distance import distance_m
from matching.confusions import Confusions
from matching.evidence import CURRENT, DAYS_H, FASTEST_KMH, FRESH_H
from matching.hot_tables import (
    Bits,
    Desk,
    Filters,
    Hot,
    Reads,
    Rows,
    Scale,
    bits_of,
    desk_for,
    microseconds,
    numbers,
    scale_of,
)
from matching.looks import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.misreads import error_of
from matching.model import Model
from matching.tables import Floats, Integers, Tables, tables_of
from matching.wanted import Wanted
from matching.weigh import Weighing, weigh_read

Flags = NDArray[np.bool_]

_NO_NUMBERS = (np.empty(0, dtype=np.int64),) * 2
_NO_FLOATS = (np.empty(0),) * 7
_NO_FLAGS = (np.empty(0, dtype=np.bool_),) * 2

TYPE, COLOUR, CODE, BORN, DIED, OWN = range(2, 8)
"""Columns of rows, as in `hot_kernels`; the last is how often the plate passes."""

_HOUR_US = 3_600_000_000
_CURRENT_US = int(CURRENT.total_seconds() * 1_000_000)


@dataclass(frozen=True, slots=True)
class HotReads:
    """A batch of reads as columns, shape (n,) each.

    ``codes`` from `data.plate_codes.encode`; 0 is matched with nothing. ``at_us`` µs
    since 1970. ``errors`` per character, 0.005 to 0.2, from `errors_of`; ``types`` and
    ``colours`` numbers from `hot_tables`, 0 where not known; ``lng`` and ``lat`` WGS 84
    degrees, NaN where not known. ``tables`` is the table of confusions of each camera.
    """

    codes: Codes
    at_us: Integers
    errors: Floats
    types: NDArray[np.uint8]
    colours: NDArray[np.uint8]
    lng: Floats | None = None
    lat: Floats | None = None
    tables: Integers | None = None

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs of a read and an entry that pass, shape (m,) each.

    In order of reads; of one read the heaviest first, ties to the earlier row.
    ``reads`` are positions in the batch and ``rows`` rows of the view. ``bits`` is the
    prior and all comparisons; what is not compared is 0. ``metres`` is NaN where a
    place is not known. ``must_verify``: the entry's date has passed, so it gives advice
    to verify before anybody is stopped, never more. ``n_cut`` counts the searches that
    were too wide to be made whole: lower errors or a higher threshold make them so.
    """

    reads: Integers
    rows: Integers
    bits: Floats
    plate_bits: Floats
    type_bits: Floats
    colour_bits: Floats
    journey_bits: Floats
    age_bits: Floats
    metres: Floats
    is_exact: Flags
    must_verify: Flags
    n_cut: int = 0

    def __len__(self) -> int:
        return len(self.reads)


@dataclass(frozen=True)
class HotView:
    """What is wanted at one moment; immutable, for any number of threads."""

    clock: int
    hot: Hot
    filters: Filters
    rows: Rows
    known: Sequence[Wanted]
    most_own: float
    model: Model
    confusions: tuple[Confusions, ...]

    @cached_property
    def bits(self) -> Bits:
        """What the levels of the model weigh."""
        return bits_of(self.model)

    @cached_property
    def tables(self) -> Tables:
        """The confusions and the forms, as arrays."""
        return tables_of(self.confusions)

    @property
    def living(self) -> Integers:
        """The rows that are wanted, in order."""
        born, died = self.rows.columns[:, BORN], self.rows.columns[:, DIED]
        return np.flatnonzero((born <= self.clock) & (self.clock < died))

    def wanted(self, row: int) -> Wanted:
        """Return the entry of a row."""
        return self.known[row]

    def match(self, reads: HotReads, *, least_bits: float | None = None) -> Hits:
        """Find all pairs of at least so many bits, and all exact readings of a plate.

        Complete for every pair that differs by any number of replaced characters and at
        most one dropped or one added, if the reading is not less probable than 1e-8,
        given the plate. `least_bits` is where the model's lead begins, by default. A
        read from before the event is matched with nothing: the vehicle was its
        owner's.
        """
        least = self.lead_bits if least_bits is None else least_bits
        pairs, found, n_cut = self._candidates(reads, self._scale(least))
        if not len(pairs):
            return _nothing(n_cut)
        return self._weighed(reads, pairs, found, (least, n_cut))

    @property
    def lead_bits(self) -> float:
        """The threshold of a lead, in bits."""
        return float(np.log2(self.model.lead_from / (1 - self.model.lead_from)))

    def weigh(self, read: Read, row: int, *, table: int = 0) -> Weighing:
        """Weigh one pair again, with its reasons; the bits are those of `match`."""
        wanted = self.wanted(row)
        spots = (wanted.lng, wanted.lat, read.spot.lng, read.spot.lat)
        metres = None if None in spots else _metres(*(np.array([s]) for s in spots))[0]
        return weigh_read(
            read,
            wanted.as_entry(),
            self.model,
            distance_m=None if metres is None else float(metres),
            confusions=self.confusions[table],
        )

    def _scale(self, least: float) -> Scale:
        found = self._scales.get(least)
        if found is None:
            found = scale_of(
                self.model, self.bits, least_bits=least, most_own=self.most_own
            )
            self._scales[least] = found
        return found

    @cached_property
    def _scales(self) -> dict[float, Scale]:
        return {}

    def _candidates(
        self, reads: HotReads, scale: Scale
    ) -> tuple[Integers, Floats, int]:
        from matching.hot_kernels import match

        n = len(reads)
        asked = Reads(
            codes=np.ascontiguousarray(reads.codes).view(np.int64),
            errors=np.ascontiguousarray(reads.errors, dtype=np.float64),
            types=np.ascontiguousarray(reads.types, dtype=np.uint8),
            colours=np.ascontiguousarray(reads.colours, dtype=np.uint8),
            tables=np.zeros(n, dtype=np.int64)
            if reads.tables is None
            else np.ascontiguousarray(reads.tables, dtype=np.int64),
        )
        desk, n_cut = self._desk(n + 64, scale), 0
        m, start = match(asked, self.hot, self.tables, desk, 0, self.clock)
        parts = [(desk.pairs[:m].copy(), desk.found[:m].copy())]
        while start < n:
            if not m:
                n_cut += int(desk.n_cut[0])
                desk = self._desk(8 * len(desk.found), scale)
            m, start = match(asked, self.hot, self.tables, desk, start, self.clock)
            parts.append((desk.pairs[:m].copy(), desk.found[:m].copy()))
        pairs, found = parts[0]
        if len(parts) > 1:
            pairs = np.concatenate([part[0] for part in parts])
            found = np.concatenate([part[1] for part in parts])
        return pairs, found, n_cut + int(desk.n_cut[0])

    def _desk(self, n: int, scale: Scale) -> Desk:
        """Return this thread's desk, with room for n pairs at least."""
        kept: tuple[Scale, Desk] | None = getattr(self._kept, "desk", None)
        if kept is None or kept[0] is not scale or len(kept[1].found) < n:
            kept = scale, desk_for(n, scale, self.filters)
            self._kept.desk = kept
        kept[1].n_cut[0] = 0
        return kept[1]

    @cached_property
    def _kept(self) -> threading.local:
        return threading.local()

    def _weighed(
        self,
        reads: HotReads,
        pairs: Integers,
        weighed: Floats,
        limits: tuple[float, int],
    ) -> Hits:
        found, row = pairs.T
        columns, bits, looks = self.rows.columns[row], self.bits, self.model.looks
        of_type = (looks.types, columns[:, TYPE], reads.types[found])
        of_colour = (looks.colours, columns[:, COLOUR], reads.colours[found])
        since, verified, expires = self.rows.times[row].T
        at = reads.at_us[found]
        metres = self._metres_between(reads, found, row)
        after_us = at - since
        parts = {
            "plate_bits": weighed[:, 0],
            "type_bits": _look_bits(*of_type, weighed[:, 1]),
            "colour_bits": _look_bits(*of_colour, weighed[:, 2]),
            "journey_bits": _journey_bits(bits, after_us / _HOUR_US, metres),
            "age_bits": _age_bits(bits, at - verified),
        }
        total = np.sum(list(parts.values()), axis=0) + self.model.prior_bits
        is_exact = columns[:, CODE] == reads.codes[found].astype(np.int64)
        passes = (after_us >= 0) & ((total >= limits[0]) | is_exact)
        order = np.lexsort((row, -total, found))
        keep = order[passes[order]]
        return Hits(
            reads=found[keep],
            rows=row[keep],
            bits=total[keep],
            metres=metres[keep],
            is_exact=is_exact[keep],
            must_verify=(at > expires)[keep],
            n_cut=limits[1],
            **{name: part[keep] for name, part in parts.items()},
        )

    def _metres_between(
        self, reads: HotReads, found: Integers, row: Integers
    ) -> Floats:
        if reads.lng is None or reads.lat is None:
            return np.full(found.size, np.nan)
        lng, lat = self.rows.places[row].T
        return _metres(lng, lat, reads.lng[found], reads.lat[found])


def _nothing(n_cut: int) -> Hits:
    """Return no pairs, quickly: most single reads have none."""
    return Hits(*_NO_NUMBERS, *_NO_FLOATS, *_NO_FLAGS, n_cut=n_cut)


def _metres(lng: Floats, lat: Floats, to_lng: Floats, to_lat: Floats) -> Floats:
    """Return geodesic metres; NaN where a coordinate is."""
    metres = np.full(len(lng), np.nan)
    known = ~np.isnan(np.array([lng, lat, to_lng, to_lat], dtype=np.float64)).any(
        axis=0
    )
    if known.any():
        metres[known] = distance_m(
            lng=lng[known], lat=lat[known], to_lng=to_lng[known], to_lat=to_lat[known]
        )
    return metres


def _look_bits(
    told: Floats, wanted: Integers, seen: NDArray[np.uint8], u: Floats
) -> Floats:
    """Weigh types or colours; 0 bits where there is nothing to compare."""
    is_told = (wanted > 0) & (seen > 0)
    return np.where(is_told, np.log2(told[wanted, seen] / u), 0.0)


def _journey_bits(bits: Bits, hours: Floats, metres: Floats) -> Floats:
    """Weigh journeys as `evidence.compare_journey` does."""
    of = bits.journey
    near = np.where(hours <= FRESH_H, of["fresh"], of["days"])
    near = np.where(np.isnan(metres), of[None], near)
    with np.errstate(invalid="ignore"):
        too_far = metres / 1000 > FASTEST_KMH * hours + 1
    found = np.where(hours > DAYS_H, of["later"], near)
    found = np.where(too_far, of["too-far"], found)
    return np.where(hours < 0, of[None], found)


def _age_bits(bits: Bits, since_verified_us: Integers) -> Floats:
    """Weigh how long ago entries were verified, as `evidence.compare_age` does."""
    overdue = since_verified_us > _CURRENT_US
    return np.where(overdue, bits.age["overdue"], bits.age["current"])


def errors_of(confidences: ArrayLike, lengths: ArrayLike) -> Floats:
    """Turn confidences, NaN where a camera gave none, into errors per character.

    The values of `misreads.error_of`, for arrays of shape (n,).
    """
    confidence = np.asarray(confidences, dtype=np.float64)
    length = np.maximum(np.asarray(lengths), 1)
    with np.errstate(invalid="ignore"):
        error = np.rint(1000 * (1 - confidence ** (1 / length))) / 1000
    unknown = error_of(None, 1)
    return np.where(np.isnan(error), unknown, np.clip(error, 0.005, 0.2))


def reads_of(reads: Sequence[Read]) -> HotReads:
    """Return records as columns."""
    plates = [read.plate for read in reads]
    confidences = [np.nan if r.confidence is None else r.confidence for r in reads]
    points = [
        (np.nan if r.spot.lng is None else r.spot.lng,
         np.nan if r.spot.lat is None else r.spot.lat)
        for r in reads
    ]  # fmt: skip
    lng, lat = np.array(points, dtype=np.float64).reshape(-1, 2).T
    return HotReads(
        codes=encode(plates),
        at_us=microseconds([read.at for read in reads]),
        errors=errors_of(confidences, [len(plate) for plate in plates]),
        types=numbers([read.vehicle_type for read in reads], TYPE_NUMBERS),
        colours=numbers([read.colour for read in reads], COLOUR_NUMBERS),
        lng=lng,
        lat=lat,
    )
