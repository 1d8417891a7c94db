"""What a plate may be read as, and what a reading may have been, as codes.

Complete: every text that needs one dropped or one added character at most, beside any
number of replaced ones, is found if it is as likely as asked for.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.plate_codes import Codes, encode
from matching.confusions import DEFAULT, Confusions
from matching.plates import plain
from matching.tables import (
    PLACES,
    Floats,
    Integers,
    Tables,
    numbers_of,
    packed,
    tables_of,
)

CONFUSABLE = 1e-3
"""Probability from which some twenty readings of a plate are found, at 3 % errors."""

WIDE = 3e-5
"""Probability from which some hundreds are found: a wide search."""

LOWEST = 4e-6
"""No search goes lower: from here on one error is always found, two may not be."""

_ROOM = 4096
_STOOD, _WRITTEN = 0, 1
_EVERY_KIND = np.ones((PLACES + 1, PLACES + 1, 2**PLACES), dtype=np.uint8)


class Room(NamedTuple):
    """Where a search writes what it finds, and its steps; see `kernels.walk`."""

    codes: Integers
    chances: Floats
    fits: NDArray[np.uint8]
    floats: Floats
    integers: Integers
    prefixes: Integers


def room_for(n: int, fits: NDArray[np.uint8] = _EVERY_KIND) -> Room:
    """Make room for n texts, of the kinds of characters that fit."""
    return Room(
        codes=np.empty(n, dtype=np.int64),
        chances=np.empty(n),
        fits=fits,
        floats=np.empty((3, PLACES + 1)),
        integers=np.empty((5, PLACES + 1), dtype=np.int64),
        prefixes=np.full(1, -1, dtype=np.int64),
    )


@dataclass(frozen=True, slots=True)
class Near:
    """Codes and their probabilities, both shape (n,); the likeliest first.

    Ties go to the lower code.
    """

    codes: Codes
    probabilities: Floats


def readings_of(
    plate: str,
    *,
    error: float = 0.03,
    least: float = CONFUSABLE,
    confusions: Confusions = DEFAULT,
) -> Near:
    """Return the readings of a plate that are at least as probable as `least`.

    `error` is per character. The plate itself, read right, is among them.

    Raises
    ------
    PlateRefused
        No plain plate.
    ValueError
        `least` is below `LOWEST` or above 1.
    """
    tables = tables_of((confusions,))
    less = error * confusions.dropped
    more = error * confusions.added / 36
    texts = _spread(plain(plate), error, (less, more, least), _WRITTEN, tables)
    own = packed_codes(np.repeat(encode([plain(plate)]), texts.size))
    return _ranked(texts, _chances(texts, own, error, tables), least)


def plates_near(
    reading: str,
    *,
    error: float = 0.03,
    least: float = CONFUSABLE,
    confusions: Confusions = DEFAULT,
) -> Near:
    """Return the plates of which a reading is at least as probable as `least`.

    The probabilities are those of the reading, given each plate; which plates are
    issued is not asked.

    Raises
    ------
    PlateRefused
        No plain reading.
    ValueError
        `least` is below `LOWEST` or above 1.
    """
    tables = tables_of((confusions,))
    less = error * confusions.added / 36
    more = error * confusions.dropped
    plates = _spread(plain(reading), error, (less, more, least), _STOOD, tables)
    seen = np.repeat(encode([plain(reading)]), plates.size)
    chances = _chances(seen, packed_codes(plates), error, tables)
    return _ranked(plates, chances, least)


def chances_of(
    readings: Codes, plate: str, *, error: float, confusions: Confusions = DEFAULT
) -> Floats:
    """Return the probability of each reading, given a plate, shape (n,).

    Raises
    ------
    PlateRefused
        No plain plate.
    """
    own = packed_codes(encode([plain(plate)]))
    plates = np.repeat(own, readings.size, axis=0)
    return _chances(readings, plates, error, tables_of((confusions,)))


def packed_codes(codes: Codes) -> Integers:
    """Return codes as (characters of 8 bits each, how many), shape (n, 2)."""
    scale = 37 ** np.arange(PLACES - 1, -1, -1, dtype=np.int64)
    digits = codes.astype(np.int64)[:, None] // scale % 37
    return packed(digits - 1, (digits > 0).sum(axis=1))


def _spread(
    text: str,
    error: float,
    limits: tuple[float, float, float],
    side: int,
    tables: Tables,
) -> Codes:
    from matching import kernels

    if not LOWEST <= limits[2] <= 1:
        raise ValueError(f"least is {limits[2]}: want {LOWEST} to 1")
    wrong = error * (1 - float(tables.shares[0].sum()))
    chars = np.zeros(PLACES, dtype=np.int64)
    chars[: len(text)] = numbers_of(text)
    room = room_for(_ROOM)
    while True:
        way = (1 - error, wrong, 0, side)
        n = kernels.spread(chars, len(text), limits, way, tables, room)
        if n >= 0:
            return np.unique(room.codes[:n]).astype(np.uint64)
        room = room_for(8 * room.codes.size)


def _chances(codes: Codes, plates: Integers, error: float, tables: Tables) -> Floats:
    from matching import kernels

    out = np.empty(codes.size)
    errors = np.full(codes.size, error)
    kernels.readings_given(codes.astype(np.int64), plates, errors, (tables, 0), out)
    return out


def _ranked(codes: Codes, chances: Floats, least: float) -> Near:
    order = np.lexsort((codes, -chances))
    order = order[chances[order] >= least]
    return Near(codes[order], chances[order])
