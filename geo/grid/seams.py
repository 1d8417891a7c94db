"""The distinct segments of several layers at once, and what lies on either side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.edges import edges_of
from geo.layers import Floats, Indices, Layer

Owners = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seams:
    """Every distinct segment of some layers once, directed from low to high.

    Boundaries are numbered through: first those of the first layer, then those of
    the next. Only boundaries that the segment is an edge of are its owners.

    Attributes
    ----------
    start, end
        WGS 84 degrees, shape (m, 2); the start is the lower by (lng, lat).
    from_vertex, to_vertex
        Number of the vertex at either end, shape (m,).
    left, right
        Index into ``owners`` of those that lie to either side, shape (m,).
    owners
        Distinct sets of boundaries, each ascending; the first is empty.
    """

    start: Floats
    end: Floats
    from_vertex: Indices
    to_vertex: Indices
    left: Indices
    right: Indices
    owners: tuple[Owners, ...]

    def __len__(self) -> int:
        return len(self.start)


def seams_of(layers: Sequence[Layer]) -> Seams:
    """Join the edges of some layers that are one segment, whichever way they run."""
    edges = [edges_of(layer) for layer in layers]
    firsts = np.cumsum([0] + [len(layer) for layer in layers])
    owner = np.concatenate(
        [e.owner + first for e, first in zip(edges, firsts[:-1], strict=True)]
    )
    ends = np.concatenate([e.start for e in edges] + [e.end for e in edges])
    # complex numbers sort by real, then by imaginary part: by longitude, then latitude
    points, vertex = np.unique(ends[:, 0] + 1j * ends[:, 1], return_inverse=True)
    start, end = vertex.reshape(2, -1)
    low, high = np.minimum(start, end), np.maximum(start, end)
    keys, seam = np.unique(low * points.size + high, return_inverse=True)
    low, high = np.divmod(keys, points.size)
    side, owners = _sides(2 * seam + (start > end), owner, 2 * keys.size)
    corner = np.column_stack((points.real, points.imag))
    return Seams(
        start=corner[low],
        end=corner[high],
        from_vertex=low,
        to_vertex=high,
        left=side[0::2],
        right=side[1::2],
        owners=owners,
    )


def _sides(side: Indices, owner: Indices, n: int) -> tuple[Indices, tuple[Owners, ...]]:
    """Gather the owners of each side; returns the number of its set, and the sets."""
    order = np.lexsort((owner, side))
    side, owner = side[order], owner[order]
    starts = np.flatnonzero(np.diff(side, prepend=-1))
    known: dict[Owners, int] = {(): 0}
    of_side = np.zeros(n, dtype=np.intp)
    listed = owner.tolist()
    stops = np.append(starts[1:], side.size).tolist()
    numbers = [
        known.setdefault(tuple(listed[a:b]), len(known))
        for a, b in zip(starts.tolist(), stops, strict=True)
    ]
    of_side[side[starts]] = numbers
    return of_side, tuple(known)
