"""Tables for `lianfang link`: columns of texts out of CSV and Parquet."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import typer

from data.errors import FileRefused

LONGEST_ROW = 64 * 1024**2
"""Bytes; a longer row of a CSV cannot be read."""


def read_columns(path: Path, *, encoding: str = "utf-8") -> dict[str, Sequence[Any]]:
    """Read a table: CSV, each value a text, or Parquet.

    Lines with too many or too few values are left out, and said so.

    Raises
    ------
    FileRefused
        It is no table, or its header names a column twice.
    """
    try:
        table = (
            pa.parquet.read_table(path)
            if path.suffix == ".parquet"
            else _read_csv(path, encoding)
        )
    except (pa.ArrowInvalid, UnicodeDecodeError, LookupError) as error:
        raise FileRefused(path.name, str(error)) from error
    names = table.column_names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileRefused(path.name, f"two columns are called {twice[0]!r}")
    return {name: table[name].to_pylist() for name in names}


def _read_csv(path: Path, encoding: str) -> pa.Table:
    left_out: list[int] = []

    def is_kept(row: pa.csv.InvalidRow) -> str:
        left_out.append(row.number or 0)
        return "skip"

    names = _header(path, encoding)
    table = pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(
            encoding=encoding,
            use_threads=False,
            column_names=names,
            skip_rows=1,
            block_size=LONGEST_ROW,
        ),
        parse_options=pa.csv.ParseOptions(
            invalid_row_handler=is_kept, newlines_in_values=True
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    if left_out:
        first = min(left_out)
        typer.echo(
            f"{path.name}: {len(left_out):,} lines with too many or too few values are "
            f"left out, the first is line {first}",
            err=True,
        )
    return table


def _header(path: Path, encoding: str) -> list[str]:
    own = "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
    with path.open(encoding=own, newline="") as file:
        names = [name.strip() for name in next(csv.reader(file), [])]
    if not names:
        raise FileRefused(path.name, "it is empty")
    return names
