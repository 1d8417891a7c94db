"""Compiled loops that find the values of plain JSON reads.

They know less than JSON: no escapes, no names but those of a read, nothing twice. Of
anything else they are not sure, and say so; it is then read again, slowly, by what
decides what a read is. `api.value_kernels` reads the values. All that the compiled code
builds on stands in this file.

Text is followed by at least `PADDING` zeros, which end whatever is being read, so the
loops need not look where the text ends.
"""

from typing import Any

import numpy as np

from geo.machine_code import compiled

Column = Any  # an array of shape (n,)
Pieces = Any  # see `read_lines`
Number = Any  # what compiled code returns has no type here

PADDING = 64

CAMERA_ID, PLATE, VEHICLE_TYPE, COLOUR, AT, CONFIDENCE, LNG, LAT, SEQUENCE = range(9)
NAMES = (
    "camera_id",
    "plate",
    "vehicle_type",
    "colour",
    "at",
    "confidence",
    "lng",
    "lat",
    "sequence",
)
LENGTHS = np.array([len(name) for name in NAMES])
LETTERS = np.array([list(name.ljust(12).encode()) for name in NAMES], dtype=np.uint8)

DEEPEST = 64
"""Brackets within brackets of a piece that is only stepped over."""

TAB, NEWLINE, RETURN, SPACE, QUOTE, PLUS, COMMA, MINUS, POINT = (
    9, 10, 13, 32, 34, 43, 44, 45, 46,
)  # fmt: skip
ZERO, NINE, COLON, BACKSLASH, LETTER_E, LETTER_L, LETTER_N, LETTER_U = (
    48, 57, 58, 92, 101, 108, 110, 117,
)  # fmt: skip
OPEN_LIST, CLOSE_LIST, OPEN, CLOSE, DELETE = 91, 93, 123, 125, 127
LOWER = 32
"""The bit that makes an ASCII letter a small one."""


@compiled
def skip_blank(raw: Column, at: int, newline: int) -> Number:
    """Return the first position from ``at`` on that holds no blank."""
    while raw[at] == SPACE or raw[at] == newline or raw[at] == TAB or raw[at] == RETURN:
        at += 1
    return at


@compiled
def text_end(raw: Column, at: int, is_utf8: bool) -> Number:
    """Return where the closing quote of a text stands; -1: not sure."""
    while raw[at] != QUOTE:
        byte = raw[at]
        if byte < SPACE or byte == BACKSLASH or (byte > DELETE and not is_utf8):
            return -1
        at += 1
    return at


@compiled
def field_of(raw: Column, start: int, stop: int) -> Number:
    """Return which field has this name; -1: none."""
    for field in range(LENGTHS.size):
        if LENGTHS[field] != stop - start:
            continue
        is_same = True
        for i in range(stop - start):
            is_same &= raw[start + i] == LETTERS[field, i]
        if is_same:
            return field
    return -1


@compiled
def number_end(raw: Column, at: int) -> Number:
    """Return where what may be a number ends."""
    while (
        ZERO <= raw[at] <= NINE
        or raw[at] == MINUS
        or raw[at] == PLUS
        or raw[at] == POINT
        or raw[at] | LOWER == LETTER_E
    ):
        at += 1
    return at


@compiled
def is_null(raw: Column, at: int) -> Number:
    """Say whether a null stands here."""
    return (
        raw[at] == LETTER_N
        and raw[at + 1] == LETTER_U
        and raw[at + 2] == raw[at + 3] == LETTER_L
    )


@compiled
def name_end(raw: Column, at: int, newline: int, is_utf8: bool) -> Number:
    """Read a name; return where its value begins (-1: not sure), and whose."""
    stop = text_end(raw, at + 1, is_utf8) if raw[at] == QUOTE else -1
    field = field_of(raw, at + 1, stop)
    if field < 0:
        return -1, field
    at = skip_blank(raw, stop + 1, newline)
    if raw[at] != COLON:
        return -1, field
    return skip_blank(raw, at + 1, newline), field


@compiled
def value_span(raw: Column, at: int, field: int, is_utf8: bool) -> Number:
    """Return where a value of the field begins, or -1 where it is null, and ends.

    Both are -1 where it is not sure.
    """
    if is_null(raw, at):
        return -1, at + 4
    if field > AT:
        stop = number_end(raw, at)
        return (at, stop) if stop > at else (-1, -1)
    stop = text_end(raw, at + 1, is_utf8) if raw[at] == QUOTE else -1
    return (at + 1, stop) if stop >= 0 else (-1, -1)


