"""Compiled loops that read the values which `api.read_kernels` found.

Each takes a column of spans: where a value begins in the text (-1: none) and ends. It
clears ``is_sure`` in the rows whose value is not one that a read may have, or not
written plainly. Text is followed by zeros, see there. All that the compiled code builds
on stands in this file.
"""

from typing import Any

import numpy as np

from geo.machine_code import compiled

Column = Any  # an array of shape (n,), spans one of shape (n, 2)
Number = Any  # what compiled code returns has no type here

LONGEST_WORD = 32  # of `api.inputs`
YEAR_BEFORE, YEAR_AFTER = 1900, 2100  # of `data.dates`
NO_SEQUENCE = np.iinfo(np.int64).min  # of `data.reads.columns`
NO_TIME = np.iinfo(np.int64).min
BAD_PAIR = -10_000
"""Less than any number that other digits could make good."""

EXACT_DIGITS, EXACT = 18, 1 << 53
"""An integer up to 2**53 divided by a power of ten up to 22 is rounded once, so it is
what the decimal number is rounded to: Clinger, 1990, How to read floating point numbers
accurately, section 4."""
POWERS = np.array([float(10**n) for n in range(23)])
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
SECOND_US = 1_000_000

MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Knuth, TAOCP 3, 6.4
HIGH_BITS, BYTE_BITS = np.uint64(32), np.uint64(8)

SPACE, PLUS, MINUS, POINT, ZERO, NINE, COLON, DELETE = 32, 43, 45, 46, 48, 57, 58, 127
LETTER_A, LETTER_E, LETTER_T, LETTER_Z = 97, 101, 116, 122
LOWER = 32
"""The bit that makes an ASCII letter a small one."""


@compiled
def is_plain(raw: Column, start: int, stop: int) -> Number:
    """Say whether UTF-8 holds no control characters and no marks of direction."""
    for i in range(start, stop):
        byte = raw[i]
        if byte < SPACE or byte == DELETE or (byte == 0xC2 and raw[i + 1] < 0xA0):
            return False
        if byte == 0xE2 and raw[i + 1] == 0x80 and 0xAA <= raw[i + 2] <= 0xAE:
            return False
        if byte == 0xE2 and raw[i + 1] == 0x81 and 0xA6 <= raw[i + 2] <= 0xA9:
            return False
    return True


@compiled
def is_word(raw: Column, start: int, stop: int) -> Number:
    """Say whether a text is small letters, and dashes behind the first."""
    if not 0 < stop - start <= LONGEST_WORD or raw[start] == MINUS:
        return False
    for i in range(start, stop):
        if raw[i] != MINUS and not LETTER_A <= raw[i] <= LETTER_Z:
            return False
    return True


@compiled
def check_words(raw: Column, spans: Column, is_sure: Column) -> None:
    """Check texts that are words; none is as good."""
    for row in range(is_sure.size):
        if is_sure[row] and spans[row, 0] >= 0:
            is_sure[row] = is_word(raw, spans[row, 0], spans[row, 1])


@compiled
def check_texts(
    raw: Column, spans: Column, longest: int, needs_plain: bool, is_sure: Column
) -> None:
    """Check texts, in valid UTF-8, of at least one character; none is as bad."""
    for row in range(is_sure.size):
        if not is_sure[row]:
            continue
        n, start, stop = 0, spans[row, 0], spans[row, 1]
        is_common = True
        for i in range(start, stop):
            n += raw[i] & 0xC0 != 0x80  # all but the bytes that continue a character
            is_common &= SPACE <= raw[i] < DELETE
        is_sure[row] = 0 < n <= longest and (
            is_common or not needs_plain or is_plain(raw, start, stop)
        )


@compiled
def pair(raw: Column, at: int) -> Number:
    """Return the number that two digits are; `BAD_PAIR` where they are none."""
    first, second = np.int64(raw[at]) - ZERO, np.int64(raw[at + 1]) - ZERO
    if not (0 <= first <= 9 and 0 <= second <= 9):
        return BAD_PAIR
    return first * 10 + second


@compiled
def day_of(year: int, month: int, day: int) -> Number:
    """Count days from 1970; `NO_TIME` where there is no such day.

    Source: Hinnant, 2013, chrono-compatible low-level date algorithms, days_from_civil.
    """
    if not (YEAR_BEFORE < year < YEAR_AFTER and 1 <= month <= 12 and day >= 1):
        return NO_TIME
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > MONTH_DAYS[month - 1] + (is_leap and month == 2):
        return NO_TIME
    march_year = year - (month <= 2)
    era = march_year // 400
    of_era = march_year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (
        era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    )


