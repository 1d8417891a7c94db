"""Comparing two names: by character, by sound, by shape, by word.

The first line of `compare` is what the detective reads about it.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from matching.names.forms import Finding, compare_forms
from matching.names.latin import compare_parts, compare_scripts, compare_words
from matching.names.levels import LEVELS, SAME, similarity_of
from matching.names.parts import Name, parse

Side = str | Name | None
"""A name as text or as read before; None where nobody knows one."""


def compare(left: Side, right: Side) -> str | None:
    """比對姓名：寫法、異體字、讀音（國、臺語及羅馬拼音）、字形、冠夫姓與缺字。

    Returns
    -------
    level
        A name of `levels.LEVELS`; None where one side says nothing, or where a Chinese
        and a Latin name need not sound alike (大衛 and David).

    Raises
    ------
    NameRefused
        ``too-long``: a text of more than 200 characters.
    """  # noqa: D400
    found = _finding(left, right)
    return None if found is None else LEVELS[found[0]]


def similarity(left: Side, right: Side) -> float | None:
    """Return how alike two names are, 0 to 1; a better level is always more alike.

    None where there is nothing to compare.

    Raises
    ------
    NameRefused
        As `compare`.
    """
    found = _finding(left, right)
    return None if found is None else similarity_of(*found)


def levels(lefts: Sequence[Side], rights: Sequence[Side]) -> list[str | None]:
    """Compare names pair by pair; a pair that occurs twice is compared once.

    Parameters
    ----------
    lefts, rights
        As many of one as of the other.

    Raises
    ------
    NameRefused
        As `compare`.
    """
    pairs = list(zip(lefts, rights, strict=True))
    found = {pair: compare(*pair) for pair in dict.fromkeys(pairs)}
    return [found[pair] for pair in pairs]


def similarities(
    left: Side, rights: Sequence[Side]
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Return how alike one name is to each of others, shape (n,); NaN for nothing.

    Raises
    ------
    NameRefused
        As `compare`.
    """
    asked = parse(left) if isinstance(left, str) else left
    found = {right: similarity(asked, right) for right in dict.fromkeys(rights)}
    return np.array([found[right] for right in rights], dtype=np.float64)


def _finding(left: Side, right: Side) -> Finding | None:
    one = parse(left) if isinstance(left, str) else left
    other = parse(right) if isinstance(right, str) else right
    if one is None or other is None or "none" in (one.script, other.script):
        return None
    if one.text == other.text:
        return SAME, 1.0
    return min(_findings(one, other), key=_worth, default=None)


def _worth(found: Finding) -> tuple[int, float]:
    return found[0], -found[1]


def _findings(one: Name, other: Name) -> list[Finding]:
    """Compare every form of one with every form of the other, and the Latin words."""
    found = [compare_forms(*forms) for forms in product(one.forms, other.forms)]
    if one.words and other.words:
        is_spelt = bool(one.forms and other.forms)
        found.append(compare_words(one.words, other.words, is_spelt=is_spelt))
    elif (one.words or other.words) and _may_be_transcribed(one, other):
        heard = compare_scripts(one, other)
        found += [heard] if heard else []
    if len(one.parts) > 1 or len(other.parts) > 1:
        found += compare_parts(one, other)
    return found


def _may_be_transcribed(one: Name, other: Name) -> bool:
    """Tell whether either is not a Chinese name of surname and given name."""
    return not all(name.forms and name.forms[0].n_surname for name in (one, other))
