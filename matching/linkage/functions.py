"""What a condition may ask of texts: parts of one, and how like two of them are.

Names are those of DuckDB, where Splink's conditions run. Distances count characters
(code points), where DuckDB counts bytes: the same for ASCII, and right for Chinese.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import (
    DamerauLevenshtein,
    Hamming,
    Jaro,
    Levenshtein,
    Prefix,
)
from rapidfuzz.process import cpdist

from matching.linkage.words import listed_words, words_in_common
from matching.names.blocking import keys
from matching.names.errors import NameRefused
from matching.names.evidence import similarity
from matching.persons import clothing, description
from matching.persons.ages import gap_years
from matching.thefts.looks import colour_similarity, plate_fits, type_similarity
from matching.whereabouts import (
    cells,
    cells_by_day,
    days_after,
    days_between,
    metres_apart,
    still_beyond,
)

Floats = NDArray[np.float64]

WIDE_KEY = "one:"

PREFIX = 4
BOOSTED_FROM = 0.7
"""Jaro-Winkler: up to four equal characters in front count, from this likeness on."""


def jaro(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return the Jaro similarity of pairs, 0 to 1."""
    return _of_pairs(lefts, rights, Jaro.similarity, np.float64)


def jaro_winkler(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return the Jaro-Winkler similarity of pairs, 0 to 1.

    To the last bit as DuckDB has it, which adds the prefix in one rounding: a pair at
    a threshold would else fall on its other side.
    """
    plain = jaro(lefts, rights)
    prefix = np.minimum(_of_pairs(lefts, rights, Prefix.similarity, np.int32), PREFIX)
    share = (prefix * 0.1).astype(np.longdouble)
    boosted = share * (1.0 - plain) + plain
    found: Floats = np.where(plain > BOOSTED_FROM, boosted.astype(np.float64), plain)
    return found


def levenshtein(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return how many insertions, deletions and substitutions lie between texts."""
    return _of_pairs(lefts, rights, Levenshtein.distance, np.int32)


def damerau_levenshtein(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return the same with swaps of neighbours as one step."""
    return _of_pairs(lefts, rights, DamerauLevenshtein.distance, np.int32)


def hamming(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return in how many places texts differ; NaN where their lengths do."""
    found = _of_pairs(lefts, rights, Hamming.distance, np.int32)
    lengths = [len(one) != len(other) for one, other in zip(lefts, rights, strict=True)]
    found[np.array(lengths, dtype=np.bool_)] = np.nan
    return found


def jaccard(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return the share of characters that texts have in common, 0 to 1."""
    pairs = zip(lefts, rights, strict=True)
    return np.array([_jaccard(set(one), set(other)) for one, other in pairs])


def name_similarity(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return how alike names are, 0 to 1; NaN where there is nothing to compare.

    See `matching.names.evidence`; a text that is too long for a name says nothing.
    """
    found = []
    for one, other in zip(lefts, rights, strict=True):
        with suppress(NameRefused):
            found.append(similarity(one, other))
            continue
        found.append(None)
    return np.array(found, dtype=np.float64)


def name_keys(text: str) -> list[str]:
    """Return what a name can be looked up by, see `matching.names.blocking`."""
    with suppress(NameRefused):
        return sorted(key for key in keys(text) if not key.startswith(WIDE_KEY))
    return []


def share(
    of: Callable[[str], list[str]], lefts: Sequence[str], rights: Sequence[str]
) -> Floats:
    """Say whether texts have one of several in common: 1 or 0."""
    pairs = zip(lefts, rights, strict=True)
    return np.array([float(not set(of(a)).isdisjoint(of(b))) for a, b in pairs])


LISTS: dict[str, Callable[[str], list[str]]] = {
    "cells": cells,
    "cells_by_day": cells_by_day,
    "name_keys": name_keys,
    "words": listed_words,
}
"""By name: several texts made of one; known only within ``list_has_any``."""

LIKENESS: dict[str, Callable[[Sequence[str], Sequence[str]], Floats]] = {
    "damerau_levenshtein": damerau_levenshtein,
    "born_gap": gap_years,
    "clothing_similarity": clothing.similarities,
    "colour_similarity": colour_similarity,
    "days_after": days_after,
    "days_between": days_between,
    "description_similarity": description.similarities,
    "hamming": hamming,
    "jaccard": jaccard,
    "jaro_similarity": jaro,
    "jaro_winkler_similarity": jaro_winkler,
    "levenshtein": levenshtein,
    "metres_apart": metres_apart,
    "name_similarity": name_similarity,
    "plate_fits": plate_fits,
    "share cells": partial(share, cells),
    "share cells_by_day": partial(share, cells_by_day),
    "share name_keys": partial(share, name_keys),
    "share words": partial(share, listed_words),
    "still_beyond": still_beyond,
    "type_similarity": type_similarity,
    "words_in_common": words_in_common,
}
"""By name: how like two texts are, or how unlike."""

BOUNDED = frozenset({"jaro_similarity", "jaro_winkler_similarity", "jaccard"})
DISTANCES = frozenset({"damerau_levenshtein", "hamming", "levenshtein"})
"""Of equal texts the former give 1, the latter 0, and no others are passed over."""


def substring(text: str, start: int, length: int | None = None) -> str | None:
    """Return characters from a place on, the first is 1; from the end if negative."""
    begin = start - 1 if start > 0 else max(len(text) + start, 0) if start else 0
    if start == 0 and length is not None:
        length -= 1
    return text[begin:] if length is None else text[begin : begin + max(length, 0)]


def split_part(text: str, separator: str, place: int) -> str:
    """Return a part between separators, the first is 1; empty where there is none."""
    parts = text.split(separator) if separator else [text]
    index = place - 1 if place > 0 else place
    return parts[index] if -len(parts) <= index < len(parts) else ""


def regexp_extract(text: str, pattern: str, group: int = 0) -> str:
    """Return what a pattern finds first; empty where it finds nothing."""
    found = re.search(pattern, text)
    return (found.group(group) or "") if found else ""


TEXT_PARTS: dict[str, Callable[..., str | None]] = {
    "left": lambda text, n: text[:n],
    "lower": lambda text: text.lower(),
    "regexp_extract": regexp_extract,
    "replace": lambda text, old, new: text.replace(old, new),
    "reverse": lambda text: text[::-1],
    "right": lambda text, n: text[-n:] if n > 0 else "",
    "split_part": split_part,
    "substring": substring,
    "trim": lambda text: text.strip(),
    "upper": lambda text: text.upper(),
}
"""By name: a text made of one text and of numbers or texts that are written out."""


def seconds_of(text: str, form: str) -> float:
    """Return the seconds from 1970 to a time that is written so; NaN if it is not."""
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return np.nan


def number_of(text: str) -> float:
    """Return a text as a number; NaN if it is none."""
    try:
        return float(text)
    except ValueError:
        return np.nan


NUMBER_PARTS: dict[str, Callable[..., float]] = {
    "length": len,
    "number": number_of,
    "strptime": seconds_of,
}
"""By name: a number made of a text."""


def _of_pairs(
    lefts: Sequence[str],
    rights: Sequence[str],
    scorer: Callable[..., Any],
    kind: type[np.generic],
) -> Floats:
    if not lefts:
        return np.empty(0)
    found: Floats = cpdist(lefts, rights, scorer=scorer, dtype=kind).astype(np.float64)
    return found


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0