@compiled
def fraction_end(raw: Column, at: int) -> Number:
    """Read a fraction of a second; return its end and its whole microseconds.

    What is finer is cut off. Without a fraction, the same place and 0; one of too few
    or too many digits ends nowhere (-1).
    """
    if raw[at] != POINT:
        return at, 0
    start = at + 1
    at, part = start, 0
    while at - start < 9 and ZERO <= raw[at] <= NINE:
        if at - start < 6:
            part = part * 10 + int(np.int64(raw[at]) - ZERO)
        at += 1
    for _ in range(at - start, 6):
        part *= 10
    return (at if at > start else -1), part


@compiled
def offset_of(raw: Column, at: int, stop: int) -> Number:
    """Return an offset from UTC in seconds, `NO_TIME` where it is none."""
    if stop - at == 1 and raw[at] | LOWER == LETTER_Z:
        return 0
    if stop - at != 6 or raw[at + 3] != COLON:
        return NO_TIME
    hours, minutes = pair(raw, at + 1), pair(raw, at + 4)
    if not (0 <= hours <= 23 and 0 <= minutes <= 59):
        return NO_TIME
    seconds = (hours * 60 + minutes) * 60
    if raw[at] == PLUS:
        return seconds
    return -seconds if raw[at] == MINUS else NO_TIME


@compiled
def moment(raw: Column, at: int, stop: int) -> Number:
    """Read a time with its offset as microseconds since 1970 UTC; else `NO_TIME`.

    Source: RFC 3339, 5.6; the seconds may be left out.
    """
    if stop - at < 17 or not (raw[at + 4] == raw[at + 7] == MINUS):
        return NO_TIME
    if (raw[at + 10] | LOWER != LETTER_T and raw[at + 10] != SPACE) or (
        raw[at + 13] != COLON
    ):
        return NO_TIME
    year = pair(raw, at) * 100 + pair(raw, at + 2)
    day = day_of(year, pair(raw, at + 5), pair(raw, at + 8))
    hour, minute, second, part = pair(raw, at + 11), pair(raw, at + 14), 0, 0
    at += 16
    if raw[at] == COLON:
        second = pair(raw, at + 1)
        at, part = fraction_end(raw, at + 3)
    if at < 0 or not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59):
        return NO_TIME
    offset = offset_of(raw, at, stop)
    if day == NO_TIME or offset == NO_TIME:
        return NO_TIME
    seconds = ((day * 24 + hour) * 60 + minute) * 60 + second - offset
    return seconds * SECOND_US + part


@compiled
def digits_end(raw: Column, at: int, number: int) -> Number:
    """Read digits; return their end, and the number with them at its end."""
    while ZERO <= raw[at] <= NINE:
        number = number * 10 + int(np.int64(raw[at]) - ZERO)
        at += 1
    return at, number


@compiled
def exponent_end(raw: Column, at: int) -> Number:
    """Return where an exponent ends, -1 where it has no digits."""
    if raw[at] | LOWER != LETTER_E:
        return at
    at += 1
    if raw[at] == PLUS or raw[at] == MINUS:
        at += 1
    stop, _ = digits_end(raw, at, 0)
    return stop if stop > at else -1


@compiled
def number_of(raw: Column, start: int, stop: int) -> Number:
    """Read a number as JSON has it; NaN where it is none.

    Infinity stands for one that has too many digits to be read exactly here.
    """
    is_negative = raw[start] == MINUS
    start += is_negative
    at, mantissa = digits_end(raw, start, 0)
    if at == start or (raw[start] == ZERO and at - start > 1):
        return np.nan
    decimals = 0
    if raw[at] == POINT:
        point = at
        at, mantissa = digits_end(raw, point + 1, mantissa)
        decimals = at - point - 1
        if decimals == 0:
            return np.nan
    end = exponent_end(raw, at)
    if end != stop:
        return np.nan
    if end != at or at - start > EXACT_DIGITS or mantissa > EXACT:
        return np.inf
    value = mantissa / POWERS[decimals]
    # an integer has no negative zero
    return -value if is_negative and (mantissa or decimals) else value


