"""Splitting CSV into rows and reading numbers, byte by byte.

The rules are those of Python's `csv.reader`: a quote counts at the start of a cell
only, two within quotes are one, and a carriage return ends a row only before a line
end. These are plain functions on bytes; `compiled` makes machine code of them.
"""

from functools import lru_cache
from math import isnan, nan
from typing import Any

import numpy as np

from geo.compiling import compile_together

Text = Any  # bytes, or the same as an array for the compiled form
Out = Any  # see `split`
Layout = tuple[int, Any, bool]
Limits = tuple[int, int]

# All that the compiled code builds on stands here.
LF, CR, SPACE, QUOTE, COMMA = 10, 13, 32, 34, 44
PLUS, MINUS, POINT, ZERO, NINE, BIG_E, SMALL_E = 43, 45, 46, 48, 57, 69, 101

START, STOP, END, CELLS, LINE = range(5)
"""A row's bounds: where its text begins and its last wanted cell ends, where all of
its bytes end, how many cells it has, and which line it begins on."""

PLAIN, ODD, BLANK, MIXED = range(4)
"""Kinds of row: read at once; to be read with care; without any value; read at once,
but with marks in it that part cells elsewhere."""

ALL, MORE, TOO_LONG = range(3)
"""How splitting ended: at the end, at a row whose end is not there yet, or at a row
that is too long."""

_SIMPLE, _MENDED, _OPEN, _LONG = range(4)
"""Kinds of cell: its content stands there in one piece; something follows the closing
quote; nothing closes it; or only after too many bytes."""

NUMBER, NOTHING, UNSURE = range(3)

DIGITS = 18
"""So many digits fit an int64 whatever they are."""

POWERS = 10.0 ** np.arange(23)  # the powers of ten that a float holds exactly
EXACT = 2**53
SPLITTER = 134217729.0  # 2**27 + 1: Dekker, 1971, splits a double in two halves
LAST_SPACE_LEAD = 0xE4
"""From this byte on no character begins that Unicode calls white space."""


def _product_error(a: float, b: float) -> float:
    """Give a * b minus what it was rounded to; Dekker, 1971."""
    product = a * b
    c, d = SPLITTER * a, SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    left_over = ((a_high * b_high - product) + a_high * b_low) + a_low * b_high
    return left_over + a_low * b_low


def _quotient(whole: int, power: float) -> float:
    """Divide an integer by a power of ten; NaN where the rounding is in doubt."""
    high = float(whole)
    low = np.float64(whole - int(high))
    first = high / power
    left = (high - first * power) - _product_error(first, power)
    second = (left + low) / power
    value = first + second
    rest = (first - value) + second
    # what was lost so far is some 2**-50 of the rest's largest size
    return value if value + rest * (1 + 1e-12) == value else nan


def _scaled(whole: int, exponent: int) -> float:
    if abs(exponent) >= len(POWERS):
        return nan
    power = float(POWERS[abs(exponent)])
    if exponent > 0:
        return whole * power if whole < EXACT else nan
    return whole / power if whole < EXACT else _quotient(whole, power)


def _exponent(text: Text, at: int, stop: int) -> int:
    """Read what follows an E; a size that no double has stands for what is none."""
    sign = 1
    if at < stop and (text[at] == PLUS or text[at] == MINUS):
        sign = -1 if text[at] == MINUS else 1
        at += 1
    if at == stop or stop - at > 3:
        return 9999
    found = 0
    for i in range(at, stop):
        if text[i] < ZERO or text[i] > NINE:
            return 9999
        found = found * 10 + (text[i] - ZERO)
    return sign * found


def _unsigned(text: Text, at: int, stop: int) -> float:
    whole, digits, after, is_after = 0, 0, 0, False
    seen, exponent = 0, 0
    while at < stop:
        mark = text[at]
        if ZERO <= mark <= NINE:
            digits += whole > 0 or mark > ZERO
            if digits > DIGITS:
                return nan
            whole = whole * 10 + (mark - ZERO)
            seen += 1
            after += is_after
        elif mark == POINT and not is_after:
            is_after = True
        elif (mark == BIG_E or mark == SMALL_E) and seen:
            exponent = _exponent(text, at + 1, stop)
            break
        else:
            return nan
        at += 1
    return _scaled(whole, exponent - after) if seen else nan


