"""Training a model on pairs that somebody has judged, or of which the truth is known.

m is counted on the pairs that belong together, u on random pairs without them, the
prior is the share of such pairs. Levels that must not fall behind worse ones are pooled
with them: a better level never weighs less.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo.numbers import ranges
from matching.errors import TableRefused
from matching.linkage.functions import Floats
from matching.linkage.pairs import Pairs
from matching.linkage.scoring import reached
from matching.linkage.settings import Comparison, Model, trained
from matching.linkage.texts import Rows, Table
from matching.linkage.training import (
    RANDOM_PAIRS,
    chance_of,
    frequencies_of,
    level_shares,
    missing_of,
    without_matches,
)

FEWEST = 30
"""Fewer pairs tell nothing of levels that one in thirty reaches."""


def true_pairs(left: Rows, right: Rows | None = None) -> Rows:
    """Return the pairs of rows that are of one group, shape (k, 2).

    Parameters
    ----------
    left, right
        The group of each row, below 0 for none; without right, pairs within the left,
        each once.
    """
    other = left if right is None else right
    order = np.argsort(other, kind="stable")
    sizes = [np.searchsorted(other[order], left, side) for side in ("left", "right")]
    begins, ends = sizes
    known = np.flatnonzero((left >= 0) & (ends > begins))
    rows = np.repeat(known, (ends - begins)[known])
    others = order[ranges(begins[known], (ends - begins)[known])]
    found = np.stack((rows, others), axis=1)
    return found[rows < others] if right is None else found


def train_on_pairs(
    model: Model,
    left: Table,
    right: Table,
    pairs: Rows,
    *,
    random_pairs: int = RANDOM_PAIRS,
    seed: int = 0,
) -> Model:
    """Estimate prior, m and u of a model from pairs that belong together.

    Parameters
    ----------
    pairs
        Rows of the left and of the right table, shape (k, 2). All pairs that belong
        together are among them: their number gives the prior.

    Raises
    ------
    ModelRefused
        The tables have not the columns that the model asks for.
    TableRefused
        There are fewer than `FEWEST` pairs.
    """
    if len(pairs) < FEWEST:
        raise TableRefused(f"{len(pairs)} pairs are too few: want {FEWEST} or more")
    rows, others = np.ascontiguousarray(pairs.T)
    u = chance_of(model.comparisons, left, right, random_pairs, seed)
    levels = reached(model.comparisons, Pairs(left, right, rows, others))
    n = len(left)
    every = n * (n - 1) / 2 if left is right else n * len(right)
    prior = len(pairs) / every
    comparisons = []
    for k, one in enumerate(model.comparisons):
        m = level_shares(levels[:, k], np.ones(len(levels)), missing_of(one))
        comparisons.append(_pooled(one, m, without_matches(u[k], m, prior)))
    tables = (left,) if left is right else (left, right)
    return replace(
        model,
        comparisons=tuple(comparisons),
        prior=prior,
        frequencies=frequencies_of(model, tables),
    )


def _pooled(comparison: Comparison, m: Floats, u: Floats) -> Comparison:
    """Return a comparison whose weights never rise from a level to a worse one.

    Neighbours in the wrong order get the weight that both have together (the method of
    pooled adjacent violators, Barlow et al. 1972); each keeps its own u.
    """
    missing = missing_of(comparison)
    order = [k for k in range(len(m)) if not missing[k]]
    groups: list[list[int]] = []
    for level in order:
        groups.append([level])
        while len(groups) > 1 and _odds(m, u, groups[-2]) < _odds(m, u, groups[-1]):
            last = groups.pop()
            groups[-1] += last
    even = m.copy()
    for group in groups:
        even[group] = u[group] * _odds(m, u, group)
    return trained(comparison, even.tolist(), u.tolist())


def _odds(m: Floats, u: Floats, levels: Sequence[int]) -> float:
    which = list(levels)
    return float(m[which].sum() / u[which].sum())
