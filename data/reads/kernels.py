"""Compiled loops of the reads archive: sorting, chains in memory, sealed files.

All that the compiled code builds on stands in this file.
"""

from typing import Any

import numpy as np

from geo.machine_code import compiled

Column = Any  # an array of shape (n,)

DIGIT_BITS = 11
DIGIT = (1 << DIGIT_BITS) - 1
MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Knuth, TAOCP 3, 6.4
LOW = np.uint64(0xFFFFFFFF)
HIGH_BITS = np.uint64(32)
BASE, PLACES, SHORTEST = 37, 8, 4  # of `data.plate_codes`
DASH, ZERO, LETTER_A = 45, 48, 65


@compiled
def sorted_by(keys: Column, order: Column, n_bits: int) -> Column:
    """Sort rows by keys of so many bits; rows that tie stay as ``order`` has them.

    A radix sort from the last digit on: Knuth, TAOCP 3, 5.2.5, algorithm R.
    """
    n = order.size
    source, target = order.copy(), np.empty_like(order)
    for shift in range(0, n_bits, DIGIT_BITS):
        begins = np.zeros(DIGIT + 2, dtype=np.int64)
        for row in source:
            begins[((keys[row] >> np.uint64(shift)) & np.uint64(DIGIT)) + 1] += 1
        if begins.max() == n:
            continue
        for digit in range(DIGIT):
            begins[digit + 1] += begins[digit]
        for row in source:
            digit = (keys[row] >> np.uint64(shift)) & np.uint64(DIGIT)
            target[begins[digit]] = row
            begins[digit] += 1
        source, target = target, source
    return source


@compiled
def newer(station: Column, at: Column, latest: Column) -> Column:
    """Say which reads are later than all of their station so far, one after another.

    ``latest`` moves on.
    """
    is_newer = np.empty(station.size, dtype=np.bool_)
    for i in range(station.size):
        number = station[i]
        is_newer[i] = at[i] > latest[number]
        if is_newer[i]:
            latest[number] = at[i]
    return is_newer


@compiled
def chain(plate: Column, camera: Column, at: Column, chains: Any, start: int) -> None:
    """Hang rows from ``start`` on into the chains of their plate and their moment."""
    plate_heads, plate_next, moment_heads, moment_next = chains
    mask = np.uint64(plate_heads.size - 1)
    for row in range(start, start + plate.size):
        one = (plate[row - start] * MIX) >> HIGH_BITS & mask
        plate_next[row] = plate_heads[one]
        plate_heads[one] = row
        mixed = np.uint64(at[row - start]) * MIX + np.uint64(camera[row - start])
        other = (mixed * MIX) >> HIGH_BITS & mask
        moment_next[row] = moment_heads[other]
        moment_heads[other] = row


@compiled
def chained_plates(wanted: Column, plate: Column, heads: Column, behind: Column) -> Any:
    """Find the rows of wanted plates, the latest first for each."""
    rows = np.empty(64, dtype=np.int64)
    n = 0
    mask = np.uint64(heads.size - 1)
    for code in wanted:
        row = heads[(code * MIX) >> HIGH_BITS & mask]
        while row >= 0:
            if row < plate.size and plate[row] == code:
                if n == rows.size:
                    rows = np.concatenate((rows, rows))
                rows[n] = row
                n += 1
            row = behind[row]
    return rows[:n]


@compiled
def chained_moments(
    cameras: Column, moments: Column, camera: Column, at: Column, chains: Any
) -> Any:
    """Find the rows of cameras at moments; return which of them, and the rows."""
    _, _, heads, behind = chains
    which, rows = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int64)
    n = 0
    mask = np.uint64(heads.size - 1)
    for i in range(moments.size):
        mixed = np.uint64(moments[i]) * MIX + np.uint64(cameras[i])
        row = heads[(mixed * MIX) >> HIGH_BITS & mask]
        while row >= 0:
            if row < at.size and at[row] == moments[i] and camera[row] == cameras[i]:
                if n == rows.size:
                    which = np.concatenate((which, which))
                    rows = np.concatenate((rows, rows))
                which[n], rows[n] = i, row
                n += 1
            row = behind[row]
    return which[:n], rows[:n]


@compiled
def places_of(wanted: Column, low: Column, begins: Column) -> Column:
    """Find wanted codes among sorted ones, split in high and low 32 bits; -1: none."""
    found = np.empty(wanted.size, dtype=np.int64)
    for i in range(wanted.size):
        high = np.int64(wanted[i] >> HIGH_BITS)
        key = wanted[i] & LOW
        start, stop = begins[high], begins[high + 1]
        end = stop
        while start < stop:
            middle = (start + stop) >> 1
            if low[middle] < key:
                start = middle + 1
            else:
                stop = middle
        found[i] = start if start < end and low[start] == key else -1
    return found


