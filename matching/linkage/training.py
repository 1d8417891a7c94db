"""Training a model on tables without labels.

u, the chance that two rows that do not belong together reach a level, is counted on
random pairs: nearly none of them belongs together. m, the chance among rows that do,
and the prior come from expectation maximisation on candidate pairs, u kept as it is.
Pairs that a rule chose agree in what it asks for, so a comparison is trained only on
pairs of rules that ask for none of its columns. Source: Winkler 2000, *Using the EM
Algorithm for Weight Computation in the Fellegi-Sunter Model*; the sessions by rule are
Splink's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.errors import ModelRefused, TableRefused
from matching.linkage.blocking import Blocking
from matching.linkage.functions import Floats
from matching.linkage.pairs import Pairs
from matching.linkage.scoring import Reached, reached, shares_of
from matching.linkage.settings import Comparison, Model, trained
from matching.linkage.texts import Rows, Table
from matching.names.shares import NameShares

Flags = NDArray[np.bool_]

RANDOM_PAIRS = 1_000_000
MOST_PAIRS = 5_000_000
"""Pairs of a rule that are looked at; of more, the rule is left out and said so."""
MOST_ROUNDS = 200
SETTLED = 1e-5
"""No probability moves by more than this in a round: done."""

ROUNDS_OF_U = 5
LEAST_U = 0.02
"""How much of the u that was counted is left at least, however many were matches."""

TINY = np.finfo(np.float64).tiny

HALF = 0.5
"""Added to each level's count: a level that was not met is rare, not impossible."""


@dataclass(frozen=True, slots=True)
class Session:
    """What came of the pairs of one rule.

    ``trained`` are the comparisons whose m it gave; ``share`` is that of matches among
    its ``pairs``.
    """

    rule: str
    pairs: int
    share: float
    rounds: int
    trained: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, and how it came about."""

    model: Model
    sessions: tuple[Session, ...]
    untrained: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Combinations of levels, shape (p, k), and how many pairs reach each, (p,)."""

    levels: Reached
    counts: Floats


def train(
    model: Model,
    left: Table,
    right: Table | None = None,
    *,
    random_pairs: int = RANDOM_PAIRS,
    seed: int = 0,
) -> Trained:
    """Estimate prior, m and u of a model, and count the rarity of values.

    Parameters
    ----------
    right
        None to find duplicates within the left table.

    Raises
    ------
    ModelRefused
        The tables have not the columns that the model asks for.
    TableRefused
        They are too small to tell anything.
    """
    other = left if right is None else right
    if len(left) < 2 or not len(other):
        raise TableRefused("too few rows to train on: want two or more")
    u = chance_of(model.comparisons, left, other, random_pairs, seed)
    blocking = Blocking(model.blocking, left, other)
    sessions, estimates = [], {one.name: list[Floats]() for one in model.comparisons}
    for number in range(len(model.blocking)):
        session, found = _session(model, blocking, number, u)
        sessions.append(session)
        for name, m in found.items():
            estimates[name].append(m)
    comparisons = tuple(
        _with(comparison, estimates[comparison.name], of_chance)
        for comparison, of_chance in zip(model.comparisons, u, strict=True)
    )
    untrained = tuple(name for name, found in estimates.items() if not found)
    tables = (left,) if right is None else (left, other)
    better = replace(
        model, comparisons=comparisons, frequencies=frequencies_of(model, tables)
    )
    return Trained(_settled(better, blocking), tuple(sessions), untrained)


def _session(
    model: Model, blocking: Blocking, number: int, u: Sequence[Floats]
) -> tuple[Session, dict[str, Floats]]:
    """Train on the pairs of a rule what it does not ask for."""
    rule = model.blocking[number]
    asked = {column for _, column in rule.columns}
    free = [
        k
        for k, one in enumerate(model.comparisons)
        if not asked & {column for level in one.levels for column in _columns(level)}
    ]
    alone = Blocking([rule], blocking.left, blocking.right)
    (n,) = alone.counts()
    if n > MOST_PAIRS or not n or len(free) < 2:
        why = "too many pairs" if n > MOST_PAIRS else "nothing to train"
        return Session(rule.sql, n, 0.0, 0, (), why), {}
    comparisons = [model.comparisons[k] for k in free]
    patterns = patterns_of(comparisons, alone)
    m, share, rounds = expectation_maximisation(
        patterns, comparisons, [u[k] for k in free]
    )
    names = [one.name for one in comparisons]
    pairs = int(patterns.counts.sum())
    session = Session(rule.sql, pairs, share, rounds, tuple(names))
    return session, dict(zip(names, m, strict=True))


def patterns_of(comparisons: Sequence[Comparison], blocking: Blocking) -> Patterns:
    """Count the combinations of levels among candidate pairs."""
    found: dict[bytes, int] = {}
    for piece in blocking:
        pairs = Pairs(blocking.left, blocking.right, piece.left_rows, piece.right_rows)
        levels = reached(comparisons, pairs)
        rows, counts = np.unique(levels, axis=0, return_counts=True)
        for row, n in zip(rows, counts.tolist(), strict=True):
            key = row.tobytes()
            found[key] = found.get(key, 0) + n
    every = np.frombuffer(b"".join(found), dtype=np.int8)
    shape = len(found), len(comparisons)
    return Patterns(every.reshape(shape), np.array(list(found.values()), np.float64))


