"""How far a model can be trusted: its weighed pairs, held against the truth.

For those who decide whether to use it. What no blocking rule brought counts as missed
everywhere, and a probability is asked whether it is one. Intervals are of 95 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.errors import TableRefused
from matching.linkage.figures import PairFigures, pair_figures
from matching.linkage.functions import Floats
from matching.linkage.texts import Rows

Flags = NDArray[np.bool_]

Z = 1.959963984540054
"""Standard deviations within which 95 % of a normal distribution lie."""

BINS = 10
FIRST = (1, 3, 10)
"""Places up to which a true partner is looked for."""

THRESHOLDS = (-10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0)
"""Bits; 0 is a probability of one half, 10 of 99.9 %."""

NEAR_BITS = -10.0
"""Reliability is told of pairs from one in a thousand on too: those below are nearly
all pairs, nobody looks at them, and being right about them proves nothing."""

UNTOLD = "(none)"
"""The group of rows whose column of groups is empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """n candidate pairs, held against k true ones.

    Attributes
    ----------
    left_rows, right_rows, bits, is_true
        Of each candidate pair, shape (n,).
    pairs
        All true pairs, rows of the left and of the right table, shape (k, 2).
    pair_bits
        The weight of each true pair, minus infinity where no rule brought it, shape
        (k,).
    is_one_table
        Whether both rows are of one table, each pair standing once.
    """

    left_rows: Rows
    right_rows: Rows
    bits: Floats
    is_true: Flags
    pairs: Rows
    pair_bits: Floats
    is_one_table: bool

    @property
    def figures(self) -> PairFigures:
        """Average precision, best F1 and what else `pair_figures` measures."""
        return pair_figures(self.bits, self.is_true, len(self.pairs))


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What is kept from a weight on; precision and F1 are NaN where nothing is."""

    least_bits: float
    kept: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of like probability, how many of them are true, and the interval of it."""

    mean_probability: float
    share_true: float
    low: float
    high: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Whether pairs of probability p are true in p of all cases.

    ``error`` is the expected calibration error, ``brier`` the Brier score; both are 0
    at best.
    """

    error: float
    brier: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Calibration of all candidate pairs, and of those from `NEAR_BITS` on, if any."""

    all: Calibrated
    near: Calibrated | None


