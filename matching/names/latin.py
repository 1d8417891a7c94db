"""Comparing names of which at least one is in Latin letters, word by word."""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from matching.names.characters import is_han, readings, sounds
from matching.names.forms import Finding, compare_forms
from matching.names.levels import (
    DIFFERENT,
    NEAR_SOUND,
    NICKNAME,
    ONE_MISSING,
    ONE_OTHER,
    REORDERED,
    SAME_SOUND,
    SURNAME,
    VARIANT,
)
from matching.names.parts import Name, form
from matching.names.words import INITIAL, NEAR, aligned

_MOSTLY = 0.5
_SLIP = 6
"""Letters of a whole name from which one may be wrong."""


def compare_words(
    left: tuple[str, ...], right: tuple[str, ...], *, is_spelt: bool = False
) -> Finding:
    """Compare two lists of Latin words in any order; symmetric.

    With ``is_spelt`` both have forms in syllables, which tell more than words: but for
    one wrong letter, only the same words are alike.
    """
    if left == right or "".join(left) == "".join(right):
        return VARIANT, 1.0
    if sorted(left) == sorted(right):
        return SAME_SOUND, 0.9
    if _is_slip("".join(left), "".join(right)) and min(map(len, left + right)) > 1:
        return NEAR_SOUND, 0.9
    if is_spelt:
        return DIFFERENT, 0.0
    pairs = aligned(left, right)
    near = [pair for pair in pairs if pair[0] >= NEAR]
    letters = sum(map(len, left)) + sum(map(len, right))
    likeness = sum(like * size for like, size in pairs) / letters
    if len(near) == len(pairs):
        return _all_near(near, len(left) != len(right)), likeness
    share = sum(size for _, size in near) / letters
    if share >= _MOSTLY:
        return ONE_OTHER, likeness
    return (SURNAME if near else DIFFERENT), likeness


def _is_slip(left: str, right: str) -> bool:
    """Tell whether two texts that are long enough differ by one letter."""
    longer = max(len(left), len(right))
    return longer >= _SLIP and OSA.distance(left, right, score_cutoff=1) <= 1


def _all_near(pairs: list[tuple[float, int]], is_more: bool) -> int:
    """Return the level of names of which every word of the shorter has its like."""
    n_whole = sum(likeness != INITIAL for likeness, _ in pairs)
    if n_whole == 0:
        return DIFFERENT
    if n_whole < len(pairs):
        return ONE_MISSING
    if not is_more:
        return NEAR_SOUND
    return ONE_MISSING if n_whole > 1 else NICKNAME


_VOICED = str.maketrans("bdgvrzjqx", "ptkwlssss")
_DOUBLED = re.compile(r"(.)\1+|h|(?<=[iu])u(?=o)")
_HEARD = 0.84
_LEAST = 4
"""Letters from which a transcription tells anything."""


@lru_cache(maxsize=65536)
def transcribed(units: tuple[str, ...]) -> str:
    """Write characters as somebody may have heard them in another language."""
    spoken = (
        min(readings(unit), default="") or min(sounds(unit), default="")
        for unit in units
    )
    return rough("".join(one.rstrip("1234") for one in spoken))


@lru_cache(maxsize=65536)
def rough(text: str) -> str:
    """Fold the letters that a transcription into Chinese does not keep apart."""
    return _DOUBLED.sub(r"\1", text.translate(_VOICED))


def compare_scripts(left: Name, right: Name) -> Finding | None:
    """Compare the Chinese characters of one name with the Latin words of another.

    For names that are not Chinese, such as 莎韻 and Sayun. None where they sound
    unlike: a person may well have a name in each script.
    """
    heard = [
        JaroWinkler.similarity(transcribed(form.units), rough("".join(other.words)))
        for one, other in ((left, right), (right, left))
        for form in one.forms[:1]
        if is_han(form.units[0])
        and min(len("".join(other.words)), len(transcribed(form.units))) >= _LEAST
    ]
    likeness = max(heard, default=0.0)
    return (NEAR_SOUND, likeness / 2) if likeness >= _HEARD else None


def compare_parts(left: Name, right: Name) -> list[Finding]:
    """Compare Chinese names of several parts: in another order, or one part alone."""
    if "han" not in (left.script, right.script) or not left.forms or not right.forms:
        return []
    if len(left.parts) == len(right.parts):
        if any(map(_differ_in_length, left.parts, reversed(right.parts))):
            return []
        turned = form((), "".join(reversed(right.parts)))
        rank, likeness = compare_forms(form((), "".join(left.parts)), turned)
        return [(REORDERED, likeness)] if rank <= NEAR_SOUND else []
    found = (
        compare_forms(form((), part), form((), another))
        for part in left.parts
        for another in right.parts
    )
    return [(ONE_MISSING, likeness) for rank, likeness in found if rank <= NEAR_SOUND]


def _differ_in_length(left: str, right: str) -> bool:
    return len(left) != len(right)
