"""Reads against the hot list in compiled code; `matching.weigh` is the rule.

For each read it is worked out how probable a reading must at least be, given a plate,
for the pair to reach the threshold, whatever else speaks for it. Then every plate that
probable is looked up: the index is complete for what may be accepted, and looks no
further. `hot`, `tables` and `desk` are the named tuples of `matching.hot_tables`;
`asked` is all of one read: (how many characters, code, error, type, colour, table).
"""

import numpy as np

from matching.kernels import (
    BASE,
    FLOOR,
    KNOWN,
    LEAST,
    PLACES,
    POWERS,
    PREFIXES,
    SHORTEST,
    SLACK,
    WEIGHT,
    aligned,
    anyone,
    leave_out,
    prefix_bit,
    reading,
    shares_of,
    unpack,
    walk,
)
from matching.machine_code import compiled, folded, uncounted

MIX = 0x1E3779B97F4A7C15
NOBODY = -1
FULL = -1
CUT = 2.0  # how much less deep is searched where there are too many plates
ANYTHING = -1e9  # bits that every plate brings
ENOUGH = 1e-8  # as often as this, passes a plate of a frequent form
NEVER = 2.0  # no probability is as high
CHARS, LENGTH, TYPE, COLOUR, CODE, BORN, DIED = range(7)  # columns of hot.rows
OWN = 7  # column of hot.floats
LEAST_BITS, PRIOR, BEST_REST, MOST_OWN, NEEDED = range(5)  # of desk.limits
TOTAL, OF_TYPE, OF_COLOUR, IS_WHOLE = range(4)  # of desk.passing
NOT_TOLD = 0
MASK_SHIFTS = (14, 31)  # of a mixed code, to its two bits


@folded
def look_up(code, keys, bits):
    """Return the first item of an index that has a code, or NOBODY."""
    mixed = code * MIX
    bit = (mixed >> 14) & (64 * bits.size - 1)
    if not (bits[bit >> 6] >> (bit & 63)) & 1:
        return NOBODY
    mask = keys.shape[0] - 1
    slot = (mixed >> 18) & mask
    while keys[slot, 0] != 0:
        if keys[slot, 0] == code:
            return keys[slot, 1]
        slot = (slot + 1) & mask
    return NOBODY


@compiled
def put_in(codes, rows, first, keys, items, bits):
    """Add codes of rows to an index with room; those before are found as ever."""
    mask = keys.shape[0] - 1
    for at in range(codes.size):
        code, item = codes[at], first + at
        mixed = code * MIX
        slot = (mixed >> 18) & mask
        while keys[slot, 0] != 0 and keys[slot, 0] != code:
            slot = (slot + 1) & mask
        items[item, 0] = rows[at]
        items[item, 1] = NOBODY if keys[slot, 0] == 0 else keys[slot, 1]
        keys[slot, 1] = item
        keys[slot, 0] = code
        bit = (mixed >> 14) & (64 * bits.size - 1)
        bits[bit >> 6] |= np.int64(1) << (bit & 63)


@compiled
def note_kinds(codes, fits):
    """Note which kinds of characters, letter or not, follow one another in codes."""
    chars = np.empty(PLACES, np.int64)
    for at in range(codes.size):
        n = unpack(codes[at], chars)
        kind = 0
        for place in range(n):
            kind = 2 * kind + (chars[place] >= 10)
            fits[n, place + 1, kind] = 1


@compiled
def note_prefixes(codes, prefixes):
    """Note how codes begin, at the depths that a walk looks up."""
    chars = np.empty(PLACES, np.int64)
    for at in range(codes.size):
        n, prefix = unpack(codes[at], chars), 0
        for place in range(n - 1):
            prefix = prefix * BASE + chars[place] + 1
            depth = place + 1
            if (PREFIXES >> depth) & 1:
                bit = prefix_bit(prefix, depth, n, prefixes)
                prefixes[bit >> 6] |= np.int64(1) << (bit & 63)


@folded
def _masked(code, chars, place):
    """Give a code without one of its characters, which stays an empty place."""
    return (code - (chars[place] + 1) * POWERS[PLACES - 1 - place]) * MIX


@compiled
def note_masks(codes, masks):
    """Note codes without each one of their characters; two bits for each."""
    chars = np.empty(PLACES, np.int64)
    for at in range(codes.size):
        for place in range(unpack(codes[at], chars)):
            mixed = _masked(codes[at], chars, place)
            for shift in MASK_SHIFTS:
                bit = (mixed >> shift) & (64 * masks.size - 1)
                masks[bit >> 6] |= np.int64(1) << (bit & 63)


@folded
def _is_near(code, chars, n, masks):
    """Tell whether anything wanted may be this code but for one character."""
    for place in range(n):
        mixed, is_there = _masked(code, chars, place), True
        for shift in MASK_SHIFTS:
            bit = (mixed >> shift) & (64 * masks.size - 1)
            is_there &= (masks[bit >> 6] >> (bit & 63)) & 1 == 1
        if is_there:
            return True
    return False


