"""What enters and leaves watched areas, in order.

Each moving thing is followed from position to position. What happens between two
positions is not known: a fence that is crossed between them is neither entered nor
left, and one that begins around a thing is entered at the thing's next position.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.fences.index import Fences, Held
from geo.fences.parts import Numbers
from geo.fences.times import When, micros, micros_all, moment, one_for_all
from geo.fences.tracks import NO_THING, Tracks
from geo.layers import Indices
from geo.numbers import ranges

MOST_THINGS = 1_000_000
FEWEST_KNOWN = 1_024


class Way(StrEnum):
    """Which way a rim was crossed."""

    ENTER = "enter"
    LEAVE = "leave"


class Why(StrEnum):
    """Why a thing is now inside or outside.

    ``MOVED``: it is elsewhere, or the fence is. ``EXPIRED``: the fence ended around it.
    ``REMOVED``: the fence was taken out around it. ``FORGOTTEN``: nothing was heard of
    the thing, and it is followed no more.
    """

    MOVED = "moved"
    EXPIRED = "expired"
    REMOVED = "removed"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Crossing:
    """A thing has entered or left a fence.

    Attributes
    ----------
    thing, fence
        Their ids.
    way, why
        What happened.
    at
        When, UTC: the time of the position that shows it; of an expired fence its end.
    position
        Index of that position among those handed over, None where no position did.
    """

    thing: Hashable
    fence: Hashable
    way: Way
    why: Why
    at: datetime
    position: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What came of some positions.

    Attributes
    ----------
    crossings
        In the order of the positions; at one position first what was left, expired
        fences first of all, then what was entered, each in the order in which the
        fences were put in. Last what things leave that are forgotten.
    note
        What is wrong with each position in a word, empty for nothing, shape (n,): one
        of ``geo.fences.NOTES``, ``thing`` for what cannot be an id, or ``late`` for
        one older than its thing's last. A position with a note changes nothing.
    """

    crossings: tuple[Crossing, ...]
    note: NDArray[np.str_]


class _Seen(NamedTuple):
    """A thing at a time, when it was seen before, and at which position if at any."""

    thing: Hashable
    at: int
    before: int
    position: int | None = None

    def crossing(
        self, fence_id: Hashable, way: Way, why: Why, *, at: int | None = None
    ) -> Crossing:
        """Make a crossing of it."""
        when = moment(self.at if at is None else at)
        return Crossing(self.thing, fence_id, way, why, when, self.position)


class _Known(NamedTuple):
    """What a number stands for, also when the fence is gone."""

    id: Hashable
    until: int


