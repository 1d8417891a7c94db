"""Confusions and plate forms as arrays, for the compiled code.

Numbers for characters: 0 to 9 the digits, 10 to 35 the letters, 36 any digit, 37 any
letter, 38 any character.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.confusions import ALPHABET, DEFAULT, Confusions
from matching.forms import DIGITS, FORMS, PlateForm
from matching.looks import class_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PLACES = 8
NUMBERS = {character: number for number, character in enumerate(ALPHABET + "#@?")}
"""What each character of a plate, known or not, is in an array."""

_N_DIGITS, _N = len(DIGITS), len(ALPHABET)


class Tables(NamedTuple):
    """What `matching.kernels` reads; tables of confusions by number, the first axis.

    ``chances`` (tables, 4, 39, 36): P(written | stands there) of a character read
    right, and of one replaced; then the weights of what stood there, and of what is
    written, in the ``order`` (tables, 2, 36, 36) of the likeliest first, itself before
    all. ``slots`` (tables, slots, 36, 2) are the first two summed over what may stand
    in a slot, and ``size`` is how many may. ``forms`` (forms, 8), sorted by length, are
    numbers of slots; forms of length n stand from ``begins[n]`` on, and each plate of
    one passes as ``often``; ``classes`` are those of `matching.looks`. ``shares``
    (tables, 2): dropped and added.

    ``ends`` are the slots of forms from the third place on, those of length n from
    ``first_end[n]`` on, and ``heads`` (tables, heads, 36, 36, 3) sum over the forms of
    an end and a class what their first two places are read as: both right, one, none.
    Those of an end stand from ``first_head`` on; ``head_class`` is of which class.
    """

    chances: Floats
    order: Integers
    slots: Floats
    size: Floats
    forms: Integers
    often: Floats
    classes: Integers
    begins: Integers
    shares: Floats
    ends: Integers
    first_end: Integers
    heads: Floats
    first_head: Integers
    head_class: Integers


def tables_of(
    confusions: Sequence[Confusions] = (DEFAULT,), forms: Sequence[PlateForm] = FORMS
) -> Tables:
    """Make the arrays of tables of confusions, and of the forms."""
    return _tables(tuple(confusions), tuple(forms))


@lru_cache(maxsize=16)
def _tables(confusions: tuple[Confusions, ...], forms: tuple[PlateForm, ...]) -> Tables:
    often: dict[tuple[tuple[str, ...], int], float] = {}
    for form in forms:
        key = (form.places, class_of(form))
        often[key] = often.get(key, 0.0) + form.frequency
    every = sorted(often, key=lambda key: (len(key[0]), key))
    named = sorted({allowed for places, _ in every for allowed in places})
    members = np.array(
        [[character in allowed for character in ALPHABET] for allowed in named],
        dtype=np.float64,
    ).reshape(-1, _N)
    slots = np.zeros((len(every), PLACES), dtype=np.int64)
    for row, (places, _) in enumerate(every):
        slots[row, : len(places)] = [named.index(allowed) for allowed in places]
    wrong = np.stack([_wrong(one) for one in confusions])
    right = np.broadcast_to(np.eye(_N), wrong.shape)
    lengths = np.array([len(places) for places, _ in every])
    true_order, true_weight = _ordered(wrong.transpose(0, 2, 1))
    seen_order, seen_weight = _ordered(wrong)
    parts = (right, wrong, true_weight, seen_weight)
    in_slots = np.stack((members @ right, members @ wrong), axis=3)
    passes = np.array([often[key] for key in every])
    classes = np.array([number for _, number in every], dtype=np.int64)
    ends, end_of = _sorted_ends(
        slots, lengths, passes * members.sum(axis=1)[slots[:, 0]]
    )
    head_keys, head_of = np.unique(
        np.column_stack((end_of, classes)), axis=0, return_inverse=True
    )
    return Tables(
        chances=_with_unknown(np.stack(parts, axis=1)),
        order=np.stack((true_order, seen_order), axis=1),
        slots=in_slots,
        size=members.sum(axis=1),
        forms=slots,
        often=passes,
        classes=classes,
        begins=np.searchsorted(lengths, np.arange(PLACES + 2)).astype(np.int64),
        shares=np.array([(one.dropped, one.added) for one in confusions]),
        ends=ends,
        first_end=np.searchsorted(ends[:, 0], np.arange(PLACES + 2)).astype(np.int64),
        heads=_heads(in_slots, slots, passes, head_of.ravel()),
        first_head=np.searchsorted(head_keys[:, 0], np.arange(len(ends) + 1)).astype(
            np.int64
        ),
        head_class=head_keys[:, 1].astype(np.int64),
    )


def _ends(slots: Integers, lengths: Integers) -> Integers:
    """Return lengths of forms, a 0, and their slots from the third place on."""
    beyond = np.arange(PLACES) >= lengths[:, None]
    ends = np.where(beyond, 0, slots)
    ends[:, 0], ends[:, 1] = lengths, 0
    return ends


def _sorted_ends(
    slots: Integers, lengths: Integers, traffic: Floats
) -> tuple[Integers, Integers]:
    """Return ends by length, then the most frequent first, and of each form its end."""
    ends, end_of = np.unique(_ends(slots, lengths), axis=0, return_inverse=True)
    often = np.bincount(end_of.ravel(), weights=traffic)
    order = np.lexsort((-often, ends[:, 0]))
    return ends[order], np.argsort(order)[end_of.ravel()]


def _heads(
    in_slots: Floats, slots: Integers, often: Floats, head_of: Integers
) -> Floats:
    n_tables, n_heads = len(in_slots), int(head_of.max()) + 1
    heads = np.zeros((n_tables, n_heads, _N, _N, 3))
    for form, head in enumerate(head_of.tolist()):
        one = in_slots[:, slots[form, 0], :, None, :]
        other = in_slots[:, slots[form, 1], None, :, :]
        right, wrong = one[..., 0], one[..., 1]
        heads[:, head, :, :, 0] += often[form] * right * other[..., 0]
        heads[:, head, :, :, 1] += often[form] * (
            right * other[..., 1] + wrong * other[..., 0]
        )
        heads[:, head, :, :, 2] += often[form] * wrong * other[..., 1]
    return heads


def _wrong(confusions: Confusions) -> Floats:
    table = np.zeros((_N, _N))
    for true, row in confusions.replaced.items():
        for seen, share in row.items():
            table[NUMBERS[true], NUMBERS[seen]] = share
    return table


def _with_unknown(tables: Floats) -> Floats:
    """Add the rows of unknown characters: the mean of those they may be."""
    known = (slice(_N_DIGITS), slice(_N_DIGITS, _N), slice(_N))
    means = [tables[:, :, part].mean(axis=2, keepdims=True) for part in known]
    return np.concatenate([tables, *means], axis=2)


def _ordered(tables: Floats) -> tuple[Integers, Floats]:
    """Sort each row, itself first whatever it weighs; ties go to the lower number."""
    itself = np.eye(_N) * 2
    order = np.argsort(-(tables + itself), axis=2, kind="stable").astype(np.int64)
    return order, np.take_along_axis(tables, order, axis=2)


def numbers_of(plate: str) -> list[int]:
    """Return the numbers of a plate's characters, or of a pattern with its kinds."""
    return [NUMBERS[character] for character in plate]


def packed(numbers: NDArray[np.integer], lengths: NDArray[np.integer]) -> Integers:
    """Return plates, rows of 8 numbers, as (characters of 8 bits each, how many)."""
    shifts = 8 * np.arange(PLACES, dtype=np.int64)
    there = np.arange(PLACES) < np.asarray(lengths)[:, None]
    whole = np.where(there, numbers, 0).astype(np.int64) << shifts
    return np.column_stack((whole.sum(axis=1), lengths)).astype(np.int64)