@folded
def _must_walk(asked, limits, way, tables, desk):
    """Tell whether a walk could find anything but the reading itself.

    Most readings are so that no two characters can be wrong: then only what is wanted
    but for one character is of interest. `limits` is (least of all that is looked for,
    least of what is also looked for with one character more).
    """
    n, code, _, _, _, table = asked
    right, wrong, _, side = way
    base, best, second = 1.0, 0.0, 0.0
    for place in range(n):
        weight = tables.chances[table, WEIGHT + side, desk.chars[place], 1]
        other = wrong * weight / right
        base *= right
        second = max(second, min(best, other))
        best = max(best, other)
    must = base * best * second >= limits[0] or base * best >= limits[1]
    if not must and base * best >= limits[0]:
        must = _is_near(code, desk.chars, n, desk.masks)
    return must


@compiled
def own_frequencies(plates, tables, out):
    """Write how often each plate is among passing vehicles, by the forms it fits."""
    for row in range(plates.shape[0]):
        chars, n, total = plates[row, 0], plates[row, 1], 0.0
        for form in range(tables.begins[n], tables.begins[n + 1]):
            has_all = True
            for at in range(n):
                here = (chars >> (8 * at)) & 255
                slot = tables.forms[form, at]
                has_all &= here >= KNOWN or tables.slots[0, slot, here, 0] > 0.0
            if has_all:
                total += tables.often[form]
        out[row] = total


@folded
def _note_passing(total, is_whole, asked, desk):
    """Note how probable the reading is of anyone, and what is told of such a one."""
    _, _, _, kind, colour, _ = asked
    among, of_type, of_both = 0.0, 0.0, 0.0
    for at in range(desk.by_class.size):
        share = desk.by_class[at] if total > 0.0 else desk.traffic[at]
        among += share
        of_type += share * desk.shares[kind, NOT_TOLD, at]
        of_both += share * desk.shares[kind, colour, at]
    desk.passing[TOTAL] = total
    desk.passing[OF_TYPE] = of_type / among
    desk.passing[OF_COLOUR] = of_both / of_type
    desk.passing[IS_WHOLE] = is_whole


@folded
def _note_all(asked, tables, desk):
    """Note it for whoever may have passed, dropped and added characters included."""
    n, _, error, _, _, table = asked
    total = anyone(desk.chars, n, error, (tables, table, desk.by_class))
    _note_passing(total, 1.0, asked, desk)


@folded
def _least_probable(asked, tables, desk):
    """Give the least P(reading | plate) with which a pair may reach the threshold.

    A type and a colour add at most what they would if they were told for sure.
    """
    n, _, error, _, _, table = asked
    desk.by_class[:] = 0.0
    known = aligned(desk.chars, n, error, (tables, table, desk.by_class), ENOUGH)
    if known < LEAST:
        _note_all(asked, tables, desk)
    else:
        _note_passing(known, 0.0, asked, desk)
    looks = desk.passing[OF_TYPE] * desk.passing[OF_COLOUR] * desk.limits[NEEDED]
    need = looks * max(desk.passing[TOTAL], LEAST)
    return SLACK * max(need / (1.0 + looks * desk.limits[MOST_OWN]), FLOOR)


@folded
def _weigh(row, asked, hot, tables, desk, needed):
    """Weigh plate, type and colour; say whether they bring the bits that are needed.

    At first with the part of those who may have passed that is known; only where that
    is enough, the whole is worked out. Writes the bits of the plate to `desk.row`.
    """
    n, _, error, kind, colour, table = asked
    plate = (hot.rows[row, CHARS], hot.rows[row, LENGTH])
    m = max(reading(desk.chars, n, plate, error, (tables, table), desk.row), LEAST)
    own = m * hot.floats[row, OWN]
    wanted_kind, wanted_colour = hot.rows[row, TYPE], hot.rows[row, COLOUR]
    told = desk.types[wanted_kind, kind] * desk.colours[wanted_colour, colour]
    others = max(desk.passing[TOTAL] - own, LEAST)
    if desk.passing[IS_WHOLE] == 0.0:
        looks = desk.passing[OF_TYPE] * desk.passing[OF_COLOUR]
        if np.log2(m * told / (others * looks)) < needed:
            return False
        _note_all(asked, tables, desk)
        others = max(desk.passing[TOTAL] - own, LEAST)
    bits = np.log2(m / others)
    desk.row[0] = bits
    if wanted_kind != NOT_TOLD:
        bits += np.log2(desk.types[wanted_kind, kind] / desk.passing[OF_TYPE])
    if wanted_colour != NOT_TOLD:
        bits += np.log2(desk.colours[wanted_colour, colour] / desk.passing[OF_COLOUR])
    return bits >= needed


