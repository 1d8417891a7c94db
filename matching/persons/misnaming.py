"""Made-up names, and how somebody who only heard them would write them.

By the readings and variants of `matching.names`; how well names are told apart is
measured with other readings, see ``docs/benchmarks.md``.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import TypeVar

from matching.names.characters import SURNAME_READINGS, look_alike, near_sounds
from matching.names.syllables import tongyong, wade_giles
from matching.names.tables import mandarin, shares, variants
from matching.persons.phrases import FOREIGN, INDIGENOUS

MARRIED_FROM = 0.04
"""Share of women whose family writes the husband's surname before their own."""

HAKKA = frozenset("彭鍾邱范古涂溫湯饒巫徐傅羅曾魏賴葉劉甘")
"""Surnames that are commoner where Hakka is spoken."""

T = TypeVar("T", bound=str)

DOT = "·"
DOTS = ("‧", "．", "・", "")
"""What stands between the parts of an indigenous name elsewhere; "" is left out."""


class NameGroup(StrEnum):
    """What kind of name somebody has.

    Who is ``romanised`` has a Chinese name, and is found where it is written in Latin
    letters.
    """

    HAKKA = "hakka"
    INDIGENOUS = "indigenous"
    FOREIGN = "foreign"
    ROMANISED = "romanised"
    OTHER = "other"


FEW = {
    NameGroup.FOREIGN: 0.04,
    NameGroup.INDIGENOUS: 0.02,
    NameGroup.ROMANISED: 0.02,
}
"""Shares of the groups that surnames do not tell: assumptions."""


def drawn_group(rng: random.Random, *, is_even: bool = False) -> NameGroup:
    """Draw a group of names: as often as it is met, or each as often as another."""
    if is_even:
        return rng.choice(tuple(NameGroup))
    return _drawn(_group_shares(), rng)


def drawn_name(group: NameGroup, sex: str, rng: random.Random) -> str:
    """Draw a name by the shares of surnames and of the characters of given names."""
    if group is NameGroup.FOREIGN:
        firsts, lasts = rng.choice(FOREIGN)
        name = f"{rng.choice(firsts.split())} {rng.choice(lasts.split())}"
        return name.replace("-", " ")
    if group is NameGroup.INDIGENOUS:
        return DOT.join(rng.choice(parts.split()) for parts in INDIGENOUS)
    surname = _drawn(_surnames(group), rng)
    given = _drawn(_characters(0), rng) + _drawn(_characters(1), rng)
    if sex == "female" and rng.random() < MARRIED_FROM:
        return _drawn(shares("surname"), rng) + surname + given
    return surname + given


def misnamed(name: str, sex: str, rng: random.Random) -> str:
    """Write a name as somebody would who heard, half heard or misread it.

    One in twenty of them is another name altogether. Kinds that a name cannot have, as
    a romanised one where it is Latin already, leave their share to the others: so names
    of all groups are misnamed as often.
    """
    ways = _ways(LATIN if name.isascii() else DOTTED if DOT in name else HAN)
    while ways:
        way = rng.choices(tuple(ways), tuple(ways.values()))[0]
        found = way(name, sex, rng)
        if found and found != name:
            return found
        del ways[way]
    return name


def romanised(name: str, rng: random.Random) -> str | None:
    """Write a Chinese name in Latin letters; None where a character has no reading."""
    spelt: Callable[[str], str] = rng.choice((wade_giles, wade_giles, tongyong, str))
    n_surname = len(name) - 2 if DOT not in name else 0
    read = [_read(one, is_surname=at < n_surname) for at, one in enumerate(name)]
    words = [
        [spelt(syllable) for syllable in part.split(" ")]
        for part in " ".join(read).split(f" {DOT} ")
    ]
    if not all(syllable for word in words for syllable in word):
        return None
    if len(words) > 1:
        return " ".join("".join(word).capitalize() for word in words)
    first, *rest = (one.capitalize() for one in words[0])
    return f"{first} {'-'.join(rest)}"


