"""What holds records together or keeps them apart: their links and the judgements.

A record brings its links when it comes or is changed: what it weighs with those that
are there. So the link of a pair is what the later of the two brought. A judgement is of
a pair of ids: it sleeps while one of the two is not there, and the last one holds.
"""

from collections.abc import Collection, Iterator
from math import inf
from typing import NamedTuple

from matching.linkage.changes import NO_LINKS, Links

Edge = tuple[float, str, str]
"""Bits, fewer first when negated, and two ids, the lower one first."""


class Fact(NamedTuple):
    """What holds of a record or a pair since a change.

    Of a record: the links it brought, None where it was removed. Of a pair: whether the
    two are the same.
    """

    number: int
    links: Links | None = None
    is_same: bool = False


class Step(NamedTuple):
    """What held of a record or a sorted pair, and what holds now; None was never said.

    With ``was`` and ``now`` exchanged it is taken back.
    """

    ids: tuple[str, ...]
    was: Fact | None
    now: Fact | None

    def back(self) -> "Step":
        """Return the step that takes this one back."""
        return Step(self.ids, self.now, self.was)


class Ties:
    """Records with their links, and judged pairs."""

    def __init__(self) -> None:
        self._records: dict[str, Fact] = {}
        self._pairs: dict[tuple[str, ...], Fact] = {}
        self._mentioned: dict[str, set[str]] = {}
        self._friends: dict[str, set[str]] = {}
        self._foes: dict[str, set[str]] = {}

    def fact(self, ids: tuple[str, ...]) -> Fact | None:
        """Return what holds of a record or a sorted pair."""
        return self._records.get(ids[0]) if len(ids) == 1 else self._pairs.get(ids)

    def __contains__(self, id_: str) -> bool:
        fact = self._records.get(id_)
        return fact is not None and fact.links is not None

    def take(self, step: Step) -> None:
        """Let hold what holds after a step."""
        if len(step.ids) == 1:
            self._take_record(*step)
        else:
            self._take_pair(*step)

    def _take_record(
        self, ids: tuple[str, ...], was: Fact | None, now: Fact | None
    ) -> None:
        (id_,) = ids
        for other in _links(was):
            _drop(self._mentioned, other, id_)
        for other in _links(now):
            self._mentioned.setdefault(other, set()).add(id_)
        if now is None:
            del self._records[id_]
        else:
            self._records[id_] = now

    def _take_pair(
        self, ids: tuple[str, ...], was: Fact | None, now: Fact | None
    ) -> None:
        for one, other in (ids, ids[::-1]):
            if was is not None:
                _drop(self._friends if was.is_same else self._foes, one, other)
            if now is not None:
                side = self._friends if now.is_same else self._foes
                side.setdefault(one, set()).add(other)
        if now is None:
            del self._pairs[ids]
        else:
            self._pairs[ids] = now

    def links(self, id_: str) -> Iterator[tuple[str, float]]:
        """Yield the records that one is linked with and the bits, in no order.

        Those that a person joined it with have infinitely many.
        """
        if id_ not in self:
            return
        mine = self._records[id_]
        friends = self._friends.get(id_, ())
        for other in friends:
            if other in self:
                yield other, inf
        for other, bits in _links(mine).items():
            if other in self and self._records[other].number < mine.number:
                yield other, bits
        for other in self._mentioned.get(id_, ()):
            theirs = self._records[other]
            if theirs.number > mine.number:
                yield other, _links(theirs)[id_]

    def is_cut(self, id_: str) -> bool:
        """Say whether a person said of any record that it is not this one."""
        return id_ in self._foes

    def reached(self, begin: Collection[str]) -> set[str]:
        """Return all records that hang together with some, cut or not."""
        found = {id_ for id_ in begin if id_ in self}
        todo = list(found)
        while todo:
            new = {other for other, _ in self.links(todo.pop())} - found
            found |= new
            todo.extend(new)
        return found

    def parts(self, records: Collection[str]) -> list[list[str]]:
        """Put records together by their links, the heaviest first, ties by ids.

        A link is left out that would put two together that a person said are different.
        Each part is sorted, and the parts by their first record.
        """
        part = {id_: [id_] for id_ in sorted(records)}
        foes = {id_: self._foes_among(id_, part) for id_ in part}
        for _, a, b in sorted(self._edges(part)):
            small, large = sorted((part[a], part[b]), key=len)
            fewer, more = sorted((small, large), key=lambda one: len(foes[one[0]]))
            if small is large or any(part[id_] is more for id_ in foes[fewer[0]]):
                continue
            foes[large[0]] |= foes[small[0]]
            large.extend(small)
            part.update(dict.fromkeys(small, large))
        return [sorted(one) for one in {id(one): one for one in part.values()}.values()]

    def _foes_among(self, id_: str, records: Collection[str]) -> set[str]:
        return {foe for foe in self._foes.get(id_, ()) if foe in records}

    def _edges(self, records: Collection[str]) -> Iterator[Edge]:
        for id_ in records:
            for other, bits in self.links(id_):
                if id_ < other:
                    yield -bits, id_, other

    def against(self, ids: tuple[str, ...], *, is_same: bool) -> list[int]:
        """Return the numbers of the judgements that a new one of a pair contradicts.

        What holds of the pair itself does not count: the new one is in its place.
        """
        ones = self._same(ids[0], ids)
        if not is_same:
            return sorted(_way(ones, ids[1]))
        others = self._same(ids[1], ids)
        cuts = {
            (one, foe) if one < foe else (foe, one)
            for one in ones
            for foe in others.keys() & self._foes.get(one, set())
        }
        return sorted(self._pairs[pair].number for pair in cuts - {ids})

    def _same(self, begin: str, without: tuple[str, ...]) -> dict[str, tuple[str, int]]:
        """Return who is said to be the same as one, each with whom by which change."""
        found = {begin: (begin, 0)}
        todo = [begin]
        while todo:
            id_ = todo.pop()
            for other in sorted(self._friends.get(id_, ())):
                pair = (id_, other) if id_ < other else (other, id_)
                if other not in found and pair != without:
                    found[other] = (id_, self._pairs[pair].number)
                    todo.append(other)
        return found


def _links(fact: Fact | None) -> Links:
    return NO_LINKS if fact is None or fact.links is None else fact.links


def _drop(side: dict[str, set[str]], one: str, other: str) -> None:
    side[one].discard(other)
    if not side[one]:
        del side[one]


def _way(found: dict[str, tuple[str, int]], id_: str) -> list[int]:
    """Return the numbers on the way to a record; none where it was not found."""
    numbers = []
    while id_ in found and found[id_][0] != id_:
        id_, number = found[id_]
        numbers.append(number)
    return numbers
