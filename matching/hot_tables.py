"""The arrays that the compiled matching works on: the index, the rows, the scale."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.looks import Looks, Numbers
from matching.model import Model
from matching.tables import PLACES, Floats, Integers

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

NEVER = np.iinfo(np.int64).max
LEAVES = 1 << 13
SHORTEST = 4
_FEWEST = 1 << 10
_BITS_PER_ITEM = 16
_BITS_PER_MASK = 32
_MOST_MASKED = 1 << 19
_BITS_PER_PLATE = 80
"""Two beginnings of it, and one of each that is shorter by a character, eightfold."""


class Hot(NamedTuple):
    """All that a list is, for the compiled matching.

    Two indexes, of plates and of plates with one character left out: open addressing
    (``keys``: code, first item), a filter in front (``bits``), and items in a chain
    (``items``: row, next item). They only ever grow, so that whoever reads them
    meanwhile finds what was there before. ``fits`` are the kinds of characters that
    follow one another in what is wanted, ``lengths`` counts plates by length.

    ``rows`` (rows, 8) are the columns of `hot_kernels`: characters packed, length,
    type, colour, code or 0 of a partial plate, clocks from which on and before which
    the row holds; ``floats`` is the same memory, for the column of how often the plate
    passes. ``times`` (rows, 3): since, verified, expires in µs since 1970. ``places``
    (rows, 2): degrees, NaN where not known.
    """

    keys: Integers
    items: NDArray[np.int32]
    bits: Integers
    short_keys: Integers
    short_items: NDArray[np.int32]
    short_bits: Integers
    lengths: Integers
    rows: Integers
    floats: Floats


class Rows(NamedTuple):
    """The entries, by row; one that changed has a new row. See `Hot`."""

    columns: Integers
    times: Integers
    places: Floats


class Reads(NamedTuple):
    """Reads as columns, shape (n,) each: what the compiled matching asks of one."""

    codes: Integers
    errors: Floats
    types: NDArray[np.uint8]
    colours: NDArray[np.uint8]
    tables: Integers


class Desk(NamedTuple):
    """Where one thread's matching works, what it weighs by, and what it finds.

    ``codes`` to ``row`` are room for steps, see `kernels.walk`. ``masks`` is a filter
    of what is wanted but for one character. ``types``, ``colours``,
    ``shares`` and ``traffic`` are those of `matching.looks`; ``by_class`` and
    ``passing`` are room for what is known of whoever else passed. ``limits`` are the
    threshold, the prior, the most that journey and age may add, how often the most
    frequent plate passes, and 2 to the bits that plate, type and colour must bring.
    ``pairs`` (m, 2) are reads and rows, ``found`` (m, 3) the bits of the plate and the
    u of the type and of the colour.
    """

    codes: Integers
    chances: Floats
    fits: NDArray[np.uint8]
    prefixes: Integers
    masks: Integers
    floats: Floats
    integers: Integers
    chars: Integers
    short: Integers
    row: Floats
    types: Floats
    colours: Floats
    shares: Floats
    traffic: Floats
    by_class: Floats
    passing: Floats
    limits: Floats
    pairs: Integers
    found: Floats
    n_cut: Integers


class Index(NamedTuple):
    """One of the two indexes of `Hot`."""

    keys: Integers
    items: NDArray[np.int32]
    bits: Integers


def empty_index(n: int) -> Index:
    """Make an index with room for n items."""
    room = _FEWEST
    while room < n:
        room *= 2
    return Index(
        keys=np.zeros((2 * room, 2), dtype=np.int64),
        items=np.empty((room, 2), dtype=np.int32),
        bits=np.zeros(room * _BITS_PER_ITEM // 64, dtype=np.int64),
    )


def empty_prefixes(n: int) -> Integers:
    """Make a filter with room for the beginnings of n plates."""
    words = 64
    while words < n * _BITS_PER_PLATE // 64:
        words *= 2
    return np.zeros(words, dtype=np.int64)


def empty_masks(n: int) -> Integers:
    """Make a filter with room for n plates without each one of their characters.

    Of a long list almost any reading is but one character away: it has no filter, and
    every bit is set.
    """
    if n > _MOST_MASKED:
        return np.full(1, -1, dtype=np.int64)
    words = 64
    while words < n * PLACES * _BITS_PER_MASK // 64:
        words *= 2
    return np.zeros(words, dtype=np.int64)


def empty_rows(n: int) -> Rows:
    """Make room for n rows, none of which was born."""
    room = max(n, _FEWEST)
    columns = np.zeros((room, 8), dtype=np.int64)
    columns[:, 5:7] = NEVER
    return Rows(
        columns=columns,
        times=np.zeros((room, 3), dtype=np.int64),
        places=np.full((room, 2), np.nan),
    )


def shorter_by_one(codes: Integers) -> tuple[Integers, Integers]:
    """Return each code with any one character left out, and whose it is.

    Shapes (m,) both; the second are positions in `codes`. What would be too short to
    be a plate is left out, and so is the same text of the same code.
    """
    scale = 37 ** np.arange(PLACES - 1, -1, -1, dtype=np.int64)
    length = (codes[:, None] // scale % 37 > 0).sum(axis=1)
    found, whose = [], []
    for at in range(PLACES):
        position = np.flatnonzero((at < length) & (length > SHORTEST))
        long = codes[position]
        before = long // (scale[at] * 37) * (scale[at] * 37)
        found.append(before + long % scale[at] * 37)
        whose.append(position)
    pairs = np.unique(
        np.column_stack((np.concatenate(whose), np.concatenate(found))), axis=0
    )
    return pairs[:, 1], pairs[:, 0]


@dataclass(frozen=True, slots=True)
class Bits:
    """What the levels of journey and age weigh in a model."""

    journey: dict[str | None, float]
    age: dict[str | None, float]

    @property
    def best(self) -> float:
        """The most that both can add."""
        return max(self.journey.values()) + max(self.age.values())


def bits_of(model: Model) -> Bits:
    """Return the weights of a model."""
    return Bits(_levels(model, "journey"), _levels(model, "age"))


def _levels(model: Model, name: str) -> dict[str | None, float]:
    comparison = model.comparisons[name]
    told: dict[str | None, float] = {None: 0.0}
    return told | {level: comparison.bits(level) for level in comparison.levels}


@dataclass(frozen=True, slots=True)
class Scale:
    """What a pair must reach, and by what it is weighed; see `Desk`."""

    looks: Looks
    limits: Floats


def scale_of(model: Model, bits: Bits, *, least_bits: float, most_own: float) -> Scale:
    """Return what a pair must reach at a threshold.

    `most_own` is how often the most frequent of the wanted plates passes.
    """
    needed = np.clip(least_bits - model.prior_bits - bits.best, -60.0, 60.0)
    limits = (least_bits, model.prior_bits, bits.best, most_own, np.exp2(needed))
    return Scale(model.looks, np.array(limits))


class Filters(NamedTuple):
    """What ends a search early; see `Desk`."""

    fits: NDArray[np.uint8]
    prefixes: Integers
    masks: Integers


def desk_for(n: int, scale: Scale, filters: Filters) -> Desk:
    """Make a desk with room for n pairs."""
    return Desk(
        codes=np.empty(LEAVES, dtype=np.int64),
        chances=np.empty(LEAVES),
        **filters._asdict(),
        floats=np.empty((3, PLACES + 1)),
        integers=np.empty((5, PLACES + 1), dtype=np.int64),
        chars=np.zeros(PLACES, dtype=np.int64),
        short=np.zeros(PLACES, dtype=np.int64),
        row=np.empty(PLACES + 1),
        types=scale.looks.types,
        colours=scale.looks.colours,
        shares=scale.looks.shares,
        traffic=scale.looks.traffic,
        by_class=np.empty(scale.looks.traffic.size),
        passing=np.empty(4),
        limits=scale.limits,
        pairs=np.empty((n, 2), dtype=np.int64),
        found=np.empty((n, 3)),
        n_cut=np.zeros(1, dtype=np.int64),
    )


def numbers(words: Iterable[str | None], known: Numbers) -> NDArray[np.uint8]:
    """Return what words are in an array, shape (n,); 0 for one that nobody knows."""
    return np.array([known.get(word, 0) for word in words], dtype=np.uint8)


def microseconds(times: Iterable[datetime]) -> Integers:
    """Return aware times as whole µs since 1970, shape (n,)."""
    return np.array([(time - _EPOCH) // _MICROSECOND for time in times], dtype=np.int64)
