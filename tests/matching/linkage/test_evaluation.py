"""Figures of weighed pairs, by hand and by law."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, precision_recall_fscore_support

from matching.errors import TableRefused
from matching.linkage.evaluation import (
    UNTOLD,
    at_thresholds,
    calibrated,
    held,
    known_on_both_sides,
    largest_gap,
    places,
    recall_by_group,
    reliability,
    shares_within,
    wilson,
)

# rows of the left and of the right table, bits; of four true pairs one is not brought
CANDIDATES = [(0, 0, 9.0), (0, 1, 9.0), (1, 1, 4.0), (1, 2, 6.0), (2, 2, -3.0)]
TRUE = [(0, 0), (1, 1), (2, 2), (3, 3)]


def made(candidates=CANDIDATES, true=TRUE, **options):
    rows, others, bits = (
        np.array([one[k] for one in candidates], dtype=kind)
        for k, kind in enumerate((np.int64, np.int64, np.float64))
    )
    pairs = np.array(true, dtype=np.int64).reshape(-1, 2)
    return held(rows, others, bits, pairs, **options)


def test_a_true_pair_that_no_rule_brought_has_no_weight():
    found = made()
    assert found.is_true.tolist() == [True, False, True, False, True]
    assert found.pair_bits.tolist() == [9, 4, -3, -math.inf]


@pytest.mark.parametrize(
    ("least", "kept", "precision", "recall", "f1"),
    [
        (-10, 5, 3 / 5, 3 / 4, 6 / 9),
        (-3, 5, 3 / 5, 3 / 4, 6 / 9),  # a pair of the threshold's weight is kept
        (0, 4, 2 / 4, 2 / 4, 4 / 8),
        (6, 3, 1 / 3, 1 / 4, 2 / 7),
    ],
)
def test_precision_recall_and_f1_by_threshold(least, kept, precision, recall, f1):
    (row,) = at_thresholds(made(), [least])
    assert (row.kept, row.recall) == (kept, recall)
    assert row.precision == pytest.approx(precision)
    assert row.f1 == pytest.approx(f1)


def test_of_nothing_there_is_no_precision():
    (row,) = at_thresholds(made(), [99])
    assert (row.kept, row.recall) == (0, 0)
    assert math.isnan(row.precision)
    assert math.isnan(row.f1)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_thresholds_agree_with_scikit_learn_where_all_pairs_are_candidates(seed):
    rng = np.random.default_rng(seed)
    every = [(row, other) for row in range(5) for other in range(5)]
    candidates = [(*pair, float(rng.integers(-4, 5))) for pair in every]
    true = [pair for pair in every if rng.random() < 0.3] or [(0, 0)]
    found = made(candidates, true)
    for row in at_thresholds(found, (-2.0, 0.0, 2.0)):
        if row.kept:
            wanted = precision_recall_fscore_support(
                found.is_true, found.bits >= row.least_bits, average="binary"
            )
            assert (row.precision, row.recall, row.f1) == pytest.approx(wanted[:3])


def test_places_count_ties_against_the_model_and_the_missed_as_missed():
    # 0: tied with a false one; 1: behind a false one; 2: alone; 3: not brought
    assert places(made()).tolist() == [2, 2, 1, 0]
    assert shares_within(made()) == {1: 1 / 4, 3: 3 / 4, 10: 3 / 4}


def test_the_best_of_several_true_partners_counts():
    candidates = [(0, 0, 1.0), (0, 1, 5.0), (0, 2, 3.0), (0, 3, 5.0)]
    assert places(made(candidates, [(0, 0), (0, 1), (0, 3)])).tolist() == [1]
    assert places(made(candidates, [(0, 0), (0, 2)])).tolist() == [3]


def test_within_one_table_every_row_of_a_pair_has_its_place():
    candidates = [(0, 1, 5.0), (0, 2, 7.0), (1, 2, 3.0)]
    found = made(candidates, [(0, 1)], is_one_table=True)
    assert places(found).tolist() == [2, 1]  # of row 0, and of row 1


def slow_places(found):
    every = list(zip(found.left_rows, found.right_rows, found.bits, strict=True))
    true = {tuple(pair) for pair in found.pairs.tolist()}
    for row in sorted({row for row, _ in true}):
        mine = [(bits, (row, other) in true) for r, other, bits in every if r == row]
        best = max((bits for bits, is_true in mine if is_true), default=None)
        before = sum(bits >= (best or 0) and not is_true for bits, is_true in mine)
        yield 0 if best is None else before + 1


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_places_agree_with_counting_row_by_row(seed):
    rng = np.random.default_rng(seed)
    every = [(row, other) for row in range(6) for other in range(6)]
    candidates = [
        (*one, float(rng.integers(1, 5))) for one in every if rng.random() < 0.6
    ]
    true = [pair for pair in every if rng.random() < 0.2] or [(0, 0)]
    found = made(candidates, true)
    assert places(found).tolist() == list(slow_places(found))


def test_calibration_by_hand():
    probability = np.array([0.1, 0.1, 0.2, 0.8, 0.9, 0.9])
    is_true = np.array([0, 0, 1, 1, 1, 0], dtype=bool)
    found = calibrated(probability, is_true, n_bins=2)
    low, high = found.bins
    assert (low.pairs, high.pairs) == (3, 3)
    assert low.mean_probability == pytest.approx(0.4 / 3)
    assert low.share_true == pytest.approx(1 / 3)
    assert high.mean_probability == pytest.approx(2.6 / 3)
    assert high.share_true == pytest.approx(2 / 3)
    assert found.error == pytest.approx((0.6 / 3 + 0.6 / 3) / 2)
    wanted = (0.01 + 0.01 + 0.64 + 0.04 + 0.01 + 0.81) / 6
    assert found.brier == pytest.approx(wanted)
    assert found.brier == pytest.approx(brier_score_loss(is_true, probability))


def test_pairs_of_equal_probability_share_a_bin_in_whatever_order_they_come():
    probability = np.repeat([0.2, 0.7], 50)
    is_true = np.arange(100) % 4 == 0
    found = calibrated(probability, is_true)
    assert [one.pairs for one in found.bins] == [50, 50]
    order = np.random.default_rng(1).permutation(100)
    assert calibrated(probability[order], is_true[order]) == found


def simulated(n=40_000, *, shift=0.0, seed=5):
    """Weights whose truth is drawn by themselves, then said ``shift`` bits too high."""
    rng = np.random.default_rng(seed)
    bits = rng.normal(-1, 4, n)
    return bits + shift, rng.random(n) < 1 / (1 + np.exp2(-bits))


def test_probabilities_that_are_right_have_next_to_no_error():
    bits, is_true = simulated()
    found = calibrated(1 / (1 + np.exp2(-bits)), is_true)
    assert found.error < 0.01
    assert len(found.bins) == 10
    within = [one.low <= one.mean_probability <= one.high for one in found.bins]
    assert sum(within) >= 8


def test_four_bits_too_sure_are_seen():
    bits, is_true = simulated(shift=4.0)
    found = calibrated(1 / (1 + np.exp2(-bits)), is_true)
    assert found.error > 0.25
    assert all(one.mean_probability > one.high for one in found.bins[2:9])


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17(8) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_intervals_are_those_of_the_literature(hits, n, low, high):
    found = wilson(np.array([hits]), np.array([n]))
    assert [one[0] for one in found] == pytest.approx([low, high], abs=5e-5)


def test_recall_of_groups_counts_what_no_rule_brought():
    rows = recall_by_group(made(), ["a", "a", "b", "b"], least_bits=0)
    told = [(one.group, one.pairs, one.brought, one.recall) for one in rows]
    assert told == [("a", 2, 1, 1), ("b", 2, 0.5, 0)]
    assert rows[1].low == 0 < rows[1].high < 1
    gap = largest_gap(rows)
    assert (gap.best, gap.worst, gap.difference) == ("a", "b", 1)
    assert gap.low < 1 <= gap.high + 1e-9


def test_the_interval_of_a_difference_is_that_of_the_literature():
    # Newcombe 1998, Statistics in Medicine 17(8) 873-890, table II: 56/70 and 48/80
    candidates = [(row, row, 9.0 if row < 56 or 70 <= row < 118 else -9.0)
                  for row in range(150)]  # fmt: skip
    found = made(candidates, [(row, row) for row in range(150)])
    gap = largest_gap(recall_by_group(found, ["a"] * 70 + ["b"] * 80))
    assert (gap.difference, gap.low, gap.high) == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=5e-5
    )


def test_groups_of_no_pair_are_left_out_and_rows_without_group_are_one():
    rows = recall_by_group(made(), ["a", None, "a", "a", "other"])
    assert [(one.group, one.pairs) for one in rows] == [(UNTOLD, 1), ("a", 3)]
    assert largest_gap(rows[:1]) is None


def test_within_one_table_a_pair_counts_in_the_groups_of_both_rows():
    found = made([(0, 1, 5.0)], [(0, 1), (2, 3)], is_one_table=True)
    rows = recall_by_group(found, ["a", "b", "b", "b"])
    assert [(one.group, one.pairs, one.recall) for one in rows] == [
        ("a", 1, 1), ("b", 2, 0.5),
    ]  # fmt: skip


def test_groups_can_be_of_pairs_where_a_column_is_known_on_both_sides():
    left, right = np.array([1, -1, 1, 1]), np.array([1, 1, 1, -1])
    among = known_on_both_sides(made(), left, right)
    assert among.tolist() == [True, False, True, False]
    (row,) = recall_by_group(made(), ["a"] * 4, among=among)
    assert (row.pairs, row.recall) == (2, 0.5)


def test_reliability_is_told_apart_of_pairs_that_somebody_looks_at():
    bits = np.concatenate((np.full(900, -40.0), np.full(100, 3.0)))
    rows = np.arange(1000)
    found = held(rows, rows, bits, np.stack((rows[900:950], rows[900:950]), axis=1))
    told = reliability(found, 1 / (1 + np.exp2(-bits)))
    assert told.all.error == pytest.approx((8 / 9 - 0.5) / 10)
    assert told.near.error == pytest.approx(8 / 9 - 0.5)
    far = held(rows, rows, bits - 99, np.array([[0, 0]]))
    assert reliability(far, np.zeros(1000)).near is None


def test_no_true_pair_is_refused_and_no_candidate_is_a_recall_of_zero():
    with pytest.raises(TableRefused, match="want one whose value"):
        made(true=[])
    found = made(candidates=[])
    assert at_thresholds(found)[0].recall == 0
    assert places(found).tolist() == [0, 0, 0, 0]
    assert found.figures.average_precision == 0
    with pytest.raises(TableRefused, match="no rule brings any"):
        reliability(found, np.empty(0))
