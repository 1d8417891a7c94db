"""Tables for `lianfang link` and its like, out of CSV and Parquet."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import typer
from rich.console import Console
from rich.progress import Progress as Bar

from data.errors import FileRefused
from matching.linkage.link import Progress
from matching.linkage.settings import Model
from matching.linkage.texts import Rows, Table, Texts, table_of

LONGEST_ROW = 64 * 1024**2
"""Bytes; a longer row of a CSV cannot be read."""


def read_tables(
    model: Model, left: Path, right: Path | None, id_col: str | None, encoding: str
) -> tuple[Table, ...]:
    """Read one table or two, with the model's ids, or else those of the first column.

    Raises
    ------
    FileRefused
        As `read_columns`.
    TableRefused
        An id is missing, or there twice.
    """
    texts = Texts()
    tables = []
    for path in (left, right):
        if path is not None:
            columns = read_columns(path, encoding=encoding)
            first = next(iter(columns), "")
            own = model.id_column if model.id_column in columns else first
            tables.append(
                table_of(columns, id_column=id_col or own, name=path.name, texts=texts)
            )
    return tuple(tables)


def truth_of(tables: tuple[Table, ...], column: str) -> tuple[Rows, ...]:
    """Return the number of each row's true group; a row without has its own.

    Raises
    ------
    FileRefused
        A table has no such column.
    """
    found: list[Rows] = []
    for table in tables:
        if column not in table.columns:
            raise FileRefused(table.name, f"it has no column {column!r}")
        numbers = table.columns[column].astype(np.int64)
        alone = np.flatnonzero(numbers < 0)
        numbers[alone] = -2 - sum(map(len, found)) - alone
        found.append(numbers)
    return tuple(found)


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


@contextmanager
def shown() -> Iterator[Progress]:
    """Show a bar on a terminal while the block runs."""
    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("pairs", total=None)
        yield lambda done, most: bar.update(task, completed=done, total=most)