@compiled
def read_moments(
    raw: Column, spans: Column, limits: tuple[int, int], at: Column, is_sure: Column
) -> None:
    """Read times, the earliest and the latest within ``limits``, as microseconds."""
    for row in range(is_sure.size):
        if is_sure[row]:
            at[row] = moment(raw, spans[row, 0], spans[row, 1])
            is_sure[row] = limits[0] <= at[row] <= limits[1]


@compiled
def read_numbers(
    raw: Column,
    spans: Column,
    limits: tuple[float, float],
    values: Column,
    is_sure: Column,
) -> None:
    """Read numbers within ``limits``; NaN where there is none.

    Infinity stands for one that has too many digits to be read exactly here.
    """
    for row in range(is_sure.size):
        values[row] = np.nan
        if is_sure[row] and spans[row, 0] >= 0:
            value = number_of(raw, spans[row, 0], spans[row, 1])
            values[row] = value
            is_sure[row] = np.isinf(value) or limits[0] <= value <= limits[1]


@compiled
def read_counts(raw: Column, spans: Column, values: Column, is_sure: Column) -> None:
    """Read integers from 0 on, `NO_SEQUENCE` where there is none."""
    for row in range(is_sure.size):
        values[row] = NO_SEQUENCE
        if is_sure[row] and spans[row, 0] >= 0:
            start, stop = spans[row, 0], spans[row, 1]
            end, values[row] = digits_end(raw, start, 0)
            is_plain_count = raw[start] != ZERO or stop - start == 1
            is_sure[row] = (
                end == stop and stop - start <= EXACT_DIGITS and is_plain_count
            )


@compiled
def copied(raw: Column, spans: Column) -> Number:
    """Copy texts one behind the other; none is an empty one.

    Returns where each begins and the last ends, shape (n + 1,), and the text.
    """
    starts = np.zeros(len(spans) + 1, dtype=np.int32)
    for row in range(len(spans)):
        size = spans[row, 1] - spans[row, 0] if spans[row, 0] >= 0 else 0
        starts[row + 1] = starts[row] + size
    text = np.empty(starts[-1], dtype=np.uint8)
    for row in range(len(spans)):
        shift = spans[row, 0] - starts[row]
        for i in range(starts[row], starts[row + 1]):
            text[i] = raw[i + shift]
    return starts, text


@compiled
def mixed(text: Column, start: int, stop: int, seed: Number) -> Number:
    """Return a number that differs for most texts; none is not an empty one."""
    number = (seed ^ np.uint64(stop - start + (start < 0))) * MIX
    at = start
    while at < stop:
        word = np.uint64(0)
        for i in range(at, min(at + 4, stop)):
            word = word << BYTE_BITS | np.uint64(text[i])
        number = (number ^ word) * MIX
        number ^= number >> HIGH_BITS
        at += 4
    return number


@compiled
def is_same(text: Column, spans: Column, row: int, other: int) -> Number:
    """Say whether two rows hold the same text, or both none."""
    start, there = spans[row, 0], spans[other, 0]
    size = spans[row, 1] - start
    if size != spans[other, 1] - there or (start < 0) != (there < 0):
        return False
    for i in range(size):
        if text[start + i] != text[there + i]:
            return False
    return True


@compiled
def numbered(
    text: Column, spans: Column, other_text: Column, other: Column, seed: Number
) -> Number:
    """Give each different pair of texts a number, in the order they come.

    ``spans`` and ``other`` have the shape (n, 2). Returns the numbers, shape (n,), and
    the row of each number's first. Nobody knows the seed, so nobody can make a table
    whose places all collide.
    """
    n = len(spans)
    numbers, firsts = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int64)
    size = 16
    while size < 2 * n:
        size *= 2
    table = np.full(size, -1, dtype=np.int32)
    mask = np.uint64(size - 1)
    count = 0
    for row in range(n):
        mark = mixed(text, spans[row, 0], spans[row, 1], seed)
        mark = mixed(other_text, other[row, 0], other[row, 1], mark)
        place = mark >> HIGH_BITS & mask
        while table[place] >= 0:
            first = firsts[table[place]]
            if is_same(text, spans, row, first) and is_same(
                other_text, other, row, first
            ):
                break
            place = (place + np.uint64(1)) & mask
        if table[place] < 0:
            table[place] = count
            firsts[count] = row
            count += 1
        numbers[row] = table[place]
    return numbers, firsts[:count]
