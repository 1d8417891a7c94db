"""Cells that hold a chain: one segment, or two with the same neighbours that meet.

A chain's record has a vertex and two directions, the one in which it comes to the
vertex and the one in which it leaves; for one segment they are equal. A point is left
of a chain that bends left if it is left of both lines, and left of one that bends
right if it is left of either.
"""

from dataclasses import dataclass

import numpy as np

from geo.grid.answers import Numbers
from geo.grid.cells import Cells, Flags
from geo.grid.seams import Seams
from geo.grid.sets import Sets
from geo.layers import Floats, Indices
from geo.orientation import turn


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains, each once however many cells it passes through, shape (n,).

    Attributes
    ----------
    lines
        Shape (n, 6): the vertex, the direction towards it, the direction from it.
    answers
        Shape (n, 3): to the left, to the right, on the line.
    is_either
        Whether being left of either line is enough.
    """

    lines: Floats
    answers: Numbers
    is_either: Flags


def common_vertex(seams: Seams, cells: Cells) -> tuple[Indices, Flags]:
    """Find the vertex in the closed cell that all segments of a cell share.

    Returns
    -------
    (vertex, is_shared)
        Shape (n,): a number, and whether it is that of such a vertex.
    """
    low, high = seams.from_vertex[cells.seams], seams.to_vertex[cells.seams]
    starts, of = cells.first[:-1], np.repeat(np.arange(len(cells)), cells.counts)
    found, is_shared = low[starts], np.full(len(cells), False)
    side = 0.5**cells.bits
    for ends, corner in ((low, seams.start), (high, seams.end)):
        candidate = ends[starts]
        has_it = (low == candidate[of]) | (high == candidate[of])
        x, y = corner[cells.seams[starts]].T
        is_within = (cells.column * side <= x) & (x <= (cells.column + 1) * side)
        is_within &= (cells.row * side <= y) & (y <= (cells.row + 1) * side)
        is_it = np.logical_and.reduceat(has_it, starts) & is_within
        found = np.where(is_it, candidate, found)
        is_shared |= is_it
    return found, is_shared


def directed(
    seams: Seams, seam: Indices, vertex: Indices
) -> tuple[Floats, Floats, Indices, Indices]:
    """Look along segments away from a vertex that each has.

    Returns
    -------
    (dx, dy, left, right)
        The direction, and the sets of owners on either side of it, shape (n,).
    """
    is_out = seams.from_vertex[seam] == vertex
    step = seams.end[seam] - seams.start[seam]
    dx, dy = np.where(is_out[:, None], step, -step).T
    left = np.where(is_out, seams.left[seam], seams.right[seam])
    right = np.where(is_out, seams.right[seam], seams.left[seam])
    return dx, dy, left, right


def is_chain(seams: Seams, cells: Cells, vertex: Indices) -> Flags:
    """Say which cells hold one segment, or two with the same neighbours that meet.

    Parameters
    ----------
    vertex
        The vertex that all segments of a cell share in it, -1 for none, shape (n,).
    """
    first, last = cells.seams[cells.first[:-1]], cells.seams[cells.first[1:] - 1]
    _, _, left, right = directed(seams, first, vertex)
    _, _, next_left, next_right = directed(seams, last, vertex)
    goes_on = (left == next_right) & (right == next_left) & (vertex >= 0)
    return np.asarray(
        (cells.counts == 1) | ((cells.counts == 2) & goes_on), dtype=np.bool_
    )


def chains_of(
    seams: Seams, cells: Cells, vertex: Indices, around: Indices, sets: Sets
) -> tuple[Chains, Indices]:
    """Describe the chains of cells that hold nothing else.

    Parameters
    ----------
    vertex
        Where the two segments of a cell meet in it; unused for one segment.
    around
        The set of boundaries that cover each whole cell, shape (n,).

    Returns
    -------
    (chains, index)
        Which chain each cell holds, shape (n,).
    """
    first, last = cells.seams[cells.first[:-1]], cells.seams[cells.first[1:] - 1]
    # a single segment counts as coming from its start
    vertex = np.where(first != last, vertex, seams.from_vertex[first])
    rows, index = np.unique(
        np.column_stack((first, last, vertex, around)), axis=0, return_inverse=True
    )
    first, last, vertex, around = rows.T
    dx, dy, left, right = directed(seams, first, vertex)
    ex, ey, _, _ = directed(seams, last, vertex)
    # of two, the first is walked towards the vertex: its sides change over
    is_bent = first != last
    dx, dy = np.where(is_bent, -dx, dx), np.where(is_bent, -dy, dy)
    to_left, to_right = np.where(is_bent, right, left), np.where(is_bent, left, right)
    is_start = seams.from_vertex[first] == vertex
    corner = np.where(is_start[:, None], seams.start[first], seams.end[first])
    answers = [
        sets.answers([around, to_left], [around, to_left]),
        sets.answers([around, to_right], [around, to_right]),
        sets.answers([around, left, right], [around]),
    ]
    chains = Chains(
        lines=np.column_stack((corner, dx, dy, ex, ey)),
        answers=np.column_stack(answers),
        is_either=turn(dx, dy, ex, ey) < 0,
    )
    return chains, index.ravel()
