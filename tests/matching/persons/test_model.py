"""The model of persons: its weights, and what it finds."""

import json
from dataclasses import replace

import numpy as np
import pytest

from matching.linkage.live import Live
from matching.linkage.model_files import read_model, shares_path
from matching.linkage.pairs import Pairs
from matching.linkage.scoring import reached
from matching.linkage.texts import Texts, table_of
from matching.names.shares import NameShares
from matching.persons.made import made_persons
from matching.persons.model import PATH, model_title, person_model
from tests.made_reports import rows, villages


@pytest.fixture(scope="module")
def made(boundaries):
    lng, lat = villages(boundaries)
    return made_persons(1500, 500, lng=lng, lat=lat, seed=11)


def test_a_better_level_never_weighs_less():
    for comparison in person_model().comparisons:
        # levels that were pooled weigh the same but for rounding
        bits = [round(one.bits, 9) for one in comparison.levels if not one.is_missing]
        assert bits == sorted(bits, reverse=True), comparison.name
        assert bits[0] > 0 > bits[-1], comparison.name


def test_what_is_missing_weighs_nothing():
    model = person_model()
    live = Live(model)
    live.add({"nothing": {}})
    (hit,) = live.find({"name": "王小明", "sex": "male"}, least_bits=-99, every=True)
    assert hit.parts == (0,) * len(model.comparisons)
    assert hit.bits == pytest.approx(model.prior_bits)


def test_a_lead_names_the_model_that_made_it(tmp_path):
    assert model_title().startswith("person ")
    assert isinstance(person_model().frequencies["name"], NameShares)
    begun = read_model(PATH.with_name("person.begun.json"))
    assert [one.name for one in begun.comparisons] == [
        one.name for one in person_model().comparisons
    ]
    told = json.loads(shares_path(PATH).read_text(encoding="utf-8"))
    assert told["term_frequencies"] == {"name": "names of Taiwan"}


def test_clothing_is_weighed_once_whenever_it_was_seen(made):
    """A pair within three days, or after, never both: time must not count twice."""
    texts = Texts()
    tables = [
        table_of(one, id_column="id", name="made", texts=texts)
        for one in (made.missing, made.found)
    ]
    model = person_model()
    names = [one.name for one in model.comparisons]
    rng = np.random.default_rng(0)
    some = (rng.integers(0, len(one), 2000) for one in tables)
    levels = reached(model.comparisons, Pairs(*tables, *some))
    missing = [
        np.array([level.is_missing for level in one.levels])
        for one in model.comparisons
    ]
    is_told = {name: ~missing[k][levels[:, k]] for k, name in enumerate(names)}
    assert not (is_told["clothing"] & is_told["clothing_later"]).any()
    assert (is_told["clothing"] | is_told["clothing_later"]).any()
    assert not (is_told["age"] & is_told["birth_date"]).any()


def test_the_right_one_is_among_the_first_three(made):
    live = Live(person_model())
    live.add({row["id"]: row for row in rows(made.missing)})
    found = list(rows(made.found))
    places = []
    for missing, here in made.pairs[:150].tolist():
        hits = live.find(found[here], least_bits=-60, most=3)
        ids = [hit.id for hit in hits]
        named = "name" in found[here]
        places.append((named, f"missing-{missing}" in ids))
    named = [is_there for is_named, is_there in places if is_named]
    assert len(named) > 50
    assert np.mean(named) >= 0.93


def test_weights_are_the_same_from_both_sides(made):
    model = person_model()
    missing, found = list(rows(made.missing)), list(rows(made.found))
    for row, here in made.pairs[:30].tolist():
        bits = []
        for stored, asked in ((missing[row], found[here]), (found[here], missing[row])):
            live = Live(model)
            live.add({"one": stored})
            (hit,) = live.find(asked, least_bits=-99, every=True)
            bits.append(hit.parts)
        assert bits[0] == pytest.approx(bits[1])


def test_a_rare_name_weighs_more_than_a_common_one():
    live = Live(person_model())
    live.add({"common": {"name": "陳怡君"}, "rare": {"name": "靳黼懿"}})
    bits = {
        name: live.find({"name": name}, least_bits=-99)[0].bits
        for name in ("陳怡君", "靳黼懿")
    }
    assert bits["靳黼懿"] > bits["陳怡君"] + 5


def test_an_unknown_source_of_shares_is_refused(tmp_path):
    from matching.errors import ModelRefused

    for name in (PATH.name, shares_path(PATH).name):
        (tmp_path / name).write_bytes(PATH.with_name(name).read_bytes())
    beside = shares_path(tmp_path / PATH.name)
    beside.write_text(beside.read_text().replace("names of Taiwan", "hearsay"))
    with pytest.raises(ModelRefused, match="names of Taiwan"):
        read_model(tmp_path / PATH.name)
    assert replace(person_model(), prior=0.5).prior_bits == 0
