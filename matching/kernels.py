"""Plates and readings in compiled code; `matching.misreads` is the rule.

A plate is eight numbers: 0 to 9 the digits, 10 to 35 the letters, 36 any digit, 37 any
letter, 38 any character. `tables` is the named tuple of `matching.tables`, `table` the
number of a table of confusions. Tuples of arrays are made outside and handed on whole:
each new one would cost more than a look-up.
"""

import numpy as np

from matching.machine_code import compiled, folded

BASE = 37
PLACES = 8
KNOWN = 36  # what is below stands on plates, what is not is unknown
LEAST = 1e-15  # floor of m and u, as in matching.weigh
FLOOR = 1e-8  # of P(reading | plate): less probable readings are not looked for
SLACK = 0.8  # of a sum over all ways, the likeliest way may be so much less
SHORTEST = 4
PREFIXES = 0b1011000  # of 3, 4 and 6 characters are looked up in the filter
PREFIX_MIX = 0x1E3779B97F4A7C15
CERTAIN = 1.0
RIGHT, WRONG, WEIGHT = 0, 1, 2  # parts of tables.chances; the weights are two
DROPPED, ADDED = 0, 1  # columns of tables.shares
POWERS = np.array([BASE**n for n in range(PLACES + 1)], dtype=np.int64)
CHANCE, REST, BEST = range(3)  # rows of room.floats
CODE, KIND, TRIED, AFTER, KIND_AFTER = range(5)  # rows of room.integers


@folded
def unpack(code, chars):
    """Write the characters of a code; return how many."""
    n = 0
    for place in range(PLACES - 1, -1, -1):
        digit = code % BASE
        code //= BASE
        chars[place] = digit - 1
        if digit and not n:
            n = place + 1
    return n


@folded
def shares_of(error, tables, table):
    """Give P of: read right, replaced, dropped, one given character added."""
    dropped, added = tables.shares[table, DROPPED], tables.shares[table, ADDED]
    wrong = error * (1 - dropped - added)
    return 1 - error, wrong, error * dropped, error * added / KNOWN


@compiled
def reading(seen, n, plate, error, of, row):
    """Give P(reading | plate): the forward algorithm of `Misreads.reading`.

    `plate` is (characters, eight bits each, how many); `of` is (tables, table).
    """
    tables, table = of
    packed, k = plate
    right, wrong, dropped, added = shares_of(error, tables, table)
    row[0] = 1.0
    for place in range(k):
        row[place + 1] = row[place] * dropped
    for at in range(n):
        diagonal, here = row[0], seen[at]
        row[0] = diagonal * added
        for place in range(k):
            true = (packed >> (8 * place)) & 255
            written = right * tables.chances[table, RIGHT, true, here]
            written += wrong * tables.chances[table, WRONG, true, here]
            above = row[place + 1]
            row[place + 1] = diagonal * written + above * added + row[place] * dropped
            diagonal = above
    return row[k]


@folded
def _from_any(here, slot, shares, tables, table):
    """Give P(character written | one of a slot stands there), summed over the slot."""
    return shares[0] * tables.slots[table, slot, here, RIGHT] + (
        shares[1] * tables.slots[table, slot, here, WRONG]
    )


@folded
def aligned(seen, n, error, of, enough):
    """Give the part of `anyone` that has neither a dropped nor an added character.

    `of` is (tables, table, by_class); what is added up is also added to the classes.
    From `enough` on it is not added up any further. Forms that differ in their first
    two places alone are one end; what these two are read as is a sum over the forms of
    a class, by how many of the two were read right.
    """
    tables, table, by_class = of
    right, wrong, _, _ = shares_of(error, tables, table)
    both, one, none = right * right, right * wrong, wrong * wrong
    total = 0.0
    for end in range(tables.first_end[n], tables.first_end[n + 1]):
        product = 1.0
        for at in range(2, n):
            slot = tables.ends[end, at]
            product *= right * tables.slots[table, slot, seen[at], RIGHT] + (
                wrong * tables.slots[table, slot, seen[at], WRONG]
            )
        for head in range(tables.first_head[end], tables.first_head[end + 1]):
            part = both * tables.heads[table, head, seen[0], seen[1], 0]
            part += one * tables.heads[table, head, seen[0], seen[1], 1]
            part += none * tables.heads[table, head, seen[0], seen[1], 2]
            by_class[tables.head_class[head]] += part * product
            total += part * product
        if total >= enough:
            break
    return total


