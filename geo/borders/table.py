"""Putting cells of many sizes into one table that is looked up in a few steps."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geo.borders.cells import BorderCells, from_arrays
from geo.borders.lines import Lines
from geo.borders.search import HEAD, NODE
from geo.layers import Floats, Indices

TOP = 4
"""The cells of the top table are this many halvings smaller than the roots."""
STEP = NODE.bit_length() - 1
MOST_CM = 2**31 - 1  # farther than any two places are apart


@dataclass(frozen=True, slots=True)
class Roots:
    """Squares of ``2**-depth`` degrees, the first at a column and a row."""

    depth: int
    column: int
    row: int
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Leaves:
    """Cells that are not cut further.

    Attributes
    ----------
    depth, column, row
        Where each is: its south-west corner is ``(column, row) * 2**-depth`` degrees.
    n_entries
        Of each cell.
    own, bounds_m
        Of each entry, in the order of the cells; bounds have shape (n, 2).
    n_lines
        Of each entry.
    line
        Candidates, in the order of the entries.
    """

    depth: Indices
    column: Indices
    row: Indices
    n_entries: Indices
    own: Indices
    bounds_m: Floats
    n_lines: Indices
    line: Indices


def assembled(lines: Lines, parts: Sequence[Leaves], roots: Roots) -> BorderCells:
    """Put leaves into one table.

    Parameters
    ----------
    lines
        What the leaves' lines are numbers of.
    parts
        Leaves that together fill the roots, in any order.
    roots
        What the leaves are parts of.
    """
    names = [field.name for field in fields(Leaves)]
    leaves = Leaves(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))
    first, records = _records(leaves, lines)
    side = 2.0**-roots.depth
    south_west = (roots.column * side, roots.row * side)
    size = (roots.columns << TOP, roots.rows << TOP)
    return from_arrays(
        {
            "frame": np.array((*south_west, 2.0 ** (roots.depth + TOP), *size)),
            "tree": _tree(leaves, first, roots),
            "records": records,
            "lines": lines.ends.ravel(),
            "behind": lines.behind.ravel(),
        }
    )


def _records(leaves: Leaves, lines: Lines) -> tuple[Indices, NDArray[np.int32]]:
    """Write entries one after the other; also where those of each leaf begin."""
    first = np.cumsum(leaves.n_lines + HEAD) - leaves.n_lines - HEAD
    records = np.empty(leaves.line.size + HEAD * first.size, dtype=np.int32)
    nth = np.arange(leaves.line.size) - np.repeat(
        np.cumsum(leaves.n_lines) - leaves.n_lines, leaves.n_lines
    )
    records[np.repeat(first + HEAD, leaves.n_lines) + nth] = leaves.line
    records[first] = leaves.own
    records[first + 1] = leaves.n_lines
    least, most = np.clip(leaves.bounds_m.T * 100, 0, MOST_CM)
    if not lines.counts_for(0).any():
        most[:] = MOST_CM  # of a single boundary, for whose own points there is none
    records[first + 2], records[first + 3] = np.floor(least), np.ceil(most)
    return first[np.cumsum(leaves.n_entries) - leaves.n_entries], records


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Leaves that lie in tables of one size of cell, and where those begin.

    ``number`` is the leaf's own; its table begins at ``origin`` with the cell that is
    at ``west`` and ``south``.
    """

    number: Indices
    origin: Indices
    west: Indices
    south: Indices


def _tree(leaves: Leaves, first: Indices, roots: Roots) -> NDArray[np.int32]:
    """Write where records and nodes begin, where a look-up finds it."""
    depth, width = roots.depth + TOP, roots.columns << TOP
    same = np.zeros_like(leaves.depth)
    waiting = _Waiting(
        np.arange(same.size),
        same,
        same + (roots.column << TOP),
        same + (roots.row << TOP),
    )
    tables = [np.zeros(width * (roots.rows << TOP), dtype=np.int32)]
    size = tables[0].size
    while waiting.number.size:
        _paint(tables[-1], leaves, first, waiting, (depth, width))
        deep = leaves.depth[waiting.number] > depth
        slot, waiting = _descend(leaves, _only(waiting, deep), depth, width)
        tables[-1][slot] = -size - (np.arange(slot.size) << 2 * STEP)
        tables.append(np.zeros(slot.size << 2 * STEP, dtype=np.int32))
        size += tables[-1].size
        depth, width = depth + STEP, 1 << STEP
    return np.concatenate(tables)


def _only(waiting: _Waiting, chosen: NDArray[np.bool_]) -> _Waiting:
    return _Waiting(
        waiting.number[chosen],
        waiting.origin[chosen],
        waiting.west[chosen],
        waiting.south[chosen],
    )


def _paint(
    table: NDArray[np.int32],
    leaves: Leaves,
    first: Indices,
    waiting: _Waiting,
    size: tuple[int, int],
) -> None:
    """Write where records begin into every cell of a table that the leaf fills."""
    depth, width = size
    smaller = depth - leaves.depth[waiting.number]
    for shift in np.unique(smaller[smaller >= 0]):
        these = _only(waiting, smaller == shift)
        column = (leaves.column[these.number] << shift) - these.west
        row = (leaves.row[these.number] << shift) - these.south
        slot = these.origin + row * width + column
        across = np.arange(1 << shift)
        within = (across[:, None] * width + across).ravel()
        table[slot[:, None] + within] = first[these.number, None]


def _descend(
    leaves: Leaves, waiting: _Waiting, depth: int, width: int
) -> tuple[Indices, _Waiting]:
    """Make a node of every cell that holds smaller leaves.

    Returns
    -------
    (slot, waiting)
        Where in the table each node is to be named, and the leaves in the new tables.
    """
    shift = leaves.depth[waiting.number] - depth
    column = leaves.column[waiting.number] >> shift
    row = leaves.row[waiting.number] >> shift
    slot = waiting.origin + (row - waiting.south) * width + column - waiting.west
    slot, node = np.unique(slot, return_inverse=True)
    origin = node << 2 * STEP
    return slot, _Waiting(waiting.number, origin, column << STEP, row << STEP)
