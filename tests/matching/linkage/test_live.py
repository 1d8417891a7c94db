"""Records that come and go answer as a table of those that are there would."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.errors import ModelRefused, TableRefused
from matching.linkage.live import Live
from matching.linkage.scoring import Scorer
from matching.linkage.texts import Texts
from tests.matching.linkage.made import comparison, model, people, table

SHARES = {"first": {"ann": 0.3, "anna": 0.2, "ben": 0.01}}
RULES = [
    "l.first = r.first",
    "l.last = r.last AND SUBSTR(l.city, 1, 4) = SUBSTR(r.city, 1, 4)",
    "list_has_any(words(l.last), words(r.last)) AND l.born <> r.born",
]


def asked():
    plain = model(blocking_rules_to_generate_predictions=RULES)
    return replace(plain, frequencies=SHARES)


def rows_of(seed, n):
    return people(np.random.default_rng(seed), n)


def live(records):
    made = Live(asked())
    made.add(records)
    return made


def named(rows):
    return {f"r{number:02}": row for number, row in enumerate(rows)}


@given(st.integers(0, 2**32), st.booleans())
@hypothesis_settings(max_examples=25, deadline=None)
def test_a_record_finds_what_a_table_would_link_it_with(seed, every):
    records = named(rows_of(seed, 25))
    (wanted,) = rows_of(seed + 1, 1)
    hits = live(records).find(wanted, most=100, least_bits=-100, every=every)
    texts = Texts()
    left = table([wanted], texts=texts)
    right = table(list(records.values()), texts=texts)
    weighed = Scorer(asked(), left, right).weigh(np.zeros(25, int), np.arange(25))
    expected = sorted(
        (-bits, id_) for bits, id_ in zip(weighed.bits.tolist(), records, strict=True)
    )
    told = [(-hit.bits, hit.id) for hit in hits]
    if every:
        assert told == expected
    else:

        def agrees(row):
            first = wanted["first"] and wanted["first"] == row["first"]
            same = wanted["last"] and wanted["last"] == row["last"]
            cities = wanted["city"], row["city"]
            begun = None not in cities and cities[0][:4] == cities[1][:4]
            shared = (
                wanted["last"]
                and row["last"]
                and not set(wanted["last"].split()).isdisjoint(row["last"].split())
            )
            born = None not in (wanted["born"], row["born"])
            apart = born and wanted["born"] != row["born"]
            return first or (same and begun) or (shared and apart)

        chosen = {id_ for id_, row in records.items() if agrees(row)}
        assert told == [one for one in expected if one[1] in chosen]
    for hit in hits:
        assert asked().prior_bits + sum(hit.parts) == pytest.approx(hit.bits)


LETTERS = "abcx-1陳"


@cache
def mixed_model():
    """A model of levels of every kind: steps, two columns, words, rarity of both."""
    near = {"m_probability": 0.2, "u_probability": 0.03}
    last = {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}

    def compared(name, *conditions):
        levels = [{"sql_condition": one, **near} for one in conditions]
        return {"output_column_name": name, "comparison_levels": [*levels, last]}

    rare = {"tf_adjustment_column": "last", "tf_minimum_u_value": 0.02}
    alike = compared(
        "last",
        "last_l = last_r",
        "jaro_winkler_similarity(last_l, last_r) > 0.9",
        "0.7 <= jaro_winkler_similarity(last_r, last_l)",
        "jaro_similarity(last_l, last_r) >= 0.6",
        "damerau_levenshtein(last_l, last_r) < 2",
    )
    alike["comparison_levels"][0] |= rare | {"m_probability": 0.9}
    alike["comparison_levels"][1] |= rare | {"tf_adjustment_weight": -0.5}
    others = [
        compared(
            "crossed",
            "first_l = last_r AND last_l = first_r",
            "levenshtein(first_l, last_r) <= 1 OR first_l IS NULL",
        ),
        compared("words", "list_has_any(words(last_l), words(last_r))"),
        compared("unlike", "NOT levenshtein(city_l, city_r) > 3"),
        compared("counted", "levenshtein(city_l, city_r) + 1 = 3"),
        compared("begun", "SUBSTR(first_l, 1, 2) = SUBSTR(first_r, 1, 2)"),
        compared("halves", "jaro_similarity(LEFT(last_l, 3), last_r) > 0.8"),
        compared("one-sided", "city_l = 'abc'"),
    ]
    usual = model(blocking_rules_to_generate_predictions=RULES).comparisons
    new = model(comparisons=[alike, *others]).comparisons
    shares = {"last": {"ab": 0.3, "ba": 0.001, "a": 0.05}, **SHARES}
    return replace(
        asked(),
        comparisons=tuple(
            replace(one, name=f"{number}") for number, one in enumerate(usual + new)
        ),
        frequencies=shares,
    )


def scrawled(seed, n):
    """Rows of short texts of few letters, one in six of them missing."""
    rng = np.random.default_rng(seed)

    def text():
        size = rng.choice([0, 1, 2, 2, 3, 5])
        return "".join(LETTERS[k] for k in rng.integers(0, len(LETTERS), size))

    columns = ("first", "last", "city", "born")
    return [{key: text() or None for key in columns} for _ in range(n)]


def weighed_all(asked_model, wanted, records):
    """Return what `Scorer` says of all records, the heaviest first."""
    texts = Texts()
    left = table([wanted], texts=texts)
    right = table(list(records.values()), texts=texts)
    n = len(records)
    bits = Scorer(asked_model, left, right).weigh(np.zeros(n, int), np.arange(n)).bits
    return sorted((-one, id_) for one, id_ in zip(bits.tolist(), records, strict=True))


@given(
    st.integers(0, 2**32),
    st.sampled_from([1, 3, 10, 100]),
    st.sampled_from([-np.inf, -20.0, 0.0, 10.0]),
    st.booleans(),
)
@hypothesis_settings(max_examples=30, deadline=None)
def test_of_every_record_the_heaviest_are_found(seed, most, least_bits, has_gone):
    there, records = Live(mixed_model()), named(scrawled(seed, 60))
    there.add(records)
    if has_gone:
        gone = dict(list(records.items())[::3])
        for id_ in gone:
            there.remove(id_)
            del records[id_]
        again = dict(zip(list(gone)[:9], scrawled(seed + 1, 9), strict=True))
        there.add(again)
        records |= again
    for wanted in [*scrawled(seed + 2, 3), *list(records.values())[:2]]:
        every = weighed_all(mixed_model(), wanted, records)
        left_out = {every[0][1], every[2][1]}
        for without in ((), left_out, Odd()):
            hits = there.find(
                wanted, most=most, least_bits=least_bits, without=without, every=True
            )
            expected = [
                one for one in every if -one[0] >= least_bits and one[1] not in without
            ]
            assert [(-hit.bits, hit.id) for hit in hits] == expected[:most]


class Odd:
    """Holds every id that ends in an odd number, and cannot say how many."""

    def __contains__(self, id_):
        return int(id_[-1]) % 2 == 1


def test_a_rare_value_outweighs_all_others():
    columns = [comparison("first"), comparison("city"), comparison("last", tf=True)]
    asked_model = replace(
        model(comparisons=columns), frequencies={"last": {"ba": 1e-6}}
    )
    records = {
        f"{number}": {"first": "z", "last": f"q{number}"} for number in range(99)
    }
    records["good"] = {"first": "x", "city": "c", "last": "q"}
    records["rare"] = {"first": "far", "city": "away", "last": "ba"}
    there = Live(asked_model)
    there.add(records)
    wanted = {"first": "x", "city": "c", "last": "ba"}
    (hit,) = there.find(wanted, most=1, every=True)
    expected = weighed_all(asked_model, wanted, records)[0]
    assert (-hit.bits, hit.id) == expected
    assert hit.id == "rare"


def test_what_was_measured_of_pairs_weighs_the_same():
    rows = table(scrawled(7, 40))
    scorer = Scorer(mixed_model(), rows, rows)
    left, right = np.divmod(np.arange(1600), 40)
    measured = scorer.measure(left, right)
    assert any(key.startswith("LEVENSHTEIN") for key in measured)
    again = scorer.weigh(left, right, measured)
    assert np.array_equal(again.bits, scorer.weigh(left, right).bits)


def test_few_of_many_are_weighed():
    there = Live(mixed_model())
    there.add({f"{number:03}": row for number, row in enumerate(scrawled(5, 500))})
    wanted = {"first": "abcx", "last": "1-陳", "city": "xcb"}
    there.add({"like": wanted, "alike": {**wanted, "city": "xca"}})
    rows = there._promising_rows(there._asked(wanted), 2, 0.0, ())
    assert rows.size < 25
    assert {"like", "alike"} <= {there._ids[row] for row in rows}


@given(st.integers(0, 2**32), st.data())
@hypothesis_settings(max_examples=25, deadline=None)
def test_what_comes_and_goes_leaves_no_trace(seed, data):
    stays, goes = named(rows_of(seed, 12)), rows_of(seed + 1, 12)
    goes = {f"g{number}": row for number, row in enumerate(goes)}
    mixed = Live(asked())
    order = data.draw(st.permutations([*stays, *goes]))
    for id_ in order:
        mixed.add({id_: (stays | goes)[id_]})
    for id_ in data.draw(st.permutations(list(goes))):
        mixed.remove(id_)
    plain = live(stays)
    assert len(mixed) == 12
    for wanted in rows_of(seed + 2, 4):
        for every in (False, True):
            how = {"most": 100, "least_bits": -100, "every": every}
            assert mixed.find(wanted, **how) == plain.find(wanted, **how)


def test_asking_does_not_make_the_records_grow():
    there = live(named(rows_of(1, 10)))
    before = len(there._texts)
    for number in range(20):
        there.find({"first": f"somebody {number}", "last": "new", "city": "taipei"})
    assert len(there._texts) == before


def test_who_was_judged_negative_never_comes_again():
    records = named(rows_of(2, 25))
    there = live(records)
    wanted = records["r03"]
    ids = [hit.id for hit in there.find(wanted, least_bits=-100)]
    assert ids
    again = there.find(wanted, least_bits=-100, without={"r03", ids[0]})
    assert {"r03", ids[0]}.isdisjoint(hit.id for hit in again)


def test_the_heaviest_come_first_and_no_more_than_asked():
    there = live(named(rows_of(3, 25)))
    hits = there.find(rows_of(4, 1)[0], most=3, least_bits=-100, every=True)
    assert len(hits) == 3
    assert [hit.bits for hit in hits] == sorted((h.bits for h in hits), reverse=True)


def test_an_id_is_there_once():
    there = live({"a": {"first": "ann"}})
    with pytest.raises(TableRefused, match="'a' is there already"):
        there.add({"a": {"first": "ben"}})
    assert [hit.id for hit in there.find({"first": "ann"}, least_bits=-100)] == ["a"]
    there.remove("a")
    assert "a" not in there
    with pytest.raises(TableRefused, match="no record 'a'"):
        there.remove("a")


def test_rarity_must_be_known_beforehand():
    with pytest.raises(ModelRefused, match="no shares of first"):
        Live(model())


def test_nothing_is_found_among_nothing():
    assert live({}).find({"first": "ann"}) == []
    assert live({"a": {}}).find({}, least_bits=-100) == []