@compiled
def _lost(seen, n, form, shares, tables, table):
    """Sum over the places of a form, one longer, of which one was dropped."""
    before, total = 1.0, 0.0
    for at in range(n + 1):
        product = before * tables.size[tables.forms[form, at]]
        for k in range(at, n):
            slot = tables.forms[form, k + 1]
            product *= _from_any(seen[k], slot, shares, tables, table)
        total += product
        if at < n:
            slot = tables.forms[form, at]
            before *= _from_any(seen[at], slot, shares, tables, table)
    return total


@compiled
def _gained(seen, n, form, shares, tables, table):
    """Sum over the characters of a reading, one longer than a form, that was added."""
    before, total = 1.0, 0.0
    for at in range(n):
        product = before
        for k in range(at + 1, n):
            slot = tables.forms[form, k - 1]
            product *= _from_any(seen[k], slot, shares, tables, table)
        total += product
        if at < n - 1:
            slot = tables.forms[form, at]
            before *= _from_any(seen[at], slot, shares, tables, table)
    return total


@compiled
def anyone(seen, n, error, of):
    """Give P(reading) when any vehicle may have passed, as `Misreads.anyone` does.

    `of` is (tables, table, by_class); the part of each class is written to the last.
    """
    tables, table, by_class = of
    shares = shares_of(error, tables, table)
    by_class[:] = 0.0
    total = aligned(seen, n, error, of, CERTAIN)
    if n < PLACES:
        for form in range(tables.begins[n + 1], tables.begins[n + 2]):
            lost = _lost(seen, n, form, shares, tables, table)
            lost *= tables.often[form] * shares[2]
            by_class[tables.classes[form]] += lost
            total += lost
    if n > 0:
        for form in range(tables.begins[n - 1], tables.begins[n]):
            gained = _gained(seen, n, form, shares, tables, table)
            gained *= tables.often[form] * shares[3]
            by_class[tables.classes[form]] += gained
            total += gained
    return total


@folded
def _step(k, here, is_fixed, way, tables):
    """Give the probability of the k-th of a character's others; 0 for no more."""
    right, wrong, table, side = way
    if k == 0:
        return 1.0 if is_fixed else right
    if k == KNOWN or is_fixed:
        return 0.0
    return wrong * tables.chances[table, WEIGHT + side, here, k]


@folded
def prefix_bit(prefix, depth, n, prefixes):
    """Give the bit of a prefix of so many characters of a text of n."""
    mixed = ((prefix * 9 + depth) * 9 + n) * PREFIX_MIX
    return (mixed >> 14) & (64 * prefixes.size - 1)


@folded
def _begins(prefix, depth, n, prefixes):
    """Tell whether anything wanted may begin so; only some depths are looked up."""
    if depth == n or not (PREFIXES >> depth) & 1:
        return True
    bit = prefix_bit(prefix, depth, n, prefixes)
    return (prefixes[bit >> 6] >> (bit & 63)) & 1 == 1


@folded
def walk(chars, n, start, way, tables, room):
    """Write what characters may have come from, or become, by replacing alone.

    `start` is (probability so far, least, place that stays as it is or -1, how many are
    written already); `way` is (P right, P replaced, table, 0 for what stood there or 1
    for what is written). `room` holds ``codes`` and ``chances`` to write to, ``fits``,
    which kinds of characters, letter or not, may follow one another, ``prefixes``, a
    filter of what may begin so (all bits set: anything), and two arrays to work in.
    Where no more can be replaced, the rest is taken as it is. Returns how many are
    written then, or -1 when there is no room.
    """
    least, count = start[1], start[3]
    steps, tried = room.floats, room.integers
    _look_ahead(chars, n, start, way, tables, room)
    at = 0
    if not _may_replace(start[0], 0, least, steps):
        count = _leaf((start[0], 0, 0), 0, n, count, room)
        at = -1
    while at >= 0:
        k = tried[TRIED, at]
        chance = steps[CHANCE, at] * _step(k, chars[at], at == start[2], way, tables)
        if chance * steps[REST, at + 1] < least:
            at -= 1
            continue
        tried[TRIED, at] += 1
        other = tables.order[way[2], way[3], chars[at], k]
        kind = 2 * tried[KIND, at] + (other >= 10)
        code = tried[CODE, at] * BASE + other + 1
        if not room.fits[n, at + 1, kind]:
            continue
        if not _may_replace(chance, at + 1, least, steps):
            count = _leaf((chance, code, kind), at + 1, n, count, room)
            at = at if count >= 0 else -1
        elif _begins(code, at + 1, n, room.prefixes):
            at += 1
            tried[CODE, at], tried[KIND, at], tried[TRIED, at] = code, kind, 0
            steps[CHANCE, at] = chance
    return count


