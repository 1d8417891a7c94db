"""The keys by which names that may be of one person find each other.

Every key begins with its kind, so that an index may leave out the widest:

- ``text:`` the characters, variants folded, or the Latin words in order;
- ``sound:`` the first three syllables in Mandarin, romanised names and Chinese alike;
- ``near:`` the same, blurred as syllables are in Taiwan;
- ``pair:`` any two syllables, blurred, in no order: one character may be missing,
  wrong, or in another place, or the surname may not be known;
- ``word:`` one Latin word or a transcribed part, roughly as it is heard;
- ``one:`` one character of a given name: nicknames. Many names share each.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product

from matching.names.characters import folded, is_han, near_sounds, sounds
from matching.names.latin import rough, transcribed
from matching.names.parts import Form, Name, form, parse

_LEADING = 3
_LEAST_LETTERS = 3


@lru_cache(maxsize=65536)
def keys(name: str | Name) -> frozenset[str]:
    """Return the keys of a name; two names of level ``same-sound`` or better share one.

    None at all for what says nothing.

    Raises
    ------
    NameRefused
        ``too-long``: a text of more than 200 characters.
    """
    read = parse(name) if isinstance(name, str) else name
    found = {key for one in read.forms for key in _of_form(one)}
    return frozenset(found.union(_of_words(read)))


def _of_form(one: Form) -> Iterator[str]:
    units = one.units
    yield "text:" + "".join(map(folded, units))
    spoken_as = [sounds(*both) for both in zip(units, one.flags, strict=True)]
    near = [near_sounds(*both) for both in zip(units, one.flags, strict=True)]
    for kind, every in (("sound:", spoken_as), ("near:", near)):
        for spoken in product(*every[:_LEADING]):
            yield kind + "-".join(spoken)
    for two in combinations(near[: _LEADING + 1], 2):
        for spoken in product(*two):
            yield "pair:" + "-".join(sorted(spoken))
    given = units[one.n_surname :][:_LEADING]
    yield from ("one:" + heard for unit in given for heard in near_sounds(unit))


def _of_words(name: Name) -> Iterator[str]:
    if name.words:
        yield "text:" + "".join(name.words)
        yield "text:" + "".join(sorted(name.words))
    for word in name.words:
        if len(word) >= _LEAST_LETTERS:
            yield "word:" + rough(word)
    for whole in name.forms[:1]:
        if is_han(whole.units[0]) and whole.n_surname == 0:
            yield "word:" + transcribed(whole.units)
    if len(name.parts) > 1 and not name.words:
        for part in name.parts:
            yield from _of_form(form((), part))
            yield "word:" + transcribed(tuple(part))