def _read(character: str, *, is_surname: bool) -> str:
    """Return the usual syllable of a character, "" for none; a dot stays one."""
    if character == DOT:
        return DOT
    known = mandarin().get(character, ("",))
    if is_surname:
        known = SURNAME_READINGS.get(character, known)
    return known[0].rstrip("12345")


def _places(name: str) -> list[int]:
    return [at for at, one in enumerate(name) if one != DOT]


def _alike(
    name: str,
    rng: random.Random,
    options: Callable[[str], Sequence[str]],
    places: Sequence[int],
) -> str | None:
    """Put another character where there is one to put; None where there is none."""
    others = {at: [o for o in options(name[at]) if o != name[at]] for at in places}
    usable = [at for at in places if others[at]]
    if not usable:
        return None
    at = rng.choice(usable)
    return name[:at] + rng.choice(others[at]) + name[at + 1 :]


def _same_sound(name: str, sex: str, rng: random.Random) -> str | None:
    places = _places(name) if DOT in name else range(max(len(name) - 2, 0), len(name))
    found = _alike(name, rng, _homophones, places) or name
    if rng.random() < 0.4:
        found = _alike(found, rng, _homophones, places) or found
    return found


def _near_sound(name: str, sex: str, rng: random.Random) -> str | None:
    found = _alike(name, rng, _near, _places(name)) or name
    return _same_sound(found, sex, rng) if rng.random() < 0.3 else found


def _variant(name: str, sex: str, rng: random.Random) -> str | None:
    if DOT in name:
        return name.replace(DOT, rng.choice(DOTS))
    return _alike(
        name, rng, lambda one: tuple(variants().get(one, ())), range(len(name))
    )


def _married(name: str, sex: str, rng: random.Random) -> str | None:
    return _drawn(shares("surname"), rng) + name if sex == "female" else None


def _given_only(name: str, sex: str, rng: random.Random) -> str | None:
    return rng.choice((name[-2:], "阿" + name[-1], name[-1] + name[-1]))


def _dropped(name: str, sex: str, rng: random.Random) -> str | None:
    at = rng.choice(_places(name)[1:])
    return rng.choice((name[:at] + name[at + 1 :], name[:at] + "?" + name[at + 1 :]))


def _romanised(name: str, sex: str, rng: random.Random) -> str | None:
    return romanised(name, rng)


def _look_alike(name: str, sex: str, rng: random.Random) -> str | None:
    return _alike(name, rng, _looks, _places(name))


def _reordered(name: str, sex: str, rng: random.Random) -> str | None:
    return name[:-2] + name[-1] + name[-2]


def _another(name: str, sex: str, rng: random.Random) -> str | None:
    return drawn_name(drawn_group(rng), sex, rng)


def _respelt(name: str, sex: str, rng: random.Random) -> str | None:
    """Spell what sounds the same otherwise."""
    low = name.lower()
    usable = [pair for pair in SPELT_ALIKE if pair[0] in low]
    if not usable:
        return None
    old, new = rng.choice(usable)
    return low.replace(old, new, 1).title()


def _mistyped(name: str, sex: str, rng: random.Random) -> str | None:
    """Leave a letter out, write it twice, or swap it with the next."""
    at = rng.choice(
        [at for at in range(1, len(name) - 1) if name[at - 1 : at + 2].isalpha()]
    )
    return rng.choice((
        name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ))  # fmt: skip


def _upper(name: str, sex: str, rng: random.Random) -> str | None:
    return name.upper()


def _one_word(name: str, sex: str, rng: random.Random) -> str | None:
    words = name.split(" ")
    return rng.choice((words[0], words[-1]))


def _one_part(name: str, sex: str, rng: random.Random) -> str | None:
    return rng.choice(name.split(DOT))


def _initial(name: str, sex: str, rng: random.Random) -> str | None:
    """Leave a word out but its first letter, or altogether if there are others."""
    words = name.split(" ")
    at = rng.randrange(len(words))
    left = rng.choice(([], [words[at][0]])) if len(words) > 2 else [words[at][0]]
    return " ".join([*words[:at], *left, *words[at + 1 :]])


def _backwards(name: str, sex: str, rng: random.Random) -> str | None:
    by = DOT if DOT in name else " "
    return by.join(reversed(name.split(by)))


