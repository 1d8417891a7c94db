"""Live watched areas, and which of them hold a position at a time.

Fences come and go while positions stream past. A question is answered by an unchanging
view of all fences, made when the first question after a change comes: every answer is
of one moment, and threads do not wait for each other.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.crs import FAULTS, Bounds, diagnose_all, is_in_taiwan, require_degrees
from geo.errors import FenceRefused
from geo.fences.areas import Area, Circle, Corridor, Fence, Region
from geo.fences.boxes import Boxes
from geo.fences.ends import Ends
from geo.fences.parts import Numbers
from geo.fences.times import LOST, Micros, When, micros_all, one_for_all
from geo.layers import Floats, Indices
from geo.numbers import columns_of

__all__ = [
    "NOTES",
    "Area",
    "Circle",
    "Corridor",
    "Fence",
    "Fences",
    "Held",
    "Region",
]

NOTES = (*FAULTS, "time")
"""What can be wrong with a position; the first, empty, is nothing."""

Values = NDArray[Any]
View = Any
"""`geo.fences.views.View`, which is imported when first asked: compiled code is slow
to load, and most runs of the program watch nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Which fences hold which positions.

    Attributes
    ----------
    position, number
        Index of each position that a fence holds, and the number of that fence,
        shape (m,): by position, then in the order in which the fences were put in.
        A fence gets a new number when it is put in or replaced.
    fault
        Index into ``NOTES`` of what is wrong with each position, shape (n,). One with
        a fault is held by no fence.
    """

    position: Indices
    number: Numbers
    fault: NDArray[np.int8]
    _view: View = field(repr=False)

    def __len__(self) -> int:
        return self.position.size

    @property
    def pairs(self) -> Numbers:
        """Positions in the first row and numbers of fences in the second, (2, m)."""
        return np.stack((self.position, self.number))

    @property
    def note(self) -> NDArray[np.str_]:
        """What is wrong with each position in a word, empty for nothing, shape (n,)."""
        return np.array(NOTES)[self.fault]

    @property
    def fences(self) -> tuple[Fence, ...]:
        """The fence of each pair, as it was when the question was asked."""
        return tuple([fence for _, fence in self.named(self.number.tolist())])

    def named(self, numbers: Iterable[int]) -> Iterator[tuple[int, Fence]]:
        """Give each number with its fence; numbers that are among ``number``."""
        return ((number, self._view.fence(number)) for number in numbers)

    @property
    def ids(self) -> tuple[Hashable, ...]:
        """The id of the fence of each pair."""
        return tuple(fence.id for fence in self.fences)


class Fences:
    """Fences that can be put in, replaced and taken out at any time, by any thread.

    Parameters
    ----------
    fences
        The first ones.

    Raises
    ------
    FenceRefused
        ``kind="duplicate"``: an id twice; ``kind="area"``: what is no `Fence`.
    """

    def __init__(self, fences: Iterable[Fence] = ()) -> None:
        self._lock = Lock()
        self._live: dict[int, Fence] = {}
        self._numbers: dict[Hashable, int] = {}
        self._next = 0
        self._boxes = Boxes()
        self._ends = Ends()
        self._view: View = None  # None when something has changed since the last
        self._last_view: View = None
        self._new: dict[int, Fence] = {}
        self._gone: list[int] = []
        self.insert_all(fences)

    def __len__(self) -> int:
        return len(self._live)

    def __contains__(self, fence_id: Hashable) -> bool:
        return fence_id in self._numbers

    def __getitem__(self, fence_id: Hashable) -> Fence:
        """Return the fence with this id.

        Raises
        ------
        FenceRefused
            ``kind="unknown"``.
        """
        with self._lock:
            return self._live[self._number_of(fence_id)]

    def get(self, fence_id: Hashable) -> Fence | None:
        """Return the fence with this id, None if there is none."""
        with self._lock:
            number = self._numbers.get(fence_id)
            return None if number is None else self._live[number]

    def __iter__(self) -> Iterator[Fence]:
        """Go through the fences as they are now, in the order they were put in."""
        with self._lock:
            return iter(list(self._live.values()))

    def insert(self, fence: Fence) -> None:
        """Put in a fence; the next question sees it.

        Raises
        ------
        FenceRefused
            ``kind="duplicate"``: a fence has this id already.
        """
        self.insert_all((fence,))

    def insert_all(self, fences: Iterable[Fence]) -> None:
        """Put in several fences, in this order; all of them or none.

        Raises
        ------
        FenceRefused
            ``kind="duplicate"``: an id is in use already, or twice among these.
        """
        several = list(fences)
        with self._lock:
            _refuse_duplicates(several, self._numbers)
            for fence in several:
                self._put(fence)

    def replace(self, fence: Fence) -> Fence:
        """Put a fence in the place of the one with the same id.

        It counts as put in last. No question finds both, and none finds neither.

        Returns
        -------
        Fence
            The one that was there.

        Raises
        ------
        FenceRefused
            ``kind="unknown"``: there is no fence with this id.
        """
        with self._lock:
            before = self._drop(self._number_of(fence.id))
            self._put(fence)
        return before

    def delete(self, fence_id: Hashable) -> Fence:
        """Take out a fence and return it; the next question does not see it.

        Raises
        ------
        FenceRefused
            ``kind="unknown"``: there is no fence with this id.
        """
        with self._lock:
            return self._drop(self._number_of(fence_id))

    def expire(self, at: datetime) -> tuple[Hashable, ...]:
        """Take out the fences whose ``until`` is not after a time.

        They hold nothing from then on anyway; this frees what they take up.

        Returns
        -------
        tuple
            Their ids, in the order they were put in.

        Raises
        ------
        FenceRefused
            ``kind="time"``: no moment.
        """
        moment = one_for_all(at)
        with self._lock:
            ended = self._ends.ended(moment)
            return tuple(self._drop(number).id for number in ended)

    def holding(self, *, lng: ArrayLike, lat: ArrayLike, at: When) -> Held:
        """Find the fences that hold each position at its time.

        Never raises for bad rows: ``Held.note`` says what is wrong with each.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees, shape (n,); n may be 0.
        at
            One time for all, or one for each: `geo.fences.times.micros_all` says in
            which forms. Where times are given for each, a bad one is the row's fault.

        Raises
        ------
        FenceRefused
            ``kind="time"``: one time for all, and it is none.
        ColumnsRefused
            Arrays of different length.
        """
        x, y = columns_of(lng, lat)
        moments = micros_all(at, x.size)
        fault = _faults(x, y, moments)
        view = self._view or self._viewed()
        usable = np.flatnonzero(fault == 0)
        position, number = view.find(_degrees(x, y, usable), moments, usable)
        return Held(position, number, fault, view)

    def holding_one(
        self, *, lng: float, lat: float, at: datetime | float
    ) -> tuple[Hashable, ...]:
        """Give the ids of the fences that hold one position.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees.
        at
            An aware time, or seconds since 1970.

        Returns
        -------
        tuple
            In the order in which the fences were put in.

        Raises
        ------
        CoordinateRefused
            No place in Taiwan's bounds.
        FenceRefused
            ``kind="time"``: no moment.
        """
        if not (type(lng) is type(lat) is float and is_in_taiwan(lng=lng, lat=lat)):
            require_degrees(lng=lng, lat=lat)
        view = self._view or self._viewed()
        found = view.find_one(float(lng), float(lat), one_for_all(at))
        return tuple([fence.id for fence in found])

    def meeting(self, bounds: Bounds) -> tuple[Hashable, ...]:
        """Give the ids of the fences whose boxes meet a box, such as that of a map.

        A fence's box may be a little wider than its area. Time does not count.

        Parameters
        ----------
        bounds
            WGS 84 degrees, edges included.

        Returns
        -------
        tuple
            In the order in which the fences were put in.

        Raises
        ------
        ValueError
            The box is none: an edge is not finite, or west lies east of east.
        """
        west, south, east, north = bounds
        if not (-np.inf < west <= east < np.inf and -np.inf < south <= north < np.inf):
            raise ValueError(f"{bounds} is no box: west <= east and south <= north")
        with self._lock:
            return tuple(
                self._live[number].id for number in self._boxes.meeting(bounds)
            )

    def _viewed(self) -> View:
        """Make the view of now, unless another thread has just made it."""
        from geo.fences.views import EMPTY_VIEW  # compiled code: see `View`

        with self._lock:
            if self._view is None:
                before = self._last_view or EMPTY_VIEW
                self._last_view = before.changed(self._new, self._gone)
                self._new, self._gone = {}, []
                self._view = self._last_view
            return self._view

    def _number_of(self, fence_id: Hashable) -> int:
        try:
            return self._numbers[fence_id]
        except (KeyError, TypeError):
            raise FenceRefused(
                f"there is no fence {fence_id!r} among {len(self._live)}: `insert` "
                "it first",
                kind="unknown",
            ) from None

    def _put(self, fence: Fence) -> None:
        number = self._next
        self._next += 1
        self._live[number] = self._new[number] = fence
        self._numbers[fence.id] = number
        self._boxes.put(number, fence.area)
        self._ends.put(number, fence)
        self._view = None

    def _drop(self, number: int) -> Fence:
        fence = self._live.pop(number)
        del self._numbers[fence.id]
        if self._new.pop(number, None) is None:
            self._gone.append(number)
        self._boxes.drop(number)
        self._ends.drop(number)
        self._view = None
        return fence


def _refuse_duplicates(several: list[Fence], known: dict[Hashable, int]) -> None:
    seen = set()
    for fence in several:
        if not isinstance(fence, Fence):
            raise FenceRefused(
                f"a {type(fence).__name__} is no fence: give a Fence", kind="area"
            )
        if fence.id in known or fence.id in seen:
            raise FenceRefused(
                f"there is a fence {fence.id!r} already: `replace` it, or give "
                "another id",
                kind="duplicate",
            )
        seen.add(fence.id)


def _faults(lng: Values, lat: Values, moments: Micros) -> NDArray[np.int8]:
    """Find what is wrong with each position, an index into ``NOTES``."""
    fault = diagnose_all(lng, lat)
    fault[(fault == 0) & (moments == LOST)] = NOTES.index("time")
    return fault


def _degrees(lng: Values, lat: Values, usable: Indices) -> Floats:
    """Give the usable places as floats, shape (2, n), and 0 for the others."""
    places = np.zeros((2, lng.size))
    if usable.size == lng.size:
        places[0], places[1] = lng, lat
    else:
        places[0, usable], places[1, usable] = lng[usable], lat[usable]
    return places