def read_number(text: Text, first: int, stop: int) -> tuple[int, float]:
    """Read a decimal number as `float` does, or say that it takes more care.

    Returns
    -------
    (kind, value)
        ``NUMBER``; ``NOTHING`` and NaN for blanks; ``UNSURE`` and NaN for whatever
        else, be it a number or not.
    """
    while first < stop and text[first] == SPACE:
        first += 1
    while first < stop and text[stop - 1] == SPACE:
        stop -= 1
    if first == stop:
        return NOTHING, nan
    is_negative = text[first] == MINUS
    if is_negative or text[first] == PLUS:
        first += 1
    value = _unsigned(text, first, stop)
    if isnan(value):
        return UNSURE, nan
    return NUMBER, -value if is_negative else value


def _line_end(text: Text, at: int) -> int:
    """Give where the line ends that a place is on, its line feed included."""
    while at < len(text) and text[at] != LF:
        at += 1
    return min(at + 1, len(text))


def _cell_end(text: Text, at: int, delimiter: int) -> int:
    for i in range(at, len(text)):
        mark = text[i]
        if (mark == delimiter) | (mark == LF) | (mark == CR):
            return i
    return len(text)


def _quoted(text: Text, start: int, at: int, limits: Limits) -> tuple[int, int, int]:
    """Go from after an opening quote to after the closing one.

    Returns
    -------
    (kind, at, breaks)
        ``_SIMPLE``; ``_OPEN`` or ``_LONG`` where the row ends nowhere near; and how
        many lines ended within.
    """
    most_lines, most_bytes = limits
    lines = 1
    while at < len(text):
        mark = text[at]
        at += 1
        if mark == QUOTE:
            if at == len(text) or text[at] != QUOTE:
                return _SIMPLE, at, lines - 1
            at += 1
        elif mark == LF:
            lines += 1
            stop = _line_end(text, at) if lines > most_lines else at
            if stop - start > most_bytes:
                return _LONG, at, lines - 1
            if lines > most_lines:
                return _OPEN, at, lines - 1
    return _OPEN, at, lines - 1


def _cell(
    text: Text, start: int, at: int, delimiter: int, limits: Limits
) -> tuple[int, int, int, int, int]:
    """Find one cell: its kind, its content's bounds, where it ends, line ends in it."""
    if at == len(text) or text[at] != QUOTE:
        stop = _cell_end(text, at, delimiter)
        return _SIMPLE, at, stop, stop, 0
    kind, after, breaks = _quoted(text, start, at + 1, limits)
    if kind >= _OPEN:
        return kind, at, at, after, breaks
    end = _cell_end(text, after, delimiter)
    return _MENDED if end > after else _SIMPLE, at + 1, after - 1, end, breaks


def _is_solid(text: Text, first: int, stop: int) -> bool:
    """Say whether a cell surely holds more than white space."""
    if first == stop:
        return False
    mark = text[first]
    return bool(SPACE < mark < 127 or mark >= LAST_SPACE_LEAD)


def _row(
    text: Text, start: int, layout: Layout, limits: Limits, out: Out, row: int
) -> tuple[int, int, int, int, int, int]:
    """Split the row that begins at a place.

    Returns
    -------
    (trouble, kind, stop, cells, at, breaks)
        The trouble that kept its end from being found, if any; the kind of row;
        where its last wanted cell ends; how many cells there are; where it ends;
        how many lines end within it.
    """
    delimiter, slots, is_suspect = layout
    at, stop, cells, breaks = start, start, 0, 0
    kind, is_solid, is_filled = PLAIN, False, False
    while True:
        begin = at
        form, first, last, at, within = _cell(text, start, at, delimiter, limits)
        if form >= _OPEN:
            return form, ODD, stop, cells, at, breaks
        breaks += within
        is_empty = first == last and form == _SIMPLE
        is_filled |= not is_empty
        is_solid |= _is_solid(text, first, last)
        if cells >= len(slots):
            kind = kind if is_empty else ODD
        else:
            stop = at
            if slots[cells] >= 0:
                spot = (slots[cells], row)
                is_solid |= _wanted(text, (form, first, last), (begin, at), out, spot)
        cells += 1
        if at == len(text) or text[at] != delimiter:
            break
        at += 1
    if not is_filled:
        kind = BLANK
    elif is_suspect or not is_solid:
        kind = ODD
    return _SIMPLE, kind, stop, cells, at, breaks


