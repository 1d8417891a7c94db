"""The distinct answers that a grid can give, and what follows from each.

An answer is which boundaries cover a point and which of them have it strictly inside.
There are far fewer answers than cells, so all rules are worked out once for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.grid.seams import Owners
from geo.layers import Indices, Layer, Level

Numbers = NDArray[np.int32]

NOTHING = 0
"""The answer of a point that no boundary covers."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What each answer means, in columns of shape (n,).

    Attributes
    ----------
    county, town, village
        Index of the lead in its layer, -1 for none: the lowest covering county, the
        lowest covering town in it, the lowest covering village in that.
    covering
        How many counties cover the point.
    is_inside
        Whether some county has the point strictly inside.
    first, counties
        The counties that cover: ``counties[first[i]:first[i + 1]]``, ascending;
        shapes (n + 1,) and (m,).
    """

    county: Numbers
    town: Numbers
    village: Numbers
    covering: Numbers
    is_inside: NDArray[np.bool_]
    first: Numbers
    counties: Numbers


class AnswerBook:
    """Numbers answers as they come up while a grid is built."""

    def __init__(self) -> None:
        self._known: dict[tuple[Owners, Owners], int] = {((), ()): NOTHING}

    def __len__(self) -> int:
        return len(self._known)

    def number(self, covers: Owners, inside: Owners) -> int:
        """Return the number of an answer, a new one if it has none yet."""
        return self._known.setdefault((covers, inside), len(self._known))

    def worked_out(
        self, layers: Sequence[Layer], parents: Sequence[Indices]
    ) -> Answers:
        """Apply the rules of the lead to every answer.

        Parameters
        ----------
        layers
            Counties, then if there are any towns, then villages.
        parents
            For each layer the index of each boundary's parent; unused for counties.
        """
        ends = np.cumsum([0] + [len(layer) for layer in layers]).tolist()
        columns: dict[str, list[int]] = {level.value: [] for level in Level}
        first: list[int] = [0]
        counties: list[int] = []
        is_inside: list[bool] = []
        for covers, inside in self._known:
            leads = _leads(covers, ends, parents)
            for level, lead in zip(Level, leads, strict=True):
                columns[level.value].append(lead)
            counties.extend(b for b in covers if b < ends[1])
            first.append(len(counties))
            is_inside.append(bool(inside) and inside[0] < ends[1])
        numbers = {name: np.array(v, dtype=np.int32) for name, v in columns.items()}
        starts = np.array(first, dtype=np.int32)
        return Answers(
            **numbers,
            covering=np.diff(starts),
            is_inside=np.array(is_inside, dtype=np.bool_),
            first=starts,
            counties=np.array(counties, dtype=np.int32),
        )


def _leads(
    covers: Owners, ends: Sequence[int], parents: Sequence[Indices]
) -> tuple[int, int, int]:
    """Find the lead of each level, -1 where there is none."""
    leads = [-1, -1, -1]
    for level in range(len(ends) - 1):
        below = [b - ends[level] for b in covers if ends[level] <= b < ends[level + 1]]
        if level:
            parent = leads[level - 1]
            below = [b for b in below if parent >= 0 and parents[level][b] == parent]
        leads[level] = below[0] if below else -1
    return leads[0], leads[1], leads[2]
