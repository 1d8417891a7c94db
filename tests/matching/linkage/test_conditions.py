"""Conditions say what DuckDB says of them, where Splink runs them."""

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.errors import ModelRefused
from matching.linkage.conditions import condition_of
from matching.linkage.functions import jaro_winkler, levenshtein
from matching.linkage.pairs import Pairs
from tests.matching.linkage.made import table

ASKED = [
    "a_l = a_r",
    "a_l <> b_r",
    "a_l < a_r",
    "a_l IS NULL OR b_r IS NULL",
    "a_l IS NOT NULL AND NOT (a_l = a_r)",
    "a_l = a_r OR b_l = b_r",
    "a_l = b_r AND b_l = a_r",
    "levenshtein(a_l, a_r) <= 1",
    "damerau_levenshtein(a_l, b_r) <= 1",
    "jaro_winkler_similarity(a_l, a_r) >= 0.9",
    "jaro_similarity(a_l, b_r) > 0.7",
    "jaccard(a_l, b_r) >= 0.5",
    "substr(a_l, 1, 2) = substr(a_r, 1, 2)",
    "substring(a_l, 2) = substring(b_r, 2)",
    "substr(a_l, -2, 2) = substr(a_r, -2, 2)",
    "left(a_l, 1) = right(b_r, 1)",
    "upper(a_l) = upper(b_r)",
    "lower(trim(a_l)) = lower(trim(b_r))",
    "length(a_l) >= length(b_r)",
    "split_part(a_l, 'b', 1) = split_part(a_r, 'b', 2)",
    "regexp_extract(a_l, '[ab]+', 0) = regexp_extract(a_r, '[ab]+', 0)",
    "replace(a_l, 'b', 'a') = a_r",
    "reverse(a_l) = b_r",
    "a_l || b_l = a_r || b_r",
    "concat(a_l, b_l) = concat(a_r, b_r)",
    "coalesce(a_l, b_l) = coalesce(a_r, b_r)",
    "nullif(a_l, 'ab') = b_r",
    "a_l IN ('ab', 'ba') AND a_r = 'abba'",
    "abs(try_cast(n_l AS DOUBLE) - try_cast(n_r AS DOUBLE)) <= 2",
    "try_cast(n_l AS DOUBLE) * 2 > try_cast(n_r AS DOUBLE) + 1",
    "- try_cast(n_l AS DOUBLE) < -3",
    "try_strptime(d_l, '%Y-%m-%d') IS NULL",
    "abs(epoch(try_strptime(d_l, '%Y-%m-%d'))"
    " - epoch(try_strptime(d_r, '%Y-%m-%d'))) <= 86400",
    "a_l = a_r AND true",
]
texts = st.none() | st.text("abB ", min_size=1, max_size=5).map(str.strip)
words = st.text("abcd", min_size=1, max_size=9)
rows = st.fixed_dictionaries(
    {
        "a": texts,
        "b": texts,
        "n": st.sampled_from([None, "1", "2.5", "-4", "x"]),
        "d": st.sampled_from([None, "2020-02-29", "2020-03-01", "2021-02-29"]),
    }
)


@given(st.lists(rows, min_size=1, max_size=8), st.sampled_from(ASKED))
@hypothesis_settings(max_examples=250, deadline=None)
def test_a_condition_holds_of_the_pairs_that_duckdb_says_it_holds_of(people, asked):
    every = table(people)
    n = len(people)
    left, right = np.divmod(np.arange(n * n), n)
    ours = condition_of(asked).truths(Pairs(every, every, left, right))
    columns = ", ".join(f"l.{key} AS {key}_l, r.{key} AS {key}_r" for key in "abnd")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (k INT, a TEXT, b TEXT, n TEXT, d TEXT)")
        values = [
            [k, *(row[key] or None for key in "abnd")] for k, row in enumerate(people)
        ]
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", values)
        theirs = connection.execute(
            f"SELECT {asked} FROM (SELECT l.k AS lk, r.k AS rk, {columns}"
            " FROM t l CROSS JOIN t r) ORDER BY lk, rk"
        ).fetchall()
    said = {None: -1, False: 0, True: 1}
    assert ours.tolist() == [said[value] for (value,) in theirs]


def test_distances_count_characters_not_bytes():
    assert levenshtein(["王小明"], ["王小名"]).tolist() == [1]
    assert jaro_winkler(["王小明"], ["王小名"])[0] == pytest.approx(0.8222, abs=1e-4)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("a_l =", "no condition"),
        ("soundex(a_l) = soundex(a_r)", "soundex"),
        ("a_l = (SELECT max(x) FROM t)", "not known"),
        ("name = a_r", "of neither side"),
        ("st_distance(a_l, a_r) < 3", "st_distance"),
    ],
)
def test_what_is_not_known_is_refused_when_it_is_read(asked, reason):
    with pytest.raises(ModelRefused, match=reason):
        condition_of(asked)


def test_a_value_is_no_condition():
    every = table([{"a": "x"}])
    pairs = Pairs(every, every, np.array([0]), np.array([0]))
    with pytest.raises(ModelRefused, match="is a value, not a condition"):
        condition_of("levenshtein(a_l, a_r)").truths(pairs)


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    every = table([{"a": "x"}])
    pairs = Pairs(every, every, np.array([0]), np.array([0]))
    with pytest.raises(ModelRefused, match="no column 'b', only 'a'"):
        condition_of("a_l = b_r").truths(pairs)


@given(st.lists(st.tuples(words, words)))
@hypothesis_settings(max_examples=60, deadline=None)
def test_jaro_winkler_is_duckdbs_to_the_last_bit(pairs):
    lefts, rights = [one for one, _ in pairs], [other for _, other in pairs]
    with duckdb.connect() as connection:
        theirs = [
            connection.execute(
                "SELECT jaro_winkler_similarity(?, ?)", [one, other]
            ).fetchone()[0]
            for one, other in pairs
        ]
    assert jaro_winkler(lefts, rights).tolist() == theirs
