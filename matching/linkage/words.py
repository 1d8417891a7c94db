"""Words of texts: which two texts have in common, spelt alike or as an initial."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cpdist

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 6
"""Further words of a text are passed over."""
ALIKE, INITIAL = 0.75, 0.25
"""What a word counts that is spelt alike, and an initial; an equal one counts 1."""
SHORTEST = 4
"""Shorter words are never alike: too many are one letter apart by chance."""
PIECE = 100_000
NO_WORD = -1


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, each once, in order of the alphabet."""
    return sorted(set(WORD.findall(text.lower())))


def listed_words(text: str) -> list[str]:
    """Return the words that count, the first `MOST_WORDS` of them."""
    return words_of(text)[:MOST_WORDS]


def words_in_common(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Count the words that texts have in common, in whatever order.

    A word that is equal counts 1, one with one typing error `ALIKE`, an initial of a
    word `INITIAL`; each word counts once, in its best place.
    """
    words: dict[str, int] = {}
    left, right = (_numbered(texts, words) for texts in (lefts, rights))
    every = list(words)
    found = np.zeros(len(lefts))
    for start in range(0, len(lefts), PIECE):
        part = slice(start, start + PIECE)
        found[part] = _common(left[part], right[part], every)
    return found


def _numbered(texts: Sequence[str], words: dict[str, int]) -> Numbers:
    numbers = np.full((len(texts), MOST_WORDS), NO_WORD, dtype=np.int64)
    for row, text in enumerate(texts):
        for place, word in enumerate(listed_words(text)):
            numbers[row, place] = words.setdefault(word, len(words))
    return numbers


def _common(left: Numbers, right: Numbers, words: Sequence[str]) -> Floats:
    worth = _worth(left, right, words)
    total = np.zeros(len(left))
    rows = np.arange(len(left))
    for _ in range(MOST_WORDS):
        best = worth.reshape(len(left), -1).argmax(axis=1)
        one, other = np.divmod(best, MOST_WORDS)
        gained = worth[rows, one, other]
        if not gained.any():
            break
        total += gained
        worth[rows, one, :] = 0
        worth[rows, :, other] = 0
    return total


def _worth(left: Numbers, right: Numbers, words: Sequence[str]) -> Floats:
    """Return what each word of one text counts beside each of the other."""
    one, other = np.broadcast_arrays(left[:, :, None], right[:, None, :])
    worth: Floats = ((one == other) & (one != NO_WORD)).astype(np.float64)
    sizes, first, last = _shapes(words)
    starts = first[one] == first[other]
    is_initial = (sizes[one] == 1) | (sizes[other] == 1)
    worth[(one != other) & is_initial & starts] = INITIAL
    is_long = (sizes[one] >= SHORTEST) & (sizes[other] >= SHORTEST)
    is_near = (one != other) & is_long & (np.abs(sizes[one] - sizes[other]) <= 1)
    # one typing error leaves the first letter or the last as it was
    rows = np.nonzero(is_near & (starts | (last[one] == last[other])))
    back, different = pd.factorize(one[rows] * len(words) + other[rows])
    pairs = np.divmod(different, max(len(words), 1))
    worth[rows] = _likeness(*([words[n] for n in of.tolist()] for of in pairs))[back]
    return worth


def _shapes(words: Sequence[str]) -> tuple[Numbers, Numbers, Numbers]:
    """Return length, first and last letter of words; 0 and none for no word."""
    shapes = [(len(word), ord(word[0]), ord(word[-1])) for word in words]
    sizes, first, last = np.array([*shapes, (0, -1, -1)], dtype=np.int64).T
    return sizes, first, last


def _likeness(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    if not lefts:
        return np.empty(0)
    scorer = DamerauLevenshtein.distance
    apart = cpdist(lefts, rights, scorer=scorer, dtype=np.int32, score_cutoff=1)
    worth: Floats = np.where(apart <= 1, ALIKE, 0.0)
    return worth
