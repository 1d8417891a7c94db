"""The distinct lines of a layer, and short straight pieces of them in space."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.chord import earth_centred
from geo.edges import Edges
from geo.layers import Floats, Indices

PIECE_DEG = 0.01
"""A piece this long leaves the ground by 3 cm and the line in degrees by 2 cm."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Every segment once, whichever way round and however often it was drawn.

    Attributes
    ----------
    ends
        Longitude and latitude of either end, shape (n, 4).
    behind
        The lowest and the next boundary that each bounds, -1 for none, shape (n, 2).
    """

    ends: Floats
    behind: NDArray[np.int32]

    def counts_for(self, own: int) -> NDArray[np.bool_]:
        """Say which lines bound a boundary other than ``own``."""
        return np.asarray((self.behind[:, 0] != own) | (self.behind[:, 1] >= 0))

    @property
    def sole(self) -> NDArray[np.int32]:
        """The boundary of each line that bounds but one, such as a coast; else -1."""
        return np.where(self.behind[:, 1] < 0, self.behind[:, 0], np.int32(-1))


@dataclass(frozen=True, slots=True)
class Pieces:
    """Lines cut short, as straight segments in earth-centred metres.

    Attributes
    ----------
    start, step
        Shape (n, 3).
    line
        What each is a piece of, ascending, shape (n,).
    ends
        Longitude and latitude of either end, shape (n, 4).
    """

    start: Floats
    step: Floats
    line: Indices
    ends: Floats


def lines_of(edges: Edges) -> Lines:
    """List the distinct lines of a layer with the boundaries on their sides."""
    _, first = np.unique(edges.line, return_index=True)
    line, owner = np.unique(np.column_stack((edges.line, edges.owner)), axis=0).T
    start = np.searchsorted(line, np.arange(first.size))
    behind = np.full((first.size, 2), -1, dtype=np.int32)
    behind[:, 0] = owner[start]
    is_shared = np.flatnonzero(np.bincount(line) > 1)
    behind[is_shared, 1] = owner[start[is_shared] + 1]
    return Lines(np.hstack((edges.start[first], edges.end[first])), behind)


def pieces_of(lines: Lines) -> Pieces:
    """Cut lines into pieces of at most ``PIECE_DEG``."""
    start, step = lines.ends[:, :2], lines.ends[:, 2:] - lines.ends[:, :2]
    n = np.ceil(np.hypot(*step.T) / PIECE_DEG).astype(np.intp)
    line = np.repeat(np.arange(n.size), n)
    nth = np.arange(line.size) - np.repeat(np.cumsum(n) - n, n)
    share = (nth / n[line])[:, None]
    low = start[line] + step[line] * share
    high = start[line] + step[line] * (share + (1 / n[line])[:, None])
    from_m, to_m = (np.column_stack(earth_centred(*at.T)) for at in (low, high))
    return Pieces(from_m, to_m - from_m, line, np.hstack((low, high)))


def squares_to(at: Floats, start: Floats, step: Floats) -> Floats:
    """Measure from a point in space to segments.

    Parameters
    ----------
    at
        Metres, shape (3,).
    start, step
        Metres, shape (n, 3).

    Returns
    -------
    ndarray, shape (n,)
        Square metres.
    """
    off = start - at
    share = -np.einsum("ij,ij->i", off, step) / np.einsum("ij,ij->i", step, step)
    off += np.clip(share, 0.0, 1.0)[:, None] * step
    return np.asarray(np.einsum("ij,ij->i", off, off), dtype=np.float64)
