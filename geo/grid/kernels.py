"""The look-up compiled by Numba: the same steps as `geo.grid.search`, point by point.

Points go through in blocks, stage by stage, so that the memory they wait for is
fetched for many of them at once. Importing this module takes half a second, so only
who has many points does.
"""

import numpy as np

from geo.grid.cells import FAN, STEP
from geo.grid.parts import CHAIN, CHILD, IS_EITHER, ON, PAIR, STAR
from geo.machine_code import compiled
from geo.orientation import SPLITTER

BLOCK = 1024
UNDECIDED = np.int32(-2)

# Which side of a chain, by its kind and the sides of its two lines: the least of both,
# or the greatest.
WAYS = np.array([-1, -1, -1, -1, 0, 0, -1, 0, 1, -1, 0, 1, 0, 0, 1, 1, 1, 1], np.int64)


@compiled
def _product_error(a, b):
    product = a * b
    c, d = SPLITTER * a, SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    left_over = ((a_high * b_high - product) + a_high * b_low) + a_low * b_high
    return left_over + a_low * b_low


@compiled
def _turn(dx, dy, ex, ey):
    left, right = dx * ey, dy * ex
    if left == right:
        left, right = _product_error(dx, ey), _product_error(dy, ex)
    return (left > right) - (left < right)


@compiled
def _in_chain(x, y, lines, numbers, i):
    px, py = x - lines[i, 0], y - lines[i, 1]
    first = _turn(lines[i, 2], lines[i, 3], px, py)
    second = _turn(lines[i, 4], lines[i, 5], px, py)
    way = WAYS[9 * numbers[i, IS_EITHER] + 3 * first + second + 4]
    return numbers[i, ON - way]  # left, on and right stand side by side


@compiled
def _in_chains(x, y, out, chained, chains, room):
    """Answer the points that lie in chains, in short loops without branches.

    Records are fetched first, many at a time; then all turns are compared; then
    answers are read. Products that are equal take the long way.
    """
    lines, numbers = chains
    held, ways, products = room
    n_equal = 0
    for k in range(chained.size):
        j = chained[k]
        i = ~out[j] >> 3
        held[k] = i
        px, py = x[j] - lines[i, 0], y[j] - lines[i, 1]
        products[0, k], products[1, k] = lines[i, 2] * py, lines[i, 3] * px
        products[2, k], products[3, k] = lines[i, 4] * py, lines[i, 5] * px
    for k in range(chained.size):
        left, right = products[0, k], products[1, k]
        first = np.int32(left > right) - np.int32(left < right)
        n_equal += left == right
        left, right = products[2, k], products[3, k]
        second = np.int32(left > right) - np.int32(left < right)
        n_equal += left == right
        ways[k] = 3 * first + second + 4
    for k in range(chained.size):
        i = held[k]
        way = WAYS[9 * numbers[i, IS_EITHER] + ways[k]]
        out[chained[k]] = numbers[i, ON - way]
    if n_equal:
        for k in range(chained.size):
            is_equal = products[0, k] == products[1, k]
            if is_equal | (products[2, k] == products[3, k]):
                j = chained[k]
                out[j] = _in_chain(x[j], y[j], lines, numbers, held[k])


@compiled
def _in_star(x, y, stars, i):
    vertex, first, rays, is_wide, answers, at_vertex = stars
    px, py = x - vertex[i, 0], y - vertex[i, 1]
    if px == 0 and py == 0:
        return at_vertex[i]
    begin, stop = first[i], first[i + 1]
    side = _turn(rays[begin, 0], rays[begin, 1], px, py)
    first_side = side
    for ray in range(begin, stop):
        if side == 0 and rays[ray, 0] * px + rays[ray, 1] * py > 0:
            return answers[ray, 1]
        if ray + 1 < stop:
            next_side = _turn(rays[ray + 1, 0], rays[ray + 1, 1], px, py)
        else:
            next_side = first_side
        is_after, is_before = side > 0, next_side < 0
        if (is_after or is_before) if is_wide[ray] else (is_after and is_before):
            return answers[ray, 0]
        side = next_side
    return np.int32(-1)


