"""How like two plates, types and colours are, by texts."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.evidence import compare_colour, compare_type
from matching.plates import ANY

Floats = NDArray[np.float64]

CONTRADICTED = -1.0

_OF_TYPES = {"same": 1.0, "near": 0.5, "other": 0.0, "wheels": -1.0}
_OF_COLOURS = {"same": 1.0, "night": 0.5, "other": 0.0}


def plate_fits(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return how many characters of two plates are known to be equal, place by place.

    ``?`` stands for one that nobody knows. `CONTRADICTED` where they differ in one, or
    in length.
    """
    pairs = zip(lefts, rights, strict=True)
    return np.array([_fits(one, other) for one, other in pairs], dtype=np.float64)


def type_similarity(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return how alike two types are: 1, 0.5 near, 0, -1 for two wheels and four.

    NaN for words that are not ours; see `matching.evidence.compare_type`.
    """
    return _compared(lefts, rights, compare_type, _OF_TYPES)


def colour_similarity(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return how alike two colours are: 1, 0.5 if light confuses them, 0.

    NaN for words that are not ours; see `matching.evidence.compare_colour`.
    """
    return _compared(lefts, rights, compare_colour, _OF_COLOURS)


def _compared(
    lefts: Sequence[str],
    rights: Sequence[str],
    compare: Callable[[str, str], str | None],
    values: dict[str, float],
) -> Floats:
    levels = (compare(a, b) for a, b in zip(lefts, rights, strict=True))
    return np.array([values.get(level or "", np.nan) for level in levels])


def _fits(one: str, other: str) -> float:
    if len(one) != len(other):
        return CONTRADICTED
    equal = 0
    for a, b in zip(one, other, strict=True):
        if ANY in (a, b):
            continue
        if a != b:
            return CONTRADICTED
        equal += 1
    return equal
