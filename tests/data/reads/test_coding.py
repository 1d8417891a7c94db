"""Coded columns give back every value, few or many, common or rare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from data.reads.coding import RARE, coded

few = st.sampled_from([np.nan, 0.0, 0.5, 0.78, 1.0, -3.0])


@given(arrays(np.float64, st.integers(0, 60), elements=few | st.floats(0, 1)))
def test_what_is_coded_comes_back(column):
    rows = np.arange(column.size)[::-1]
    assert np.array_equal(coded(column).taken(rows), column[rows], equal_nan=True)


@pytest.mark.parametrize("n_values", [1, 2, 255, 256, 257, 2_000, 70_000])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 1.0])
def test_any_number_of_values_in_any_share_comes_back(rng, n_values, share):
    many = rng.permutation(n_values * 3)[:n_values]
    column = many[rng.integers(0, min(4, n_values), 90_000)]
    is_rare = rng.random(column.size) < share
    column[is_rare] = many[rng.integers(0, n_values, int(is_rare.sum()))]
    rows = rng.integers(0, column.size, 5_000)
    assert (coded(column).taken(rows) == column[rows]).all()


def test_rare_values_cost_no_second_byte_for_all(rng):
    column = rng.integers(0, 200, 50_000)
    column[:900] = rng.permutation(10_000)[:900] + 1_000
    made = coded(column)
    assert made.codes.dtype == np.uint8
    assert 700 < (made.codes == RARE).sum() == made.rare_rows.size < 1_000
    assert (made.taken(np.arange(column.size)) == column).all()
