"""Evidence that says the same thing twice is counted once, or the model is too sure."""

import json
from dataclasses import replace

import numpy as np
import pytest

from matching.linkage.judged import train_on_pairs, true_pairs
from matching.linkage.link import link
from matching.linkage.settings import model_of
from matching.linkage.texts import Texts, table_of
from matching.thefts.columns import COLUMNS
from matching.thefts.made import made_thefts
from matching.thefts.model import VEHICLE
from tests.made_reports import villages

LOOKS = ("model", "type", "colour")
SAID_BY_THE_MODEL = "車款相同，已計"
"""The level of type that is silent where make and model agree."""


def tables(boundaries, seed):
    """Return stolen and found vehicles, and which theft each row is of."""
    lng, lat = villages(boundaries)
    made = made_thefts(3000, lng=lng, lat=lat, seed=seed)
    texts, numbers = Texts(), {}
    sides = []
    for name, rows in (("stolen", made.thefts), ("found", made.found)):
        columns = {column: [row.get(column) for row in rows] for column in COLUMNS}
        ids = {"id": [f"{name}-{k}" for k in range(len(rows))]}
        sides.append(table_of(ids | columns, id_column="id", name=name, texts=texts))
    of = [
        np.array([numbers.setdefault(one, len(numbers)) if one else -1 for one in side])
        for side in (made.incident, made.of)
    ]
    return sides, of


def settings(*, once):
    """The begun model of vehicles, by look alone; type silent or said again."""
    path = VEHICLE.with_name("vehicle.begun.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["comparisons"] = [
        one for one in content["comparisons"] if one["output_column_name"] in LOOKS
    ]
    if not once:
        for one in content["comparisons"]:
            one["comparison_levels"] = [
                level
                for level in one["comparison_levels"]
                if level["label_for_charts"] != SAID_BY_THE_MODEL
            ]
    return content


@pytest.fixture(scope="module")
def expected(boundaries):
    """Matches that are expected among pairs of one look, by each true one."""
    (stolen, found), of = tables(boundaries, seed=1)
    others, other_of = tables(boundaries, seed=2)
    share = len(true_pairs(*other_of)) / (len(others[0]) * len(others[1]))
    ratios = {}
    for once in (True, False):
        begun = model_of(settings(once=once))
        model = train_on_pairs(
            begun, stolen, found, true_pairs(*of), random_pairs=200_000
        )
        alike = replace(model, prior=share, blocking=model.blocking[1:2])
        links = link(alike, *others, least_bits=-np.inf)
        is_true = other_of[0][links.left_rows] == other_of[1][links.right_rows]
        assert is_true.sum() > 200
        ratios[once] = links.probability.sum() / is_true.sum()
    return ratios


def test_a_model_that_hears_the_type_once_expects_as_many_matches_as_there_are(
    expected,
):
    assert expected[True] == pytest.approx(1, abs=0.25)


def test_a_model_that_hears_it_twice_is_far_too_sure(expected):
    assert expected[False] > 1.8
