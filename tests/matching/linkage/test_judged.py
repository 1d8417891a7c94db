"""Training on pairs of which the truth is known."""

import numpy as np
import pytest

from matching.errors import TableRefused
from matching.linkage.judged import train_on_pairs, true_pairs
from matching.linkage.settings import model_of
from tests.matching.linkage.made import settings, table
from tests.matching.linkage.test_training import VALUES, M, exact, simulated


def begun(columns="abcd"):
    return model_of(settings(comparisons=[exact(column) for column in columns]))


def truth(every):
    return np.array([int(one.split("-")[0]) for one in every.ids])


def test_the_numbers_that_made_a_table_come_back():
    every = simulated(4000, seed=1)
    pairs = true_pairs(truth(every))
    model = train_on_pairs(begun(), every, every, pairs, random_pairs=400_000)
    for comparison in model.comparisons:
        _, equal, other = comparison.levels
        assert equal.m == pytest.approx(M[comparison.name], abs=0.02)
        assert equal.u == pytest.approx(1 / VALUES[comparison.name], rel=0.2)
        assert equal.m + other.m == pytest.approx(1, abs=1e-9)
    assert model.prior == pytest.approx(4000 / (8000 * 7999 / 2))


def test_pairs_are_those_of_one_group():
    left, right = np.array([5, -1, 7, 5]), np.array([7, 5, -1, 5, 9])
    found = true_pairs(left, right).tolist()
    assert sorted(found) == [[0, 1], [0, 3], [2, 0], [3, 1], [3, 3]]
    assert true_pairs(left).tolist() == [[0, 3]]
    assert true_pairs(np.array([-1, -2]), right).shape == (0, 2)


def test_a_better_level_never_weighs_less_though_few_pairs_say_so():
    level = [
        {"sql_condition": "a_l IS NULL OR a_r IS NULL", "is_null_level": True},
        {"sql_condition": "a_l = a_r"},
        {"sql_condition": "substr(a_l, 1, 1) = substr(a_r, 1, 1)"},
        {"sql_condition": "ELSE"},
    ]
    first = {"output_column_name": "a", "comparison_levels": level}
    model = model_of(settings(comparisons=[first, exact("b")]))
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 50, 2000)
    # true pairs never agree wholly, and strangers sometimes do
    one = [{"id": f"l{n}", "a": f"{k % 9}{k}", "b": "1"} for n, k in enumerate(kinds)]
    other = [
        {"id": f"r{n}", "a": f"{k % 9}{k + 90}", "b": "1"} for n, k in enumerate(kinds)
    ]
    other += [{"id": f"s{n}", "a": one[n]["a"], "b": "2"} for n in range(1000)]
    left = table(one)
    right = table(other, texts=left.texts)
    pairs = np.array([[n, n] for n in range(2000)])
    found = train_on_pairs(model, left, right, pairs, random_pairs=50_000)
    bits = [one.bits for one in found.comparisons[0].levels[1:]]
    assert bits[0] == pytest.approx(bits[1])
    assert bits[1] > bits[2]


def test_too_few_pairs_teach_nothing():
    every = simulated(20, seed=1)
    with pytest.raises(TableRefused, match="20 pairs are too few"):
        train_on_pairs(begun(), every, every, true_pairs(truth(every)))
