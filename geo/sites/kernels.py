"""The search among sites, compiled by Numba; `geo.sites.scan` is its reference.

No chord is shorter than its shadow on the plane that touches the earth amid the sites,
so the boxes of `geo.sites.tree` lie there. Chords narrow, metres decide: where sites
are as far as each other but for the error of the metres, the answer is marked as in
doubt, and pyproj has the last word.

What is handed around, as tuples since Numba knows them: the ground ((tree, tree of the
latest), (table, clock, at), frame). The table has for each site: online since, online
until, rank among ties, clock at which it was taken away. A clock below 0: do not look
there; a NaN for at: online or not. The desk is one array, for each one that is handed
over costs time; `geo.sites.metres` says what its rows are.
"""

import numpy as np

from geo.machine_code import compiled, inlined
from geo.sites.metres import (
    BEST,
    COLUMN,
    FLATTEST,
    GAP,
    METRES,
    NEAR,
    NODE,
    RING,
    ROW,
    VALUE,
    bend,
    desk_for,
    goes_before,
    is_one_spot,
    is_sure,
    slack_m,
    sort_by_metres,
    spot,
    take,
    widened,
)
from geo.sites.scan import NEAR_M
from geo.sites.tree import chord, gap_2, run_end

BLOCK = 512  # queries that are answered before their answers are spread out
ROOM = 496  # sites that a run of queries shares; if there are more, each is alone
FEW = 3  # queries side by side that are worth a list of their own
WIDTH = 0.85  # of a run, in radii of its first answer
RINGS = 64
BEYOND_M = 3e7  # no chord is as long
SURE, DOUBT = 0, 1


@inlined
def _counts(checks, row):
    """Say whether a site is there still, and online at the time asked for."""
    table, clock, at = checks
    if clock < 0:
        return True
    is_online = at != at or (table[row, 0] <= at and at < table[row, 1])
    return is_online and table[row, 3] > clock


@inlined
def _keep(table, desk, n, most, column, value):
    """Keep a site among the n first; return how many are kept.

    One too many falls off to the place behind the last, where its column is free.
    """
    j = n
    while j > 0 and value < desk[VALUE, j - 1]:
        desk[VALUE, j], desk[COLUMN, j] = desk[VALUE, j - 1], desk[COLUMN, j - 1]
        j -= 1
    while j > 0 and value == desk[VALUE, j - 1]:
        if not goes_before(table, desk, column, int(desk[COLUMN, j - 1])):
            break
        desk[VALUE, j], desk[COLUMN, j] = desk[VALUE, j - 1], desk[COLUMN, j - 1]
        j -= 1
    desk[VALUE, j], desk[COLUMN, j] = value, column
    return min(n + 1, most)


@compiled
def _search(tree, checks, desk, here, most, n):
    """Keep the sites of a tree with the shortest chords."""
    x, y, z, reach_m = here
    leaves, size = int(tree[0, 0]), int(tree[0, 1])
    worst = desk[VALUE, most - 1] if n == most else reach_m * reach_m
    desk[NODE, 0], desk[GAP, 0], depth = 1, 0.0, int(size > 0)
    while depth > 0:
        depth -= 1
        if desk[GAP, depth] > worst:
            continue
        node = int(desk[NODE, depth])
        while node < leaves:
            left, right = gap_2(tree, 2 * node, x, y), gap_2(tree, 2 * node + 1, x, y)
            turn = np.int64(left > right)
            desk[NODE, depth], desk[GAP, depth] = 2 * node + 1 - turn, max(left, right)
            depth += desk[GAP, depth] <= worst
            node = 2 * node + turn
        start = 2 * leaves + (node - leaves) * size
        for i in range(start, start + size):
            dx, dy, dz = tree[i, 0] - x, tree[i, 1] - y, tree[i, 2] - z
            chord_2 = dx * dx + dy * dy + dz * dz
            if chord_2 <= worst and _counts(checks, int(tree[i, 3])):
                free = int(desk[COLUMN, most]) if n == most else n
                for part in range(4):
                    desk[part, free] = tree[i, part]
                n = _keep(checks[0], desk, n, most, free, chord_2)
                worst = desk[VALUE, most - 1] if n == most else worst
    return n