Way = Callable[[str, str, random.Random], str | None]

WAYS = {
    "same sound": 0.38,
    "near sound": 0.15,
    "variant": 0.06,
    "married": 0.06,
    "given only": 0.07,
    "dropped": 0.09,
    "romanised": 0.07,
    "look-alike": 0.04,
    "reordered": 0.03,
    "another": 0.05,
}
"""How a name that is not written as the family does comes about: assumptions."""

HAN: Mapping[str, Way] = {
    "same sound": _same_sound,
    "near sound": _near_sound,
    "variant": _variant,
    "married": _married,
    "given only": _given_only,
    "dropped": _dropped,
    "romanised": _romanised,
    "look-alike": _look_alike,
    "reordered": _reordered,
    "another": _another,
}
DOTTED: Mapping[str, Way] = {
    **{kind: way for kind, way in HAN.items() if kind != "married"},
    "given only": _one_part,
    "reordered": _backwards,
}
LATIN: Mapping[str, Way] = {
    "same sound": _respelt,
    "near sound": _mistyped,
    "variant": _upper,
    "given only": _one_word,
    "dropped": _initial,
    "reordered": _backwards,
    "another": _another,
}
"""What each kind is in names of characters, in those with a dot, and in Latin ones."""

SPELT_ALIKE = (
    ("ph", "f"), ("th", "t"), ("sy", "si"), ("ck", "k"), ("c", "k"), ("j", "dj"),
    ("y", "i"), ("i", "y"), ("u", "oe"), ("oo", "u"), ("ee", "i"), ("v", "b"),
    ("z", "s"), ("s", "z"), ("k", "c"), ("ai", "ay"), ("g", "j"), ("h", ""),
)  # fmt: skip
"""Letters, and others that are heard in them."""


def _ways(known: Mapping[str, Way]) -> dict[Way, float]:
    return {way: WAYS[kind] for kind, way in known.items()}


@cache
def _group_shares() -> Mapping[NameGroup, float]:
    surnames = shares("surname")
    hakka = sum(surnames[one] for one in HAKKA & surnames.keys()) / sum(
        surnames.values()
    )
    rest = 1.0 - sum(FEW.values())
    return {
        **FEW,
        NameGroup.HAKKA: rest * hakka,
        NameGroup.OTHER: rest * (1 - hakka),
    }


@cache
def _surnames(group: NameGroup) -> Mapping[str, float]:
    """Return the surnames of a group, with their shares."""
    every = shares("surname")
    if group is NameGroup.ROMANISED:
        return every
    is_hakka = group is NameGroup.HAKKA
    return {one: share for one, share in every.items() if (one in HAKKA) == is_hakka}


@cache
def _characters(place: int) -> Mapping[str, float]:
    found: dict[str, float] = defaultdict(float)
    for given, share in shares("given").items():
        found[given[min(place, len(given) - 1)]] += share
    return found


@cache
def _used() -> tuple[str, ...]:
    names = (*_characters(0), *_characters(1), *shares("surname"))
    return tuple(dict.fromkeys(one for name in names for one in name))


@cache
def _by_sound() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in _used():
        for read in mandarin().get(one, ()):
            found[read.rstrip("12345")].append(one)
    return found


@cache
def _by_near_sound() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in _used():
        for heard in near_sounds(one):
            found[heard].append(one)
    return found


@cache
def _homophones(character: str) -> tuple[str, ...]:
    read = (one.rstrip("12345") for one in mandarin().get(character, ()))
    return tuple(dict.fromkeys(c for one in read for c in _by_sound().get(one, ())))


@cache
def _near(character: str) -> tuple[str, ...]:
    heard = near_sounds(character)
    return tuple(
        dict.fromkeys(c for one in sorted(heard) for c in _by_near_sound().get(one, ()))
    )


@cache
def _looks(character: str) -> tuple[str, ...]:
    return tuple(one for one in _used() if look_alike(character, one))


def _drawn(table: Mapping[T, float], rng: random.Random) -> T:
    return rng.choices(tuple(table), tuple(table.values()))[0]
