"""Made-up names by group, and how they are miswritten."""

import random
from collections import Counter

import numpy as np
import pytest

from matching.names.parts import parse
from matching.persons.made import made_persons
from matching.persons.misnaming import (
    DOT,
    DOTTED,
    FEW,
    HAKKA,
    HAN,
    LATIN,
    WAYS,
    NameGroup,
    drawn_group,
    drawn_name,
    misnamed,
    romanised,
)
from tests.made_reports import villages

GROUPS = pytest.mark.parametrize("group", NameGroup)


def drawn(group, n=300, sex="male"):
    rng = random.Random(3)
    return [drawn_name(group, sex, rng) for _ in range(n)]


def test_a_name_is_of_its_group():
    assert all(name[0] in HAKKA for name in drawn(NameGroup.HAKKA))
    assert not any(name[0] in HAKKA for name in drawn(NameGroup.OTHER))
    assert all(name.count(DOT) == 1 for name in drawn(NameGroup.INDIGENOUS))
    assert all(name.isascii() for name in drawn(NameGroup.FOREIGN))
    assert not any(name.isascii() for name in drawn(NameGroup.ROMANISED))


@pytest.mark.parametrize("group", [NameGroup.INDIGENOUS, NameGroup.FOREIGN])
def test_names_of_few_words_are_still_many(group):
    assert len(set(drawn(group))) > 200


def test_groups_are_as_frequent_as_said_or_even():
    rng = random.Random(1)
    some = Counter(drawn_group(rng) for _ in range(5000))
    for group, share in FEW.items():
        assert some[group] / 5000 == pytest.approx(share, abs=0.01)
    assert some[NameGroup.OTHER] > 4 * some[NameGroup.HAKKA] > 0
    even = Counter(drawn_group(rng, is_even=True) for _ in range(5000))
    assert min(even.values()) > 900


@GROUPS
@pytest.mark.parametrize("sex", ["female", "male"])
def test_names_of_every_group_are_misnamed_as_often(group, sex):
    rng = random.Random(5)
    same = [misnamed(name, sex, rng) == name for name in drawn(group, sex=sex)]
    assert not any(same)


@GROUPS
def test_one_in_twenty_is_another_name_altogether(group):
    known = LATIN if group is NameGroup.FOREIGN else HAN
    assert known["another"] is HAN["another"]
    assert WAYS["another"] == 0.05


def test_a_name_has_only_kinds_that_are_known():
    assert HAN.keys() == WAYS.keys()
    assert DOTTED.keys() == WAYS.keys() - {"married"}
    assert LATIN.keys() == WAYS.keys() - {"married", "romanised", "look-alike"}


def test_a_romanised_name_reads_as_a_surname_does():
    rng = random.Random(2)
    spelt = {romanised("曾明娟", rng) for _ in range(40)}
    assert {"Zeng Ming-Juan", "Tseng Ming-Chuan"} <= spelt
    assert romanised("葛小?", rng) is None
    assert {romanised("巴奈·達立夫", rng) for _ in range(40)} >= {"Banai Dalifu"}


def test_made_tables_tell_the_group_and_write_who_is_romanised_in_latin(boundaries):
    lng, lat = villages(boundaries)
    made = made_persons(600, 500, lng=lng, lat=lat, seed=4, is_even=True)
    assert min(Counter(made.missing["name_group"]).values()) > 80
    for row, other in made.pairs.tolist():
        group = made.missing["name_group"][row]
        assert made.found["name_group"][other] == group
        name = made.found["name"][other]
        if group == "romanised" and name:
            assert name.isascii()
            assert parse(name).words or parse(name).forms
    natural = made_persons(600, 500, lng=lng, lat=lat, seed=4)
    share = np.mean([one == "other" for one in natural.missing["name_group"]])
    assert share > 0.7
