"""Linking tables: which rows belong together, by a model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.linkage.blocking import Blocking, Candidates
from matching.linkage.functions import Floats
from matching.linkage.scoring import Scorer
from matching.linkage.settings import Model
from matching.linkage.texts import Rows, Table

NO_ROWS = np.empty(0, dtype=np.int64)

Progress = Callable[[int, int], None]
"""Told how many pairs are weighed, and how many there are at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """n pairs of rows that may belong together, the heaviest first, ties by their rows.

    Attributes
    ----------
    left_rows, right_rows
        Shape (n,); within one table, the left row stands before the right one.
    bits
        The match weight with the prior, shape (n,).
    parts
        What each comparison has in them, shape (n, k).
    rule
        The number of the first blocking rule that brought the pair, shape (n,).
    weighed
        How many pairs were weighed for it.
    """

    left_rows: Rows
    right_rows: Rows
    bits: Floats
    parts: Floats
    rule: NDArray[np.int8]
    weighed: int

    def __len__(self) -> int:
        return self.bits.size

    @property
    def probability(self) -> Floats:
        """The probability that the rows belong together, shape (n,)."""
        found: Floats = 1 / (1 + np.exp2(-self.bits))
        return found


def link(
    model: Model,
    left: Table,
    right: Table | None = None,
    *,
    least_bits: float = 0.0,
    progress: Progress | None = None,
) -> Links:
    """Weigh all candidate pairs, and keep those from a weight on.

    Parameters
    ----------
    right
        None to find rows within the left table that belong together.
    least_bits
        The least weight that is kept; 0 is a probability of one half.

    Raises
    ------
    ModelRefused
        The tables have not the columns that the model asks for, or a blocking rule has
        no equality.
    """
    other = left if right is None else right
    scorer, blocking = Scorer(model, left, other), Blocking(model.blocking, left, other)
    most, weighed = sum(blocking.counts()), 0
    kept = [_kept(scorer, Candidates(0, NO_ROWS, NO_ROWS), least_bits)]
    for piece in blocking:
        kept.append(_kept(scorer, piece, least_bits))
        weighed += len(piece)
        if progress is not None:
            progress(weighed, most)
    rows, others, bits, parts, rule = map(np.concatenate, zip(*kept, strict=True))
    order = np.lexsort((others, rows, -bits))
    return Links(
        rows[order], others[order], bits[order], parts[order], rule[order], weighed
    )


def _kept(
    scorer: Scorer, piece: Candidates, least_bits: float
) -> tuple[Rows, Rows, Floats, Floats, NDArray[np.int8]]:
    """Weigh pairs, and keep those from a weight on."""
    weighed = scorer.weigh(piece.left_rows, piece.right_rows)
    chosen = np.flatnonzero(weighed.bits >= least_bits)
    return (
        piece.left_rows[chosen],
        piece.right_rows[chosen],
        weighed.bits[chosen],
        weighed.parts[chosen],
        np.full(chosen.size, piece.rule, dtype=np.int8),
    )
