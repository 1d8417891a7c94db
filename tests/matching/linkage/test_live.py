"""Records that come and go answer as a table of those that are there would."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.errors import ModelRefused, TableRefused
from matching.linkage.live import Live
from matching.linkage.scoring import Scorer
from matching.linkage.texts import Texts
from tests.matching.linkage.made import model, people, table

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