@compiled
def windows(order: Column, at: Column, bounds: Column, times: Column) -> Column:
    """Cut pieces of the camera order to a span of time each.

    ``bounds`` and ``times`` have the shape (2, m): first and one behind the last,
    both times included; a span that ends before it begins is empty. Within a piece
    ``at[order]`` ascends.
    """
    cut = np.empty_like(bounds)
    for i in range(bounds.shape[1]):
        for side in range(2):
            start, stop = bounds[0, i], bounds[1, i]
            key = times[side, i]
            while start < stop:
                middle = (start + stop) >> 1
                value = np.int64(at[order[middle]])
                if value < key or (side == 1 and value == key):
                    start = middle + 1
                else:
                    stop = middle
            cut[side, i] = start
        cut[1, i] = max(cut[0, i], cut[1, i])
    return cut


@compiled
def counted_hours(
    at: Column, order: Column, begins: Column, start: int, length: int
) -> Any:
    """Count the reads of each camera by hour, which is so ``length`` from ``start`` on.

    Returns where the counts of each camera begin, and their hours and reads; none for
    an hour without reads. ``at`` is not before ``start``; ``at[order]`` ascends from
    each of ``begins`` to before the next.
    """
    starts = np.empty(begins.size, dtype=np.int64)
    hour, reads = np.empty(order.size, dtype=np.int64), np.empty_like(order)
    n = 0
    for camera in range(begins.size - 1):
        starts[camera] = n
        behind = start
        for place in range(begins[camera], begins[camera + 1]):
            moment = at[order[place]]
            if moment >= behind:
                hour[n] = (moment - start) // length
                reads[n] = 0
                behind = start + (hour[n] + 1) * length
                n += 1
            reads[n - 1] += 1
    starts[-1] = n
    return starts, hour[:n], reads[:n]


@compiled
def add_hours(
    counts: Column, rows: Column, cameras: Column, kept: Any, columns: Any
) -> None:
    """Add counts of cameras to rows of ``counts``; a camera below 0 has none.

    ``kept`` is what `counted_hours` returned; ``columns`` are what is to be added to an
    hour for its column, and before which column to end.
    """
    starts, hour, reads = kept
    shift, end = columns
    for i in range(rows.size):
        camera = cameras[i]
        if camera < 0:
            continue
        for place in range(starts[camera], starts[camera + 1]):
            column = np.int64(hour[place]) + shift
            if 0 <= column < end:
                counts[rows[i], column] += reads[place]


@compiled
def ranks(rows: Column, order: Column, at: Column, begins: Column) -> Column:
    """Find the place of rows in the order of their camera; ``begins`` has (2, m)."""
    found = np.empty(rows.size, dtype=np.int64)
    for i in range(rows.size):
        row = rows[i]
        key = at[row]
        start, stop = begins[0, i], begins[1, i]
        first = start
        while start < stop:
            middle = (start + stop) >> 1
            if at[order[middle]] < key:
                start = middle + 1
            else:
                stop = middle
        while order[start] != row:
            start += 1
        found[i] = start - first
    return found


@compiled
def dash_of(letter: Column, n: int) -> int:
    """Say behind how many characters the dash is put; 0 for nowhere."""
    head = 1
    while head < n and letter[head] == letter[0]:
        head += 1
    rest = head
    while rest < n and letter[rest] != letter[0]:
        rest += 1
    tail = n - head
    if rest == n and tail > 0:
        letters, digits = (head, tail) if letter[0] else (tail, head)
        if letters in (2, 3) and digits in (3, 4):
            return head
    if n == 6:
        for at in range(2, 6):
            if letter[at]:
                return 0
        return 2
    return 0


@compiled
def read_plates(text: Column, starts: Column, codes: Column, ways: Column) -> None:
    """Read plain plates and those with their dash; see `data.plate_codes`.

    ``ways`` becomes 0 for a plain one, 1 for one with the dash where it is nearly
    always put, and 2 for anything else, of which the code is 0.
    """
    letter = np.empty(PLACES, dtype=np.bool_)
    for row in range(codes.size):
        code, n, dash = 0, 0, -1
        is_plain = True
        for at in range(starts[row], starts[row + 1]):
            byte = text[at]
            if byte == DASH and dash < 0 and n > 0:
                dash = n
                continue
            is_digit = ZERO <= byte <= ZERO + 9
            is_letter = LETTER_A <= byte <= LETTER_A + 25
            if n == PLACES or not (is_digit or is_letter):
                is_plain = False
                break
            letter[n] = is_letter
            code = code * BASE + (byte - ZERO + 1 if is_digit else byte - LETTER_A + 11)
            n += 1
        is_plain &= n >= SHORTEST and (dash < 0 or dash == dash_of(letter, n))
        for _ in range(n, PLACES):
            code *= BASE
        codes[row] = code if is_plain else 0
        ways[row] = (1 if dash >= 0 else 0) if is_plain else 2
