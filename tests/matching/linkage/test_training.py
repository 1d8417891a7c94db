"""Training: numbers that made a table come back from it."""

import numpy as np
import pytest

from matching.errors import TableRefused
from matching.linkage.link import link
from matching.linkage.settings import model_of
from matching.linkage.training import train
from tests.matching.linkage.made import settings, table

M = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.95}
VALUES = {"a": 100, "b": 200, "c": 50, "d": 150}


def exact(column):
    return {
        "output_column_name": column,
        "comparison_levels": [
            {
                "sql_condition": f"{column}_l IS NULL OR {column}_r IS NULL",
                "is_null_level": True,
            },
            {"sql_condition": f"{column}_l = {column}_r"},
            {"sql_condition": "ELSE"},
        ],
    }


def simulated(n, seed):
    """n persons with two rows each; a value is another one by chance."""
    rng = np.random.default_rng(seed)
    people = {key: rng.integers(0, of, n) for key, of in VALUES.items()}
    rows = []
    for number in range(n):
        for copy in range(2):
            row = {"id": f"{number}-{copy}"}
            for key, values in VALUES.items():
                value = people[key][number]
                # m is of equal values of two rows: only the second one changes
                if copy and rng.random() > M[key]:
                    value = (value + rng.integers(1, values)) % values
                row[key] = None if rng.random() < 0.05 else str(value)
            rows.append(row)
    return table(rows)


def asked():
    return model_of(
        settings(
            blocking_rules_to_generate_predictions=[
                "l.a = r.a AND l.b = r.b",
                "l.c = r.c AND l.d = r.d",
            ],
            comparisons=[exact(key) for key in M],
        )
    )


def test_the_numbers_that_made_a_table_come_back():
    found = train(asked(), simulated(4000, 1), random_pairs=400_000).model
    for one in found.comparisons:
        equal = one.levels[1]
        assert equal.m == pytest.approx(M[one.name], abs=0.04)
        assert equal.u == pytest.approx(1 / VALUES[one.name], rel=0.08)
    assert found.prior == pytest.approx(4000 / (8000 * 7999 / 2), rel=0.25)


def test_a_trained_model_puts_its_pairs_first():
    every = simulated(500, 2)
    found = train(asked(), every, random_pairs=200_000).model
    links = link(found, every, least_bits=5.0)
    same = [
        every.ids[row].split("-")[0] == every.ids[other].split("-")[0]
        for row, other in zip(links.left_rows, links.right_rows, strict=True)
    ]
    assert len(same) > 100
    assert np.mean(same) > 0.9


def test_chance_agreement_is_that_of_rows_that_do_not_belong_together():
    every = simulated(120, 7)  # one pair in 239 belongs together
    found = train(asked(), every, random_pairs=1_000_000).model
    person = np.arange(len(every)) // 2
    for one in found.comparisons:
        values = every.columns[one.name]
        is_known = (values[:, None] >= 0) & (values >= 0)
        others = (person[:, None] != person) & is_known
        chance = (values[:, None] == values)[others].mean()
        every_pair = is_known & ~np.eye(len(every), dtype=bool)
        among_all = (values[:, None] == values)[every_pair].mean()
        u = one.levels[1].u
        assert abs(u - chance) < abs(u - among_all)


def test_training_again_with_the_same_seed_gives_the_same_model():
    every = simulated(200, 3)
    one, other = (train(asked(), every, random_pairs=20_000, seed=5) for _ in "ab")
    assert one.model.comparisons == other.model.comparisons
    assert one.model.prior == other.model.prior


def test_a_comparison_that_every_rule_asks_for_is_told_as_untrained():
    begun = model_of(
        settings(
            blocking_rules_to_generate_predictions=["l.a = r.a"],
            comparisons=[exact(key) for key in M],
        )
    )
    found = train(begun, simulated(200, 4), random_pairs=20_000)
    assert found.untrained == ("a",)
    assert [one.trained for one in found.sessions] == [("b", "c", "d")]


def test_rarity_is_counted():
    begun = settings(
        blocking_rules_to_generate_predictions=["l.a = r.a", "l.b = r.b"],
        comparisons=[exact(key) for key in M],
    )
    begun["comparisons"][0]["comparison_levels"][1]["tf_adjustment_column"] = "a"
    every = simulated(300, 5)
    shares = train(model_of(begun), every, random_pairs=20_000).model.frequencies
    assert sum(shares["a"].values()) == pytest.approx(1)
    values = [every.value("a", row) for row in range(len(every))]
    known = [value for value in values if value is not None]
    assert shares["a"]["3"] == pytest.approx(known.count("3") / len(known))


def test_a_table_of_one_row_cannot_be_trained_on():
    with pytest.raises(TableRefused, match="too few rows"):
        train(asked(), table([{key: "1" for key in M}]))