class Crossings:
    """Follows things in and out of fences; any thread may hand over positions.

    A fence is known by its id: one that is replaced, or taken out and put in again,
    before a thing's next position is the same fence to it.

    Parameters
    ----------
    fences
        The fences, which may change at any time.
    most
        So many things are followed from one question to the next; of more, those
        longest silent are forgotten.

    Raises
    ------
    ValueError
        ``most`` is not positive.
    """

    def __init__(self, fences: Fences, *, most: int = MOST_THINGS) -> None:
        if most < 1:
            raise ValueError(f"most={most}: follow one thing at least")
        self._fences = fences
        self._most = most
        self._lock = Lock()
        self._tracks = Tracks()
        self._known: dict[int, _Known] = {}
        self._n_needed = 0

    def __len__(self) -> int:
        """Count the things that are followed."""
        return len(self._tracks)

    def inside(self, thing: Hashable) -> tuple[Hashable, ...]:
        """Give the ids of the fences that a thing was last seen inside of."""
        with self._lock:
            row = self._tracks.row(thing)
            numbers = [] if row is None else self._tracks.numbers_of(row)
            return tuple(self._known[number].id for number in numbers)

    def take(
        self, *, thing: Sequence[Hashable], lng: ArrayLike, lat: ArrayLike, at: When
    ) -> Taken:
        """Follow things to their next positions, in the order handed over.

        Parameters
        ----------
        thing
            Id of what is at each position, length n.
        lng, lat, at
            As in `geo.fences.Fences.holding`. Positions of one thing at one time count
            in the order given.

        Raises
        ------
        FenceRefused
            ``kind="time"``: one time for all, and it is none.
        ValueError
            Lengths differ.
        """
        things = thing.tolist() if isinstance(thing, np.ndarray) else list(thing)
        with self._lock:
            held = self._fences.holding(lng=lng, lat=lat, at=at)
            n = held.fault.size
            if len(things) != n:
                raise ValueError(f"{len(things)} things at {n} positions: want as many")
            moments = np.ascontiguousarray(np.broadcast_to(micros_all(at, n), n))
            note, row = held.note.astype("<U8"), np.full(n, NO_THING)
            usable = np.flatnonzero(held.fault == 0)
            row[usable] = self._tracks.rows_of([things[i] for i in usable.tolist()])
            note[usable[row[usable] == NO_THING]] = "thing"
            crossings, late = self._followed(held, row, moments)
            note[late] = "late"
            n_over = max(len(self._tracks) - self._most, 0)
            if n_over:
                crossings += self._forgotten(self._tracks.silent()[:n_over])
            self._tidy()
        return Taken(tuple(crossings), note)

    def settle(self, at: datetime) -> tuple[Crossing, ...]:
        """Let things leave the fences that have ended or been taken out by a time.

        For those of which no position comes. A position of theirs that is older than
        what they are told to have left is late from then on.

        Returns
        -------
        tuple of Crossing
            By time, then by which thing has been silent longest.

        Raises
        ------
        FenceRefused
            ``kind="time"``: no moment.
        """
        by, tracks = one_for_all(at), self._tracks
        crossings: list[Crossing] = []
        with self._lock:
            over = {n for n in tracks.all_numbers() if not self._is_on(n, by)}
            for row in tracks.silent(tracks.held_by(over)):
                before, numbers = int(tracks.last_at[row]), tracks.numbers_of(row)
                still = [number for number in numbers if number not in over]
                seen = _Seen(tracks.thing(row), max(by, before), before)
                left = self._left(numbers, self._ids(still), seen)
                tracks.last_at[row] = max(micros(crossing.at) for crossing in left)
                tracks.keep([row], np.array(still, np.int64), np.array([len(still)]))
                crossings += left
        return tuple(sorted(crossings, key=lambda crossing: crossing.at))

    def forget(self, before: datetime) -> tuple[Crossing, ...]:
        """Follow no more what was last seen before a time.

        Returns
        -------
        tuple of Crossing
            What they leave, at the time they were last seen; the thing that has been
            silent longest first.

        Raises
        ------
        FenceRefused
            ``kind="time"``: no moment.
        """
        by = one_for_all(before)
        with self._lock:
            silent = self._tracks.silent(self._tracks.last_at < by)
            return tuple(self._forgotten(silent))

    def _followed(
        self, held: Held, row: Indices, moments: Numbers
    ) -> tuple[list[Crossing], Indices]:
        """Bring things to their positions; returns crossings, and what came late."""
        from geo.fences.crossing_kernels import CROSSING, LATE, follow  # compiled code

        tracks = self._tracks
        begins = np.searchsorted(held.position, np.arange(row.size + 1))
        order = np.flatnonzero(row != NO_THING)
        order = order[np.argsort(row[order], kind="stable")]
        kept = (tracks.last_at, tracks.first, tracks.count, tracks.numbers)
        shown = follow(order, row, moments, (begins, held.number), kept)
        found, before, before_at = shown
        crossings: list[Crossing] = []
        crossed = np.flatnonzero(found == CROSSING)
        for i in crossed.tolist():
            thing = tracks.thing(int(row[i]))
            seen = _Seen(thing, int(moments[i]), int(before_at[i]), i)
            old = _stretch(held, begins, int(before[i]))
            old = tracks.numbers_of(int(row[i])) if old is None else old
            crossings += self._crossed(held, old, _stretch(held, begins, i) or [], seen)
        tracks.hear(row[(found != LATE) & (row != NO_THING)])
        # of each thing the last, which is the first from behind
        rows, last = np.unique(row[crossed][::-1], return_index=True)
        at = crossed[::-1][last]
        count = begins[at + 1] - begins[at]
        tracks.keep(rows, held.number[ranges(begins[at], count)], count)
        return crossings, np.flatnonzero(found == LATE)

    def _crossed(
        self, held: Held, old: list[int], now: list[int], seen: _Seen
    ) -> list[Crossing]:
        """List what a thing has left and entered at a position, in order."""
        come, gone = sorted(set(now).difference(old)), sorted(set(old).difference(now))
        for number, fence in held.named(come):
            self._known[number] = _Known(fence.id, fence.span[1])
        # an id that is among both is of a fence that was replaced
        ids_before, ids = self._ids(gone), self._ids(come)
        return self._left(gone, ids, seen) + [
            seen.crossing(self._known[number].id, Way.ENTER, Why.MOVED)
            for number in come
            if self._known[number].id not in ids_before
        ]

    def _left(
        self, old: list[int], still: Collection[Hashable], seen: _Seen
    ) -> list[Crossing]:
        """List what a thing has left, in order: expired fences first, by their end."""
        left = []
        for number in old:
            fence_id, until = self._known[number]
            if fence_id in still:
                continue
            fence = self._fences.get(fence_id)
            until = until if fence is None else fence.span[1]
            if until <= seen.at:
                left.append((0, max(until, seen.before), number, Why.EXPIRED))
            else:
                why = Why.REMOVED if fence is None else Why.MOVED
                left.append((1, seen.at, number, why))
        return [
            seen.crossing(self._known[number].id, Way.LEAVE, why, at=at)
            for _, at, number, why in sorted(left)
        ]

    def _forgotten(self, rows: list[int]) -> list[Crossing]:
        """Follow some things no more; returns what they leave."""
        tracks = self._tracks
        crossings = []
        for row in rows:
            at = int(tracks.last_at[row])
            seen = _Seen(tracks.thing(row), at, at)
            crossings += [
                seen.crossing(self._known[number].id, Way.LEAVE, Why.FORGOTTEN)
                for number in tracks.numbers_of(row)
            ]
        tracks.drop(rows)
        return crossings

    def _is_on(self, number: int, by: int) -> bool:
        """Say whether a fence that held something is there and has not ended."""
        fence = self._fences.get(self._known[number].id)
        return fence is not None and fence.span[1] > by

    def _ids(self, numbers: Iterable[int]) -> set[Hashable]:
        return {self._known[number].id for number in numbers}

    def _tidy(self) -> None:
        """Drop what is known of numbers that nothing is inside of."""
        if len(self._known) > 2 * self._n_needed + FEWEST_KNOWN:
            numbers = self._tracks.all_numbers()
            self._known = {number: self._known[number] for number in numbers}
            self._n_needed = len(self._known)


def _stretch(held: Held, begins: Numbers, position: int) -> list[int] | None:
    """Give the numbers of the fences that hold a position, None for no position."""
    if position < 0:
        return None
    numbers: list[int] = held.number[begins[position] : begins[position + 1]].tolist()
    return numbers
