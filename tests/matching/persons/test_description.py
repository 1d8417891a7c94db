"""Free description."""

import numpy as np
import pytest

from matching.persons.description import similarities
from matching.persons.phrases import MARKS


def alike(left, right):
    return float(similarities([left], [right])[0])


def test_two_wordings_of_one_mark_are_more_alike_than_two_marks():
    same, other = [], []
    for n, wordings in enumerate(MARKS):
        same.append(alike(wordings[0], wordings[1]))
        other.append(alike(wordings[0], MARKS[(n + 1) % len(MARKS)][1]))
    assert np.mean(same) > 0.4 > 0.1 > np.mean(other)
    ranked = [a > b for a, b in zip(same, other, strict=True)]
    assert np.mean(ranked) > 0.9


def test_a_rare_turn_of_phrase_says_more_than_a_common_one():
    assert alike("員警發現，缺左手小指", "缺左手小指") > alike(
        "員警發現，缺左手小指", "員警發現"
    )


def test_it_is_the_same_from_both_sides_and_whole_with_itself():
    texts = ["左臂龍圖案刺青，重聽", "龍形刺青", "重聽", "🙂", "a" * 50_000]
    for one in texts:
        assert alike(one, one) == pytest.approx(1)
        for other in texts:
            assert alike(one, other) == pytest.approx(alike(other, one))


def test_clothing_alone_leaves_nothing_to_compare():
    assert np.isnan(alike("紅外套", "左臂刺青"))
    assert np.isnan(alike("左臂刺青", "紅外套"))
    assert similarities([], []).size == 0
