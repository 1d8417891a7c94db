"""Groups: by way of links, and weighed as groups."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.linkage.clusters import linked, pooled
from matching.linkage.link import link
from matching.linkage.scoring import Scorer
from tests.matching.linkage.made import comparison, model, people, table

EVERY = "substr(l.id, 1, 1) = substr(r.id, 1, 1)"


def all_pairs_model(**changes):
    return model(blocking_rules_to_generate_predictions=[EVERY], **changes)


def grouped(rows, *, least_bits=0.0, **changes):
    every = table(rows)
    asked = all_pairs_model(**changes)
    links = link(asked, every, least_bits=-100)
    scorer = Scorer(asked, every, every)
    return pooled(scorer, links, least_bits=least_bits), linked(links, len(every))


def three_comparisons(u_of_city):
    return [
        comparison("first"),
        comparison("last", m=(0.8, 0.1, 0.1), u=(0.01, 0.05, 0.94)),
        comparison("city", m=(0.8, 0.1, 0.1), u=(u_of_city, 0.05, 0.95 - u_of_city)),
    ]


def weight(scorer, ones, others):
    """What two groups say of each other, by hand."""
    total = scorer.model.prior_bits
    for k in range(len(scorer.model.comparisons)):
        odds = []
        for one in ones:
            for other in others:
                weighed = scorer.weigh(np.array([one]), np.array([other]))
                if weighed.levels[0, k] != 0:
                    odds.append(2 ** weighed.parts[0, k])
        if odds:
            total += np.log2(np.mean(odds))
    return total


@given(st.integers(0, 2**32))
@hypothesis_settings(max_examples=15, deadline=None)
def test_no_two_groups_are_left_that_weigh_enough(seed):
    every = table(people(np.random.default_rng(seed), 14))
    asked = all_pairs_model()
    scorer = Scorer(asked, every, every)
    groups = pooled(scorer, link(asked, every, least_bits=-100))
    members = [np.flatnonzero(groups == one) for one in np.unique(groups)]
    for number, ones in enumerate(members):
        for others in members[:number]:
            assert weight(scorer, others, ones) <= 1e-9


@given(st.permutations(range(8)))
@hypothesis_settings(max_examples=15, deadline=None)
def test_rows_of_one_person_are_joined_in_whatever_order_they_stand(order):
    names = ["adam", "bernard", "christine", "dominique"] * 2
    rows = [{"first": one, "last": one, "city": one} for one in names]
    groups, _ = grouped([rows[k] for k in order])
    of = {names[k]: set() for k in order}
    for place, k in enumerate(order):
        of[names[k]].add(int(groups[place]))
    assert sorted(of.values(), key=min) == [{n} for n in sorted(set(groups.tolist()))]
    assert len(set(groups.tolist())) == 4


def test_what_one_row_has_not_another_of_its_group_may_have():
    """A row joins a group that it would join by none of its rows alone."""
    rows = [
        {"first": "christine", "last": "montgomery", "city": None},
        {"first": None, "last": "montgomery", "city": "kaohsiung"},
        {"first": "christine", "last": None, "city": "kaohsiung"},
    ]
    comparisons = three_comparisons(0.03)
    prior = {"probability_two_random_records_match": 0.02}
    for alone in (rows[0::2], rows[1:]):
        groups, _ = grouped(alone, comparisons=comparisons, **prior)
        assert groups.tolist() == [0, 1]
    groups, _ = grouped(rows, comparisons=comparisons, **prior)
    assert groups.tolist() == [0, 0, 0]


def test_what_is_missing_in_a_row_does_not_soften_what_another_says_against():
    row = {"first": "christine", "last": "montgomery", "city": "kaohsiung"}
    rows = [row, {**row, "first": None}, {**row, "first": "dominique"}]
    groups, by_links = grouped(rows, comparisons=three_comparisons(0.05))
    assert groups.tolist() == [0, 0, 2]
    assert by_links.tolist() == [0, 0, 0]


def test_only_who_is_the_heaviest_partner_of_his_heaviest_partner_is_joined():
    rows = [
        {"first": "dominique", "last": "montgomery", "city": None},
        {"first": None, "last": "montgomery", "city": "kaohsiung"},
        {"first": "christine", "last": "montgomery", "city": "kaohsiung"},
    ]
    prior = {"probability_two_random_records_match": 0.02}
    groups, _ = grouped(rows, comparisons=three_comparisons(0.03), **prior)
    assert groups.tolist() == [0, 1, 1]


def test_one_wrong_link_does_not_join_two_persons():
    """Rows 0-2 and 3-5 are two persons; 2 and 3 share what is filled in."""
    one = {"first": "christine", "last": "montgomery", "city": "kaohsiung"}
    two = {"first": "dominique", "last": "abercrombie", "city": "hualien"}
    between = {"first": None, "last": "fitzgerald", "city": "penghu"}
    rows = [one, one, {**one, **between}, {**two, **between}, two, two]
    comparisons = [
        comparison("first", m=(0.9, 0.05, 0.05), u=(0.05, 0.05, 0.9)),
        comparison("last", m=(0.8, 0.1, 0.1), u=(0.01, 0.05, 0.94)),
        comparison("city", m=(0.8, 0.1, 0.1), u=(0.01, 0.05, 0.94)),
    ]
    weighed, by_links = grouped(rows, comparisons=comparisons)
    assert weighed.tolist()[:2] == [0, 0]
    assert weighed.tolist()[4:] == [4, 4]
    assert by_links[2] == by_links[3]


def test_groups_are_named_by_their_first_row():
    rows = [{"first": one, "last": "x", "city": "y"} for one in ["anton", "berta"] * 2]
    groups, _ = grouped(rows, least_bits=1.0)
    assert groups.tolist() == [0, 1, 0, 1]


def test_rows_that_nothing_joins_stay_alone():
    groups, _ = grouped([{"first": "anton", "last": None, "city": None}] * 1)
    assert groups.tolist() == [0]


@pytest.mark.parametrize("least_bits", [0.0, 3.0, 50.0])
def test_more_is_joined_the_less_is_asked(least_bits):
    rows = people(np.random.default_rng(5), 30)
    loose, _ = grouped(rows, least_bits=least_bits - 3)
    strict, _ = grouped(rows, least_bits=least_bits)
    assert np.unique(loose).size <= np.unique(strict).size