@compiled
def _gather(tree, checks, desk, here, n):
    """List the sites of a tree within a chord; return how many there are in all.

    Those for which there is no room are counted only.
    """
    x, y, z, reach_m = here
    room = desk.shape[1]
    leaves, size, reach_2 = int(tree[0, 0]), int(tree[0, 1]), reach_m * reach_m
    desk[NODE, 0], depth = 1, 1
    while depth > 0:
        depth -= 1
        node = int(desk[NODE, depth])
        if gap_2(tree, node, x, y) > reach_2:
            continue
        if node < leaves:
            desk[NODE, depth], desk[NODE, depth + 1] = 2 * node + 1, 2 * node
            depth += 2
            continue
        start = 2 * leaves + (node - leaves) * size
        for i in range(start, start + size):
            dx, dy, dz = tree[i, 0] - x, tree[i, 1] - y, tree[i, 2] - z
            if dx * dx + dy * dy + dz * dz > reach_2:
                continue
            if _counts(checks, int(tree[i, 3])):
                for part in range(4 * (n < room)):
                    desk[part, n] = tree[i, part]
                n += 1
    return n


@compiled
def _gather_all(ground, desk, here):
    (tree, latest), checks, _ = ground
    return _gather(latest, checks, desk, here, _gather(tree, checks, desk, here, 0))


@compiled
def _conclude(frame, desk, here, n, asked):
    """Measure the sites kept; say whether those not kept are farther for sure."""
    k, radius_m = asked
    take(desk, n)
    bend(desk, BEST, n, here, frame)
    if n > k:  # all that were not kept have a chord as long as the last kept one
        chord_m, last_m = np.sqrt(desk[VALUE, k]), desk[BEST + METRES, k - 1]
        longer_m = chord_m * (1 + FLATTEST * chord_m * chord_m)
        if last_m + slack_m(last_m) >= longer_m:
            return False
    return is_sure(desk, n, k, radius_m)


@compiled
def _settle(ground, desk, here, m, asked):
    """Choose by metres from a list that has all that may be among the first k."""
    k, radius_m = asked
    bend(desk, NEAR, m, here, ground[2])
    n = 0
    for i in range(m):
        n = _keep(ground[1][0], desk, n, k + 1, i, desk[METRES, i])
    take(desk, n)
    last = min(n, k) - 1
    for i in range(m):
        last_m = desk[BEST + METRES, last]
        if abs(desk[METRES, i] - last_m) <= slack_m(last_m):
            if not is_one_spot(desk, NEAR, i, last):
                return n, DOUBT
    return n, SURE if is_sure(desk, n, k, radius_m) else DOUBT


@inlined
def _write(desk, n, asked, row, out):
    k, radius_m = asked
    for j in range(k):
        is_there = j < n and desk[BEST + METRES, j] <= radius_m
        out[0][row, j] = np.int64(desk[BEST + ROW, j]) if is_there else -1
        out[1][row, j] = desk[BEST + METRES, j] if is_there else np.nan


@compiled
def _answer_alone(ground, desk, here, asked, row, out):
    """Answer one query; return a chord that k + 1 sites fill."""
    (tree, latest), checks, frame = ground
    most = asked[0] + 1
    desk[COLUMN, most] = most  # is free until all the others are taken
    n = _search(tree, checks, desk, here, most, 0)
    n = _search(latest, checks, desk, here, most, n)
    chord_m = np.sqrt(desk[VALUE, n - 1]) if n > 0 else 0.0
    reach_m = chord_m if n == most else here[3]
    sure = SURE
    if not _conclude(frame, desk, here, n, asked):
        sure = DOUBT
        m = _gather_all(ground, desk, (here[0], here[1], here[2], widened(chord_m)))
        if m <= desk.shape[1]:
            n, sure = _settle(ground, desk, here, m, asked)
    _write(desk, n, asked, row, out)
    out[2][row] = sure
    return reach_m


