"""All fences as they are at one moment, and how the next moment is made of the last.

A view never changes, so any number of threads may ask it at once. Changes since the
last one are few: new fences go into a small half beside the main one, and what is gone
is switched off. When the small half has grown, both become one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from geo.fences.areas import Fence
from geo.fences.cells import Watch, watch_of
from geo.fences.cutting import parts_of
from geo.fences.kernels import find, find_one
from geo.fences.order import curve_of, nearby_order
from geo.fences.parts import NO_PARTS, Flags, Numbers, Parts, joined, kept
from geo.fences.rims import holds
from geo.fences.times import Micros
from geo.layers import Floats, Indices
from geo.numbers import ranges

MANY_PARTS, MANY_PLACES = 10_000, 500
"""From here on positions are put in order first: it costs less than it saves."""

Numbered = Mapping[int, Fence]

FEWEST_RECENT = 256
"""The small half may have so many parts in any case."""
RECENT_ROOTS = 3.0
"""And so many times the root of the parts of the main one: then making the small one
anew at every question costs about as much as making the main one when it is full."""


@dataclass(frozen=True, slots=True)
class Half:
    """Some fences, their parts, and the watch made of them.

    Attributes
    ----------
    fences
        By number, those that are switched off included.
    parts, watch
        If they are many, those close to each other on the map stand close together.
    number, part
        Of each part in ascending order the number of its fence, and which part it is.
    """

    fences: Numbered
    parts: Parts
    watch: Watch
    number: Numbers
    part: Indices

    def without(self, gone: Numbers) -> "Half":
        """Switch off what is gone; numbers that are not here are left alone."""
        first = np.searchsorted(self.number, gone)
        end = np.searchsorted(self.number, gone, side="right")
        if not (end > first).any():
            return self
        is_on = self.watch.is_on.copy()
        is_on[self.part[ranges(first, end - first)]] = False
        return replace(self, watch=self.watch._replace(is_on=is_on))

    def with_more(self, fences: Numbered, parts: Parts) -> "Half":
        """Add fences, all with greater numbers, and drop what is switched off."""
        is_on = self.watch.is_on
        off = np.unique(self.parts.number[~is_on]).tolist()
        still = dict(self.fences)
        for number in off:
            del still[number]
        left = kept(self.parts, np.flatnonzero(is_on)) if off else self.parts
        return half_of(still | dict(fences), joined((left, parts)))


def half_of(fences: Numbered, parts: Parts) -> Half:
    """Put the parts of some fences into cells."""
    if len(parts) >= MANY_PARTS:
        middle = (parts.box[:, :2] + parts.box[:, 2:]) / 2
        parts = kept(parts, np.argsort(curve_of(*middle.T), kind="stable"))
    number = parts.number.astype(np.int64)
    part = np.argsort(number, kind="stable")
    return Half(fences, parts, watch_of(parts), number[part], part)


@dataclass(frozen=True, slots=True)
class View:
    """Fences as they are at one moment: all numbers of the recent ones are greater."""

    main: Half
    recent: Half

    def changed(self, new: Numbered, gone: Sequence[int]) -> "View":
        """Return the view after some fences have come and others have gone.

        Parameters
        ----------
        new
            With numbers greater than all so far.
        gone
            Numbers of fences that were there.
        """
        numbers = np.sort(np.array(gone, np.int64))
        main, recent = self.main.without(numbers), self.recent.without(numbers)
        recent = recent.with_more(new, parts_of(list(new.items())))
        n_most = max(FEWEST_RECENT, RECENT_ROOTS * sqrt(len(main.parts)))
        is_half_off = 2 * np.count_nonzero(main.watch.is_on) < len(main.parts)
        if len(recent.parts) > n_most or is_half_off:
            return View(main.with_more(recent.fences, recent.parts), NOTHING)
        return View(main, recent)

    def fence(self, number: int) -> Fence:
        """Return the fence with a number that this view has found."""
        half = self.recent if number in self.recent.fences else self.main
        return half.fences[number]

    def find(
        self, places: Floats, at: Micros, usable: Indices
    ) -> tuple[Indices, Numbers]:
        """Find the fences that hold each position.

        Parameters
        ----------
        places
            Longitudes and latitudes, WGS 84 degrees, shape (2, n).
        at
            Shape (n,) or (1,), microseconds since 1970.
        usable
            Index of each position in Taiwan's bounds that has a time, ascending; others
            are held by nothing.

        Returns
        -------
        (position, number)
            Pairs of the index of a position and the number of a fence, ascending, both
            shape (m,).
        """
        position, found = _ordered(self.main, places, at, usable)
        if len(self.recent.parts):
            of, more = _ordered(self.recent, places, at, usable)
            position = np.concatenate((position, of))
            order = np.argsort(position, kind="stable")
            position, found = position[order], np.concatenate((found, more))[order]
        number, doubted = found >> 1, np.flatnonzero(found & 1)
        if doubted.size:
            is_held = np.full(number.size, True)
            where = position[doubted]
            is_held[doubted] = self._decided(number[doubted], places[:, where])
            position, number = position[is_held], number[is_held]
        return position, number

    def find_one(self, lng: float, lat: float, at: int) -> list[Fence]:
        """Find the fences that hold a position in Taiwan's bounds, in their order."""
        found = find_one(self.main.watch, lng, lat, at).tolist()
        if len(self.recent.parts):
            found += find_one(self.recent.watch, lng, lat, at).tolist()
        known, new = self.main.fences, self.recent.fences
        fences = [known.get(one >> 1) or new[one >> 1] for one in found]
        for i in range(len(found) - 1, -1, -1):
            if found[i] & 1 and not _holds(fences[i], lng, lat):
                del fences[i]
        return fences

    def _decided(self, number: Numbers, places: Floats) -> Flags:
        is_held = np.empty(number.size, np.bool_)
        for one in np.unique(number).tolist():
            of = number == one
            lng, lat = places[:, of]
            is_held[of] = holds(self.fence(one).area, lng=lng, lat=lat)
        return is_held


def _ordered(
    half: Half, places: Floats, at: Micros, usable: Indices
) -> tuple[Indices, Numbers]:
    """Ask a half about positions in an order that its memory likes."""
    every = np.arange(places.shape[1])
    if len(half.parts) < MANY_PARTS or usable.size < MANY_PLACES:
        found, count = find(half.watch, places, at, usable)
        return np.repeat(every, count), found
    order = usable[nearby_order(*places[:, usable])]
    found, count = find(half.watch, places, at, order)
    first = np.zeros_like(count)
    first[order] = np.cumsum(count[order]) - count[order]
    return np.repeat(every, count), found[ranges(first, count)]


def _holds(fence: Fence, lng: float, lat: float) -> bool:
    return bool(holds(fence.area, lng=np.array([lng]), lat=np.array([lat]))[0])


NOTHING = half_of({}, NO_PARTS)
EMPTY_VIEW = View(NOTHING, NOTHING)