def expectation_maximisation(
    patterns: Patterns, comparisons: Sequence[Comparison], u: Sequence[Floats]
) -> tuple[list[Floats], float, int]:
    """Estimate m, and the share of matches, with u as it is.

    Returns m by comparison and level (1 for levels of missing values), the share, and
    the number of rounds. Begins with m as the comparisons have it.
    """
    m = [np.array([level.m for level in one.levels]) for one in comparisons]
    missing = [missing_of(one) for one in comparisons]
    share, rounds = 0.1, 0
    unmatched = _likelihood(patterns.levels, u, missing)
    while rounds < MOST_ROUNDS:
        rounds += 1
        matched = share * _likelihood(patterns.levels, m, missing)
        both = matched + (1 - share) * unmatched
        weight = patterns.counts * matched / np.maximum(both, TINY)
        new_share = weight.sum() / patterns.counts.sum()
        new = [
            level_shares(patterns.levels[:, k], weight, missing[k])
            for k in range(len(comparisons))
        ]
        moved = max(
            abs(new_share - share),
            *(np.abs(a - b).max() for a, b in zip(new, m, strict=True)),
        )
        m, share = new, float(new_share)
        if moved < SETTLED:
            break
    return m, share, rounds


def _likelihood(
    levels: Reached, chances: Sequence[Floats], missing: Sequence[Flags]
) -> Floats:
    found = np.ones(len(levels))
    for k, (chance, is_missing) in enumerate(zip(chances, missing, strict=True)):
        found *= np.where(is_missing, 1.0, chance)[levels[:, k]]
    return found


def level_shares(levels: Reached, weight: Floats, is_missing: Flags) -> Floats:
    """Return the share of each level among the pairs where nothing is missing."""
    counts = np.bincount(levels, weights=weight, minlength=is_missing.size) + HALF
    counts[is_missing] = 0
    found: Floats = counts / counts.sum()
    found[is_missing] = 1.0
    return found


def chance_of(
    comparisons: Sequence[Comparison], left: Table, right: Table, n: int, seed: int
) -> list[Floats]:
    """Return u by comparison and level, from random pairs of different rows."""
    rows, others = _random_pairs(left, right, n, np.random.default_rng(seed))
    levels = reached(comparisons, Pairs(left, right, rows, others))
    return [
        level_shares(
            levels[:, k],
            np.ones(len(levels)),
            missing_of(one),
        )
        for k, one in enumerate(comparisons)
    ]


def _random_pairs(
    left: Table, right: Table, n: int, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    rows, others = rng.integers(0, len(left), n), rng.integers(0, len(right), n)
    if left is right:
        is_pair = rows != others
        rows, others = rows[is_pair], others[is_pair]
    return rows, others


def _with(comparison: Comparison, estimates: Sequence[Floats], u: Floats) -> Comparison:
    """Return a comparison with the mean of what the sessions found of its m."""
    m = [level.m for level in comparison.levels]
    if estimates:
        m = np.mean(estimates, axis=0).tolist()
    return trained(comparison, m, u.tolist())


def frequencies_of(
    model: Model, tables: Sequence[Table]
) -> dict[str, Mapping[str, float]]:
    """Count the shares of values anew, but those that come from a source elsewhere."""
    kept = {
        column: shares
        for column, shares in model.frequencies.items()
        if isinstance(shares, NameShares)
    }
    counted = replace(model, frequencies=kept)
    texts = tables[0].texts.all
    return kept | {
        column: {
            texts[number]: float(shares[number])
            for number in np.flatnonzero(~np.isnan(shares[:-1])).tolist()
        }
        for column, shares in shares_of(counted, tables).items()
        if column not in kept
    }


def _settled(model: Model, blocking: Blocking) -> Model:
    """Return a model with its prior, and u without the matches among random pairs."""
    left, right = blocking.left, blocking.right
    every = len(left) * (len(left) - 1) / 2 if left is right else len(left) * len(right)
    patterns = patterns_of(model.comparisons, blocking)
    if not patterns.counts.size:
        raise ModelRefused("the blocking rules bring no pairs to train on")
    settled = model
    for _ in range(ROUNDS_OF_U):
        prior = _prior(settled, patterns, every)
        comparisons = tuple(_without_matches(one, prior) for one in model.comparisons)
        settled = replace(model, comparisons=comparisons, prior=prior)
    return settled


def _without_matches(comparison: Comparison, prior: float) -> Comparison:
    m, u = (
        np.array([getattr(level, name) for level in comparison.levels]) for name in "mu"
    )
    return trained(comparison, m.tolist(), without_matches(u, m, prior).tolist())


def without_matches(u: Floats, m: Floats, prior: float) -> Floats:
    """Take the matches out of u, which was counted on random pairs of either kind.

    `LEAST_U` of it is left at least. Shapes (levels,).
    """
    found: Floats = np.maximum((u - prior * m) / (1 - prior), LEAST_U * u)
    return found


def _prior(model: Model, patterns: Patterns, every: float) -> float:
    """Return the share of matches among all pairs that the candidates themselves tell.

    The prior at which as many matches are expected among the candidate pairs as it
    says there are among all pairs, ``every``.
    """
    bits = np.zeros(len(patterns.levels))
    for k, one in enumerate(model.comparisons):
        bits += np.array([level.bits for level in one.levels])[patterns.levels[:, k]]
    prior = model.prior
    for _ in range(MOST_ROUNDS):
        odds = prior / (1 - prior) * np.exp2(np.minimum(bits, 1000.0))
        matches = (patterns.counts * odds / (1 + odds)).sum()
        new = float(np.clip(matches, HALF, every - HALF) / every)
        if abs(new - prior) <= SETTLED * prior:
            break
        prior = new
    return prior


def missing_of(comparison: Comparison) -> Flags:
    """Say which levels are of missing values, shape (levels,)."""
    return np.array([level.is_missing for level in comparison.levels])


def _columns(level: object) -> list[str]:
    condition = getattr(level, "condition", None)
    return [] if condition is None else [column for _, column in condition.columns]