def _wanted(
    text: Text,
    cell: tuple[int, int, int],
    whole: tuple[int, int],
    out: Out,
    spot: tuple[int, int],
) -> bool:
    """Read the number of a cell into its place, or note the cell as in doubt."""
    form, first, last = cell
    found, value = read_number(text, first, last)
    if found == UNSURE or form == _MENDED:
        out[3][spot] = whole[0]
        out[4][spot] = whole[1]
        return False
    out[2][spot] = value
    return found == NUMBER


def _row_end(text: Text, at: int) -> int:
    """Give where the next row begins; -1 after a carriage return that ends none."""
    while at < len(text) and text[at] == CR:
        at += 1
    if at == len(text):
        return at
    return at + 1 if text[at] == LF else -1


def _holds(text: Text, start: int, stop: int, marks: tuple[int, int]) -> bool:
    for i in range(start, stop):
        if text[i] == marks[0] or text[i] == marks[1]:
            return True
    return False


def split(
    text: Text, is_last: bool, layout: Layout, limits: Limits, out: Out
) -> tuple[int, int, int, int]:
    """Split bytes that end with a line into rows, and read the numbers wanted.

    Parameters
    ----------
    text
        Bytes in which every byte below 128 is that character; whole lines, and if
        not ``is_last`` the last of them ends with a line feed.
    layout
        The delimiter; for each column which row of the values it goes to, or -1;
        whether every row is to be read with care.
    limits
        The most lines of a row, and the most bytes.
    out
        Bounds, shape (m, 5); kinds, shape (m,); values, shape (k, m), NaN in them;
        where each cell begins and ends whose number is in doubt, shapes (k, m), -1
        in them. There are no more rows than lines.

    Returns
    -------
    (ended, rows, used, lines)
        How it ended; the number of rows; how many bytes and lines they are.
    """
    bounds, kinds = out[0], out[1]
    delimiter = layout[0]
    row, at, line = 0, 0, 0
    while at < len(text):
        trouble, kind, stop, cells, after, breaks = _row(
            text, at, layout, limits, out, row
        )
        if trouble == _LONG:
            return TOO_LONG, row, at, line
        if trouble == _OPEN and after == len(text) and not is_last:
            return MORE, row, at, line
        end = -1 if trouble else _row_end(text, after)
        if end < 0:
            kind = ODD  # its first line alone; the others get another chance
            next_at = _line_end(text, at)
            end = next_at if trouble else _line_end(text, after)
            breaks = 0
        else:
            next_at = end
        if end - at > limits[1]:
            return TOO_LONG, row, at, line
        if delimiter != COMMA and kind == PLAIN:
            kind = MIXED if _holds(text, at, stop, (QUOTE, COMMA)) else PLAIN
        bounds[row, START], bounds[row, STOP], bounds[row, END] = at, stop, end
        bounds[row, CELLS], bounds[row, LINE] = cells, line
        kinds[row] = kind
        line += 1 + breaks
        row += 1
        at = next_at
    return ALL, row, at, line


@lru_cache(maxsize=1)
def compiled() -> dict[str, Any]:
    """Compile `split` and `read_number`; returns them by name."""
    functions = (
        _product_error, _quotient, _scaled, _exponent, _unsigned, read_number,
        _line_end, _cell_end, _quoted, _cell, _is_solid, _wanted, _row, _row_end,
        _holds, split,
    )  # fmt: skip
    return compile_together(globals(), functions)


def is_compiled() -> bool:
    """Say whether the compiled form is there already."""
    return compiled.cache_info().currsize > 0
