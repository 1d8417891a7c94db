"""Sets of boundaries while a grid is built, and the answers they make together."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from geo.grid.answers import AnswerBook, Numbers
from geo.grid.seams import Owners
from geo.layers import Indices


class Sets:
    """Distinct sets of boundaries, numbered, and the answers they make together."""

    def __init__(self, owners: tuple[Owners, ...], book: AnswerBook) -> None:
        self.all = list(owners)
        self._book = book
        self._number = {owned: i for i, owned in enumerate(owners)}

    def number(self, owned: Owners) -> int:
        """Return the number of a set, a new one if it has none yet."""
        found = self._number.setdefault(owned, len(self.all))
        if found == len(self.all):
            self.all.append(owned)
        return found

    def numbers(self, index: Indices, owner: Indices, n: int) -> Indices:
        """Gather pairs ``(index, owner)`` to the number of each index's set."""
        order = np.lexsort((owner, index))
        index, owner = index[order], owner[order]
        starts = np.flatnonzero(np.diff(index, prepend=-1))
        found = np.full(n, self.number(()), dtype=np.intp)
        listed, bounds = owner.tolist(), [*starts.tolist(), owner.size]
        sets = [self.number(tuple(listed[a:b])) for a, b in pairwise(bounds)]
        found[index[starts]] = sets
        return found

    def answers(self, covers: list[Indices], inside: list[Indices]) -> Numbers:
        """Give the number of each answer whose sets are unions, shapes (n,)."""
        rows, back = np.unique(
            np.column_stack(covers + inside), axis=0, return_inverse=True
        )
        n = len(covers)
        numbers = [
            self.answer(self._union(row[:n]), self._union(row[n:]))
            for row in rows.tolist()
        ]
        return np.array(numbers, dtype=np.int32)[back.ravel()]

    def answer(self, covers: Iterable[int], inside: Iterable[int]) -> int:
        """Give the number of the answer with these boundaries."""
        return self._book.number(tuple(sorted(covers)), tuple(sorted(inside)))

    def _union(self, sets: list[int]) -> set[int]:
        return {owner for i in sets for owner in self.all[i]}

    def pairs(self, index: Indices, number: Indices, n: int) -> Indices:
        """List the members of the set of each index, as ``index * n + member``."""
        sizes = np.array([len(owned) for owned in self.all])
        starts = np.cumsum(sizes) - sizes
        members = np.array([owner for owned in self.all for owner in owned], np.intp)
        times = sizes[number]
        nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        found = members[np.repeat(starts[number], times) + nth]
        return np.asarray(np.repeat(index, times) * n + found, dtype=np.intp)
