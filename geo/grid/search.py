"""Find the boundaries that cover a point at the price of one look into a table.

The plane is cut into square cells. Most lie within one boundary: the table has the
answer. The others name the one or two segments that pass through them, or point to
smaller cells. Sides of cells are powers of two of a degree and all tests are exact, so
the answer is that of the polygons for every point, on lines and corners included.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.grid.answers import NOTHING, Numbers
from geo.grid.cells import FAN, STEP
from geo.grid.one import one_by_one
from geo.grid.parts import (
    CHAIN,
    CHILD,
    IS_EITHER,
    LAST_BITS,
    ON,
    PAIR,
    STAR,
    Parts,
    arrays_of,
)
from geo.layers import Floats
from geo.orientation import turn

MANY = 20_000
"""Points for which loading the compiled look-up pays."""
SHARED_OUT = 200_000
"""Points for which a second thread pays."""
UNDECIDED = -1
UNDECIDED_MEANING = -2


class Grid:
    """An immutable index of some layers; safe to share between threads.

    Parameters
    ----------
    parts
        What `geo.grid.building.build` made, in memory or mapped from a file.
    """

    def __init__(self, parts: Parts) -> None:
        for array in arrays_of(parts).values():
            array.flags.writeable = False
        self.parts = parts
        self.answers = parts.answers
        self.look_up_one = one_by_one(parts)

    @property
    def nbytes(self) -> int:
        """Size of all tables."""
        return sum(array.nbytes for array in arrays_of(self.parts).values())

    def look_up(self, *, lng: Floats, lat: Floats, threads: int = 1) -> Numbers:
        """Find the answer of each point.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees, shape (n,); a pair with NaN is covered by none.
        threads
            How many to use for many points.

        Returns
        -------
        ndarray of int32, shape (n,)
            Index into ``answers``; -1 where no cell decides, which happens for
            malformed boundaries only.
        """
        if lng.size < MANY:
            return self.look_up_plainly(lng=lng, lat=lat)
        return self._compiled((), lng, lat, threads)[0]

    def meanings(
        self,
        columns: Sequence[NDArray[np.integer]],
        *,
        lng: Floats,
        lat: Floats,
        threads: int = 1,
    ) -> Numbers:
        """Find what the answer of each point means, in several ways at once.

        Parameters
        ----------
        columns
            What each answer means, such as ``answers.county``; int32 is enough.
        lng, lat, threads
            As in `look_up`.

        Returns
        -------
        ndarray of int32, shape (columns, n)
            -2 where no cell decides.
        """
        if lng.size < MANY:
            answer = self.look_up_plainly(lng=lng, lat=lat)
            found = np.array([column[answer] for column in columns], dtype=np.int32)
            found[:, answer == UNDECIDED] = UNDECIDED_MEANING
            return found
        return self._compiled(columns, lng, lat, threads)[1]

    def _compiled(
        self,
        columns: Sequence[NDArray[np.integer]],
        lng: Floats,
        lat: Floats,
        threads: int,
    ) -> tuple[Numbers, Numbers]:
        from geo.grid.kernels import look_up  # takes half a second to import

        x, y = _frozen(lng), _frozen(lat)
        leads = np.empty((len(columns), x.size), dtype=np.int32)
        # new memory costs as much as an answer: use none twice
        out = leads[0] if columns else np.empty(x.size, dtype=np.int32)
        meant = np.zeros((len(columns), self.answers.county.size), dtype=np.int32)
        for row, column in zip(meant, columns, strict=True):
            row[:] = column
        tables = (*_compiled_form(self.parts), meant)

        def run(a: int, b: int) -> None:
            look_up(x[a:b], y[a:b], out[a:b], leads[:, a:b], tables)

        if threads == 1 or x.size < SHARED_OUT:
            run(0, x.size)
            return out, leads
        ends = np.linspace(0, x.size, threads + 1).astype(int).tolist()
        with ThreadPoolExecutor(threads) as pool:
            for part in [pool.submit(run, a, b) for a, b in pairwise(ends)]:
                part.result()
        return out, leads

    def look_up_plainly(self, *, lng: Floats, lat: Floats) -> Numbers:
        """Find the answer of each point with NumPy alone; see `look_up`."""
        parts, box = self.parts, self.parts.box
        side = 0.5**box.bits
        is_within = (lng >= box.west * side) & (lng < (box.west + box.width) * side)
        is_within &= (lat >= box.south * side) & (lat < (box.south + box.height) * side)
        found = np.full(lng.size, NOTHING, dtype=np.int32)
        left = np.flatnonzero(is_within)
        x, y = lng[left], lat[left]
        # exact: multiplying by a power of two rounds nothing
        column = (x * 2.0**LAST_BITS).astype(np.int64)
        row = (y * 2.0**LAST_BITS).astype(np.int64)
        down = LAST_BITS - box.bits
        position = ((row >> down) - box.south) * box.width + (column >> down) - box.west
        code = parts.cells[position]
        shift = down
        while (is_cut := (code < 0) & (~code & 7 == CHILD)).any():
            shift -= STEP
            at = np.flatnonzero(is_cut)
            part = (row[at] >> shift & FAN - 1) * FAN + (column[at] >> shift & FAN - 1)
            first = box.width * box.height + (~code[at] >> 3).astype(np.int64) * FAN**2
            code[at] = parts.cells[first + part]
        for kind, decide in ((CHAIN, _in_chains), (STAR, _in_stars), (PAIR, _in_pairs)):
            at = np.flatnonzero((code < 0) & (~code & 7 == kind))
            code[at] = decide(parts, ~code[at] >> 3, x[at], y[at])
        found[left] = np.where(code < 0, UNDECIDED, code)
        return found


def _frozen(values: Floats) -> Floats:
    """Return a view that cannot be written: compiled code is made once per kind."""
    view = np.ascontiguousarray(values, dtype=np.float64).view()
    view.flags.writeable = False
    return view


def _in_chains(parts: Parts, index: Numbers, x: Floats, y: Floats) -> Numbers:
    rows = parts.chains[index]
    numbers = rows.view(np.int32)
    px, py = x - rows[:, 0], y - rows[:, 1]
    first = turn(rows[:, 2], rows[:, 3], px, py)
    second = turn(rows[:, 4], rows[:, 5], px, py)
    is_either = numbers[:, IS_EITHER] != 0
    way = np.where(is_either, np.maximum(first, second), np.minimum(first, second))
    return np.asarray(numbers[np.arange(x.size), ON - way], dtype=np.int32)


def _in_stars(parts: Parts, index: Numbers, x: Floats, y: Floats) -> Numbers:
    stars = parts.stars
    begin, stop = stars.first[index], stars.first[index + 1]
    px, py = x - stars.vertex[index, 0], y - stars.vertex[index, 1]
    found = np.where((px == 0) & (py == 0), stars.at_vertex[index], UNDECIDED)
    for nth in range(int((stop - begin).max(initial=0))):
        at = np.flatnonzero((begin + nth < stop) & (found == UNDECIDED))
        ray = begin[at] + nth
        after = np.where(ray + 1 < stop[at], ray + 1, begin[at])
        side, next_side = (
            turn(stars.rays[r, 0], stars.rays[r, 1], px[at], py[at])
            for r in (ray, after)
        )
        ahead = stars.rays[ray, 0] * px[at] + stars.rays[ray, 1] * py[at]
        is_after, is_before = side > 0, next_side < 0
        is_in = np.where(stars.is_wide[ray], is_after | is_before, is_after & is_before)
        is_on = (side == 0) & (ahead > 0)
        answer = np.where(is_on, stars.answers[ray, 1], stars.answers[ray, 0])
        found[at] = np.where(is_on | is_in, answer, UNDECIDED)
    return np.asarray(found, dtype=np.int32)


def _in_pairs(parts: Parts, index: Numbers, x: Floats, y: Floats) -> Numbers:
    lines = parts.pairs.lines[index].T
    first = turn(lines[2], lines[3], x - lines[0], y - lines[1])
    second = turn(lines[6], lines[7], x - lines[4], y - lines[5])
    found: Numbers = parts.pairs.answers[index, 3 * (first + 1) + second + 1]
    return found


def _compiled_form(parts: Parts) -> tuple[Any, Any]:
    """Arrange the tables as the compiled look-up wants them."""
    box, stars, pairs = parts.box, parts.stars, parts.pairs
    frame = (box.bits, LAST_BITS, box.west, box.south, box.width, box.height)
    rays = (stars.first, stars.rays, stars.is_wide, stars.answers, stars.at_vertex)
    chains = (parts.chains, parts.chains.view(np.int32))
    tables = (parts.cells, chains, (stars.vertex, *rays), (pairs.lines, pairs.answers))
    return frame, tables
