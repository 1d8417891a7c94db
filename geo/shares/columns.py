"""What the compiled sums are given, as tuples of columns that Numba knows."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.layers import Floats, Indices
from geo.shares.tree import Tree

FLAT_M = 3000.0
SMALLEST_SHARE = 1e-5
STRAY = 1e-5


class Ground(NamedTuple):
    """The tree's columns; see `geo.shares.tree`."""

    lines: Floats
    sides: Indices
    bounds: Floats
    held: Indices
    holds_lines: NDArray[np.bool_]
    chords: Floats
    chord_sides: Indices
    strays_m2: Floats
    outside: int


class Asked(NamedTuple):
    """Points with the length that the law is stated in, and what covers them.

    ``lead`` is the boundary that leads there, or the outside;
    ``covering[first[i]:first[i + 1]]`` are those that cover point ``i``.
    """

    lng: Floats
    lat: Floats
    scale_m: Floats
    lead: Indices
    first: Indices
    covering: Indices


class Rule(NamedTuple):
    """How shares are summed.

    ``is_disc`` which law, ``reach`` how far it goes in its own length, ``flat_m`` up to
    which reach the plane is flat, ``stray`` the probability that one chord may
    misplace, ``smallest`` the share below which a boundary is left out, ``threshold``
    the share from which on another boundary counts as a change.
    """

    is_disc: bool
    reach: float
    threshold: float
    flat_m: float = FLAT_M
    stray: float = STRAY
    smallest: float = SMALLEST_SHARE


class Desk(NamedTuple):
    """Room to work in, kept from point to point.

    ``sums`` and ``asked_by`` (the last point that touched it) of every boundary and
    the outside, the boundaries ``touched`` in turn, the ``boxes`` still to open.
    """

    sums: Floats
    asked_by: Indices
    touched: Indices
    boxes: Indices


class Out(NamedTuple):
    """Columns to fill: pairs of point and boundary, and one row for each point."""

    point: Indices
    boundary: Indices
    share: Floats
    outside: Floats
    could_change: NDArray[np.bool_]


def ground_of(tree: Tree, outside: int) -> Ground:
    """Lay the columns of a tree out for the compiled code."""
    boxes = tree.boxes
    return Ground(
        lines=tree.lines,
        sides=tree.sides,
        bounds=boxes.bounds,
        held=boxes.held,
        holds_lines=boxes.holds_lines,
        chords=boxes.chords,
        chord_sides=boxes.sides,
        strays_m2=boxes.strays_m2,
        outside=outside,
    )
