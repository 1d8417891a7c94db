"""Cells of several sizes, each part of an area in the few of about its own size.

A cell's side is a power of two of a degree, so that a place's cell is found without
rounding. A place looks at one cell of each size in use.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.fences.kernels import FREE, count_cells, fill_cells, place_cells
from geo.fences.parts import Flags, Numbers, Parts
from geo.layers import Floats

FIT = 1.0
"""A part is at most so many sides of its cells wide and tall."""
STEP = 2
"""The sides of cells of neighbouring sizes differ by this power of two."""
COARSEST, FINEST = -4, 12  # sides of 16 degrees, and of 27 m

Slots = NDArray[np.uint64]


class Watch(NamedTuple):
    """Parts of areas with the cells that find them.

    Attributes
    ----------
    levels
        Cells per degree of each size in use, its mark in a key, and by how many bits a
        hash of a key is cut to a slot, shape (k, 3).
    slots
        An open hash table of cells: key, and the first entry and the one after the
        last in two halves, shape (a power of two, 2).
    entries
        Parts by cell, ascending in each: from the highest bit, 30 bits for the part,
        2 for its kind, and 8 each for where its box lies in the cell, in 128ths of the
        side: west and south from the beginning, east and north from the end.
    form, pieces, bands, edges
        As in `geo.fences.parts.Parts`.
    is_on
        Whether the part's fence is still there, shape (p,).
    """

    levels: Floats
    slots: Slots
    entries: Slots
    form: Floats
    pieces: Floats
    bands: Numbers
    edges: Floats
    is_on: Flags


def watch_of(parts: Parts) -> Watch:
    """Put parts into cells."""
    bits, cells = _cells_of(parts.box)
    levels = np.column_stack((2.0**bits, bits - COARSEST, np.zeros(bits.size)))
    n_columns, n_rows = cells[:, 1] - cells[:, 0] + 1, cells[:, 3] - cells[:, 2] + 1
    n_entries = int(n_columns @ n_rows)
    counted = _table(n_entries, levels)
    slots = _table(count_cells(cells, levels, counted), levels)
    place_cells(counted, slots, levels)
    entries = np.empty(n_entries, np.uint64)
    fill_cells(cells, levels, slots, entries, (parts.box, parts.kind))
    return Watch(
        levels=levels[np.unique(bits, return_index=True)[1]],
        slots=slots,
        entries=entries,
        form=parts.form,
        pieces=parts.pieces,
        bands=parts.bands,
        edges=parts.edges,
        is_on=np.ones(len(parts), np.bool_),
    )


def _cells_of(box: Floats) -> tuple[Numbers, Numbers]:
    """Choose the size of each part's cells, and which it touches."""
    extent = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    bits = np.floor(np.log2(FIT / np.maximum(extent, 1e-9))) // STEP * STEP
    bits = np.clip(bits, COARSEST, FINEST)
    cells = np.floor(box * 2.0 ** bits[:, None]).astype(np.int64)
    return bits.astype(np.int64), np.ascontiguousarray(cells[:, [0, 2, 1, 3]])


def _table(n: int, levels: Floats) -> Slots:
    """Make a free table for n keys, at most half full, and tell its size to levels."""
    bits = max(int(np.ceil(np.log2(max(n, 1)))) + 1, 3)
    levels[:, 2] = 64 - bits
    return np.full((1 << bits, 2), FREE, np.uint64)