@folded
def _is_new(row, hot, desk, span):
    """Tell whether a row is wanted now and not among the pairs of this read yet."""
    _, clock, begin, count = span
    if clock < hot.rows[row, BORN] or hot.rows[row, DIED] <= clock:
        return False
    for before in range(begin, count):
        if desk.pairs[before, 1] == row:
            return False
    return True


@folded
def _push(row, asked, hot, tables, desk, span):
    """Write a row if it may pass; return how many pairs there are then, or FULL.

    `span` is (read, clock, begin of its pairs, how many pairs there are).
    """
    at, _, _, count = span
    if not _is_new(row, hot, desk, span):
        return count
    needed = desk.limits[LEAST_BITS] - desk.limits[PRIOR] - desk.limits[BEST_REST]
    needed = ANYTHING if hot.rows[row, CODE] == asked[1] else needed
    if not _weigh(row, asked, hot, tables, desk, needed):
        return count
    if count == len(desk.found):
        return FULL
    desk.pairs[count, 0], desk.pairs[count, 1] = at, row
    desk.found[count, 0] = desk.row[0]
    desk.found[count, 1] = desk.passing[OF_TYPE]
    desk.found[count, 2] = desk.passing[OF_COLOUR]
    return count + 1


@folded
def _take(found, asked, hot, tables, desk, span):
    """Look up what a walk found.

    `found` is (how many, how likely plates and how likely longer ones must be).
    """
    n_found, need, one_more = found
    at, clock, begin, count = span
    for leaf in range(n_found):
        code = desk.codes[leaf]
        item = NOBODY
        if desk.chances[leaf] >= need or code == asked[1]:
            item = look_up(code, hot.keys, hot.bits)
        while item != NOBODY and count != FULL:
            span = (at, clock, begin, count)
            count = _push(hot.items[item, 0], asked, hot, tables, desk, span)
            item = hot.items[item, 1]
        if desk.chances[leaf] < one_more or count == FULL:
            continue
        item = look_up(code, hot.short_keys, hot.short_bits)
        while item != NOBODY and count != FULL:
            span = (at, clock, begin, count)
            count = _push(hot.short_items[item, 0], asked, hot, tables, desk, span)
            item = hot.short_items[item, 1]
    return count


@folded
def _walked(chars, n, start, way, tables, desk):
    """Walk as deep as there is room for; return how many were found."""
    base, least = start
    count = -1
    while count < 0:
        count = walk(chars, n, (base, least, -1, 0), way, tables, desk)
        if count < 0:
            least *= CUT
            desk.n_cut[0] += 1
    return count


@folded
def _one_read(asked, hot, tables, desk, span):
    """Find the pairs of one read; return how many there are then, or FULL."""
    n, code, error, _, _, table = asked
    need = _least_probable(asked, tables, desk)
    right, wrong, dropped, added = shares_of(error, tables, table)
    way = (right, wrong, table, 0)
    one_more = need / (dropped * (n + 1)) if hot.lengths[n + 1] else NEVER
    least, n_found = min(need, one_more), 0
    if _must_walk(asked, (least, one_more), way, tables, desk):
        n_found = _walked(desk.chars, n, (1.0, least), way, tables, desk)
    if n_found == 0:
        desk.codes[0], desk.chances[0], n_found = code, right**n, 1
    count = _take((n_found, need, one_more), asked, hot, tables, desk, span)
    if n == SHORTEST or added < need / n or hot.lengths[n - 1] == 0:
        return count
    for gone in range(n):
        if count == FULL or (gone > 0 and desk.chars[gone] == desk.chars[gone - 1]):
            continue
        leave_out(desk.chars, n, gone, desk.short)
        n_found = _walked(desk.short, n - 1, (added, need / n), way, tables, desk)
        span = (span[0], span[1], span[2], count)
        count = _take((n_found, 0.0, NEVER), asked, hot, tables, desk, span)
    return count


@compiled
def match(reads, hot, tables, desk, start, clock):
    """Find the pairs of reads from `start` on; return how many, and the next read.

    When there is no room for all pairs of a read, its pairs are left to the next call.
    """
    bare_hot, bare_tables, bare_desk = (
        uncounted(hot),
        uncounted(tables),
        uncounted(desk),
    )
    count = 0
    for at in range(start, reads.codes.size):
        n = unpack(reads.codes[at], bare_desk.chars)
        if n == 0:
            continue
        asked = (
            n, reads.codes[at], reads.errors[at],
            reads.types[at], reads.colours[at], reads.tables[at],
        )  # fmt: skip
        span = (at, clock, count, count)
        more = _one_read(asked, bare_hot, bare_tables, bare_desk, span)
        if more == FULL:
            return count, at
        count = more
    return count, reads.codes.size
