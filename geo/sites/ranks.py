"""Ranks of ids, so that a search breaks ties without comparing ids."""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from geo.layers import Floats
from geo.sites.columns import FIRST_GAP, ranks_of


class Ranks:
    """The ranks of ids, with room between them for ids that come later.

    Parameters
    ----------
    ids, ranks
        Of rows, shape (n,); an id may stand there more than once, with one rank.
    """

    def __init__(self, ids: Sequence[Hashable], ranks: Floats) -> None:
        self._start(dict(zip(ids, ranks.tolist(), strict=True)))

    def _start(self, rank_of: dict[Hashable, float]) -> None:
        self._rank_of = rank_of
        self._sorted: list[Any] = sorted(rank_of, key=rank_of.__getitem__)
        self._ranks = [rank_of[name] for name in self._sorted]
        self._is_ordered = _is_ascending(self._sorted)

    def rank_of(self, name: Any) -> float | None:  # noqa: ANN401 - ids of any kind
        """Give an id its rank; None if all need ranks anew."""
        known = self._rank_of.get(name)
        if known is not None:
            return known
        try:
            place = bisect_left(self._sorted, name) if self._is_ordered else None
        except TypeError:
            return None
        return self._insert(name, len(self._sorted) if place is None else place)

    def _insert(self, name: Hashable, place: int) -> float | None:
        below = self._ranks[place - 1] if place else self._first() - 2 * FIRST_GAP
        above = below + 2 * FIRST_GAP
        if place < len(self._ranks):
            above = self._ranks[place]
        rank = (below + above) / 2
        if not below < rank < above:
            return None
        self._rank_of[name] = rank
        self._sorted.insert(place, name)
        self._ranks.insert(place, rank)
        return rank

    def _first(self) -> float:
        return self._ranks[0] if self._ranks else 0.0

    def again(self, ids: Sequence[Hashable]) -> Floats:
        """Give the ids of all rows ranks anew."""
        names = list(dict.fromkeys(ids))
        self._start(dict(zip(names, ranks_of(names).tolist(), strict=True)))
        return np.array([self._rank_of[name] for name in ids])


def _is_ascending(names: list[Any]) -> bool:
    try:
        return all(one < other for one, other in pairwise(names))
    except TypeError:
        return False
