"""Made persons."""

import numpy as np
import pytest

from matching.persons.made import MATCHED, made_persons
from tests.made_reports import rows, villages


@pytest.fixture(scope="module")
def places(boundaries):
    lng, lat = villages(boundaries)
    return {"lng": lng, "lat": lat}


def test_the_same_seed_gives_the_same_reports(places):
    one, other = (made_persons(50, 40, seed=7, **places) for _ in range(2))
    assert one.missing == other.missing
    assert one.found == other.found
    assert made_persons(50, 40, seed=8, **places).found != one.found


def test_pairs_are_of_different_persons_and_of_the_share_said(places):
    made = made_persons(300, 200, seed=1, **places)
    assert made.pairs.shape == (round(MATCHED * 200), 2)
    for side in made.pairs.T:
        assert np.unique(side).size == side.size
    assert made.pairs.max(axis=0).tolist() < [300, 200]


def test_a_pair_tells_of_one_person_in_most_ways(places):
    made = made_persons(500, 400, seed=1, **places)
    missing, found = list(rows(made.missing)), list(rows(made.found))
    both = [(missing[row], found[other]) for row, other in made.pairs.tolist()]
    same_sex = np.mean([a["sex"] == b["sex"] for a, b in both])
    named = [(a["name"], b["name"]) for a, b in both if {"name"} <= a.keys() & b.keys()]
    assert same_sex > 0.98
    assert 0.25 < np.mean([a == b for a, b in named]) < 0.6
    assert len({a["name"] for a in missing if "name" in a}) > 450


def test_more_found_than_missing_are_strangers(places):
    assert len(made_persons(3, 100, seed=1, **places).pairs) == 3
    assert len(made_persons(0, 5, seed=1, **places).pairs) == 0
