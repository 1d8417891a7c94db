"""The lines of a layer as shares are summed along them: each once, short, in chains."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.edges import edges_of
from geo.layers import Floats, Indices, Layer

NOBODY = -1
SHORT_DEG = 0.005  # on the bent plane a line is off by 3 mm at most


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Directed segments with whose ground lies on either side.

    Attributes
    ----------
    start, end
        WGS 84 degrees, shape (n, 2).
    left, right
        Index of the boundary on that side of the way from start to end, shape (n,):
        ``outside`` where no boundary is, ``NOBODY`` where that side is told by other
        lines.
    chain
        Number of the run of lines that follow each other between the same two,
        ascending, shape (n,).
    outside
        The number of boundaries.
    """

    start: Floats
    end: Floats
    left: Indices
    right: Indices
    chain: Indices
    outside: int

    def __len__(self) -> int:
        return self.left.size

    def __getitem__(self, chosen: Indices) -> "Lines":
        return Lines(
            start=self.start[chosen],
            end=self.end[chosen],
            left=self.left[chosen],
            right=self.right[chosen],
            chain=self.chain[chosen],
            outside=self.outside,
        )


def lines_of(layer: Layer) -> Lines:
    """List the lines of a layer, short ones, those between two boundaries once.

    Where boundaries overlap or do not fit each other, the rim of their union tells
    where the outside begins.
    """
    edges = edges_of(layer)
    outside = len(layer)
    is_first, other = _first_and_other(edges.line, edges.owner, edges.is_inner)
    is_whole = bool(shapely.coverage_is_valid(layer.shapes))
    right = np.where(edges.is_inner, other, outside if is_whole else NOBODY)
    kept = np.flatnonzero(is_first)
    columns = [edges.start, edges.end, edges.owner, right, edges.ring]
    start, end, left, right, ring = (column[kept] for column in columns)
    follows = (np.diff(kept, prepend=-2) == 1) & (np.diff(ring, prepend=-1) == 0)
    lines = _chained(start, end, left, right, follows, outside)
    return lines if is_whole else _joined(lines, _rim(layer))


def _first_and_other(
    line: Indices, owner: Indices, is_inner: np.ndarray
) -> tuple[np.ndarray, Indices]:
    """Mark what to keep of each line; tell the owner of its other way round."""
    order = np.argsort(line, kind="stable")
    first, second = order[:-1], order[1:]
    is_pair = (line[first] == line[second]) & is_inner[first]
    first, second = first[is_pair], second[is_pair]
    other = np.full(line.size, NOBODY, dtype=np.intp)
    other[first], other[second] = owner[second], owner[first]
    is_kept = np.ones(line.size, dtype=np.bool_)
    is_kept[second] = False
    return is_kept, other


def _chained(
    start: Floats,
    end: Floats,
    left: Indices,
    right: Indices,
    follows: np.ndarray,
    outside: int,
) -> Lines:
    same = (np.diff(left, prepend=-9) == 0) & (np.diff(right, prepend=-9) == 0)
    chain = np.cumsum(~(follows & same)) - 1
    return _shortened(Lines(start, end, left, right, chain, outside))


def _shortened(lines: Lines) -> Lines:
    """Cut every line into equal parts of at most ``SHORT_DEG``."""
    step = lines.end - lines.start
    n = np.maximum(np.ceil(np.abs(step).max(axis=1) / SHORT_DEG), 1).astype(np.intp)
    of = np.repeat(np.arange(n.size), n)
    nth = np.arange(of.size) - np.repeat(np.cumsum(n) - n, n)
    cut = lines.start[of] + step[of] * (nth / n[of])[:, None]
    # neighbours must share their points exactly, the ends of the line included
    is_last = nth == n[of] - 1
    after = np.where(is_last[:, None], lines.end[of], np.roll(cut, -1, axis=0))
    return Lines(
        start=cut,
        end=after,
        left=lines.left[of],
        right=lines.right[of],
        chain=lines.chain[of],
        outside=lines.outside,
    )


def _rim(layer: Layer) -> Lines:
    """List the lines where the union of all boundaries ends."""
    rings = shapely.get_rings(
        shapely.orient_polygons(shapely.get_parts(shapely.union_all(layer.shapes)))
    )
    points, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[:-1] == ring[1:])
    nobody = np.full(first.size, NOBODY, dtype=np.intp)
    outside = np.full(first.size, len(layer), dtype=np.intp)
    follows = np.diff(first, prepend=-2) == 1
    return _chained(
        points[first], points[first + 1], nobody, outside, follows, len(layer)
    )


def _joined(one: Lines, other: Lines) -> Lines:
    after = one.chain.max() + 1 if len(one) else 0
    return Lines(
        start=np.concatenate((one.start, other.start)),
        end=np.concatenate((one.end, other.end)),
        left=np.concatenate((one.left, other.left)),
        right=np.concatenate((one.right, other.right)),
        chain=np.concatenate((one.chain, other.chain + after)),
        outside=one.outside,
    )
