"""Words and names in conditions, and rules with several keys a row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.errors import ModelRefused
from matching.linkage import blocking as blocking_module
from matching.linkage.blocking import Blocking
from matching.linkage.conditions import condition_of
from matching.linkage.functions import name_keys, name_similarity
from matching.linkage.pairs import Pairs
from matching.linkage.words import listed_words, words_in_common, words_of
from tests.matching.linkage.made import table

BOTH = "list_has_any(words(l.name), words(r.name))"
texts = st.lists(
    st.sampled_from(["ann", "anna", "smith", "smyth", "j", "lee", "Van", "Berg", "x"]),
    max_size=4,
).map(" ".join)


def worth(one, other):
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1:
        return 0.25 * (one[0] == other[0])
    near = min(len(one), len(other)) >= 4 and {one, other} == {"smith", "smyth"}
    return 0.75 * near


def greedy(left, right):
    """The best words first, each once."""
    ones, others, total = words_of(left), words_of(right), 0.0
    while ones and others:
        best = max((worth(a, b), a, b) for a in ones for b in others)
        if not best[0]:
            break
        total += best[0]
        ones.remove(best[1])
        others.remove(best[2])
    return total


@given(st.lists(st.tuples(texts, texts), max_size=20))
@hypothesis_settings(max_examples=80, deadline=None)
def test_words_in_common_are_those_that_a_look_at_each_word_finds(pairs):
    lefts, rights = [one for one, _ in pairs], [other for _, other in pairs]
    wanted = [greedy(one, other) for one, other in pairs]
    assert words_in_common(lefts, rights).tolist() == wanted
    assert words_in_common(rights, lefts).tolist() == wanted


def test_words_are_lower_case_pieces_each_once():
    assert words_of("Van der Berg-Smith, 3rd (van)") == [
        "3rd", "berg", "der", "smith", "van",
    ]  # fmt: skip
    assert words_of("王小明, Wang") == ["wang", "王小明"]


@given(st.lists(texts, min_size=2, max_size=15), st.booleans())
@hypothesis_settings(max_examples=60, deadline=None)
def test_rows_that_share_a_word_are_candidates_once(names, is_one):
    left = table([{"name": one, "city": "a"} for one in names])
    right = left
    if not is_one:
        rows = [{"name": one, "city": "a"} for one in reversed(names)]
        right = table(rows, texts=left.texts)
    found = [
        (int(row), int(other))
        for piece in Blocking([condition_of(BOTH)], left, right)
        for row, other in zip(piece.left_rows, piece.right_rows, strict=True)
    ]
    others = names if is_one else names[::-1]
    wanted = [
        (row, other)
        for row, one in enumerate(names)
        for other, two in enumerate(others)
        if (row < other or not is_one)
        and not set(listed_words(one)).isdisjoint(listed_words(two))
    ]
    assert sorted(found) == wanted


def test_a_word_with_something_else_is_one_key(monkeypatch):
    monkeypatch.setattr(blocking_module, "MOST_ROWS", 2)
    every = table(
        [{"name": "ann lee", "city": city} for city in ("a", "a", "b", "b", "c")]
    )
    rules = [condition_of(BOTH), condition_of(f"{BOTH} AND l.city = r.city")]
    pieces = [list(Blocking([rule], every, every)) for rule in rules]
    assert sum(map(len, pieces[0])) == 0  # both words stand in more than two rows
    assert [len(piece) for piece in pieces[1]] == [2]


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=10))
@hypothesis_settings(max_examples=40, deadline=None)
def test_a_rule_is_a_condition_too(pairs):
    rows = [{"name": one} for pair in pairs for one in pair]
    every = table(rows)
    left, right = np.divmod(np.arange(len(rows) ** 2), len(rows))
    told = condition_of("list_has_any(words(name_l), words(name_r))").truths(
        Pairs(every, every, left, right)
    )
    for row, other, truth in zip(left, right, told, strict=True):
        one, two = every.value("name", row), every.value("name", other)
        wanted = -1
        if one and two:
            wanted = int(not set(words_of(one)).isdisjoint(words_of(two)))
        assert truth == wanted


@pytest.mark.parametrize(
    "asked",
    [
        "list_has_any(words(l.a), name_keys(r.a))",
        "list_has_any(l.a, r.a)",
        "list_has_any(letters(l.a), letters(r.a))",
    ],
)
def test_lists_must_be_of_one_known_kind(asked):
    every = table([{"a": "x"}])
    pairs = Pairs(every, every, np.array([0]), np.array([0]))
    with pytest.raises(ModelRefused, match=r"words|letters"):
        condition_of(asked).truths(pairs)


def test_names_are_compared_by_sound_and_found_by_their_keys():
    like = name_similarity(
        ["黃秀琴", "黃秀琴", "黃秀琴"], ["王秀勤", "陳志明", "David"]
    )
    assert like[0] > 0.7 > like[1]
    assert np.isnan(like[2])
    every = table([{"name": one} for one in ("黃秀琴", "王秀勤?", "陳志明")])
    rule = "list_has_any(name_keys(l.name), name_keys(r.name))"
    (piece,) = Blocking([condition_of(rule)], every, every)
    assert (piece.left_rows.tolist(), piece.right_rows.tolist()) == ([0], [1])


def test_a_text_that_is_too_long_for_a_name_says_nothing():
    assert np.isnan(name_similarity(["王" * 300], ["王小明"])).all()
    assert name_keys("王" * 300) == []
