"""What was asked of groups of records, and what became of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Literal, NamedTuple

Links = Mapping[str, float]
"""Bits by the id of the other record."""

NO_LINKS: Links = MappingProxyType({})

Verb = Literal["add", "change", "remove", "link", "cut", "undo"]

Kind = Literal["kept", "founded", "joined", "left", "merged", "split", "moved"]
"""What became of the groups.

``kept`` nothing; ``founded`` a record began one; ``joined`` one more record is in it;
``left`` one less; ``merged`` groups ended in another; ``split`` part of one is a new
one; ``moved`` any mixture of these.
"""

SHOWN = 3
"""How many links the words of a change name, the heaviest first."""


class Asked(NamedTuple):
    """What was asked, by whom and why.

    ``ids`` are the record or the pair; ``links`` those that the record brought;
    ``undone`` is the number of the change that is taken back.
    """

    verb: Verb
    ids: tuple[str, ...] = ()
    links: Links = NO_LINKS
    by: str = ""
    why: str = ""
    undone: int = 0


class Move(NamedTuple):
    """A record, the group it was in and the one it is in; None for none."""

    record: str
    was: int | None
    now: int | None


class End(NamedTuple):
    """A group that ended, and the one most of it went into; None for none."""

    group: int
    into: int | None


class Became(NamedTuple):
    """What became of the groups; as in `Change`, in no order."""

    moves: list[Move]
    begun: tuple[int, ...]
    ended: tuple[End, ...]

    @property
    def kind(self) -> Kind:
        """What it is in one word."""
        shifts = [move for move in self.moves if None not in (move.was, move.now)]
        over = {end.group for end in self.ended}
        if not self.moves:
            return "kept"
        if shifts and not self.begun and all(move.was in over for move in shifts):
            return "merged"
        if shifts and not over and all(move.now in self.begun for move in shifts):
            return "split"
        if shifts:
            return "moved"
        if self.moves[0].now is None:
            return "left"
        return "founded" if self.begun else "joined"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the groups.

    Attributes
    ----------
    number
        1, 2, 3 …
    at
        When, as it was told.
    moves
        The records whose group is another now, by their ids; all others stayed.
    begun, ended
        The groups that were not there before, and those that are no longer.
    """

    number: int
    at: datetime
    asked: Asked
    kind: Kind
    moves: tuple[Move, ...]
    begun: tuple[int, ...]
    ended: tuple[End, ...]

    @property
    def words(self) -> str:
        """The reason, and what became of the groups, as a sentence each."""
        return f"{_reason(self.asked)}. {self.kind.capitalize()}{_told(self.moves)}."


def names_of(
    parts: Sequence[Sequence[str]], had: Mapping[str, int]
) -> list[int | None]:
    """Give each part the id of the group that most of its records had, each id once.

    At equal numbers the older group's, then to the part that stands first.
    """
    names: list[int | None] = [None] * len(parts)
    given = set()
    for group, n in _shares(parts, had):
        if names[n] is None and group not in given:
            names[n] = group
            given.add(group)
    return names


def ways_of(
    parts: Sequence[Sequence[str]], names: Sequence[int], were: Mapping[str, int]
) -> dict[int, int]:
    """Return the group that most of each former group's records are in now."""
    found: dict[int, int] = {}
    for group, n in _shares(parts, were):
        found.setdefault(group, names[n])
    return found


def _shares(
    parts: Sequence[Sequence[str]], had: Mapping[str, int]
) -> list[tuple[int, int]]:
    """Return which group's records are in which part, the most records first."""
    shares = Counter(
        (had[id_], n) for n, part in enumerate(parts) for id_ in part if id_ in had
    )
    return sorted(shares, key=lambda one: (-shares[one], *one))


def _reason(asked: Asked) -> str:
    ids = " and ".join(asked.ids)
    match asked.verb:
        case "add":
            text = f"{ids} came{_weighed(asked.links)}"
        case "change":
            text = f"{ids} was changed{_weighed(asked.links)}"
        case "remove":
            text = f"{ids} was removed"
        case "link":
            text = f"{ids} belong together"
        case "cut":
            text = f"{ids} do not belong together"
        case "undo":
            text = f"Change {asked.undone} was taken back"
    by = f", by {asked.by}" if asked.by else ""
    return f"{text}{by}: {asked.why}" if asked.why else f"{text}{by}"


def _weighed(links: Links) -> str:
    if not links:
        return ""
    ranked = sorted(links.items(), key=lambda one: (-one[1], one[0]))
    told = [f"{bits:.1f} bits with {other}" for other, bits in ranked[:SHOWN]]
    more = [f"{len(ranked) - SHOWN} more"] if len(ranked) > SHOWN else []
    return f" ({', '.join(told + more)})"


def _told(moves: Iterable[Move]) -> str:
    def way(move: Move) -> tuple[int, int]:
        return move.was or 0, move.now or 0

    told = []
    for (was, now), some in groupby(sorted(moves, key=way), way):
        records = ", ".join(move.record for move in some)
        out = f" out of group {was}" if was else ""
        into = f" into group {now}" if now else ""
        told.append(f"{records}{out}{into}")
    return f": {'; '.join(told)}" if told else ""
