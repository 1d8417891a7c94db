"""Comparing two forms of names, unit by unit."""

from collections.abc import Iterable

from matching.names.characters import Relation, relation
from matching.names.levels import (
    DIFFERENT,
    GIVEN,
    LOOK_ALIKE,
    MARRIED,
    NEAR_SOUND,
    NICKNAME,
    ONE_MISSING,
    ONE_OTHER,
    REORDERED,
    SAME_SOUND,
    SURNAME,
    VARIANT,
)
from matching.names.parts import Form

Finding = tuple[int, float]
"""A level, counted from the best, and how alike the names are within it, 0 to 1."""

_LIKENESS = (0.0, 0.4, 0.55, 0.75, 0.88, 0.92, 0.98, 1.0)
"""By `Relation`."""

_LEVELS = (DIFFERENT, ONE_MISSING, LOOK_ALIKE, NEAR_SOUND, SAME_SOUND, SAME_SOUND,
           VARIANT, VARIANT)  # fmt: skip
"""By the worst `Relation` of two forms of one length."""

_OTHER, _UNKNOWN, _LOOK, _NEAR = (
    Relation.OTHER, Relation.UNKNOWN, Relation.LOOK, Relation.NEAR,
)  # fmt: skip
_SOUND, _VARIANT = Relation.SOUND, Relation.VARIANT


def compare_forms(left: Form, right: Form) -> Finding:
    """Compare two forms unit by unit; symmetric."""
    if len(left.units) == len(right.units):
        return _of_one_length(left, right)
    short, long = sorted((left, right), key=_length)
    likeness = _with_one_left_out(short, long)
    if likeness and len(long.units) - len(short.units) == 1:
        return ONE_MISSING, likeness
    if (short.is_nickname or long.is_nickname) and (told := _within(short, long)):
        return NICKNAME, told
    return _by_surname(left, right)


def _length(form: Form) -> int:
    return len(form.units)


def _relations(left: Form, right: Form) -> list[Relation]:
    return list(map(relation, left.units, right.units, left.flags, right.flags))


def _mean(relations: Iterable[Relation]) -> float:
    every = [_LIKENESS[one] for one in relations]
    return sum(every) / len(every)


def _of_one_length(left: Form, right: Form) -> Finding:
    found = _relations(left, right)
    worst = min(found)
    if worst is not _OTHER:
        level = _LEVELS[worst]
        is_maiden = left.is_maiden or right.is_maiden
        if worst is _UNKNOWN and max(found) < _SOUND:
            return _by_surname(left, right)
        if level == VARIANT and is_maiden:
            level = MARRIED
        return level, _mean(found)
    if left.letters == right.letters:
        return REORDERED, _mean(found)
    return _with_others(left, right, found)


def _with_others(left: Form, right: Form, found: list[Relation]) -> Finding:
    """Compare two forms of one length of which some units are not alike at all."""
    n_surname = min(left.n_surname, right.n_surname)
    given = found[n_surname:]
    if n_surname and min(found[:n_surname]) >= _NEAR:
        alike = sum(one >= _SOUND for one in given)
        if alike and alike == len(given) - 1:
            return ONE_OTHER, _mean(found)
    elif n_surname and len(given) > 1 and min(given) >= _SOUND:
        return GIVEN, _mean(given)
    return _by_surname(left, right, found)


def _by_surname(
    left: Form, right: Form, found: list[Relation] | None = None
) -> Finding:  # fmt: skip
    n_surname = left.n_surname
    likeness = _mean(found) if found else 0.0
    if n_surname and n_surname == right.n_surname:
        first = left.units[:n_surname], right.units[:n_surname]
        surnames = [relation(*both, True, True) for both in zip(*first, strict=True)]
        if min(surnames) >= _SOUND:
            return SURNAME, (likeness + _mean(surnames)) / 2
    return DIFFERENT, likeness


def _with_one_left_out(short: Form, long: Form) -> float:
    """Return how alike a form is to another with one unit left out; 0 if it is not.

    At least two units stay, for one alone is no name.
    """
    if len(long.units) - len(short.units) != 1 or len(short.units) < 2:
        return 0.0
    best = 0.0
    for out in range(len(long.units)):
        rest = long.units[:out] + long.units[out + 1 :]
        flags = long.flags[:out] + long.flags[out + 1 :]
        found = list(map(relation, short.units, rest, short.flags, flags))
        if min(found) >= _NEAR:
            best = max(best, _mean(found))
    return best


def _within(short: Form, long: Form) -> float:
    """Return how alike a form is to as many units in a row of a longer one, or 0."""
    n = len(short.units)
    best = 0.0
    for start in range(len(long.units) - n + 1):
        row = long.units[start : start + n]
        found = [
            relation(one, other) for one, other in zip(short.units, row, strict=True)
        ]
        if min(found) >= _SOUND:
            best = max(best, _mean(found))
    return best