@folded
def _may_replace(chance, at, least, steps):
    """Tell whether one more character may be replaced from a place on."""
    return chance * steps[REST, at] * steps[BEST, at] >= least


@folded
def _leaf(path, at, n, count, room):
    """Write a text of which the rest stays as it is; return how many, or -1."""
    chance, code, kind = path
    kind = (kind << (n - at)) + room.integers[KIND_AFTER, at]
    if count == room.codes.size:
        count = -1
    elif room.fits[n, n, kind]:
        whole = code * POWERS[n - at] + room.integers[AFTER, at]
        room.codes[count] = whole * POWERS[PLACES - n]
        room.chances[count] = chance * room.floats[REST, at]
        count += 1
    return count


@folded
def _look_ahead(chars, n, start, way, tables, room):
    """Write what may follow each place: how likely at best, and with one replaced."""
    steps, tried = room.floats, room.integers
    steps[CHANCE, 0], tried[CODE, 0], tried[KIND, 0], tried[TRIED, 0] = (
        start[0],
        0,
        0,
        0,
    )
    steps[REST, n], steps[BEST, n], tried[AFTER, n], tried[KIND_AFTER, n] = 1, 0, 0, 0
    for at in range(n - 1, -1, -1):
        is_fixed = at == start[2]
        right = _step(0, chars[at], is_fixed, way, tables)
        other = _step(1, chars[at], is_fixed, way, tables) / right
        steps[REST, at] = steps[REST, at + 1] * right
        steps[BEST, at] = max(steps[BEST, at + 1], other)
        tried[AFTER, at] = tried[AFTER, at + 1] + (chars[at] + 1) * POWERS[n - 1 - at]
        is_letter = np.int64(chars[at] >= 10)
        tried[KIND_AFTER, at] = tried[KIND_AFTER, at + 1] + (is_letter << (n - 1 - at))


@compiled
def _walk_apart(chars, n, start, way, tables, room):
    """Walk in a function of its own: it is long, and folded in where it is quick."""
    return walk(chars, n, start, way, tables, room)


@compiled
def spread(chars, n, limits, way, tables, room):
    """Write what is within `walk` and one character less or more; -1 without room.

    `limits` is (probability of one less, of each one more, least). One way is enough
    to be found: a text that several ways lead to stands there several times.
    """
    shorter, longer, least = limits
    least *= SLACK
    count = _walk_apart(chars, n, (1.0, least, -1, 0), way, tables, room)
    other = np.zeros(PLACES, np.int64)
    slack = least / (n + 1)
    for at in range(n):
        if count < 0 or n == SHORTEST or shorter < slack:
            break
        leave_out(chars, n, at, other)
        start = (shorter, slack, -1, count)
        count = _walk_apart(other, n - 1, start, way, tables, room)
    for at in range(n + 1):
        if count < 0 or n == PLACES or longer < slack:
            break
        other[:at] = chars[:at]
        other[at + 1 : n + 1] = chars[at:n]
        for added in range(KNOWN):
            other[at] = added
            if count >= 0:
                start = (longer, slack, at, count)
                count = _walk_apart(other, n + 1, start, way, tables, room)
    return count


@folded
def leave_out(chars, n, gone, short):
    """Write characters but one."""
    for at in range(n - 1):
        short[at] = chars[at + (at >= gone)]


@compiled
def readings_given(codes, plates, errors, of, out):
    """Write P(reading | plate) for pairs; a plate is (characters packed, how many)."""
    chars, row = np.empty(PLACES, np.int64), np.empty(PLACES + 1)
    for at in range(codes.size):
        n = unpack(codes[at], chars)
        plate = (plates[at, 0], plates[at, 1])
        out[at] = reading(chars, n, plate, errors[at], of, row)


@compiled
def readings_by_class(codes, errors, of, out):
    """Write P(reading) by class, for readings when any vehicle may have passed."""
    chars = np.empty(PLACES, np.int64)
    for at in range(codes.size):
        n = unpack(codes[at], chars)
        anyone(chars, n, errors[at], (of[0], of[1], out[at]))
