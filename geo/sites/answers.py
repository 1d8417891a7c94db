"""What a search among sites finds."""

from collections.abc import Hashable
from dataclasses import dataclass

from geo.layers import Floats, Indices


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Sites found, nearest first.

    Attributes
    ----------
    index
        Row of each site, shape (m,).
    ids
        Their ids, in the same order.
    metres
        Geodesic metres to each, shape (m,), ascending; ties in ascending order of id.
    """

    index: Indices
    ids: tuple[Hashable, ...]
    metres: Floats

    def __len__(self) -> int:
        return self.index.size


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """Sites near each of n places: those of place i are ``offsets[i]:offsets[i + 1]``.

    Attributes
    ----------
    offsets
        Shape (n + 1,).
    index, metres
        Rows of the sites and geodesic metres, shape (m,); for each place as in `Near`.
    """

    offsets: Indices
    index: Indices
    metres: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Sites beside a path, in order of travel; ties in ascending order of id.

    Attributes
    ----------
    index, ids
        Row and id of each site, once, where the path comes closest to it.
    along_m
        Metres of path up to there, shape (m,), ascending.
    off_m
        Geodesic metres from there to the site, shape (m,).
    """

    index: Indices
    ids: tuple[Hashable, ...]
    along_m: Floats
    off_m: Floats

    def __len__(self) -> int:
        return self.index.size
