"""Tables and models made up for tests."""

import numpy as np

from matching.linkage.settings import model_of
from matching.linkage.texts import Texts, table_of

FIRST = ["ann", "anna", "ben", "carl", "karl", "陳美玲", "dora", ""]
LAST = ["lee", "leigh", "smith", "smyth", "林", "van der berg", None]
CITIES = ["taipei", "taichung", "tainan", None]


def table(rows, *, texts=None, name="people", id_column="id"):
    """A table of rows, each a dict; ids are numbers where none are given."""
    keys = {key: None for row in rows for key in row} or {"id": None}
    columns = {key: [row.get(key) for row in rows] for key in keys}
    columns.setdefault(id_column, [f"r{number}" for number in range(len(rows))])
    return table_of(
        columns,
        id_column=id_column,
        name=name,
        texts=Texts() if texts is None else texts,
    )


def people(rng, n):
    """Rows of few values, so that many are equal."""

    def drawn(values):
        return [values[k] for k in rng.integers(0, len(values), n)]

    return [
        {"first": first, "last": last, "city": city, "born": born}
        for first, last, city, born in zip(
            drawn(FIRST),
            drawn(LAST),
            drawn(CITIES),
            drawn(["1980-01-02", "1980-02-01", "1981-01-02", "?", None]),
            strict=True,
        )
    ]


def two_tables(seed, n=30):
    rng, texts = np.random.default_rng(seed), Texts()
    return tuple(
        table(people(rng, n), texts=texts, name=name) for name in ("left", "right")
    )


def comparison(column, *, m=(0.8, 0.15, 0.05), u=(0.05, 0.05, 0.9), tf=False):
    """Missing, equal, alike, else."""
    exact = {"tf_adjustment_column": column} if tf else {}
    levels = [
        {
            "sql_condition": f"{column}_l IS NULL OR {column}_r IS NULL",
            "is_null_level": True,
        },
        {"sql_condition": f"{column}_l = {column}_r", **exact},
        {"sql_condition": f"levenshtein({column}_l, {column}_r) <= 1"},
        {"sql_condition": "ELSE"},
    ]
    for level, of_m, of_u in zip(levels[1:], m, u, strict=True):
        level |= {"m_probability": of_m, "u_probability": of_u}
    return {"output_column_name": column, "comparison_levels": levels}


def settings(**changes):
    """Splink's settings of three comparisons and two rules."""
    return {
        "link_type": "dedupe_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": 0.01,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": "l.first = r.first"},
            "l.last = r.last AND SUBSTR(l.city, 1, 4) = SUBSTR(r.city, 1, 4)",
        ],
        "comparisons": [
            comparison("first", tf=True),
            comparison("last"),
            comparison("city"),
        ],
        **changes,
    }


def model(**changes):
    return model_of(settings(**changes))
