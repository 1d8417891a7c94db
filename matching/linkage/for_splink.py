"""What Splink needs to run a model that asks for our functions: DuckDB told of them.

Give a connection to `add_functions`, then Splink's ``Linker`` a ``DuckDBAPI`` of it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from matching.linkage.functions import LIKENESS, LISTS

IN_DUCKDB = frozenset(
    {
        "damerau_levenshtein", "hamming", "jaccard", "jaro_similarity",
        "jaro_winkler_similarity", "levenshtein",
    }
)  # fmt: skip
"""Those that DuckDB has itself; it counts bytes where we count characters."""


def add_functions(connection: Any) -> None:  # noqa: ANN401 - duckdb is not needed here
    """Add our functions to a connection of DuckDB, by the names that models use."""
    for name, likeness in LIKENESS.items():
        if name not in IN_DUCKDB and " " not in name:
            connection.create_function(
                name, _of_two(likeness), ["VARCHAR", "VARCHAR"], "DOUBLE",
                null_handling="special",
            )  # fmt: skip
    for name, listed in LISTS.items():
        connection.create_function(
            name, _of_one(listed), ["VARCHAR"], "VARCHAR[]", null_handling="special"
        )


def frequencies_table(
    shares: Mapping[str, float], column: str, texts: Sequence[str]
) -> pd.DataFrame:
    """Return shares as Splink registers them: the texts that have one, and ``tf_…``."""
    known = {text: shares[text] for text in dict.fromkeys(texts) if text in shares}
    return pd.DataFrame({column: list(known), f"tf_{column}": list(known.values())})


def _of_two(likeness: Callable[..., Any]) -> Callable[..., float | None]:
    def found(one: str | None, other: str | None) -> float | None:
        if one is None or other is None:
            return None
        value = float(likeness([one], [other])[0])
        return None if value != value else value

    return found


def _of_one(listed: Callable[[str], list[str]]) -> Callable[..., list[str] | None]:
    def found(text: str | None) -> list[str] | None:
        return None if text is None else listed(text)

    return found
