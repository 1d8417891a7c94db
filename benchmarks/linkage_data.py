"""Invented persons with typing errors, for linking tables by the million."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
COLUMNS = ("first_name", "surname", "dob", "city", "email")

Texts = NDArray[Any]


def persons(n: int, seed: int = 1) -> dict[str, list[str | None]]:
    """Make n rows of some 0.8 n persons: columns of texts, ``unique_id``, ``person``.

    Names are as frequent as names are (Zipf), one value in eight is missing, one in
    eight has a typing error.
    """
    rng = np.random.default_rng(seed)
    n_persons = max(int(0.8 * n), 1)
    first = _names(rng, 2_500, 4, 8)[_zipf(rng, 2_500, n_persons)]
    last = _names(rng, 30_000, 5, 10)[_zipf(rng, 30_000, n_persons)]
    city = _names(rng, 300, 5, 12)[_zipf(rng, 300, n_persons)]
    born = _days(rng, n_persons)
    email = np.char.add(_names(rng, n_persons, 8, 12), "@mail.tw")
    of = np.concatenate(
        [np.arange(n_persons), rng.integers(0, n_persons, n - n_persons)]
    )
    rng.shuffle(of)
    columns = dict(zip(COLUMNS, (first, last, born, city, email), strict=True))
    spoilt = {key: _spoilt(rng, column[of]) for key, column in columns.items()}
    return {
        "unique_id": [f"p{number}" for number in range(n)],
        **spoilt,
        "person": [str(number) for number in of.tolist()],
    }


def settings(link_type: str = "dedupe_only") -> dict[str, Any]:
    """Return Splink's settings for these columns: five comparisons, five rules."""
    rules = [
        "l.first_name = r.first_name AND l.surname = r.surname"
        " AND SUBSTR(l.dob, 1, 4) = SUBSTR(r.dob, 1, 4)",
        "l.surname = r.surname AND l.dob = r.dob",
        "l.first_name = r.first_name AND l.dob = r.dob",
        "l.email = r.email",
        "l.dob = r.dob AND l.city = r.city",
    ]
    return {
        "link_type": link_type,
        "sql_dialect": "duckdb",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": 1e-6,
        "blocking_rules_to_generate_predictions": rules,
        "comparisons": [
            _comparison("first_name", "jaro_winkler_similarity", ">=", (0.92, 0.8)),
            _comparison("surname", "jaro_winkler_similarity", ">=", (0.92, 0.8)),
            _comparison("dob", "levenshtein", "<=", (1, 2)),
            _comparison("city", "jaro_winkler_similarity", ">=", (0.9,)),
            _comparison("email", "jaro_winkler_similarity", ">=", (0.9,)),
        ],
    }


def _comparison(
    column: str, function: str, sign: str, steps: tuple[float, ...]
) -> dict[str, Any]:
    left, right = f"{column}_l", f"{column}_r"
    levels = [
        {"sql_condition": f"{left} IS NULL OR {right} IS NULL", "is_null_level": True},
        {"sql_condition": f"{left} = {right}", "tf_adjustment_column": column},
        *(
            {"sql_condition": f"{function}({left}, {right}) {sign} {step}"}
            for step in steps
        ),
        {"sql_condition": "ELSE"},
    ]
    for level in levels:
        level["label_for_charts"] = level["sql_condition"]
    return {"output_column_name": column, "comparison_levels": levels}


def _names(rng: np.random.Generator, n: int, shortest: int, longest: int) -> Texts:
    sizes = rng.integers(shortest, longest + 1, n)
    letters = LETTERS[rng.integers(0, LETTERS.size, (n, longest))]
    return np.array(
        ["".join(row[:size]) for row, size in zip(letters, sizes, strict=True)]
    )


def _zipf(rng: np.random.Generator, values: int, n: int) -> NDArray[np.int64]:
    share = 1 / np.arange(1, values + 1)
    return rng.choice(values, n, p=share / share.sum())


def _days(rng: np.random.Generator, n: int) -> Texts:
    days = np.datetime64("1940-01-01") + rng.integers(0, 25_000, n)
    return days.astype(str)


def _spoilt(rng: np.random.Generator, column: Texts) -> list[str | None]:
    """Change a letter of one text in eight, and take one in eight away."""
    kind = rng.integers(0, 8, column.size)
    letters = LETTERS[rng.integers(0, LETTERS.size, column.size)].tolist()
    values: list[str | None] = column.tolist()
    for row in np.flatnonzero(kind == 0).tolist():
        values[row] = None
    for row in np.flatnonzero(kind == 1).tolist():
        text = values[row] or ""
        at = row % max(len(text), 1)
        values[row] = text[:at] + letters[row] + text[at + 1 :]
    return values
