"""Cells that hold a star: segments that all meet in one vertex.

The rays go round the vertex to the left, each with the sector that follows it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.grid.answers import Numbers
from geo.grid.cells import Cells, Flags
from geo.grid.chains import directed
from geo.grid.seams import Seams
from geo.grid.sets import Sets
from geo.layers import Floats, Indices
from geo.orientation import turn


@dataclass(frozen=True, slots=True)
class Stars:
    """Stars.

    Attributes
    ----------
    vertex
        Shape (n, 2).
    first
        The rays of each: ``first[i]`` up to ``first[i + 1]``, shape (n + 1,).
    rays
        Directions away from the vertex, shape (m, 2), going round to the left.
    is_wide
        Whether the sector after the ray is wider than half a turn, shape (m,).
    answers
        In the sector after each ray, and on the ray, shape (m, 2).
    at_vertex
        Shape (n,).
    """

    vertex: Floats
    first: Numbers
    rays: Floats
    is_wide: Flags
    answers: Numbers
    at_vertex: Numbers


def stars_of(
    seams: Seams, cells: Cells, vertex: Indices, around: Indices, sets: Sets
) -> tuple[Stars, Flags]:
    """Describe the stars of cells whose segments all meet in a vertex.

    Returns
    -------
    (stars, is_clear)
        In the order of the cells; where two rays cannot be told apart by their
        angle, or a boundary comes back to the vertex, ``is_clear`` is False and the
        star must not be used.
    """
    of = np.repeat(np.arange(len(cells)), cells.counts)
    x, y, out_left, out_right = directed(seams, cells.seams, vertex[of])
    order = np.lexsort((np.arctan2(y, x), of))
    dx, dy = x[order], y[order]
    left, right = out_left[order], out_right[order]
    after = np.arange(of.size) + 1
    after[cells.first[1:] - 1] = cells.first[:-1]
    ways = turn(dx, dy, dx[after], dy[after])
    is_clear = _is_once_round(cells, np.column_stack((dx, dy)), ways)
    fans = [
        _fan(sets, around[i], left[a:b].tolist(), right[a:b].tolist())
        for i, (a, b) in enumerate(pairwise(cells.first.tolist()))
    ]
    is_first = seams.from_vertex[cells.seams] == vertex[of]
    corner = np.where(
        is_first[:, None], seams.start[cells.seams], seams.end[cells.seams]
    )
    stars = Stars(
        vertex=corner[cells.first[:-1]],
        first=cells.first.astype(np.int32),
        rays=np.column_stack((dx, dy)),
        is_wide=ways < 0,
        answers=np.array(
            [row for fan, _ in fans for row in fan], dtype=np.int32
        ).reshape(-1, 2),
        at_vertex=np.array([at for _, at in fans], dtype=np.int32),
    )
    return stars, is_clear


def _is_once_round(cells: Cells, rays: Floats, ways: NDArray[np.int8]) -> Flags:
    """Check by exact turns that rays sorted by rounded angles go round just once."""
    after = np.arange(len(rays)) + 1
    after[cells.first[1:] - 1] = cells.first[:-1]
    # straight on is half a turn, never none: two rays that are one would be two
    # segments along one line
    is_half = (ways == 0) & ((rays * rays[after]).sum(axis=1) < 0)
    is_last = np.zeros(len(rays), dtype=np.bool_)
    is_last[cells.first[1:] - 1] = True
    angles = np.arctan2(rays[:, 1], rays[:, 0])
    is_apart = (ways > 0) | is_half | ((ways < 0) & (angles[after] - angles > 3.0))
    is_apart |= is_last & ((ways != 0) | is_half)
    return np.asarray(
        np.logical_and.reduceat(is_apart, cells.first[:-1]), dtype=np.bool_
    )


def _fan(
    sets: Sets, around: int, left: list[int], right: list[int]
) -> tuple[list[tuple[int, int]], int]:
    """Work out the answers of each sector and ray of a star, and of its vertex."""
    lefts = [frozenset(sets.all[i]) for i in left]
    rights = [frozenset(sets.all[i]) for i in right]
    whole = frozenset(sets.all[around])
    owners = frozenset().union(*lefts, *rights)
    # walk round twice: the first time finds out what the rays begin in
    within: frozenset[int] = frozenset()
    sectors = []
    for on_left, on_right in [*zip(lefts, rights, strict=True)] * 2:
        within = (within - on_right) | on_left
        sectors.append(within)
    sectors = sectors[len(left) :]
    # a boundary on both sides of a ray has no edge there: the ray is inside it
    answers = [
        (
            sets.answer(whole | sector, whole | sector),
            sets.answer(whole | sector | before, whole | (sector & before)),
        )
        for before, sector in pairwise([sectors[-1], *sectors])
    ]
    return answers, sets.answer(whole | owners, whole)
