"""Groups of rows that tell of one person: by way of links, or weighed as groups.

By way of links, one wrong link joins two persons with all their rows. Weighed as
groups, two groups are joined by what all their rows say of each other. For a comparison
that is the mean of m / u over the pairs of their rows where nothing is missing: one row
that agrees by chance is outvoted by the others, and what is missing in one row another
one may have. Groups are joined, those that are each other's heaviest partner first, as
long as that weighs more than asked.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.numbers import ranges
from matching.linkage.functions import Floats
from matching.linkage.link import Links
from matching.linkage.scoring import Scorer
from matching.linkage.texts import Rows

PIECE = 1_000_000
"""Pairs of rows that are weighed at a time, at least those of two groups."""


def linked(links: Links, n: int, *, least_bits: float = 0.0) -> Rows:
    """Put rows together that are linked, directly or by way of others.

    Returns the number of each row's group, shape (n,): that of its first row. Links
    within one table, of n rows.
    """
    rows = np.flatnonzero(links.bits >= least_bits)
    edges = (links.left_rows[rows], links.right_rows[rows])
    graph = coo_array((np.ones(rows.size, np.bool_), edges), shape=(n, n))
    return _named(connected_components(graph, directed=False)[1])


def pooled(scorer: Scorer, links: Links, *, least_bits: float = 0.0) -> Rows:
    """Put rows together whose groups weigh enough; see the module.

    Parameters
    ----------
    scorer
        Of one table.
    links
        The pairs that may begin a group; those well below ``least_bits`` help, since
        groups may agree where two of their rows do not.
    least_bits
        Groups are joined that weigh more than this; 0 is a probability of one half.

    Returns
    -------
    ndarray of int, shape (n,)
        The number of each row's group: that of its first row.
    """
    group = np.arange(len(scorer.left))
    edges = np.unique(np.stack((links.left_rows, links.right_rows), axis=1), axis=0)
    said = _said(scorer, group, edges)
    while edges.size:
        joined = _partners(edges, said.bits(scorer.model.prior_bits), least_bits)
        if not joined.size:
            break
        edges, said = _moved(scorer, group, edges, said, joined)
        into = np.arange(group.size)
        into[joined[:, 1]] = joined[:, 0]
        group = into[group]
    return _named(group)


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What the rows of two groups say of each other, by comparison, shapes (n, k).

    ``odds`` is the sum of m / u over the pairs of rows where nothing is missing, and
    ``pairs`` how many these are: those of a joined group are the sums of its parts'.
    """

    odds: Floats
    pairs: Floats

    def bits(self, prior_bits: float) -> Floats:
        """Return the weights of the groups, shape (n,)."""
        mean = self.odds / np.maximum(self.pairs, 1)
        bits: Floats = np.log2(np.where(self.pairs > 0, mean, 1.0)).sum(axis=1)
        return prior_bits + bits


def _partners(edges: Rows, weights: Floats, least_bits: float) -> Rows:
    """Return the groups to join: each the heaviest partner of the other."""
    heavy = np.flatnonzero(weights > least_bits)
    ends = np.concatenate((edges[heavy], edges[heavy][:, ::-1]))
    weight = np.tile(weights[heavy], 2)
    order = np.lexsort((ends[:, 1], -weight, ends[:, 0]))
    ends = ends[order]
    is_first = np.ones(len(ends), dtype=np.bool_)
    is_first[1:] = ends[1:, 0] != ends[:-1, 0]
    best = dict(ends[is_first].tolist())
    pairs = [[a, b] for a, b in best.items() if a < b and best.get(b) == a]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _moved(
    scorer: Scorer, group: Rows, edges: Rows, said: _Said, joined: Rows
) -> tuple[Rows, _Said]:
    """Return the edges of the groups once some are joined, and what is said of them."""
    partner = np.full(group.size, -1, dtype=np.int64)
    partner[joined[:, 0]] = joined[:, 1]
    into = np.arange(group.size)
    into[joined[:, 1]] = joined[:, 0]
    new = np.sort(into[edges], axis=1)
    new = np.unique(new[new[:, 0] != new[:, 1]], axis=0)
    # each new group is one or two of the old ones, each edge one to four
    one, other = (np.stack((new[:, side], partner[new[:, side]])) for side in (0, 1))
    of = np.tile(np.arange(len(new)), 4)
    old = np.stack((np.repeat(one, 2, axis=0).ravel(), np.tile(other, (2, 1)).ravel()))
    is_there = (old >= 0).all(axis=0)
    of, old = of[is_there], np.sort(old[:, is_there], axis=0)
    keys, wanted = edges @ (group.size, 1), (group.size, 1) @ old
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    is_known = keys[at] == wanted
    fresh = _said(scorer, group, old[:, ~is_known].T)
    shape = len(new), said.odds.shape[1]
    odds, pairs = np.zeros(shape), np.zeros(shape)
    for total, before, now in (
        (odds, said.odds, fresh.odds), (pairs, said.pairs, fresh.pairs)
    ):  # fmt: skip
        np.add.at(total, of[is_known], before[at[is_known]])
        np.add.at(total, of[~is_known], now)
    return new, _Said(odds, pairs)


def _said(scorer: Scorer, group: Rows, edges: Rows) -> _Said:
    """Weigh the rows of groups against each other."""
    members = np.argsort(group, kind="stable")
    sizes = np.bincount(group, minlength=group.size)
    begins = np.cumsum(sizes) - sizes
    n_pairs = sizes[edges[:, 0]] * sizes[edges[:, 1]]
    ends = np.flatnonzero(np.diff(np.cumsum(n_pairs) // PIECE)) + 1
    parts = []
    for part in np.split(np.arange(len(edges)), ends):
        left, right = edges[part].T
        place = ranges(np.zeros(part.size, np.int64), n_pairs[part])
        of = np.repeat(np.arange(part.size), n_pairs[part])
        nth, other = np.divmod(place, sizes[right][of])
        rows = members[begins[left][of] + nth], members[begins[right][of] + other]
        parts.append(_of_groups(scorer, np.sort(rows, axis=0), of, part.size))
    odds, pairs = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return _Said(odds, pairs)


def _of_groups(scorer: Scorer, rows: Rows, of: Rows, n: int) -> tuple[Floats, Floats]:
    """Add up what pairs of rows say, by the pair of groups that they are of."""
    weighed = scorer.weigh(rows[0], rows[1])
    comparisons = scorer.model.comparisons
    odds, pairs = np.empty((n, len(comparisons))), np.empty((n, len(comparisons)))
    for k, comparison in enumerate(comparisons):
        missing = np.array([level.is_missing for level in comparison.levels])
        is_there = ~missing[weighed.levels[:, k]]
        told = np.where(is_there, np.exp2(weighed.parts[:, k]), 0.0)
        odds[:, k] = np.bincount(of, weights=told, minlength=n)
        pairs[:, k] = np.bincount(of, weights=is_there, minlength=n)
    return odds, pairs


def _named(group: Rows) -> Rows:
    """Name each group by its first row."""
    number = np.unique(group, return_inverse=True)[1]
    first = np.full(group.size, group.size, dtype=np.int64)
    np.minimum.at(first, number, np.arange(group.size))
    named: Rows = first[number]
    return named
