"""Reading a name: its script, surnames, given name, and every form it may be met in.

A form is a way to say the name as units in order, characters or romanised syllables: as
written, without the husband's surname, with the surname of a romanised name first.
Reading is done once and kept, so that comparing costs little.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from matching.names.characters import UNKNOWN, folded
from matching.names.cleaning import (
    DOT,
    HAN,
    UNNAMED,
    cleaned,
    is_doubted,
    without_address,
    without_remarks,
)
from matching.names.surnames import (
    cut_surnames,
    is_double_sound,
    is_single_sound,
    is_surname,
)
from matching.names.syllables import cut
from matching.names.words import words_of

_HAN_RUN = re.compile(rf"[{HAN}?{DOT}]*[{HAN}][{HAN}?{DOT}]*")
_MOST_FORMS = 8
_MOST_UNITS = 12
_SURE = 3
_NICKNAMES = "阿小"


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a name.

    ``units`` begins with the ``n_surname`` units of the surname, as ``flags`` tell.
    ``is_maiden`` marks the name without the husband's surname, ``is_nickname`` what 阿
    or 仔 stood at. ``letters`` are the folded units in order of code, to find the same
    characters in another order.
    """

    units: tuple[str, ...]
    n_surname: int
    flags: tuple[bool, ...]
    is_maiden: bool
    is_nickname: bool
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """What the text of a name tells by itself.

    ``script`` is ``han``, ``latin``, ``mixed`` or ``none`` (nothing to compare); other
    alphabets are read in Latin letters. ``surnames`` has two where the husband's stands
    in front. ``parts`` are those of the
    Chinese name between dots, or one. ``words`` are the Latin
    words, folded. ``is_nickname``: the 阿, 小 or 仔 is not in ``given``.
    """

    text: str
    script: str
    surnames: tuple[str, ...] = ()
    given: str = ""
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    is_nickname: bool = False
    is_uncertain: bool = False
    forms: tuple[Form, ...] = ()

    @property
    def is_married(self) -> bool:
        """Tell whether a husband's surname stands in front."""
        return any(form.is_maiden for form in self.forms)


@lru_cache(maxsize=131072)
def parse(text: str) -> Name:
    """Read a name; what says nothing gives a name of script ``none``.

    Raises
    ------
    NameRefused
        ``too-long``: more than 200 characters.
    """
    plain = cleaned(text)
    told = without_remarks(plain)
    if plain.casefold() in UNNAMED or told.casefold() in UNNAMED:
        return Name(plain, "none")
    han = "".join(_HAN_RUN.findall(told)).strip(DOT)
    latin = _HAN_RUN.sub(" ", told)
    is_uncertain = is_doubted(plain)
    words = words_of(latin)
    if not han:
        return _latin(plain, latin, words, is_uncertain)
    name = _han(plain, han, is_uncertain)
    if not words:
        return name
    return Name(
        plain, "mixed", name.surnames, name.given, name.parts, words,
        name.is_nickname, is_uncertain, name.forms,
    )  # fmt: skip


def _han(plain: str, han: str, is_uncertain: bool) -> Name:
    """Read the Chinese part of a name."""
    known = han.rstrip(UNKNOWN)
    # A mark behind a whole name doubts it; behind less, it stands for a character.
    if len(known.replace(UNKNOWN, "")) >= _SURE:
        han = known
    parts = tuple(part for part in han.split(DOT) if part)
    if len(parts) > 1:
        return _in_parts(plain, parts, is_uncertain)
    whole = without_address(parts[0])
    core = _core(whole)
    is_nickname = core != whole
    surnames, given = ((), core) if is_nickname else cut_surnames(core)
    return Name(
        plain, "han", surnames, given, (core,), (), is_nickname, is_uncertain,
        _han_forms(surnames, given, is_nickname),
    )  # fmt: skip


def _core(han: str) -> str:
    """Return a name of two or three characters without 阿, 小 and 仔."""
    if not 2 <= len(han) <= 3:
        return han
    core = han[1:] if han[0] in _NICKNAMES else han
    return core[:-1] if core[-1] == "仔" and len(core) > 1 else core


def _in_parts(plain: str, parts: tuple[str, ...], is_uncertain: bool) -> Name:
    """Read a name whose parts are set off by dots: no part of it is a surname."""
    forms = (form((), "".join(parts)[:_MOST_UNITS]),)
    if len(parts[0]) == 1 and is_surname(parts[0]):
        return Name(
            plain, "han", parts[:1], "".join(parts[1:]), parts, (), False,
            is_uncertain, (form(parts[0], "".join(parts[1:])[:_MOST_UNITS]),),
        )  # fmt: skip
    return Name(
        plain, "han", (), parts[0], parts, (), False, is_uncertain, forms
    )  # fmt: skip


