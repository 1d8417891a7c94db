"""The contract on our own models: Splink reads them, and says the same weights."""

import numpy as np
import pandas as pd
import pytest

from matching.linkage.for_splink import add_functions, frequencies_table
from matching.linkage.link import link
from matching.linkage.model_files import read_model
from matching.linkage.settings import settings_of
from matching.linkage.texts import Texts, table_of
from matching.persons.made import made_persons
from matching.persons.model import PATH
from tests.made_reports import villages

pytest.importorskip("splink")
pytestmark = pytest.mark.filterwarnings("ignore")


def test_persons_weigh_in_splink_what_they_weigh_here(boundaries):
    import duckdb
    from splink import DuckDBAPI, Linker

    lng, lat = villages(boundaries)
    made = made_persons(150, 120, lng=lng, lat=lat, seed=4)
    model, texts = read_model(PATH), Texts()
    tables = [
        table_of(one, id_column="id", name="made", texts=texts)
        for one in (made.missing, made.found)
    ]
    ours = link(model, *tables, least_bits=-np.inf)
    left, right = (np.array(one.ids) for one in tables)
    told = {
        (one, other): bits
        for one, other, bits in zip(
            left[ours.left_rows], right[ours.right_rows], ours.bits, strict=True
        )
    }
    connection = duckdb.connect()
    add_functions(connection)
    api = DuckDBAPI(connection)
    frames = [pd.DataFrame(one).drop(columns="name_group", errors="ignore")
              for one in (made.missing, made.found)]  # fmt: skip
    linker = Linker([api.register(frame) for frame in frames], settings_of(model))
    names = [name for frame in frames for name in frame["name"].dropna()]
    lookup = frequencies_table(model.frequencies["name"], "name", names)
    linker.table_management.register_term_frequency_lookup(api.register(lookup), "name")
    found = linker.inference.predict().as_pandas_dataframe()
    wanted = {}
    for one, other, bits in zip(
        found["id_l"], found["id_r"], found["match_weight"], strict=True
    ):
        pair = (one, other) if one.startswith("missing") else (other, one)
        wanted[pair] = bits
    assert len(wanted) > 300
    assert told.keys() == wanted.keys()
    assert max(abs(told[pair] - wanted[pair]) for pair in wanted) <= 1e-9
