"""A tree of boxes over lines, with how well a chord stands for all lines in a box.

Every box of one chain knows the chord from its first point to its last and an upper
bound of the area between the two. The probability between them is at most that area
times the density there, so a box far off, or small against the error, is summed up as
one chord: the time for a point is bounded, however large its error.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geo.chord import radii_m
from geo.layers import Floats, Indices
from geo.shares.lines import Lines

FAN = 4
MORTON_BITS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes side by side, each with what it holds and its chord.

    Attributes
    ----------
    bounds
        West, south, east, north, shape (m, 4), degrees.
    held
        First and after the last line or box that a box holds, shape (m, 2).
    holds_lines
        Whether a box holds lines, and not boxes, shape (m,).
    chords
        Start and end of the chord, shape (m, 4), degrees.
    sides
        Boundary on the left and right of the chord, shape (m, 2).
    strays_m2
        Upper bound of the area between lines and chord, shape (m,); infinite where a
        box holds several chains.
    chain
        Number of the chain, ascending, shape (m,).
    """

    bounds: Floats
    held: Indices
    holds_lines: NDArray[np.bool_]
    chords: Floats
    sides: Indices
    strays_m2: Floats
    chain: Indices

    def __len__(self) -> int:
        return self.chain.size

    def __getitem__(self, chosen: Indices | NDArray[np.bool_]) -> "Boxes":
        return Boxes(*(getattr(self, column.name)[chosen] for column in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Lines, and boxes over them, the root last.

    Attributes
    ----------
    lines
        Start and end of every line, chain by chain, shape (n, 4), degrees.
    sides
        Boundary on the left and on the right of every line, shape (n, 2).
    boxes
        Lines of a box, and boxes of a box, stand side by side.
    """

    lines: Floats
    sides: Indices
    boxes: Boxes


def tree_of(lines: Lines) -> Tree:
    """Build the tree over the lines of a layer."""
    below = _lines_as_boxes(lines)
    tier = _above(below, 0)
    tier.holds_lines[:] = True
    stored, roots, n = [], [], 0
    while len(tier):
        n_boxes = np.bincount(tier.chain)[tier.chain]
        roots.append(tier[n_boxes == 1])
        stored.append(tier[n_boxes > 1])
        tier = _above(stored[-1], n)
        n += len(stored[-1])
    top = _joined(roots)
    top = top[np.argsort(top.chain)]
    while len(top) > 1:
        stored.append(top)
        top.chain[:] = 0
        top = _above(top, n)
        top.strays_m2[:] = np.inf
        n += len(stored[-1])
    return Tree(below.chords, below.sides, _joined([*stored, top]))


def _lines_as_boxes(lines: Lines) -> Boxes:
    """Take every line as a box that holds itself, chains near each other in order."""
    row, chain = _in_place_order(lines)
    ends = np.column_stack((lines.start, lines.end))[row]
    x, y = ends[:, 0::2], ends[:, 1::2]
    each = np.arange(len(lines))
    return Boxes(
        bounds=np.column_stack((x.min(1), y.min(1), x.max(1), y.max(1))),
        held=np.column_stack((each, each + 1)),
        holds_lines=np.ones(each.size, dtype=np.bool_),
        chords=ends,
        sides=np.column_stack((lines.left, lines.right))[row],
        strays_m2=np.zeros(each.size),
        chain=chain,
    )


def _in_place_order(lines: Lines) -> tuple[Indices, Indices]:
    """Sort whole chains by place, so that boxes of several chains stay small."""
    _, first, n = np.unique(lines.chain, return_index=True, return_counts=True)
    order = np.argsort(_morton(lines.start[first]), kind="stable")
    pieces = zip(first[order], n[order], strict=True)
    row = np.concatenate([np.arange(a, a + k) for a, k in pieces])
    return row, np.repeat(np.arange(n.size), n[order])


def _morton(points: Floats) -> Indices:
    """Give near points near numbers, after G. M. Morton (1966)."""
    low = points.min(axis=0)
    span = np.maximum(points.max(axis=0) - low, 1e-9)
    cell = ((points - low) / span * (2**MORTON_BITS - 1)).astype(np.int64)
    code = np.zeros(len(points), dtype=np.int64)
    for bit in range(MORTON_BITS):
        code |= ((cell[:, 0] >> bit) & 1) << (2 * bit)
        code |= ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    return code


def _above(below: Boxes, n_before: int) -> Boxes:
    """Put each ``FAN`` neighbours of one chain into a box.

    ``n_before`` is how many boxes are stored before those below.
    """
    run_start = np.flatnonzero(np.diff(below.chain, prepend=-1))
    run = np.repeat(run_start, np.diff(np.append(run_start, len(below))))
    first = np.flatnonzero((np.arange(len(below)) - run) % FAN == 0)
    last = np.append(first[1:], len(below))[: first.size] - 1
    if not first.size:
        return below
    west, south = (np.minimum.reduceat(below.bounds[:, i], first) for i in (0, 1))
    east, north = (np.maximum.reduceat(below.bounds[:, i], first) for i in (2, 3))
    return Boxes(
        bounds=np.column_stack((west, south, east, north)),
        held=np.column_stack((first, last + 1)) + n_before,
        holds_lines=np.zeros(first.size, dtype=np.bool_),
        chords=np.column_stack((below.chords[first, :2], below.chords[last, 2:])),
        sides=below.sides[first],
        strays_m2=_strays_m2(below, first, last),
        chain=below.chain[first],
    )


def _strays_m2(below: Boxes, first: Indices, last: Indices) -> Floats:
    """Bound the area between a chord and the chords below it, and what those stray.

    The polygon between them is a fan of triangles around its first point; their areas
    are added without sign, so loops do not cancel.
    """
    of = np.repeat(np.arange(first.size), last - first + 1)
    corner = below.chords[first[of], :2]
    one, two = below.chords[:, :2] - corner, below.chords[:, 2:] - corner
    triangle = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
    m2 = triangle * _m2_per_square_degree(corner[:, 1]) + below.strays_m2
    return np.asarray(np.add.reduceat(m2, first), dtype=np.float64)


def _m2_per_square_degree(lat: Floats) -> Floats:
    along, across = radii_m(lat)
    # a chain may reach a degree towards the equator, where a square degree is larger
    widest = np.cos(np.radians(np.maximum(np.abs(lat) - 1, 0)))
    return np.asarray(np.radians(1) ** 2 * along * across * widest, dtype=np.float64)


def _joined(several: list[Boxes]) -> Boxes:
    return Boxes(
        *(
            np.concatenate([getattr(boxes, column.name) for boxes in several])
            for column in fields(Boxes)
        )
    )