@compiled
def read_object(
    raw: Column, at: int, newline: int, is_utf8: bool, spans: Column
) -> Number:
    """Find the values of a read from its bracket on; return its end, -1: not sure."""
    seen = given = 0
    spans[:] = -1
    while raw[at] == (COMMA if seen else OPEN):
        at = skip_blank(raw, at + 1, newline)
        at, field = name_end(raw, at, newline, is_utf8)
        if at < 0 or seen >> field & 1:
            return -1
        seen |= 1 << field
        start, at = value_span(raw, at, field, is_utf8)
        if at < 0:
            return -1
        # of a null both are -1, as of what is left out: they are told apart by nobody
        spans[field, 0], spans[field, 1] = start, at if start >= 0 else -1
        given |= (start >= 0) << field
        at = skip_blank(raw, at + (start >= 0 and field <= AT), newline)
    has_pair = given >> LNG & 1 == given >> LAT & 1
    return at + 1 if raw[at] == CLOSE and has_pair else -1


@compiled
def line_end(raw: Column, at: int, size: int) -> Number:
    """Return where the line ends, and whether it is blank from ``at`` on."""
    is_blank = True
    while at < size and raw[at] != NEWLINE:
        is_blank &= raw[at] == SPACE or TAB <= raw[at] <= RETURN
        at += 1
    return at, is_blank


@compiled
def read_lines(raw: Column, size: int, is_utf8: bool, pieces: Pieces) -> Number:
    """Read each line that is not blank into a row; return how many there are.

    ``pieces`` get filled: where each begins and ends, shape (n, 2); where its values
    begin (-1: none) and end, shape (n, 9, 2), as `NAMES` has the fields, texts without
    their quotes; and whether these are sure. It stops when all rows are full.
    """
    places, spans, is_sure = pieces
    start = row = 0
    while start < size and row < is_sure.size:
        at = skip_blank(raw, start, SPACE)
        stop = read_object(raw, at, SPACE, is_utf8, spans[row])
        if stop >= 0:
            stop = skip_blank(raw, stop, SPACE)
        is_sure[row] = stop >= size or (stop >= 0 and raw[stop] == NEWLINE)
        is_blank = False
        if not is_sure[row]:
            stop, is_blank = line_end(raw, at, size)
        places[row, 0], places[row, 1] = start, min(stop + 1, size)
        row += not is_blank
        start = stop + 1
    return row


@compiled
def inner_end(raw: Column, at: int, size: int) -> Number:
    """Return where a text with escapes ends, ``size`` where it does not."""
    while at < size and raw[at] != QUOTE:
        at += 2 if raw[at] == BACKSLASH else 1
    return at + 1


@compiled
def value_end(raw: Column, at: int, size: int) -> Number:
    """Return where a value of an array ends, if it is JSON; -1: too deep, or no end."""
    depth, start = 0, at
    while at < size and depth <= DEEPEST:
        byte = raw[at]
        is_end = byte == COMMA or byte == CLOSE or byte == CLOSE_LIST or byte <= SPACE
        if depth == 0 and is_end:
            return at if at > start else -1
        depth += (byte == OPEN or byte == OPEN_LIST) - (
            byte == CLOSE or byte == CLOSE_LIST
        )
        at = inner_end(raw, at + 1, size) if byte == QUOTE else at + 1
    return -1


@compiled
def read_array(raw: Column, size: int, is_utf8: bool, pieces: Pieces) -> Number:
    """Read each element of an array into a row, like `read_lines`.

    Returns how many there are, and whether this is the array: of valid JSON, pieces are
    its elements then, and it is valid JSON where all are sure and no value is bad.
    """
    places, spans, is_sure = pieces
    at = skip_blank(raw, 0, NEWLINE)
    after = skip_blank(raw, at + 1, NEWLINE)
    if raw[at] == OPEN_LIST and raw[after] == CLOSE_LIST:
        return 0, skip_blank(raw, after + 1, NEWLINE) == size
    row = 0
    while raw[at] == (COMMA if row else OPEN_LIST) and row < is_sure.size:
        at = skip_blank(raw, at + 1, NEWLINE)
        stop = read_object(raw, at, NEWLINE, is_utf8, spans[row])
        is_sure[row] = stop >= 0
        if stop < 0:
            stop = value_end(raw, at, size)
        if stop < 0:
            return row, False
        places[row, 0], places[row, 1] = at, stop
        at = skip_blank(raw, stop, NEWLINE)
        row += 1
    is_closed = raw[at] == CLOSE_LIST and skip_blank(raw, at + 1, NEWLINE) == size
    return row, is_closed or row == is_sure.size
