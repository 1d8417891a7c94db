"""How good a linkage is, held against the truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.linkage.functions import Floats
from matching.linkage.texts import Rows


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Figures of pairs, of all true ones: those that no rule brought count as missed.

    Attributes
    ----------
    true, candidates, found
        How many true pairs there are, pairs that were weighed, true ones among them.
    average_precision
        The mean precision over the recall that each true pair adds.
    best_f1, best_bits
        The best F1 at any threshold, and that threshold.
    f1, precision, recall
        At a probability of one half, 0 bits.
    recall_at_999
        The most recall at a precision of 99.9 %.
    """

    true: int
    candidates: int
    found: int
    average_precision: float
    best_f1: float
    best_bits: float
    f1: float
    precision: float
    recall: float
    recall_at_999: float


@dataclass(frozen=True, slots=True)
class ClusterFigures:
    """Precision, recall and F1 of the pairs that clusters make."""

    precision: float
    recall: float
    f1: float


def pair_figures(bits: Floats, is_true: NDArray[np.bool_], n_true: int) -> PairFigures:
    """Measure weighed pairs, shapes (n,), of ``n_true`` true ones in all.

    Pairs of equal weight are taken together.
    """
    order = np.argsort(-bits, kind="stable")
    ranked, hits = bits[order], is_true[order]
    at = np.flatnonzero(np.diff(ranked, append=np.nan) != 0)
    n_hits = np.cumsum(hits)[at]
    precision, recall = n_hits / (at + 1), n_hits / max(n_true, 1)
    f1 = _f1(precision, recall)
    gained = np.diff(recall, prepend=0.0)
    best = int(f1.argmax()) if f1.size else -1
    above = np.flatnonzero(ranked[at] >= 0)
    half = int(above[-1]) if above.size else -1
    sure = recall[precision >= 0.999]
    return PairFigures(
        true=n_true,
        candidates=bits.size,
        found=int(is_true.sum()),
        average_precision=float((precision * gained).sum()),
        best_f1=float(f1[best]) if best >= 0 else 0.0,
        best_bits=float(ranked[at[best]]) if best >= 0 else float("nan"),
        f1=float(f1[half]) if half >= 0 else 0.0,
        precision=float(precision[half]) if half >= 0 else 0.0,
        recall=float(recall[half]) if half >= 0 else 0.0,
        recall_at_999=float(sure.max()) if sure.size else 0.0,
    )


def cluster_figures(cluster: Rows, truth: Rows) -> ClusterFigures:
    """Measure clusters, numbered by row, against the true ones, shapes (n,)."""
    both = np.unique(np.stack((cluster, truth)), axis=1, return_counts=True)[1]
    hits = _pairs_in(both)
    made = _pairs_in(np.unique(cluster, return_counts=True)[1])
    real = _pairs_in(np.unique(truth, return_counts=True)[1])
    precision, recall = hits / made if made else 1.0, hits / real if real else 1.0
    f1 = float(_f1(np.array([precision]), np.array([recall]))[0])
    return ClusterFigures(precision, recall, f1)


def _f1(precision: Floats, recall: Floats) -> Floats:
    total = precision + recall
    return 2 * precision * recall / np.where(total > 0, total, 1.0)


def _pairs_in(sizes: NDArray[np.int64]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