@compiled
def _in_pair(x, y, lines, answers, i):
    first = _turn(lines[i, 2], lines[i, 3], x - lines[i, 0], y - lines[i, 1])
    second = _turn(lines[i, 6], lines[i, 7], x - lines[i, 4], y - lines[i, 5])
    return answers[i, 3 * (first + 1) + second + 1]


@compiled
def _in_rest(x, y, code, stars, pairs):
    i, kind = ~code >> 3, ~code & 7
    if kind == STAR:
        return _in_star(x, y, stars, i)
    if kind == PAIR:
        return _in_pair(x, y, pairs[0], pairs[1], i)
    return np.int32(-1)


@compiled
def _mean(answers, leads, columns):
    """Say what answers mean; they may stand in the first row, which is last."""
    for c in range(leads.shape[0] - 1, -1, -1):
        for j in range(answers.size):
            answer = answers[j]
            leads[c, j] = columns[c, answer] if answer >= 0 else UNDECIDED


@compiled
def look_up(x, y, out, leads, tables):
    """Write the answer of each point to ``out``, -1 where no cell decides it.

    ``leads``, shape (c, n), gets what the answer means in each of the c columns of the
    tables, -2 where there is no answer: at once, while the answers are at hand. Its
    first row may be ``out``.
    """
    frame, parts, columns = tables
    bits, last_bits, west, south, width, height = frame
    cells, chains, stars, pairs = parts
    scale = 2.0**last_bits
    low_x, low_y = west / 2.0**bits, south / 2.0**bits
    high_x, high_y = (west + width) / 2.0**bits, (south + height) / 2.0**bits
    cut = np.empty(BLOCK + 1, np.int64)
    chained = np.empty(BLOCK + 1, np.int64)
    rest = np.empty(BLOCK + 1, np.int64)
    room = (
        np.empty(BLOCK, np.int64),
        np.empty(BLOCK, np.int32),
        np.empty((4, BLOCK)),
    )
    for begin in range(0, x.size, BLOCK):
        n_cut = n_chained = n_rest = 0
        shift = last_bits - bits
        for j in range(begin, min(begin + BLOCK, x.size)):
            px, py = x[j], y[j]
            position = 0
            if (px >= low_x) & (px < high_x) & (py >= low_y) & (py < high_y):
                column = (np.int64(px * scale) >> shift) - west
                row = (np.int64(py * scale) >> shift) - south
                position = row * width + column
            code = cells[position]
            out[j] = code
            # each list is written every time, and grows only if the point belongs
            cut[n_cut] = chained[n_chained] = rest[n_rest] = j
            kind = np.int64(~code & 7) + 8 * np.int64(code >= 0)
            n_cut += kind == CHILD
            n_chained += kind == CHAIN
            n_rest += (kind > CHAIN) & (kind < 8)
        while n_cut:
            shift -= STEP
            n, n_cut = n_cut, 0
            for k in range(n):
                j = cut[k]
                column = (np.int64(x[j] * scale) >> shift) & (FAN - 1)
                row = (np.int64(y[j] * scale) >> shift) & (FAN - 1)
                first = width * height + (~out[j] >> 3) * (FAN * FAN)
                code = cells[first + row * FAN + column]
                out[j] = code
                cut[n_cut] = chained[n_chained] = rest[n_rest] = j
                kind = np.int64(~code & 7) + 8 * np.int64(code >= 0)
                n_cut += kind == CHILD
                n_chained += kind == CHAIN
                n_rest += (kind > CHAIN) & (kind < 8)
        _in_chains(x, y, out, chained[:n_chained], chains, room)
        for k in range(n_rest):
            j = rest[k]
            out[j] = _in_rest(x[j], y[j], out[j], stars, pairs)
        end = min(begin + BLOCK, x.size)
        _mean(out[begin:end], leads[:, begin:end], columns)
