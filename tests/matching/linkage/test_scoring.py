"""Weights: what levels bring, that they add up, and what never happens."""

from dataclasses import replace
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.errors import ModelRefused
from matching.linkage.scoring import Scorer
from tests.matching.linkage.made import comparison, model, people, table, two_tables

seeds = st.integers(0, 2**32)


def all_pairs(left, right):
    n, m = len(left), len(right)
    return np.repeat(np.arange(n), m), np.tile(np.arange(m), n)


@given(seeds)
@hypothesis_settings(max_examples=25, deadline=None)
def test_bits_are_those_of_the_first_level_that_holds_and_add_up(seed):
    asked, (left, right) = model(), two_tables(seed, 12)
    rows, others = all_pairs(left, right)
    weighed = Scorer(asked, left, right).weigh(rows, others)
    for pair, (row, other) in enumerate(zip(rows, others, strict=True)):
        total = log2(0.01 / 0.99)
        for k, column in enumerate(["first", "last", "city"]):
            one, two = left.value(column, row), right.value(column, other)
            total += weighed.parts[pair, k]
            if one is None or two is None:
                assert weighed.parts[pair, k] == 0
                assert weighed.levels[pair, k] == 0
            elif one == two:
                assert weighed.levels[pair, k] == 1
            else:
                bits = log2(0.05 / 0.9)
                near = weighed.levels[pair, k] == 2
                wanted = log2(0.15 / 0.05) if near else bits
                assert weighed.parts[pair, k] == wanted
        assert weighed.bits[pair] == pytest.approx(total, abs=1e-12)


@given(seeds)
@hypothesis_settings(max_examples=25, deadline=None)
def test_a_pair_weighs_the_same_either_way_round(seed):
    asked, (left, right) = model(), two_tables(seed, 12)
    rows, others = all_pairs(left, right)
    there = Scorer(asked, left, right).weigh(rows, others)
    back = Scorer(asked, right, left).weigh(others, rows)
    assert there.bits.tolist() == back.bits.tolist()


@given(seeds)
@hypothesis_settings(max_examples=25, deadline=None)
def test_the_order_of_pairs_does_not_matter(seed):
    asked, (left, right) = model(), two_tables(seed, 12)
    rows, others = all_pairs(left, right)
    scorer = Scorer(asked, left, right)
    order = np.random.default_rng(seed).permutation(rows.size)
    whole, mixed = scorer.weigh(rows, others), scorer.weigh(rows[order], others[order])
    assert whole.bits[order].tolist() == mixed.bits.tolist()


def test_a_rare_value_weighs_more_than_a_common_one_by_its_share():
    every = table(
        [{"first": one, "last": "x", "city": "y"} for one in ["ann"] * 6 + ["dora"] * 2]
    )
    weighed = Scorer(model(), every, every).weigh(np.array([0, 6]), np.array([1, 7]))
    common, rare = weighed.parts[:, 0]
    assert rare - common == pytest.approx(log2(6 / 2))
    assert weighed.rarity[:, 0] == pytest.approx(
        [log2(0.05 / (6 / 8)), log2(0.05 / (2 / 8))]
    )


def test_shares_of_the_model_go_before_those_of_the_tables():
    every = table([{"first": "ann", "last": "x", "city": "y"}] * 2)
    asked = replace(model(), frequencies={"first": {"ann": 0.001}})
    weighed = Scorer(asked, every, every).weigh(np.array([0]), np.array([1]))
    assert weighed.rarity[0, 0] == pytest.approx(log2(0.05 / 0.001))


def test_a_value_that_nobody_counted_is_neither_rare_nor_common():
    every = table([{"first": "ann", "last": "x", "city": "y"}] * 2)
    asked = replace(model(), frequencies={"first": {"ben": 0.001}})
    weighed = Scorer(asked, every, every).weigh(np.array([0]), np.array([1]))
    assert weighed.rarity[0, 0] == 0


def test_an_explanation_names_level_values_and_bits_that_add_up():
    every = table(
        [
            {"first": "ann", "last": "smith", "city": None},
            {"first": "anna", "last": "smith", "city": "taipei"},
        ]
    )
    scorer = Scorer(model(), every, every)
    found = {one.comparison: one for one in scorer.explain(0, 1)}
    assert found["first"].left == {"first": "ann"}
    assert found["first"].right == {"first": "anna"}
    assert "levenshtein" in found["first"].level
    assert found["last"].bits > 0 > found["city"].bits - 0.1
    assert found["city"].bits == 0
    assert found["city"].left == {"city": None}
    total = scorer.model.prior_bits + sum(one.bits for one in found.values())
    assert total == pytest.approx(scorer.weigh(np.array([0]), np.array([1])).bits[0])


def test_a_better_level_never_weighs_less():
    for one in model().comparisons:
        bits = [level.bits for level in one.levels if not level.is_missing]
        assert bits == sorted(bits, reverse=True)


def test_tables_that_number_their_texts_apart_are_a_mistake():
    rng = np.random.default_rng(1)
    one, other = (table(people(rng, 3)) for _ in "ab")
    with pytest.raises(ValueError, match="apart"):
        Scorer(model(), one, other)


def test_a_table_without_a_column_is_refused_before_any_pair_is_weighed():
    rng = np.random.default_rng(1)
    every = table(people(rng, 3))
    asked = model(comparisons=[comparison("first"), comparison("phone")])
    with pytest.raises(ModelRefused, match="no column 'phone'"):
        Scorer(asked, every, every)
