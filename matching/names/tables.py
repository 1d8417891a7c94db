"""The tables that ship: readings, variants, shapes, shares. Read once, when first used.

Each file tells its source and licence in its head; `tools/build_names.py` makes them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_ENTRY = re.compile(r"([^A-Z])([A-Z]*)")

FOLDER = Path(__file__).parent / "tables"


def rows(name: str) -> Iterator[list[str]]:
    """Yield the fields of each line of a table, without its head."""
    for line in (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _by_character(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for reading, characters in rows(name):
        for character in characters:
            found[character].append(reading)
    return found


@cache
def mandarin() -> Mapping[str, tuple[str, ...]]:
    """Give each character its readings such as ``qin2``, the usual one first."""
    usual, others = _by_character("mandarin"), _by_character("heteronyms")
    return {c: (*found, *others.get(c, ())) for c, found in usual.items()}


@cache
def variants() -> Mapping[str, str]:
    """Give each character that has variants the group of all of them."""
    return {character: group for (group,) in rows("variants") for character in group}


@cache
def shapes() -> Mapping[str, tuple[str, str]]:
    """Give each character its four-corner code and its Cangjie code, if known."""
    found: dict[str, tuple[str, str]] = {}
    for corners, entries in rows("shapes"):
        for character, parts in _ENTRY.findall(entries):
            found[character] = (corners, parts)
    return found


@cache
def shares(kind: str) -> Mapping[str, float]:
    """Give each listed ``surname`` or ``given`` name its share of all people."""
    return {
        name: float(share) / 100 for of, name, share in rows("shares") if of == kind
    }
