"""Candidate pairs, links, clusters and their figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from matching.errors import ModelRefused
from matching.linkage import blocking as blocking_module
from matching.linkage.blocking import Blocking
from matching.linkage.clusters import linked
from matching.linkage.conditions import condition_of
from matching.linkage.figures import cluster_figures, pair_figures
from matching.linkage.link import link
from matching.linkage.scoring import Scorer
from tests.matching.linkage.made import model, people, table, two_tables

seeds = st.integers(0, 2**32)
RULES = [
    "l.first = r.first",
    "l.last = r.last AND l.city <> r.city",
    "l.first = r.last AND levenshtein(l.city, r.city) <= 4",
    "substr(l.last, 1, 2) = substr(r.last, 1, 2) AND l.born = r.born",
]


def holds(rule, left, row, right, other):
    one = {key: left.value(key, row) for key in left.columns}
    two = {key: right.value(key, other) for key in right.columns}
    first = one["first"] is not None and one["first"] == two["first"]
    same_last = one["last"] is not None and one["last"] == two["last"]
    cities = one["city"], two["city"]
    apart = None not in cities and cities[0] != cities[1]
    crossed = one["first"] is not None and one["first"] == two["last"]
    alike = None not in (one["last"], two["last"]) and (
        one["last"][:2] == two["last"][:2]
    )
    born = one["born"] is not None and one["born"] == two["born"]
    near = None not in cities and (
        cities[0] == cities[1] or {*cities} == {"taipei", "tainan"}
    )
    return [first, same_last and apart, crossed and near, alike and born][rule]


@given(seeds, st.booleans(), st.permutations(range(4)))
@hypothesis_settings(max_examples=40, deadline=None)
def test_candidates_are_the_pairs_of_some_rule_each_once_by_its_first(
    seed, is_one, order
):
    left, right = two_tables(seed, 20)
    right = left if is_one else right
    rules = [condition_of(RULES[k]) for k in order]
    found = {}
    for piece in Blocking(rules, left, right):
        for row, other in zip(piece.left_rows, piece.right_rows, strict=True):
            assert found.setdefault((int(row), int(other)), piece.rule) == piece.rule
            assert len(found) <= 400
    wanted = {}
    for row in range(20):
        for other in range(row + 1 if is_one else 0, 20):
            by = [n for n, k in enumerate(order) if holds(k, left, row, right, other)]
            if by:
                wanted[row, other] = by[0]
    assert found == wanted


def test_pairs_come_in_pieces_and_are_the_same(monkeypatch):
    every = table(people(np.random.default_rng(1), 60))
    rules = [condition_of(RULES[0])]
    whole = list(Blocking(rules, every, every))
    monkeypatch.setattr(blocking_module, "PIECE", 50)
    parts = list(Blocking(rules, every, every))
    assert len(whole) == 1 < len(parts)
    assert sum(map(len, parts)) == len(whole[0])


def test_pairs_are_counted_before_they_are_put_together():
    every = table(people(np.random.default_rng(1), 60))
    blocking = Blocking([condition_of(RULES[0])], every, every)
    assert blocking.counts() == [sum(map(len, blocking))]


@pytest.mark.parametrize("rule", [*RULES, "l.first = r.last"])
def test_no_more_pairs_are_weighed_than_were_counted(rule):
    rows = people(np.random.default_rng(2), 20)
    ann = {"city": "taipei", "born": "1980-01-02"}
    firsts = [{**ann, "first": "ann", "last": f"lee{n}"} for n in range(20)]
    lasts = [{**ann, "first": f"lee{n}", "last": "ann"} for n in range(20)]
    every = table([*rows, *firsts, *lasts])
    blocking = Blocking([condition_of(rule)], every, every)
    assert 0 < sum(map(len, blocking)) <= blocking.counts()[0]


def test_a_rule_without_an_equality_is_refused():
    every = table(people(np.random.default_rng(1), 3))
    with pytest.raises(ModelRefused, match="want an equality"):
        Blocking([condition_of("l.first <> r.first")], every, every)


@given(seeds)
@hypothesis_settings(max_examples=20, deadline=None)
def test_links_are_the_heavy_candidates_in_order(seed):
    every = table(people(np.random.default_rng(seed), 40))
    asked = model()
    links = link(asked, every, least_bits=1.0)
    pairs = [
        (int(row), int(other))
        for piece in Blocking(asked.blocking, every, every)
        for row, other in zip(piece.left_rows, piece.right_rows, strict=True)
    ]
    rows = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    bits = Scorer(asked, every, every).weigh(*rows).bits
    heavy = [(-b, *p) for b, p in zip(bits.tolist(), pairs, strict=True) if b >= 1]
    told = zip(-links.bits, links.left_rows, links.right_rows, strict=True)
    assert [(float(b), int(r), int(o)) for b, r, o in told] == sorted(heavy)
    assert links.weighed == len(pairs)
    assert links.parts.sum(axis=1) + asked.prior_bits == pytest.approx(links.bits)


def test_nothing_to_link_is_no_mistake():
    none = link(model(), table([{"first": "ann", "last": None, "city": None}]))
    assert len(none) == 0
    assert linked(none, 1).tolist() == [0]


def test_progress_goes_up_to_what_is_weighed():
    every = table(people(np.random.default_rng(1), 40))
    told = []
    links = link(model(), every, progress=lambda *both: told.append(both))
    assert told[-1][0] == links.weighed
    assert all(done <= most for done, most in told)


def test_clusters_are_named_by_their_first_row():
    every = table(
        [{"first": one, "last": "x", "city": "y"} for one in ["anton", "berta"] * 2]
    )
    links = link(model(), every, least_bits=-100)
    chosen = links.left_rows % 2 == links.right_rows % 2
    assert chosen.any()
    cluster = linked(links, 4, least_bits=float(links.bits[chosen].min()))
    assert cluster.tolist() == [0, 1, 0, 1]


@given(
    st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=1, max_size=60),
    st.integers(0, 5),
)
@hypothesis_settings(max_examples=100, deadline=None)
def test_figures_are_those_of_scikit_learn_with_what_was_missed(pairs, missed):
    bits = np.array([b for b, _ in pairs], dtype=float)
    is_true = np.array([t for _, t in pairs])
    n_true = int(is_true.sum()) + missed
    figures = pair_figures(bits, is_true, n_true)
    if is_true.any():
        share = is_true.sum() / n_true
        wanted = average_precision_score(is_true, bits) * share
        assert figures.average_precision == pytest.approx(wanted)
    hits = (is_true & (bits >= 0)).sum()
    assert figures.recall == pytest.approx(hits / n_true if n_true else 0)
    if (bits >= 0).any():
        assert figures.precision == pytest.approx(hits / (bits >= 0).sum())
    best = 0.0
    for least in set(bits.tolist()):
        made, right = (bits >= least).sum(), (is_true & (bits >= least)).sum()
        best = max(best, 2 * right / (made + n_true) if right else 0.0)
    assert figures.best_f1 == pytest.approx(best)


def test_figures_of_clusters_count_pairs():
    made = np.array([1, 1, 1, 2, 3])
    truth = np.array([7, 7, 8, 8, 9])
    figures = cluster_figures(made, truth)
    assert figures.precision == pytest.approx(1 / 3)
    assert figures.recall == pytest.approx(1 / 2)
    assert figures.f1 == pytest.approx(2 / 5)
