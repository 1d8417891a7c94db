"""Names in Latin letters: their words, and how near two lists of words are.

Other alphabets are written in Latin letters first, one character at a time, by the
tables of anyascii.
"""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHES = re.compile(r"['’‘`ʼʻ´]")
_TITLES = frozenset(
    "mr mrs ms miss dr prof sir lady lord president minister general shaikh sheikh "
    "haji phd".split()
)
_MOST_WORDS = 8


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in Latin letters, small, without titles; at most 8."""
    if not text or text.isspace():
        return ()
    plain = _APOSTROPHES.sub("", text.casefold())
    if not plain.isascii():
        plain = _in_ascii(plain)
    words = _WORD.findall(_APOSTROPHES.sub("", plain))
    named = [word for word in words if word not in _TITLES]
    return tuple((named or words)[:_MOST_WORDS])


def _in_ascii(text: str) -> str:
    from anyascii import anyascii  # read when first needed: most names are Chinese

    return anyascii(text).casefold()


NEAR = 0.88
"""From here on two words are taken for one, miswritten."""

INITIAL = 0.9
"""How much an initial is like a word that begins with it; no other two words are."""

_ONE_ERROR, _TWO_ERRORS = 4, 7
"""Letters from which a word may hold one wrong letter, and two."""


@lru_cache(maxsize=262144)
def word_likeness(left: str, right: str) -> float:
    """Return how alike two words are, 0 to 1; from `NEAR` on one may be the other.

    A wrong, missing, doubled or swapped letter is an error in a word of four letters
    or more, two are in one of seven; an initial stands for a word. Whatever else is
    alike by Jaro and Winkler (1990) is less than that: endings tell names apart.
    """
    if left == right:
        return 1.0
    if len(left) == 1 or len(right) == 1:
        return INITIAL if left[0] == right[0] else 0.0
    longer = max(len(left), len(right))
    allowed = (longer >= _ONE_ERROR) + (longer >= _TWO_ERRORS)
    wrong = OSA.distance(left, right, score_cutoff=allowed) if allowed else 1
    if wrong <= allowed:
        return 1.0 - (1.0 - NEAR) * wrong / 2
    return min(NEAR - 0.01, JaroWinkler.similarity(left, right))


def aligned(left: tuple[str, ...], right: tuple[str, ...]) -> list[tuple[float, int]]:
    """Match each word of the shorter list with the word most like it, the best first.

    Returns
    -------
    likeness and letters of both words together, for as many pairs as the shorter has
    """
    lefts, rights = list(left), list(right)
    found: list[tuple[float, int]] = []
    for word in left:
        if word in rights:
            lefts.remove(word)
            rights.remove(word)
            found.append((1.0, 2 * len(word)))
    pairs = [(a, b) if a < b else (b, a) for a in lefts for b in rights]
    every = sorted((-word_likeness(a, b), a, b) for a, b in pairs)
    return found + _greedily(every, [*lefts, *rights], min(len(lefts), len(rights)))


def _greedily(
    every: list[tuple[float, str, str]], left_over: list[str], n: int
) -> list[tuple[float, int]]:
    """Take ``n`` pairs of words, the most alike first, each word once."""
    found: list[tuple[float, int]] = []
    for unlike, one, other in every:
        if len(found) == n:
            break
        if one in left_over and other in left_over:
            left_over.remove(one)
            left_over.remove(other)
            found.append((-unlike, len(one) + len(other)))
    return found