@compiled
def _into_rings(desk, m, around):
    """Sort those near by rings around a place, and note where its ring begins."""
    starts, ring = np.zeros(RINGS + 1, np.int64), np.empty(m, np.int64)
    given, per_square = desk[:4, :m].T.copy(), RINGS / (around[3] ** 2 * (1 + 1e-9))
    for i in range(m):
        ring[i] = int(chord(given, i, around) ** 2 * per_square)
        starts[ring[i] + 1] += 1
    for i in range(RINGS):
        starts[i + 1] += starts[i]
    for i in range(m):
        to = starts[ring[i]]
        starts[ring[i]] += 1
        for part in range(4):
            desk[part, to] = given[i, part]
        desk[RING, to] = np.sqrt(ring[i] / per_square)


@compiled
def _farthest_2(desk, here, n):
    """Give the square of the longest chord to those that were kept the last time."""
    farthest_2 = 0.0
    for j in range(n):
        dx, dy = desk[BEST, j] - here[0], desk[BEST + 1, j] - here[1]
        dz = desk[BEST + 2, j] - here[2]
        farthest_2 = max(farthest_2, dx * dx + dy * dy + dz * dz)
    return farthest_2


@compiled
def _choose(table, desk, here, n, most, m):
    """Keep those of a list of m with the shortest chords; n were kept the last time."""
    x, y, z, off_m = here  # and how far that is from the middle of the rings
    worst = _farthest_2(desk, here, n) if n == most else BEYOND_M * BEYOND_M
    last_ring, n = widened(np.sqrt(worst)) + off_m, 0
    for i in range(m):
        if desk[RING, i] > last_ring:
            break
        dx, dy, dz = desk[0, i] - x, desk[1, i] - y, desk[2, i] - z
        chord_2 = dx * dx + dy * dy + dz * dz
        if chord_2 <= worst:
            j = n  # as in `_keep`, which would cost more to call than it does
            while j > 0 and chord_2 < desk[VALUE, j - 1]:
                desk[VALUE, j] = desk[VALUE, j - 1]
                desk[COLUMN, j] = desk[COLUMN, j - 1]
                j -= 1
            while j > 0 and chord_2 == desk[VALUE, j - 1]:
                if not goes_before(table, desk, i, int(desk[COLUMN, j - 1])):
                    break
                desk[VALUE, j], desk[COLUMN, j] = chord_2, desk[COLUMN, j - 1]
                j -= 1
            desk[VALUE, j], desk[COLUMN, j] = chord_2, i
            n = min(n + 1, most)
            if n == most:
                worst = desk[VALUE, most - 1]
                last_ring = widened(np.sqrt(worst)) + off_m
    return n


@compiled
def _list_for(ground, desk, run, reach_m):
    """List all that the queries of a run may need; how many, 0 if there is no room."""
    places, start, end, middle = run
    spread_m = 0.0
    for i in range(start, end):
        spread_m = max(spread_m, chord(places, i, middle))
    need_m = reach_m + chord(places, start, middle) + spread_m
    list_m = min(widened(need_m) + spread_m, BEYOND_M)
    around = (middle[0], middle[1], middle[2], list_m)
    m = _gather_all(ground, desk, around)
    if m > desk.shape[1]:
        return 0
    _into_rings(desk, m, around)
    return m


@compiled
def _answer_run(ground, desk, run, m, asked, out):
    """Answer the queries of a run but the first, from a list of m sites."""
    places, start, end, middle = run
    table, frame, most, n = ground[1][0], ground[2], asked[0] + 1, 0
    for i in range(start + 1, end):
        off_m = chord(places, i, middle)
        here = (places[i, 0], places[i, 1], places[i, 2], off_m)
        n, sure = _choose(table, desk, here, n, most, m), SURE
        if not _conclude(frame, desk, here, n, asked):
            n, sure = _settle(ground, desk, here, m, asked)
        _write(desk, n, asked, i, out)
        out[2][i] = sure


