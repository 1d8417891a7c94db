"""How common a surname and a given name are among the people of Taiwan.

A match on a rare name says more than one on a common name. The listed names are those
of Faker's zh_TW, from the statistics of the Ministry of the Interior; a given name that
is not listed is taken as characters that are independent of each other.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from math import prod

from matching.names.characters import folded
from matching.names.errors import NameRefused
from matching.names.parts import Name, parse
from matching.names.tables import shares

FLOOR = 1e-6
"""No share is lower: some twenty people of 23 million, as the lists round."""

OTHER = 1e-5
"""Assumed share of a name that no list has: some three in a hundred who live here are
foreigners or indigenous people with names of their own, and of each nation's names a
common one is borne by one in some thousand."""

_CHARACTER_FLOOR = 5e-4


def surname_share(name: str | Name) -> float:
    """Return the share of people with the surname of a name, own rather than husband's.

    A name without a surname, or one of Latin letters, has that of the floor.

    Raises
    ------
    NameRefused
        ``too-long``: a text of more than 200 characters.
    """
    read = parse(name) if isinstance(name, str) else name
    own = "".join(map(folded, read.surnames[-1])) if read.surnames else ""
    return max(_folded("surname").get(own, 0.0), FLOOR)


def given_share(name: str | Name) -> float:
    """Return the share of people with the given name of a name.

    Raises
    ------
    NameRefused
        As `surname_share`.
    """
    read = parse(name) if isinstance(name, str) else name
    given = "".join(map(folded, read.given))
    listed = _folded("given")
    if not given or given in listed:
        return max(listed.get(given, 0.0), FLOOR)
    unlisted = 1.0 - sum(listed.values())
    likely = prod(_of_character().get(one, _CHARACTER_FLOOR) for one in given)
    return max(unlisted * likely, FLOOR)


class NameShares(Mapping[str, float]):
    """The share of people of each name, worked out when it is asked for.

    Surname and given name count as independent; where only the given name is told, its
    share counts. Any other name, of Latin letters or of several parts, is taken to be
    one in 100,000, see `OTHER`. What is listed is every name that can be written, so
    there is nothing to go through.
    """

    def __getitem__(self, name: str) -> float:
        """Return the share of a name; KeyError where there is none."""
        try:
            read = parse(name)
        except NameRefused as refused:
            raise KeyError(name) from refused
        if read.script == "none":
            raise KeyError(name)
        if read.script != "han" or len(read.parts) > 1 or not read.given:
            return OTHER
        return given_share(read) * (surname_share(read) if read.surnames else 1.0)

    def __iter__(self) -> Iterator[str]:
        """Go through nothing."""
        return iter(())

    def __len__(self) -> int:
        """Return 0."""
        return 0


@cache
def _folded(kind: str) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for name, share in shares(kind).items():
        found["".join(map(folded, name))] += share
    return dict(found)


@cache
def _of_character() -> dict[str, float]:
    """Return the share of each character among those of the listed given names."""
    found: dict[str, float] = defaultdict(float)
    for given, share in _folded("given").items():
        for one in given:
            found[one] += share / len(given)
    every = sum(found.values())
    return {one: share / every for one, share in found.items()}
