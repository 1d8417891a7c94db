"""Copying pieces of text and writing numbers, byte by byte.

These are plain functions on arrays; `compiled` makes machine code of them.
"""

from functools import lru_cache
from math import isnan
from typing import Any

from geo.compiling import compile_together

Column = Any  # an array of shape (n,)

# All that the compiled code builds on stands here.
COMMA, POINT, ZERO = 44, 46, 48
SPLITTER = 134217729.0  # 2**27 + 1: Dekker, 1971, splits a double in two halves


def put(out: Column, at: Column, text: Column, start: Column, stop: Column) -> None:
    """Copy the piece of each row to its place, and move the place behind it."""
    for row in range(len(at)):
        to = at[row]
        for i in range(start[row], stop[row]):
            out[to] = text[i]
            to += 1
        at[row] = to


def _product_error(a: float, b: float) -> float:
    """Give a * b minus what it was rounded to; Dekker, 1971."""
    product = a * b
    c, d = SPLITTER * a, SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    left_over = ((a_high * b_high - product) + a_high * b_low) + a_low * b_high
    return left_over + a_low * b_low


def _rounded(value: float, scale: float) -> int:
    """Round a value times a power of ten to an integer: half to even, exactly."""
    scaled = value * scale
    whole = int(scaled)
    rest = scaled - whole
    if rest == 0.5:  # only then what the product lost can tip it
        lost = _product_error(value, scale)
        return whole + (lost > 0 or (lost == 0 and whole & 1))
    return whole + (rest > 0.5)


def write_decimals(values: Column, places: int, text: Column, stop: Column) -> None:
    """Write each number into its row of text; see `data.pieces.decimals`."""
    scale = 10**places
    for row in range(len(values)):
        value = values[row]
        text[row, 0] = COMMA
        stop[row] = 1
        if isnan(value):
            continue
        left = _rounded(value, float(scale))
        digits = 1
        while left >= scale * 10**digits:
            digits += 1
        end = 1 + digits + 1 + places
        for i in range(end - 1, 0, -1):
            if i == 1 + digits:
                text[row, i] = POINT
                continue
            text[row, i] = ZERO + left % 10
            left //= 10
        stop[row] = end


@lru_cache(maxsize=1)
def compiled() -> dict[str, Any]:
    """Compile `put` and `write_decimals`; returns them by name."""
    functions = (put, _product_error, _rounded, write_decimals)
    return compile_together(globals(), functions)


def is_compiled() -> bool:
    """Say whether the compiled form is there already."""
    return compiled.cache_info().currsize > 0
