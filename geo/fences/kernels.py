"""Which areas hold which positions, compiled by Numba.

`geo.fences.rims` is its reference. Imported when first asked: it takes half a second.
Positions go through in blocks, stage by stage, so that the memory they wait for is
fetched for many of them at once.

No contraction, no fast mathematics: the sign of a turn is exact as explained in
`geo.orientation`, and what circles and corridors are not sure of is marked as doubt.
"""

import numpy as np

from geo.machine_code import compiled

BLOCK = 256
CIRCLE, CORRIDOR = 0, 1  # as in `geo.fences.parts`; what is neither is a region
SURE, DOUBT, OUTSIDE = 0, 1, -1

EQUATOR_M, ECCENTRICITY_2 = 6_378_137.0, 0.0066943799901413165  # as in `geo.chord`
SPLITTER = 134_217_729.0  # as in `geo.orientation`

FREE = np.uint64(0xFFFFFFFFFFFFFFFF)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # D. E. Knuth, TAOCP 3, 6.4: Fibonacci hashing
TWENTY, HALF, ONE = np.uint64(20), np.uint64(32), np.uint64(1)
LOW = np.uint64(0xFFFFFFFF)
SHARES = 128.0
MOST = 127
GUARDS = 0x80808080  # a bit before each of four numbers, to take a borrow
SHORT = 24  # lists up to this length are sorted by insertion


@compiled
def _key(mark, column, row):
    """Give a cell its key: the mark of its size, its column and its row."""
    return ((np.uint64(mark) << TWENTY) | np.uint64(column)) << TWENTY | np.uint64(row)


@compiled
def _slot(slots, shift, key):
    """Find the slot of a key, or the free one where it belongs."""
    last = slots.shape[0] - 1
    slot = np.int64((key * GOLDEN) >> np.uint64(shift))
    while slots[slot, 0] != FREE and slots[slot, 0] != key:
        slot = (slot + 1) & last
    return slot


@compiled
def count_cells(cells, levels, slots):
    """Count into a free table how many parts touch each cell; returns how many cells.

    Parameters
    ----------
    cells
        First and last column, first and last row of each part, shape (p, 4).
    levels
        As in `geo.fences.cells.Watch`, of each part, shape (p, 3).
    slots
        As there; the first column ``FREE``.
    """
    n_cells = 0
    for part in range(cells.shape[0]):
        for row in range(cells[part, 2], cells[part, 3] + 1):
            for column in range(cells[part, 0], cells[part, 1] + 1):
                key = _key(levels[part, 1], column, row)
                slot = _slot(slots, levels[part, 2], key)
                if slots[slot, 0] == FREE:
                    slots[slot, 0], slots[slot, 1] = key, 0
                    n_cells += 1
                slots[slot, 1] += ONE
    return n_cells


@compiled
def place_cells(counted, slots, levels):
    """Move counted cells into their table and give each its stretch of entries."""
    first = np.uint64(0)
    for i in range(counted.shape[0]):
        if counted[i, 0] != FREE:
            slot = _slot(slots, levels[0, 2], counted[i, 0])
            slots[slot, 0] = counted[i, 0]
            slots[slot, 1] = (first << HALF) | first
            first += counted[i, 1]


@compiled
def fill_cells(cells, levels, slots, entries, parts):
    """Write each part, of which box and kind are given, into the cells it touches."""
    box, kind = parts
    for part in range(cells.shape[0]):
        scale, mark = levels[part, 0], levels[part, 1]
        head = np.uint64(part << 2 | kind[part]) << HALF
        for row in range(cells[part, 2], cells[part, 3] + 1):
            south = _share(box[part, 1], scale, row)
            north = MOST - _share(box[part, 3], scale, row)
            for column in range(cells[part, 0], cells[part, 1] + 1):
                west = _share(box[part, 0], scale, column)
                east = MOST - _share(box[part, 2], scale, column)
                slot = _slot(slots, levels[part, 2], _key(mark, column, row))
                box_within = np.uint64(west << 24 | south << 16 | east << 8 | north)
                entries[np.int64(slots[slot, 1] & LOW)] = head | box_within
                slots[slot, 1] += ONE


@compiled
def _share(degrees, scale, cell):
    """Say how far into a cell a coordinate lies, in whole 128ths of its side."""
    share = np.floor((degrees * scale - cell) * SHARES)
    return np.int64(min(max(share, 0.0), SHARES - 1.0))


