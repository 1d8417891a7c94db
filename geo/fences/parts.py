"""Areas in columns of numbers, ready to be asked in compiled code.

An area is one part or more: a circle is one, a corridor is cut along its way, a region
into its polygons. A place lies in the area if it lies in any part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geo.layers import Floats, Indices
from geo.numbers import ranges

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

CIRCLE, CORRIDOR, REGION = 0, 1, 2

FIRST, COUNT = 0, 1
"""Columns of ``Parts.form`` with one meaning for corridors and regions."""
NUMBER, SINCE, UNTIL = 5, 6, 7
"""Columns of ``Parts.form`` with one meaning for all."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of areas, in any order.

    Attributes
    ----------
    kind
        ``CIRCLE``, ``CORRIDOR`` or ``REGION``, shape (p,).
    box
        West, south, east, north, degrees, shape (p, 4); never too small.
    form
        Shape (p, 8): 64 bytes, what a processor fetches at once. Last the number of
        the fence, and its first and first later moment in microseconds since 1970.
        Before them, of a circle: the earth-centred middle in metres, and the squares
        of the chords up to which a place lies within, and from which it does not. Of
        a corridor: the first and the number of its pieces. Of a region: the first and
        the number of its bands, its southern end, and bands per degree.
    pieces
        Stretches of ways, shape (q, 9): earth-centred start, step to the end, one
        over the step's square, and the two squares of chords as of a circle.
    bands
        Where the edges of each band begin; a polygon of n bands has n + 1 entries.
    edges
        Edges of polygons by band, shape (e, 4): lng, lat, lng, lat.
    """

    kind: NDArray[np.uint8]
    box: Floats
    form: Floats
    pieces: Floats
    bands: Numbers
    edges: Floats

    def __len__(self) -> int:
        return self.kind.size

    @property
    def number(self) -> Floats:
        """Number of each part's fence, shape (p,)."""
        return self.form[:, NUMBER]


NO_PARTS = Parts(
    kind=np.empty(0, np.uint8),
    box=np.empty((0, 4)),
    form=np.empty((0, 8)),
    pieces=np.empty((0, 9)),
    bands=np.empty(0, np.int64),
    edges=np.empty((0, 4)),
)


def joined(several: Sequence[Parts]) -> Parts:
    """Put parts one after the other; they keep their order."""
    some = [parts for parts in several if len(parts)]
    if len(some) < 2:
        return some[0] if some else NO_PARTS
    columns = {
        field.name: [getattr(parts, field.name) for parts in some]
        for field in fields(Parts)
    }
    n_pieces, n_bands, n_edges = (
        np.cumsum([0] + [len(column) for column in columns[name]])
        for name in ("pieces", "bands", "edges")
    )
    columns["bands"] = [
        bands + n for bands, n in zip(columns["bands"], n_edges[:-1], strict=True)
    ]
    columns["form"] = [
        _shifted(parts, pieces, bands)
        for parts, pieces, bands in zip(some, n_pieces[:-1], n_bands[:-1], strict=True)
    ]
    return Parts(**{name: np.concatenate(of) for name, of in columns.items()})


def kept(parts: Parts, chosen: Indices) -> Parts:
    """Return the chosen parts, in the order given, and nothing of the others."""
    form = parts.form[chosen]
    first, count = form[:, FIRST].astype(np.int64), form[:, COUNT].astype(np.int64)
    kind = parts.kind[chosen]
    is_way, is_region = kind == CORRIDOR, kind == REGION
    pieces = parts.pieces[ranges(first[is_way], count[is_way])]
    band = ranges(first[is_region], count[is_region] + 1)
    starts, ends = (
        parts.bands[first[is_region]],
        parts.bands[first[is_region] + count[is_region]],
    )
    moved = _ends(ends - starts) - starts
    form[is_way, FIRST] = _ends(count[is_way])
    form[is_region, FIRST] = _ends(count[is_region] + 1)
    return Parts(
        kind=kind,
        box=parts.box[chosen],
        form=form,
        pieces=pieces,
        bands=parts.bands[band] + np.repeat(moved, count[is_region] + 1),
        edges=parts.edges[ranges(starts, ends - starts)],
    )


def _ends(count: Numbers) -> Numbers:
    """Where each of several runs begins when they stand one after the other."""
    return np.cumsum(count) - count


def _shifted(parts: Parts, n_pieces: int, n_bands: int) -> Floats:
    moved = parts.form.copy()
    moved[parts.kind == CORRIDOR, FIRST] += n_pieces
    moved[parts.kind == REGION, FIRST] += n_bands
    return moved