@dataclass(frozen=True, slots=True)
class GroupRecall:
    """Recall of the true pairs of a group, with its interval.

    ``brought`` is the share that a blocking rule brought, more cannot be found.
    """

    group: str
    pairs: int
    brought: float
    recall: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference of recall between two groups, with its interval."""

    best: str
    worst: str
    difference: float
    low: float
    high: float


def held(
    left_rows: Rows,
    right_rows: Rows,
    bits: Floats,
    pairs: Rows,
    *,
    is_one_table: bool = False,
) -> Held:
    """Hold candidate pairs, shape (n,), against all true ones, shape (k, 2).

    Within one table the left row stands before the right one, in either.

    Raises
    ------
    TableRefused
        There is no true pair.
    """
    require_pairs(pairs)
    width = int(max(pairs[:, 1].max(), right_rows.max(initial=0))) + 1
    keys = left_rows.astype(np.int64) * width + right_rows
    wanted = pairs[:, 0].astype(np.int64) * width + pairs[:, 1]
    is_true = np.isin(keys, wanted)
    pair_bits = np.full(len(wanted), -np.inf)
    order = np.argsort(wanted)
    pair_bits[order[np.searchsorted(wanted[order], keys[is_true])]] = bits[is_true]
    return Held(left_rows, right_rows, bits, is_true, pairs, pair_bits, is_one_table)


def require_pairs(pairs: Rows) -> None:
    """Refuse a truth without true pairs, shape (0, 2): nothing could be found.

    Raises
    ------
    TableRefused
        There is none.
    """
    if not len(pairs):
        raise TableRefused(
            "no two rows belong together by the column of truth: want one whose value "
            "is equal in rows of one person"
        )


def at_thresholds(
    found: Held, thresholds: Sequence[float] = THRESHOLDS
) -> list[AtThreshold]:
    """Give precision, recall and F1 of the pairs from each weight on.

    Source: van Rijsbergen 1979, *Information Retrieval*, ch. 7; F1 is the harmonic mean
    of precision and recall, 2 TP / (2 TP + FP + FN).
    """
    every, true = np.sort(found.bits), np.sort(found.bits[found.is_true])
    rows = []
    for least in thresholds:
        kept = every.size - int(np.searchsorted(every, least))
        hits = true.size - int(np.searchsorted(true, least))
        rows.append(
            AtThreshold(
                least_bits=least,
                kept=kept,
                precision=hits / kept if kept else float("nan"),
                recall=hits / len(found.pairs),
                f1=2 * hits / (kept + len(found.pairs)) if kept else float("nan"),
            )
        )
    return rows


def places(found: Held) -> Rows:
    """Give the place of the best true partner of each row that has one, shape (r,).

    Among the candidates of the row by weight, the heaviest being 1; a false one of the
    same weight stands before it. 0 where no rule brought a true partner. Rows are those
    of the left table, in order; within one table every row is one.
    """
    rows, bits, is_true = found.left_rows, found.bits, found.is_true
    wanted = np.unique(found.pairs if found.is_one_table else found.pairs[:, 0])
    if found.is_one_table:
        rows = np.concatenate((rows, found.right_rows))
        bits, is_true = np.tile(bits, 2), np.tile(is_true, 2)
    order = np.lexsort((is_true, -bits, rows))
    ranked = rows[order]
    at = np.flatnonzero(is_true[order])
    with_true, first = np.unique(ranked[at], return_index=True)
    place = np.zeros(wanted.size, dtype=np.int64)
    begins = np.searchsorted(ranked, with_true)
    place[np.searchsorted(wanted, with_true)] = at[first] - begins + 1
    return place


def shares_within(found: Held) -> dict[int, float]:
    """Give the share of rows whose true partner is among the first, by `FIRST`.

    Source: success at n, Craswell & Hawking 2004, *Overview of the TREC-2004 Web
    Track*.
    """
    place = places(found)
    return {one: float(((place > 0) & (place <= one)).mean()) for one in FIRST}


def calibrated(
    probability: Floats, is_true: Flags, *, n_bins: int = BINS
) -> Calibrated:
    """Hold probabilities, shape (n,), against what is true.

    Bins have as many pairs each, but pairs of equal probability stay together. The
    expected calibration error is the mean over pairs of how far the mean probability
    of a bin is from its share of true pairs.

    Source: Naeini, Cooper & Hauskrecht 2015, *Obtaining Well Calibrated Probabilities
    Using Bayesian Binning*, AAAI, ECE; bins of equal count as Nguyen & O'Connor 2015,
    EMNLP; Brier 1950, *Monthly Weather Review* 78(1), half of his P for two outcomes.

    Raises
    ------
    TableRefused
        There is no pair.
    """
    if not probability.size:
        raise TableRefused("no pair to hold probabilities against: no rule brings any")
    order = np.argsort(probability, kind="stable")
    ranked, hits = probability[order], is_true[order].astype(np.float64)
    ends = np.linspace(0, ranked.size, min(n_bins, ranked.size) + 1).astype(np.int64)
    ends = np.unique(np.searchsorted(ranked, ranked[ends[1:] - 1], side="right"))
    begins = np.concatenate(([0], ends[:-1]))
    sizes = ends - begins
    means = np.add.reduceat(ranked, begins) / sizes
    true = np.add.reduceat(hits, begins)
    low, high = wilson(true, sizes)
    columns = (means, true / sizes, low, high, sizes)
    return Calibrated(
        error=float((sizes * np.abs(means - true / sizes)).sum() / ranked.size),
        brier=float(((ranked - hits) ** 2).mean()),
        bins=tuple(map(Bin, *(one.tolist() for one in columns))),
    )


def reliability(found: Held, probability: Floats) -> Reliability:
    """Hold probabilities of the candidate pairs, shape (n,), against what is true.

    Raises
    ------
    TableRefused
        There is no candidate pair.
    """
    near = found.bits >= NEAR_BITS
    return Reliability(
        all=calibrated(probability, found.is_true),
        near=calibrated(probability[near], found.is_true[near]) if near.any() else None,
    )


def wilson(hits: NDArray[np.number], n: NDArray[np.number]) -> tuple[Floats, Floats]:
    """Return the interval of the shares hits / n, shapes (g,); 0 to 1 where n is 0.

    Source: Wilson 1927, JASA 22(158), the score interval, without correction.
    """
    size = np.maximum(n, 1).astype(np.float64)
    share, some = hits / size, n > 0
    middle = (share + Z**2 / (2 * size)) / (1 + Z**2 / size)
    spread = np.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2))
    half = spread * Z / (1 + Z**2 / size)
    low = np.where(some & (hits > 0), middle - half, 0.0)
    return low, np.where(some & (hits < n), middle + half, 1.0)


def recall_by_group(
    found: Held,
    groups: Sequence[str | None],
    *,
    least_bits: float = 0.0,
    among: Flags | None = None,
) -> list[GroupRecall]:
    """Give the recall of the true pairs of each group, in order of the groups' names.

    Parameters
    ----------
    groups
        Of each row of the left table; None counts as `UNTOLD`. Within one table a pair
        of rows of two groups counts in either.
    least_bits
        From this weight on a pair is found.
    among
        Which of the true pairs count, shape (k,); all by default.
    """
    chosen = np.ones(len(found.pairs), np.bool_) if among is None else among
    named = np.array([UNTOLD if one is None else one for one in groups], dtype=str)
    of_left, of_right = named[found.pairs[:, 0]], None
    if found.is_one_table:
        of_right = named[found.pairs[:, 1]]
    rows = []
    for group in np.unique(named).tolist():
        is_in = of_left == group
        if of_right is not None:
            is_in |= of_right == group
        bits = found.pair_bits[is_in & chosen]
        if bits.size:
            rows.append(_of_group(group, bits, least_bits))
    return rows


def _of_group(group: str, bits: Floats, least_bits: float) -> GroupRecall:
    hits = np.array([(bits >= least_bits).sum()])
    low, high = wilson(hits, np.array([bits.size]))
    return GroupRecall(
        group=group,
        pairs=bits.size,
        brought=float((bits > -np.inf).mean()),
        recall=float(hits[0] / bits.size),
        low=float(low[0]),
        high=float(high[0]),
    )


def largest_gap(rows: Sequence[GroupRecall]) -> Gap | None:
    """Return the largest difference of recall between groups; None of fewer than two.

    The interval is that of two groups chosen beforehand: with many groups, the largest
    difference is large by chance alone.

    Source: Newcombe 1998, *Statistics in Medicine* 17(8), method 10.
    """
    if len(rows) < 2:
        return None
    best = max(rows, key=lambda one: one.recall)
    worst = min(rows, key=lambda one: one.recall)
    gap = best.recall - worst.recall
    below = np.hypot(best.recall - best.low, worst.high - worst.recall)
    above = np.hypot(best.high - best.recall, worst.recall - worst.low)
    return Gap(best.group, worst.group, gap, gap - float(below), gap + float(above))


def known_on_both_sides(
    found: Held, left: NDArray[np.integer], right: NDArray[np.integer]
) -> Flags:
    """Say of which true pairs both rows have a value, shape (k,).

    ``left`` and ``right`` are the numbers of the texts of a column, by row, below 0 for
    missing.
    """
    rows, others = found.pairs.T
    known: Flags = (left[rows] >= 0) & (right[others] >= 0)
    return known