@compiled
def find(watch, places, at, order):
    """Find the fences that hold each position.

    Parameters
    ----------
    watch
        A `geo.fences.cells.Watch`.
    places
        Longitudes and latitudes, shape (2, n).
    at
        One moment, or one each.
    order
        Which positions to look at, in which order; they are in bounds and have a time.

    Returns
    -------
    (found, count)
        Twice the number of each fence found, plus one where it is in doubt, by
        position in the order given and ascending, shape (m,); how many each position
        has, shape (n,).
    """
    count = np.zeros(places.shape[1], np.int64)
    found = np.empty(2 * order.size + 64, np.int64)
    near = np.empty((64, 3), np.int64)
    size = min(BLOCK, order.size)
    lists = np.empty((size, watch.levels.shape[0], 2), np.int64)
    ends, here = np.empty(size, np.int64), np.empty((size, 3))
    m = 0
    for first in range(0, order.size, BLOCK):
        block = order[first : first + BLOCK]
        n_seen = _look_up(watch.levels, watch.slots, places, block, lists)
        if n_seen >= near.shape[0]:
            near = np.empty((2 * n_seen, 3), np.int64)
        _into_space(places, block, here)
        n_near = _narrow(watch, places, block, (lists, near, ends))
        _decide(watch, (places, here), block, near, n_near)
        if m + n_near >= found.size:
            found = np.concatenate((found[:m], np.empty(m + 2 * n_near, np.int64)))
        m = _write_down(watch, at, block, (near, ends), (found, count, m))
    return found[:m], count


@compiled
def find_one(watch, lng, lat, at):
    """Find the fences that hold one usable position; ``found`` of `find`."""
    places = np.array([[lng], [lat]])
    return find(watch, places, np.array([at]), np.zeros(1, np.int64))[0]


@compiled
def _look_up(levels, slots, places, block, lists):
    """Find each position's cell of each size; returns how many entries they have."""
    n = 0
    for j in range(block.size):
        x, y = places[0, block[j]], places[1, block[j]]
        for level in range(levels.shape[0]):
            scale = levels[level, 0]
            key = _key(levels[level, 1], np.int64(x * scale), np.int64(y * scale))
            slot = _slot(slots, levels[level, 2], key)
            is_there = slots[slot, 0] == key
            lists[j, level, 0] = is_there * np.int64(slots[slot, 1] >> HALF)
            lists[j, level, 1] = is_there * np.int64(slots[slot, 1] & LOW)
            n += lists[j, level, 1] - lists[j, level, 0]
    return n


@compiled
def _narrow(watch, places, block, into):
    """Choose the parts whose boxes hold each position; returns how many.

    West, south and the distances of east and north from the end are subtracted from a
    place's own at once; where one is greater, it borrows its guard.
    """
    lists, near, ends = into
    levels, entries = watch.levels, watch.entries
    n = 0
    for j in range(block.size):
        for level in range(levels.shape[0]):
            scale = levels[level, 0]
            x, y = places[0, block[j]] * scale, places[1, block[j]] * scale
            over = np.int64((x - np.floor(x)) * SHARES)
            up = np.int64((y - np.floor(y)) * SHARES)
            own = over << 24 | up << 16 | (MOST - over) << 8 | (MOST - up) | GUARDS
            for i in range(lists[j, level, 0], lists[j, level, 1]):
                entry = np.int64(entries[i])
                near[n, 0] = entry >> 32
                near[n, 1] = j
                n += np.int64((own - (entry & 0xFFFFFFFF)) & GUARDS == GUARDS)
        ends[j] = n
    return n


@compiled
def _into_space(places, block, here):
    """Turn degrees into earth-centred metres: `geo.chord.earth_centred`."""
    for j in range(block.size):
        east, north = np.radians(places[0, block[j]]), np.radians(places[1, block[j]])
        sine = np.sin(north)
        across = EQUATOR_M / np.sqrt(1 - ECCENTRICITY_2 * sine**2)
        from_axis = across * np.cos(north)
        here[j, 0], here[j, 1] = from_axis * np.cos(east), from_axis * np.sin(east)
        here[j, 2] = across * (1 - ECCENTRICITY_2) * sine


@compiled
def _decide(watch, asked, block, near, n_near):
    """Say of every near part whether it holds its position, one kind after another."""
    places, here = asked
    form = watch.form
    others = np.empty(n_near + 1, np.int64)
    n_others = 0
    for k in range(n_near):
        part, j = near[k, 0] >> 2, near[k, 1]
        near[k, 2] = _in_circle(form, part, (here[j, 0], here[j, 1], here[j, 2]))
        others[n_others] = k
        n_others += np.int64(near[k, 0] & 3 != CIRCLE)
    n_regions = 0
    for k in others[:n_others]:
        part, j = near[k, 0] >> 2, near[k, 1]
        if near[k, 0] & 3 == CORRIDOR:
            spot = (here[j, 0], here[j, 1], here[j, 2])
            near[k, 2] = _in_corridor(form, watch.pieces, part, spot)
        else:
            others[n_regions] = k
            n_regions += 1
    _decide_regions(watch, places, block, near, others[:n_regions])


@compiled
def _decide_regions(watch, places, block, near, regions):
    """Do so for regions: find their bands, fetch these, and only then look at them."""
    form, bands, edges = watch.form, watch.bands, watch.edges
    stretch = np.empty((regions.size, 2), np.int64)
    for r, k in enumerate(regions):
        part, y = near[k, 0] >> 2, places[1, block[near[k, 1]]]
        band = np.int64((y - form[part, 2]) * form[part, 3])
        band = min(max(band, 0), np.int64(form[part, 1]) - 1)
        stretch[r, 0] = np.int64(form[part, 0]) + band
    for r in range(regions.size):
        band = stretch[r, 0]
        stretch[r, 0], stretch[r, 1] = bands[band], bands[band + 1]
    for r, k in enumerate(regions):
        near[k, 2] = np.int64(edges[stretch[r, 0], 0] + edges[stretch[r, 1] - 1, 2])
    for r, k in enumerate(regions):
        i = block[near[k, 1]]
        place = (places[0, i], places[1, i])
        near[k, 2] = _in_polygon(edges, stretch[r, 0], stretch[r, 1], place)


