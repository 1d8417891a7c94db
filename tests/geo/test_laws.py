import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.shares.laws import (
    LARGEST_M,
    Gaussian,
    Meaning,
    Pieces,
    UncertaintyRefused,
    disc,
    is_usable,
    law_of,
)

# 40 % within 300 m, 80 % within 2 km, a tail as 1 / r² beyond
TABLE = Pieces(
    np.array([0.0, 300.0, 2000.0, math.inf]),
    np.array(
        [
            [1.0, -0.4 / 300, 0.0, 0.0],
            [0.6 + 0.4 * 300 / 1700, -0.4 / 1700, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.2 * 2000.0**2],
        ]
    ),
)


def test_an_error_of_100_m_as_68_percent_has_a_sigma_of_66_m():
    assert law_of(100.0).sigma_m == pytest.approx(66.24, abs=0.005)


@pytest.mark.parametrize(
    ("meaning", "share"),
    [
        (Meaning.RADIUS_68, 0.68),
        (Meaning.RADIUS_95, 0.95),
        (Meaning.ONE_SIGMA, 1 - math.exp(-0.5)),
    ],
)
def test_as_much_lies_within_an_error_as_its_meaning_says(meaning, share):
    law = law_of(250.0, meaning)
    assert law.beyond(np.array(250.0)) == pytest.approx(1 - share, abs=1e-12)
    assert law.radius_m(share) == pytest.approx(250.0)


def test_a_disc_ends_at_its_error_and_is_even_within():
    law = law_of(100.0, Meaning.DISC)
    assert law.reach_m == 100.0
    assert law.beyond(np.array([0.0, 50.0, 100.0, 101.0])).tolist() == [1, 0.75, 0, 0]
    assert law.radius_m(0.25) == pytest.approx(50.0, abs=1e-3)


def test_no_error_is_the_limit_of_a_small_one():
    assert law_of(0.0) == law_of(0.01)


@pytest.mark.parametrize("error_m", [-1.0, math.nan, math.inf, LARGEST_M + 1])
def test_an_error_that_cannot_be_meant_is_refused_with_the_range(error_m):
    with pytest.raises(UncertaintyRefused, match="give 0 to 200000 m") as refused:
        law_of(error_m)
    assert refused.value.error_m is error_m
    assert not is_usable(np.array(error_m))


def test_a_table_gives_back_its_percentiles():
    assert TABLE.beyond(np.array([0, 300, 2000])) == pytest.approx([1, 0.6, 0.2])
    assert [TABLE.radius_m(share) for share in (0.4, 0.8)] == pytest.approx(
        [300.0, 2000.0], abs=1e-3
    )


def test_an_endless_tail_is_never_nothing():
    assert TABLE.reach_m == math.inf
    assert TABLE.beyond(np.array(2e5)) == pytest.approx(0.2 / 100**2)
    assert TABLE.radius_m(0.998) == pytest.approx(20_000.0, abs=1e-3)
    assert TABLE.radius_m(1.0) == math.inf


@given(
    st.sampled_from([Gaussian(66.0), disc(500.0), TABLE]),
    st.floats(0, 0.999),
)
def test_the_radius_of_a_share_has_that_share_within(law, share):
    beyond = law.beyond(np.array(law.radius_m(share)))
    assert 1 - beyond == pytest.approx(share, abs=1e-5)


@given(
    st.sampled_from([Gaussian(66.0), disc(500.0), TABLE]),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
)
def test_less_lies_beyond_a_longer_way(law, one, other):
    near, far = sorted((one, other))
    assert law.beyond(np.array(near)) >= law.beyond(np.array(far))


def test_a_share_above_one_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="from 0 to 1"):
        law_of(10.0).radius_m(1.5)