@compiled
def _answer_block(ground, desk, places, asked, out):
    """Answer queries, each of which is close to the one before."""
    farthest_m = min(asked[1] + 1e-3, BEYOND_M)
    start, last, reach_m = 0, 0, BEYOND_M
    while start < len(places):
        x, y, z = places[start, 0], places[start, 1], places[start, 2]
        if start > 0:  # what fills the chord there, fills one here
            reach_m = widened(reach_m + chord(places, last, (x, y, z)))
        here = (x, y, z, min(reach_m, farthest_m))
        reach_m = _answer_alone(ground, desk, here, asked, start, out)
        end, middle = run_end(places, start, WIDTH * reach_m)
        last = start
        start += 1
        if end - last > FEW:
            run = (places, last, end, middle)
            m = _list_for(ground, desk, run, reach_m)
            if m > 0:
                _answer_run(ground, desk, run, m, asked, out)
                start = end


@compiled
def nearest_many(ground, places, order, radius_m, out):
    """Find the k nearest of the queries in ``order``.

    ``out`` is index (n, k), metres (n, k) and doubt (n,), which is filled in.
    """
    index, metres, sure = out
    k = index.shape[1]
    to_index, to_metres = np.empty((BLOCK, k), np.int64), np.empty((BLOCK, k))
    to_sure, block = np.empty(BLOCK, np.int8), np.empty((BLOCK, 3))
    desk = desk_for(max(ROOM, 8 * k))
    for start in range(0, order.size, BLOCK):
        part = order[start : start + BLOCK]
        for i in range(part.size):
            for axis in range(3):
                block[i, axis] = places[part[i], axis]
        to = (to_index, to_metres, to_sure)
        _answer_block(ground, desk, block[: part.size], (k, radius_m), to)
        for i in range(part.size):
            sure[part[i]] = to_sure[i]
            for j in range(k):
                index[part[i], j] = to_index[i, j]
            for j in range(k):
                metres[part[i], j] = to_metres[i, j]


@compiled
def nearest_one(  # noqa: PLR0913 - one by one: a tuple takes longer to hand over
    tree, latest, table, frame, clock, at, lng, lat, radius_m, index, metres
):
    """Find the nearest of one query, index (k,) and metres (k,); return how sure."""
    x, y, z = spot(lng, lat, frame)
    k = index.size
    ground = ((tree, latest), (table, clock, at), frame)
    here, sure = (x, y, z, min(radius_m + 1e-3, BEYOND_M)), np.empty(1, np.int8)
    out = (index.reshape((1, k)), metres.reshape((1, k)), sure)
    _answer_alone(ground, desk_for(max(64, 8 * k)), here, (k, radius_m), 0, out)
    return sure[0]


@compiled
def within_many(ground, places, order, radius_m):
    """List all sites within a radius of each query in ``order``.

    Returns how many each has (n,), how sure that is (n,), and query after query the
    rows and metres: nearest first, some beyond the radius by no more than the slack.
    """
    sizes, sure = np.zeros(len(places), np.int64), np.zeros(len(places), np.int8)
    found, used = np.empty((2, 4 * order.size + 16)), 0
    desk = desk_for(ROOM)
    for query in order:
        x, y, z = places[query, 0], places[query, 1], places[query, 2]
        here, radius = (x, y, z, min(radius_m[query] + 1e-3, BEYOND_M)), radius_m[query]
        m = _gather_all(ground, desk, here)
        if m > desk.shape[1]:
            desk = desk_for(2 * m)
            _gather_all(ground, desk, here)
        bend(desk, NEAR, m, here, ground[2])
        sort_by_metres(ground[1][0], desk, m)
        if used + m > found.shape[1]:
            grown = np.empty((2, 2 * (used + m)))
            grown[:, :used] = found[:, :used]
            found = grown
        far_m = radius + slack_m(radius) if radius < NEAR_M else np.inf
        n = 0
        while n < m and desk[BEST + METRES, n] <= far_m:
            found[0, used] = desk[BEST + ROW, n]
            found[1, used] = desk[BEST + METRES, n]
            n, used = n + 1, used + 1
        sizes[query] = n
        sure[query] = SURE if is_sure(desk, n, n, radius) else DOUBT
    return sizes, sure, found[:, :used]
