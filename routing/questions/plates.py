"""Reads of plates that are not known for sure: misread, or with characters missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.plate_codes import ALPHABET, BASE, PLACES, Codes, prefix_range
from data.reads.answers import NO_LIMITS, USUAL, Answer, Cut, Limits
from data.reads.columns import Floats, Reads, joined
from data.reads.names import no_reads_of
from data.reads.protocol import ReadsSource
from matching.near import CONFUSABLE, Near, readings_of
from matching.plates import ANY, plain_pattern
from routing.questions.spans import Watch

MOST_PLATES = 10_000
"""With more plates that fit a pattern, only so many are looked up."""

MOST_TRIED = 36**2
"""So many plates are tried one by one, seen or not, rather than looked for."""

WELL_KNOWN = 3
"""Plates with so many characters in front are few, and stand side by side."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Some n reads, in order of time, and how likely a plate is read so, shape (n,)."""

    reads: Reads
    probability: Floats


class Likely:
    """Reads with some of many readings, in order of time, piece by piece.

    ``cut`` says in the end whether a limit bit. To cancel, stop asking for pieces.
    """

    def __init__(self, answer: Answer, near: Near) -> None:
        order = np.argsort(near.codes)
        self._codes, self._probabilities = near.codes[order], near.probabilities[order]
        self._answer = answer

    @property
    def cut(self) -> Cut | None:
        """The limit that bit, once the last piece was given."""
        return self._answer.cut

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Found:
        return self._found(next(self._answer))

    def all(self) -> Found:
        """Return all pieces as one."""
        return self._found(self._answer.all())

    def _found(self, reads: Reads) -> Found:
        at = np.searchsorted(self._codes, reads.plate)
        return Found(reads, self._probabilities[at])


def fuzzy(
    archive: ReadsSource,
    plate: str,
    *,
    least: float = CONFUSABLE,
    since: datetime | None = None,
    until: datetime | None = None,
    limits: Limits = USUAL,
) -> Likely:
    """Find the reads that may be of a plate, each with how likely it is read so.

    Parameters
    ----------
    least
        The least probable reading that counts, `matching.near.LOWEST` to 1; see
        `matching.near.WIDE`.

    Raises
    ------
    PlateRefused
        No plain plate.
    ValueError
        ``least`` is out of range.
    """
    near = readings_of(plate, least=least)
    return by_near(archive, near, since=since, until=until, limits=limits)


def by_near(
    archive: ReadsSource,
    near: Near,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limits: Limits = USUAL,
) -> Likely:
    """Find the reads with some of many readings, each with its probability.

    With `matching.near.plates_near`, those of plates that a reading may have been.
    """
    answer = archive.by_plates(near.codes, since=since, until=until, limits=limits)
    return Likely(answer, near)


class Matches:
    """Reads of plates that fit a pattern, in order of time, piece by piece.

    ``cut`` says in the end whether a limit bit: ``rows``, ``time``, or ``plates`` when
    more plates fit than are looked up; those first in order of text were. To cancel,
    stop asking for pieces.
    """

    def __init__(
        self,
        archive: ReadsSource,
        pattern: str,
        times: tuple[datetime | None, datetime | None],
        limits: Limits,
        most_plates: int,
    ) -> None:
        self._archive = archive
        self._pattern = pattern
        self._times = times
        self._most_plates = most_plates
        self._own_cut: Cut | None = None
        self._watch = Watch(limits)
        self._answer = Answer(self._pieces(), limits)

    @property
    def cut(self) -> Cut | None:
        """The limit that bit, once the last piece was given."""
        return self._answer.cut or self._own_cut

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Reads:
        return next(self._answer)

    def all(self) -> Reads:
        """Return all pieces as one."""
        pieces = list(self)
        return joined(pieces) if pieces else no_reads_of(self._archive.names)

    def _pieces(self) -> Iterator[Reads]:
        codes = self._candidates()
        if codes.size > self._most_plates:
            self._own_cut = Cut("plates", self._most_plates)
            codes = codes[: self._most_plates]
        since, until = self._times
        yield from self._archive.by_plates(
            codes, since=since, until=until, limits=NO_LIMITS
        )

    def _candidates(self) -> Codes:
        pattern = self._pattern
        prefix = pattern.split(ANY)[0]
        tried = 36 ** pattern.count(ANY)
        is_few = tried <= min(MOST_TRIED, self._most_plates)
        if is_few and len(prefix) < WELL_KNOWN:
            return written_out(pattern)
        if prefix:
            codes = self._archive.plates_between(*prefix_range(prefix))
            return fitting(codes, pattern=pattern)
        return self._archive.plates_where(self._kept)

    def _kept(self, codes: Codes) -> Codes:
        self._own_cut = self._own_cut or self._watch.cut()
        return codes[:0] if self._own_cut else fitting(codes, pattern=self._pattern)


def wildcard(
    archive: ReadsSource,
    pattern: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limits: Limits = USUAL,
    most_plates: int = MOST_PLATES,
) -> Matches:
    """Find the reads of plates with unknown characters, ``?`` each, as ``BKD-58??``.

    Dashes, width and case are as `matching.plates.plain` has them. As many characters
    are unknown as there are ``?``, neither more nor fewer.

    Raises
    ------
    PlateRefused
        Fewer than 3 characters are known, or it is no plate.
    """
    whole = plain_pattern(pattern)
    return Matches(archive, whole, (since, until), limits, most_plates)


def written_out(pattern: str) -> Codes:
    """Return the codes of all plates that fit a plain pattern, seen or not, sorted."""
    codes = np.zeros(1, dtype=np.uint64)
    for values, weight in zip(_values_of(pattern), _weights(), strict=False):
        codes = (codes[:, None] + values * weight).ravel()
    return codes


def fitting(codes: Codes, *, pattern: str) -> Codes:
    """Keep the codes that fit a plain pattern, in their order."""
    for values, weight in zip(_values_of(pattern), _weights(), strict=False):
        if values.size == 1:
            codes = codes[codes // weight % np.uint64(BASE) == values[0]]
    # a text ends where its places are 0
    unit = np.uint64(BASE ** (PLACES - len(pattern)))
    is_whole = (codes % unit == 0) & (codes % (unit * np.uint64(BASE)) != 0)
    kept: Codes = codes[is_whole]
    return kept


def _values_of(pattern: str) -> Iterator[NDArray[np.uint64]]:
    """Give what may stand at each place, as `data.plate_codes` counts it."""
    anything = np.arange(1, BASE, dtype=np.uint64)
    for character in pattern:
        at = ALPHABET.find(character)
        yield anything if character == ANY else anything[at : at + 1]


def _weights() -> list[np.uint64]:
    return [np.uint64(BASE ** (PLACES - 1 - place)) for place in range(PLACES)]