@compiled
def _write_down(watch, at, block, narrowed, into):
    """Write down which fences hold each position; returns the new end."""
    near, ends = narrowed
    found, count, m = into
    form, is_on = watch.form, watch.is_on
    each = np.int64(at.size > 1)
    k = 0
    for j in range(block.size):
        begin, moment = m, at[block[j] * each]
        while k < ends[j]:
            part, sure = near[k, 0] >> 2, near[k, 2]
            is_when = np.int64(form[part, 6] <= moment) & np.int64(
                moment < form[part, 7]
            )
            found[m] = 2 * np.int64(form[part, 5]) + sure
            m += is_when & np.int64(sure != OUTSIDE) & np.int64(is_on[part])
            k += 1
        m = _sorted(found, begin, m)
        count[block[j]] = m - begin
    return m


@compiled
def _in_circle(form, part, here):
    x, y, z = here[0] - form[part, 0], here[1] - form[part, 1], here[2] - form[part, 2]
    chord_2 = x * x + y * y + z * z
    is_sure, is_out = chord_2 <= form[part, 3], chord_2 > form[part, 4]
    return DOUBT - np.int64(is_sure) - 2 * np.int64(is_out)


@compiled
def _in_corridor(form, pieces, part, here):
    found = OUTSIDE
    first = np.int64(form[part, 0])
    for i in range(first, first + np.int64(form[part, 1])):
        x, y, z = here[0] - pieces[i, 0], here[1] - pieces[i, 1], here[2] - pieces[i, 2]
        share = (x * pieces[i, 3] + y * pieces[i, 4] + z * pieces[i, 5]) * pieces[i, 6]
        share = min(max(share, 0.0), 1.0)
        x -= share * pieces[i, 3]
        y -= share * pieces[i, 4]
        z -= share * pieces[i, 5]
        apart_2 = x * x + y * y + z * z
        if apart_2 <= pieces[i, 7]:
            return SURE
        if apart_2 <= pieces[i, 8]:
            found = DOUBT
    return found


@compiled
def _in_polygon(edges, first, end, place):
    """Count the edges of a band that the ray to the east crosses.

    Exact; the rim is within. Beyond the first and the last band no edge reaches a
    place, and it is outside.
    Source: D. Sunday, Inclusion of a point in a polygon (2001).
    """
    x, y = place
    crossed, tied = np.int64(0), np.int64(0)
    for i in range(first, end):
        ax, ay, bx, by = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        left, right = (bx - ax) * (y - ay), (by - ay) * (x - ax)
        # whole numbers, not truth values: those would be branches to guess wrong
        is_across = np.int64(ay > y) ^ np.int64(by > y)
        crossed ^= is_across & (1 ^ np.int64(left > right) ^ np.int64(by > ay))
        tied |= np.int64(left == right)
    if tied:
        return _in_polygon_tied(edges, first, end, place)
    return crossed - 1  # SURE or OUTSIDE


@compiled
def _in_polygon_tied(edges, first, end, place):
    """Do the same where rounded products are equal: their errors decide."""
    x, y = place
    is_within = False
    for i in range(first, end):
        ax, ay, bx, by = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        side = _turn(bx - ax, by - ay, x - ax, y - ay)
        is_beside = min(ay, by) <= y <= max(ay, by) and min(ax, bx) <= x <= max(ax, bx)
        if side == 0 and is_beside:
            return SURE
        if (ay > y) != (by > y) and (side > 0) == (by > ay):
            is_within = not is_within
    return SURE if is_within else OUTSIDE


@compiled
def _turn(dx, dy, ex, ey):
    left, right = dx * ey, dy * ex
    if left == right:
        left, right = _product_error(dx, ey), _product_error(dy, ex)
    return (left > right) - (left < right)


@compiled
def _product_error(a, b):
    product = a * b
    c, d = SPLITTER * a, SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    left_over = ((a_high * b_high - product) + a_high * b_low) + a_low * b_high
    return left_over + a_low * b_low


@compiled
def _sorted(found, begin, end):
    """Sort what was found for a place, each fence once; returns the new end.

    A fence that one of its parts holds for sure is not in doubt for another.
    """
    if end - begin < 2:
        return end
    if end - begin > SHORT:
        found[begin:end].sort()
    else:
        _sort_few(found, begin, end)
    last = begin
    for i in range(begin + 1, end):
        if found[i] >> 1 != found[last] >> 1:
            last += 1
            found[last] = found[i]
    return last + 1


@compiled
def _sort_few(found, begin, end):
    for i in range(begin + 1, end):
        value, j = found[i], i
        while j > begin and found[j - 1] > value:
            found[j] = found[j - 1]
            j -= 1
        found[j] = value
