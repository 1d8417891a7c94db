"""Splink 5 on DuckDB beside ours: the same tables, models and rules."""

import contextlib
import io
import logging
import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl

Columns = dict[str, list[str | None]]


@dataclass(frozen=True)
class Predicted:
    """Pairs by id with their weights, and what it took to train and to weigh them."""

    left: np.ndarray
    right: np.ndarray
    bits: np.ndarray
    train_s: float
    weigh_s: float
    model: dict[str, Any]


def predicted(
    tables: list[Columns],
    settings: Any,
    *,
    exact: list[Any],
    sessions: list[Any],
    is_trained: bool = False,
) -> Predicted:
    """Train a model without labels, unless it is trained, and weigh all its pairs.

    ``exact`` are the rules that the prior is estimated from, ``sessions`` those that m
    is trained on.
    """
    with _quiet():
        start = time.perf_counter()
        api = DuckDBAPI()
        given = [
            api.register(pd.DataFrame(table).replace({"": None})) for table in tables
        ]
        linker = Linker(given if len(given) > 1 else given[0], settings)
        if not is_trained:
            training = linker.training
            training.estimate_probability_two_random_records_match(exact, recall=0.8)
            training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
            for rule in sessions:
                training.estimate_parameters_using_expectation_maximisation(rule)
        trained = time.perf_counter()
        found = linker.inference.predict().as_pandas_dataframe()
        done = time.perf_counter()
        model = linker.misc.save_model_to_json()
    id_column = model["unique_id_column_name"]
    return Predicted(
        found[f"{id_column}_l"].to_numpy(),
        found[f"{id_column}_r"].to_numpy(),
        found["match_weight"].to_numpy(),
        trained - start,
        done - trained,
        model,
    )


def historical_settings() -> SettingsCreator:
    """Return the model of Splink's own tutorial for the historical persons."""
    rarity = {"term_frequency_adjustments": True}
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake, 1, 3)", "dob"),
            block_on("substr(postcode_fake, 1, 3)", "first_name"),
            block_on("substr(postcode_fake, 1, 3)", "surname"),
            block_on(
                "substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"
            ),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison(
                "dob", input_is_string=True, invalid_dates_as_null=True
            ),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(**rarity),
            cl.ExactMatch("occupation").configure(**rarity),
        ],
    )


@contextlib.contextmanager
def _quiet():
    logging.disable(logging.WARNING)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
