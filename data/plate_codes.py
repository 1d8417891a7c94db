"""Plain plates as numbers, in the order of their texts.

A plain plate is 4 to 8 of A-Z and 0-9. Its code is a number of base 37 in eight places:
0 stands for no character, 1 to 10 for the digits, 11 to 36 for the letters. So codes
sort as texts do, all plates with one prefix lie in one range, and 42 bits hold any.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE = 37
PLACES = 8
SHORTEST = 4
NO_PLATE = 0
"""The code of what is no plain plate."""

CEILING = BASE**PLACES
"""No code is this large."""

_VALUES = np.full(256, -1, dtype=np.int64)
_VALUES[0] = 0
_VALUES[[ord(c) for c in ALPHABET]] = np.arange(1, BASE)
_WEIGHTS = np.array([BASE ** (PLACES - 1 - i) for i in range(PLACES)], dtype=np.int64)
_CHARACTERS = np.array([0, *map(ord, ALPHABET)], dtype=np.uint8)


def encode(plates: Sequence[str] | NDArray[np.str_] | NDArray[np.bytes_]) -> Codes:
    """Turn plain plates into codes, shape (n,).

    What is not plain (lower case, a dash, fewer than 4 or more than 8 characters)
    becomes `NO_PLATE`.
    """
    texts = np.asarray(plates)
    if texts.size == 0:
        return np.empty(0, dtype=np.uint64)
    if texts.dtype.kind != "S":
        whole = [text if text.isascii() else "" for text in texts.tolist()]
        texts = np.array([text.encode() for text in whole], dtype=np.bytes_)
    if texts.dtype.itemsize > PLACES + 1:
        texts = texts.astype(f"S{PLACES + 1}")  # cut, but never to what is plain
    bare = np.zeros((texts.size, PLACES + 1), dtype=np.uint8)
    bare[:, : texts.dtype.itemsize] = texts.view(np.uint8).reshape(texts.size, -1)
    values = _VALUES[bare[:, :PLACES]]
    is_plain = (values >= 0).all(axis=1) & (bare[:, PLACES] == 0)
    is_plain &= (values[:, :SHORTEST] > 0).all(axis=1)
    is_plain &= (np.diff((values > 0).astype(np.int8), axis=1) <= 0).all(axis=1)
    codes: Codes = np.where(is_plain, values @ _WEIGHTS, NO_PLATE).astype(np.uint64)
    return codes


def decode(codes: Codes) -> NDArray[np.str_]:
    """Turn codes into plain plates, shape (n,); `NO_PLATE` becomes an empty text."""
    numbers = np.ascontiguousarray(codes, dtype=np.int64)
    values = numbers[:, None] // _WEIGHTS % BASE
    texts: NDArray[np.str_] = (
        _CHARACTERS[values].view(f"S{PLACES}").ravel().astype(np.str_)
    )
    return texts


def lengths(codes: Codes) -> NDArray[np.int64]:
    """Return how many characters plates have, shape (n,); 0 for `NO_PLATE`."""
    n_characters = np.where(codes == NO_PLATE, 0, PLACES)
    for n_empty in range(1, PLACES):
        is_short = codes % np.uint64(BASE**n_empty) == 0
        n_characters[is_short & (codes != NO_PLATE)] = PLACES - n_empty
    return n_characters


def prefix_range(prefix: str) -> tuple[int, int]:
    """Return the first code that begins with a prefix, and the first one behind them.

    Raises
    ------
    ValueError
        Something else than 0 to 8 of A-Z and 0-9.
    """
    values = [ALPHABET.find(character) + 1 for character in prefix]
    if len(prefix) > PLACES or 0 in values:
        raise ValueError(f"{prefix!r} is no prefix of a plate: want 0 to 8 of A-Z, 0-9")
    first = sum(
        value * int(weight) for value, weight in zip(values, _WEIGHTS, strict=False)
    )
    return first, first + BASE ** (PLACES - len(prefix))


def written_plate(plate: str) -> str:
    """Put the dash where it is nearly always put, between letters and digits.

    Two or three letters and three or four digits, or the other way round; else behind
    the second of six characters that end in four digits; else nowhere.
    """
    for cut in (2, 3, 4):
        head, tail = plate[:cut], plate[cut:]
        sizes = len(head), len(tail)
        if head.isalpha() and tail.isdigit() and sizes in _LETTERS_FIRST:
            return f"{head}-{tail}"
        if head.isdigit() and tail.isalpha() and sizes[::-1] in _LETTERS_FIRST:
            return f"{head}-{tail}"
    if len(plate) == 6 and plate[2:].isdigit():
        return f"{plate[:2]}-{plate[2:]}"
    return plate


_LETTERS_FIRST = {(2, 3), (2, 4), (3, 3), (3, 4)}