def form(
    surname: str | tuple[str, ...],
    given: str | tuple[str, ...],
    *,
    is_maiden: bool = False,
    is_nickname: bool = False,
) -> Form:
    """Make a form of a surname and a given name, units each."""
    units = (*surname, *given)
    letters = tuple(sorted(folded(unit) for unit in units))
    flags = tuple(i < len(surname) for i in range(len(units)))
    return Form(units, len(surname), flags, is_maiden, is_nickname, letters)


def _han_forms(
    surnames: tuple[str, ...], given: str, is_nickname: bool
) -> tuple[Form, ...]:
    """Return the name as written and, of two surnames, without the husband's."""
    given = given[:_MOST_UNITS]
    whole = form("".join(surnames), given, is_nickname=is_nickname)
    if len(surnames) == 2:
        return whole, form(surnames[1], given, is_maiden=True)
    if (
        surnames
        and len(surnames[0]) == 2
        and given
        and all(map(is_surname, surnames[0]))
    ):
        return whole, form(surnames[0][1], given, is_maiden=True)
    return (whole,) if whole.units else ()


def _latin(plain: str, latin: str, words: tuple[str, ...], is_uncertain: bool) -> Name:
    """Read a name in Latin letters; as Mandarin too, if each word can be that."""
    if not words or "".join(words) in UNNAMED:
        return Name(plain, "none")
    forms = _romanised(latin)
    surnames, given = words[-1:], " ".join(words[:-1])
    if forms:
        units, n_surname = forms[0].units, forms[0].n_surname
        surnames, given = units[:n_surname], "-".join(units[n_surname:])
    return Name(plain, "latin", surnames, given, (), words, False, is_uncertain, forms)


Groups = list[tuple[str, ...]]


def _romanised(latin: str) -> tuple[Form, ...]:
    """Return the forms of a romanised Chinese name, surname first; at most eight."""
    before, comma, behind = latin.partition(",")
    if comma and words_of(before) and words_of(behind):
        orders = [(_groups(before), _groups(behind))]
    else:
        orders = _orders(_groups(latin))
    found: list[Form] = []
    for surname, given in orders:
        found += _spelt(_flat(surname), _flat(given))
    usual = [one for one in found if _begins_with_surname(one)]
    return tuple(dict.fromkeys(usual or found))[:_MOST_FORMS]


def _begins_with_surname(one: Form) -> bool:
    surname = one.units[: one.n_surname]
    return bool(surname) and (
        all(map(is_single_sound, surname))
        or (len(surname) == 2 and is_double_sound(*surname))
    )


def _groups(latin: str) -> Groups:
    """Return the words between spaces, each with its parts between hyphens."""
    found = [words_of(group) for group in latin.replace(",", " ").split()]
    return [group for group in found if group]


def _flat(groups: Groups) -> tuple[str, ...]:
    return tuple(word for group in groups for word in group)


def _orders(groups: Groups) -> list[tuple[Groups, Groups]]:
    """Return what may be the surname and what the given name."""
    if len(groups) > 4:
        return []
    if len(groups) <= 1:
        return [([], groups)]
    orders = [(groups[:1], groups[1:]), (groups[-1:], groups[:-1])]
    if len(groups) > 2:
        orders += [(groups[:2], groups[2:]), (groups[-2:], groups[:-2])]
    return orders


def _spelt(surname: tuple[str, ...], given: tuple[str, ...]) -> list[Form]:
    """Cut surname and given name into syllables, in each way that can be a name."""
    found: list[Form] = []
    for first, rest in product(_cuts(surname, 1), _cuts(given, 2)):
        if not first and len(rest) >= _SURE:
            found.append(form(rest[:1], rest[1:]))
        elif len(rest) <= _SURE and _is_surname_of(first, rest):
            found.append(form(first, rest))
            if len(surname) == 2:
                found.append(form(first[1:], rest, is_maiden=True))
    return found


def _is_surname_of(first: tuple[str, ...], rest: tuple[str, ...]) -> bool:
    """Tell whether syllables may be the surname or surnames before a given name."""
    if len(first) < 2:
        return True
    return len(first) == 2 and (len(rest) > 1 or is_double_sound(*first))


def _cuts(words: tuple[str, ...], usual: int) -> list[tuple[str, ...]]:
    """Cut words into syllables: in as few as it goes, or up to ``usual`` each."""
    ways = []
    for word in words:
        every = cut(word)
        least = max(usual, len(every[0])) if every else 0
        ways.append([way for way in every if len(way) <= least])
    return [tuple(one for way in chosen for one in way) for chosen in product(*ways)][
        :_MOST_FORMS
    ]
