"""Copying pieces of text and writing numbers, compiled by Numba."""

# ruff: noqa: ANN001, ANN201, ANN202
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False
# mypy: check-untyped-defs=False, disallow-untyped-calls=False

import numba
import numpy as np

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")

COMMA, POINT, ZERO = 44, 46, 48
SPLITTER = 134217729.0  # 2**27 + 1: Dekker, 1971, splits a double in two halves


@compiled
def put(out, at, text, start, stop):
    """Copy the piece of each row to its place, and move the place behind it."""
    for row in range(at.size):
        to = at[row]
        for i in range(start[row], stop[row]):
            out[to] = text[i]
            to += 1
        at[row] = to


@compiled
def _product_error(a, b):
    """Give a * b minus what it was rounded to; Dekker, 1971."""
    product = a * b
    c, d = SPLITTER * a, SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    left_over = ((a_high * b_high - product) + a_high * b_low) + a_low * b_high
    return left_over + a_low * b_low


@compiled
def _rounded(value, scale):
    """Round a value times a power of ten to an integer: half to even, exactly."""
    scaled = value * scale
    whole = np.int64(scaled)
    rest = scaled - whole
    if rest == 0.5:  # only then what the product lost can tip it
        lost = _product_error(value, scale)
        return whole + (lost > 0 or (lost == 0 and whole & 1))
    return whole + (rest > 0.5)


@compiled
def write_decimals(values, places, text, stop):
    """Write each number into its row of text; see `data.pieces.decimals`."""
    scale = np.int64(10) ** places
    for row in range(values.size):
        value = values[row]
        text[row, 0] = COMMA
        stop[row] = 1
        if np.isnan(value):
            continue
        left = _rounded(value, np.float64(scale))
        digits = 1
        while left >= scale * np.int64(10) ** digits:
            digits += 1
        end = 1 + digits + 1 + places
        for i in range(end - 1, 0, -1):
            if i == 1 + digits:
                text[row, i] = POINT
                continue
            text[row, i] = ZERO + left % 10
            left //= 10
        stop[row] = end
