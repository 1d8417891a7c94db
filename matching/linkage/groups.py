"""Groups of records that come and go, with ids that stay.

What the groups are follows from what holds: the records that are there, their links and
the judgements (`matching.linkage.ties`). Links are taken the heaviest first, those of a
person before all others, and one is left out that would put two records together that a
person said are different. So without cuts a group is what hangs together by links, and
with them it is always the same for the same records, links and judgements, in whatever
order they came.

The ids of groups follow from what happened. Records that stay together take the id that
most of them had; at equal numbers the older group's, then that of the part with the
lowest record id. An id once given is never given to another group.
"""

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime

from matching.errors import TableRefused
from matching.linkage.changes import (
    NO_LINKS,
    Asked,
    Became,
    Change,
    End,
    Links,
    Move,
    Verb,
    names_of,
    ways_of,
)
from matching.linkage.ties import Fact, Step, Ties

HEAVIEST = sys.float_info.max
"""More bits than these count as these: only a person's link has infinitely many."""


class Groups:
    """Open records in groups; one thread at a time.

    Links of fewer bits than ``least_bits`` are passed over.

    Raises
    ------
    TableRefused
        By each change that cannot be made; the groups are then as before.
    """

    def __init__(self, *, least_bits: float = 0.0) -> None:
        self.least_bits = least_bits
        self._ties = Ties()
        self._group: dict[str, int] = {}
        self._members: dict[int, list[str]] = {}
        self._into: dict[int, int | None] = {}
        self._cut: set[int] = set()
        self._given = 0
        self._changes: list[Change] = []
        self._steps: list[Step] = []
        self._turned: dict[int, tuple[int, bool]] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._group

    def groups(self) -> dict[int, tuple[str, ...]]:
        """Return all groups by their ids, each with its records."""
        return {group: self.members(group) for group in sorted(self._members)}

    def members(self, group: int) -> tuple[str, ...]:
        """Return the records of a group, sorted.

        Raises
        ------
        TableRefused
            There is no such group now; see `group_of_former`.
        """
        if group not in self._members:
            raise TableRefused(f"there is no group {group}")
        return tuple(sorted(self._members[group]))

    def group_of(self, id_: str) -> int:
        """Return the group of a record.

        Raises
        ------
        TableRefused
            There is no such record.
        """
        self._need(id_)
        return self._group[id_]

    def group_of_former(self, group: int) -> int | None:
        """Return the group that an id, once given, leads to now.

        A group that ended leads to where most of it went then; None where all its
        records were removed.

        Raises
        ------
        TableRefused
            The id was never given.
        """
        if not 0 < group <= self._given:
            raise TableRefused(f"there never was a group {group}")
        now: int | None = group
        while now is not None and now not in self._members:
            now = self._into[now]
        return now

    def history(self, since: int = 0) -> tuple[Change, ...]:
        """Return all changes with a number above one, the first first."""
        return tuple(self._changes[since:])

    def add(self, id_: str, links: Links, *, at: datetime) -> Change:
        """Add a record with the bits by which it is linked with others.

        Those that are not there are without effect, unless an undo brings them back. A
        link with a record that is added later is that one's to bring.
        """
        if id_ in self:
            raise TableRefused(f"{id_!r} is there already: change it")
        return self._brought("add", id_, links, at)

    def change(self, id_: str, links: Links, *, at: datetime) -> Change:
        """Give a record other links, in place of all that it has; judgements stay."""
        self._need(id_)
        return self._brought("change", id_, links, at)

    def remove(self, id_: str, *, at: datetime, by: str = "", why: str = "") -> Change:
        """Forget a record; what hangs together by it alone falls apart."""
        self._need(id_)
        step = Step((id_,), self._ties.fact((id_,)), Fact(self._next))
        return self._made(Asked("remove", (id_,), by=by, why=why), step, at)

    def link(self, a: str, b: str, *, at: datetime, by: str, why: str) -> Change:
        """Let two records be together, as a person says, in place of what was said.

        Raises
        ------
        TableRefused
            One is not there, or earlier judgements of other pairs say otherwise: they
            are named, and can be taken back.
        """
        return self._judged(Asked("link", _pair(a, b), by=by, why=why), at)

    def cut(self, a: str, b: str, *, at: datetime, by: str, why: str) -> Change:
        """Let two records never be together, as a person says; else as `link`."""
        return self._judged(Asked("cut", _pair(a, b), by=by, why=why), at)

    def undo(self, number: int, *, at: datetime, by: str, why: str) -> Change:
        """Take a change back, as if it had never been made; the others stand.

        An undo is a change as well, and can be taken back. The ids that the change
        ended come back with the records that had them.

        Raises
        ------
        TableRefused
            There is no such change; it does not hold any more, since a later one is of
            the same record or pair; or judgements would contradict each other.
        """
        if not 0 < number <= len(self._changes):
            raise TableRefused(f"there is no change {number}")
        first = self._first(number)
        last, is_made = self._turned.get(first, (first, True))
        if number != last and not (is_made and number == first):
            raise TableRefused(
                f"change {number} does not hold any more: it was taken back by {last}"
            )
        step = self._steps[number - 1].back()
        if self._ties.fact(step.ids) != step.was:
            raise TableRefused(
                f"change {number} does not hold any more: a later one is of "
                f"{' and '.join(step.ids)}"
            )
        asked = Asked("undo", step.ids, by=by, why=why, undone=number)
        change = self._made(asked, step, at)
        self._turned[first] = change.number, not is_made
        return change

    def _first(self, number: int) -> int:
        """Return the change that an undo, or the undo of one, takes back or makes."""
        while self._changes[number - 1].asked.undone:
            number = self._changes[number - 1].asked.undone
        return number

    @property
    def _next(self) -> int:
        return len(self._changes) + 1

    def _need(self, *ids: str) -> None:
        for id_ in ids:
            if id_ not in self:
                raise TableRefused(f"there is no record {id_!r}")

    def _brought(self, verb: Verb, id_: str, links: Links, at: datetime) -> Change:
        kept = {
            other: min(bits, HEAVIEST)
            for other, bits in links.items()
            if bits >= self.least_bits and other != id_
        }
        fact = Fact(self._next, kept or NO_LINKS)
        step = Step((id_,), self._ties.fact((id_,)), fact)
        return self._made(Asked(verb, (id_,), kept or NO_LINKS), step, at)

    def _judged(self, asked: Asked, at: datetime) -> Change:
        self._need(*asked.ids)
        fact = Fact(self._next, is_same=asked.verb == "link")
        return self._made(asked, Step(asked.ids, self._ties.fact(asked.ids), fact), at)

    def _made(self, asked: Asked, step: Step, at: datetime) -> Change:
        """Take a step, and write down what became of the groups."""
        if len(step.ids) == 2 and step.now is not None:
            against = self._ties.against(step.ids, is_same=step.now.is_same)
            if against:
                told = ", ".join(map(str, against))
                raise TableRefused(
                    f"{' and '.join(step.ids)}: other judgements say otherwise, "
                    f"see changes {told}"
                )
        is_leaf = asked.verb == "remove" and self._is_leaf(step.ids[0])
        self._ties.take(step)
        near = self._near(asked)
        if is_leaf:
            became = self._left(step.ids[0])
        elif near is not None:
            became = self._merged(near, step.ids[0])
        else:
            undone = self._changes[asked.undone - 1] if asked.undone else None
            became = self._regrouped(step.ids, undone)
        self._steps.append(step)
        return self._told(asked, became, at)

    def _told(self, asked: Asked, became: Became, at: datetime) -> Change:
        for record, _, now in became.moves:
            if now is None:
                del self._group[record]
            else:
                self._group[record] = now
        for end in became.ended:
            del self._members[end.group]
            self._into[end.group] = end.into
        moves = tuple(sorted(became.moves))
        begun, ended = tuple(sorted(became.begun)), tuple(sorted(became.ended))
        self._changes.append(
            Change(self._next, at, asked, became.kind, moves, begun, ended)
        )
        return self._changes[-1]

    def _is_leaf(self, id_: str) -> bool:
        """Say whether all others stay together without a record."""
        linked = {other for other, _ in self._ties.links(id_)}
        return len(linked) <= 1 and self._group[id_] not in self._cut

    def _near(self, asked: Asked) -> set[int] | None:
        """Return the groups that are now one; None where that has to be found out.

        Without cuts in them, groups that are linked are one.
        """
        if asked.verb == "add" and not self._ties.is_cut(asked.ids[0]):
            linked = self._ties.links(asked.ids[0])
            near = {self._group[other] for other, _ in linked}
        elif asked.verb == "link":
            near = {self._group[id_] for id_ in asked.ids}
        else:
            return None
        return near if near.isdisjoint(self._cut) else None

    def _left(self, id_: str) -> Became:
        group = self._group[id_]
        self._members[group].remove(id_)
        ended = () if self._members[group] else (End(group, None),)
        return Became([Move(id_, group, None)], (), ended)

    def _merged(self, near: set[int], id_: str) -> Became:
        """Put a new record and groups into the largest of them, of those the oldest."""
        begun = () if near else (self._new(),)
        for group in begun:
            self._members[group] = []
        keep = max(near or begun, key=lambda one: (len(self._members[one]), -one))
        ended = tuple(End(group, keep) for group in near if group != keep)
        moves = [
            Move(record, end.group, keep)
            for end in ended
            for record in self._members[end.group]
        ]
        if id_ not in self:
            moves.append(Move(id_, None, keep))
        self._members[keep].extend(move.record for move in moves)
        return Became(moves, begun, ended)

    def _regrouped(self, ids: tuple[str, ...], undone: Change | None) -> Became:
        """Group all records anew that hang together with some."""
        before = undone.moves if undone else ()
        touched = {*ids, *(move.record for move in before)}
        for group in {self._group[id_] for id_ in touched if id_ in self}:
            touched.update(self._members[group])
        area = self._ties.reached(touched)
        were = {id_: self._group[id_] for id_ in touched | area if id_ in self}
        parts = self._ties.parts(area)
        had = were | {
            move.record: move.was
            for move in before
            if move.was is not None and self._may_return(move, were)
        }
        names = [name or self._new() for name in names_of(parts, had)]
        into: dict[int, int | None] = {**ways_of(parts, names, were)}
        if undone and undone.number == len(self._changes):  # all is as before it
            into |= {one: self._into[one] for one in undone.begun if one in self._into}
        old = set(were.values())
        ended = tuple(End(one, into.get(one)) for one in old.difference(names))
        self._cut.difference_update(old)
        moves = self._replaced(parts, names, were)
        return Became(moves, tuple(set(names) - old), ended)

    def _may_return(self, move: Move, were: Mapping[str, int]) -> bool:
        """Say whether a record may bring back the id of the group that it was in."""
        is_free = move.was not in self._members or move.was in were.values()
        return is_free and were.get(move.record) == move.now

    def _replaced(
        self, parts: list[list[str]], names: list[int], were: Mapping[str, int]
    ) -> list[Move]:
        """Put parts with their names in the place of the groups that were."""
        now: dict[str, int] = {}
        for name, part in zip(names, parts, strict=True):
            now |= dict.fromkeys(part, name)
            self._members[name] = part
            if any(map(self._ties.is_cut, part)):
                self._cut.add(name)
        return [
            Move(id_, were.get(id_), now.get(id_))
            for id_ in were.keys() | now.keys()
            if were.get(id_) != now.get(id_)
        ]

    def _new(self) -> int:
        self._given += 1
        return self._given


def replayed(changes: Iterable[Change], *, least_bits: float = 0.0) -> Groups:
    """Make the groups anew from a history that begins with the first change."""
    groups = Groups(least_bits=least_bits)
    for change in changes:
        _again(groups, change.asked, change.at)
    return groups


def _again(groups: Groups, asked: Asked, at: datetime) -> Change:
    one, other = asked.ids[0], asked.ids[-1]
    said = {"by": asked.by, "why": asked.why}
    match asked.verb:
        case "add":
            return groups.add(one, asked.links, at=at)
        case "change":
            return groups.change(one, asked.links, at=at)
        case "remove":
            return groups.remove(one, at=at, **said)
        case "link":
            return groups.link(one, other, at=at, **said)
        case "cut":
            return groups.cut(one, other, at=at, **said)
        case "undo":
            return groups.undo(asked.undone, at=at, **said)


def _pair(a: str, b: str) -> tuple[str, str]:
    if a == b:
        raise TableRefused(f"{a!r} is one record: want two")
    return (a, b) if a < b else (b, a)
