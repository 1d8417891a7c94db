"""What is said of texts by their letters is never on the wrong side of the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.linkage.functions import LIKENESS
from matching.linkage.letters import LEAST, MOST, Letters
from matching.linkage.settings import model_of
from matching.linkage.steps import steps_of
from tests.matching.linkage.made import settings

WORDS = st.lists(
    st.one_of(st.text("ab1A陳", max_size=8), st.text(max_size=12)), min_size=1
)


@given(WORDS, st.integers(1, 3))
def test_bounds_hold_for_all_texts(texts, part):
    letters = Letters()
    for begin in range(0, len(texts), part):
        letters.add(texts[begin : begin + part])
    assert len(letters) == len(texts)
    every = np.arange(len(texts), dtype=np.int32)
    one = Letters(texts[:1])
    for name, bound in (MOST | LEAST).items():
        found = bound(one, 0, letters, every)
        true = LIKENESS[name]([texts[0]] * len(texts), texts)
        differ = np.array([text != texts[0] for text in texts])
        over = true - found if name in MOST else found - true
        assert (over[differ] <= 1e-9).all(), name


def test_unlike_texts_are_told_by_their_letters():
    one, others = Letters(["anna"]), Letters(["bobby", "hannah", "anne", "aann"])
    numbers = np.arange(4, dtype=np.int32)
    assert one.common(0, others, numbers).tolist() == [0, 4, 3, 4]
    assert one.prefix(0, others, numbers).tolist() == [0, 0, 3, 1]


@pytest.mark.parametrize(
    ("conditions", "steps"),
    [
        (["levenshtein(a_l, a_r) <= 1", "levenshtein(a_l, a_r) <= 3"], 3.0),
        (["2 >= (levenshtein(a_l, a_r))"], 2.0),
        (["levenshtein(a_l, a_r) = 1"], None),
        (["levenshtein(a_l, a_r) <= 1", "levenshtein(a_l, a_r) IN (2, 3)"], None),
        (["levenshtein(a_l, a_r) / 2 <= 1"], None),
        (["levenshtein(a_l, a_r) <= length(a_l)"], None),
    ],
)
def test_a_step_is_what_every_use_of_a_likeness_is_held_against(conditions, steps):
    levels = [{"sql_condition": one} for one in [*conditions, "ELSE"]]
    comparison = {"output_column_name": "a", "comparison_levels": levels}
    (made,) = model_of(settings(comparisons=[comparison])).comparisons
    assert steps_of(made) == ({} if steps is None else {"levenshtein": steps})
