"""`lianfang locate`: whose are these points, for a file of any size."""

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from api.boundary_file import boundary_file
from api.commands.locate_columns import Asked, Count, Locator
from api.commands.locate_csv import CsvTable, open_csv
from api.commands.locate_output import open_output, require_other_file
from api.commands.locate_parquet import ParquetTable, is_parquet, open_parquet
from api.commands.locate_progress import shown_progress
from api.settings import read_settings
from data.bundled import load_boundaries
from data.errors import FileRefused
from data.importers.columns import find_coordinates, plain_name
from data.importers.csv_chunks import PIPE
from data.importers.csv_rows import number_of
from data.importers.parsed import Options
from data.importers.reading import JSON
from geo.boundaries import Boundaries, Level
from geo.crs import WGS84, require_usable
from geo.places import Note
from geo.shares.laws import Meaning, require_error

MANY_BYTES = 200 * 1024**2
"""From this size on it pays to build the grid of the boundaries first."""

HINTS: dict[str, str] = {
    Note.NAN: "have no two numbers",
    Note.ZERO: "stand at 0, 0: a missing place",
    Note.SWAPPED: "look swapped: --lng-col and --lat-col say which is which",
    Note.METRES: "look like metres: --crs says of which CRS, such as EPSG:3826",
    Note.OUTSIDE: "lie outside of Taiwan",
    Note.SEA: "lie at sea",
}
"""What is said of rows without a county, by their note."""

OTHER_FORMATS = (*JSON, ".gpkg")


def locate(  # noqa: PLR0913 - these are the options of the command line
    file: Annotated[
        Path,
        typer.Argument(help="CSV with a longitude and a latitude; - for a pipe."),
    ],
    out: Annotated[Path, typer.Option("--out", help="CSV to write; - for a pipe.")],
    *,
    layer: Annotated[Level, typer.Option(help="The finest level.")] = Level.VILLAGE,
    lng_col: Annotated[str | None, typer.Option(help="Longitude or easting.")] = None,
    lat_col: Annotated[str | None, typer.Option(help="Latitude or northing.")] = None,
    crs: Annotated[str, typer.Option(help="CRS of the two columns.")] = WGS84,
    encoding: Annotated[str | None, typer.Option(help="Such as cp950.")] = None,
    neighbour: Annotated[
        bool, typer.Option("--neighbour", help="Name the county behind the border.")
    ] = False,
    error_m: Annotated[
        str | None,
        typer.Option(
            help="Metres by which a place may be wrong, or the column that has them."
        ),
    ] = None,
    error_means: Annotated[
        Meaning, typer.Option(help="What those metres mean.")
    ] = Meaning.RADIUS_68,
    prefix: Annotated[
        str | None, typer.Option(help="Put before the names of the added columns.")
    ] = None,
    progress: Annotated[
        bool | None,
        typer.Option(
            "--progress/--no-progress", help="Show a bar; by default on a terminal."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as JSON.")
    ] = False,
) -> None:
    """Add county, town and village, metres to the next county and a note to rows.

    Files of any size, in constant memory. Rows stay letter for letter as they are,
    in their order; columns are added behind, UTF-8 comes out. Parquet is read as
    well, if its name ends so, and then Parquet is written.

    Nothing is guessed: a pair that looks swapped, or like metres, has no county
    and a note that says so. `border_m` is empty where there is no county. A line
    that cannot be split into cells has nothing but a note with its number.

    With `--neighbour`, `border_code` and `border` name the county that begins after
    those metres. With `--error-m`, `share` is the probability that the county is the
    right one, in spite of the error; for a place in no county, that there is none.

    Examples: `lianfang locate points.csv --out located.csv`,
    `lianfang locate tm2.csv --out located.csv --lng-col X --lat-col Y --crs EPSG:3826`,
    `lianfang locate calls.csv --out located.csv --neighbour --error-m accuracy`,
    `zcat points.csv.gz | lianfang locate - --out - --layer county | gzip > out.gz`
    """
    options = Options(crs=crs, encoding=encoding, lng_col=lng_col, lat_col=lat_col)
    _require_usable(file, out, crs)
    with _opened(file, options) as table:
        columns = [*find_coordinates(table.names, options, path=table.name)]
        metres, column = _error(table, error_m)
        asked = Asked(
            finest=layer,
            crs=crs,
            neighbour=neighbour,
            error_m=metres,
            has_errors=column is not None,
            meaning=error_means,
            prefix=prefix or "",
        )
        _require_columns(table, asked)
        columns += [column] if column else []
        locator = Locator(_boundaries(table), asked)
        with shown_progress(table.size, wanted=progress) as shown:
            with open_output(out) as to:
                count = table.write(to, columns, locator, shown)
    _tell(count, out, as_json=as_json)


def _require_usable(file: Path, out: Path, crs: str) -> None:
    """Refuse what can be refused before anything is opened."""
    require_other_file(out, file)
    if crs != WGS84:
        require_usable(crs)
    if file.suffix.lower() in OTHER_FORMATS and file.is_file():
        raise FileRefused(str(file), "is no CSV: locate reads CSV and Parquet only")
    if str(out) != PIPE and is_parquet(file) != is_parquet(out):
        raise FileRefused(
            str(out), "is to be of another format than what is read: end it alike"
        )


def _opened(
    file: Path, options: Options
) -> AbstractContextManager[CsvTable | ParquetTable]:
    return open_parquet(file) if is_parquet(file) else open_csv(file, options)


def _error(
    table: CsvTable | ParquetTable, error_m: str | None
) -> tuple[float | None, str | None]:
    """Give the location error of all rows, or the column that it stands in."""
    if error_m is None:
        return None, None
    metres = number_of(error_m)
    if not isnan(metres):
        require_error(metres)
        return metres, None
    for column in table.names:
        if plain_name(column) == plain_name(error_m):
            return None, column
    there = ", ".join(table.names[:40])
    raise FileRefused(
        table.name,
        f"has no column {error_m!r}, and that is no number of metres either; its "
        f"columns are {there}",
    )


def _require_columns(table: CsvTable | ParquetTable, asked: Asked) -> None:
    twice = sorted(column for column, n in Counter(table.names).items() if n > 1)
    if twice:
        named = ", ".join(repr(column) for column in twice[:5])
        raise FileRefused(table.name, f"has two columns {named}: rename one of them")
    added = [column for column in asked.names if column in table.names]
    if added:
        named = ", ".join(repr(column) for column in added)
        raise FileRefused(
            table.name, f"has a column {named} already: give --prefix to name the new"
        )


def _boundaries(table: CsvTable | ParquetTable) -> Boundaries:
    path = boundary_file(read_settings())
    if table.size is None or table.size < MANY_BYTES:
        return load_boundaries(path)
    return load_boundaries(path, build_tables=_say_that_tables_are_built)


def _say_that_tables_are_built() -> None:
    Console(stderr=True).print("[dim]building the grid of the boundaries, once …[/]")


def _tell(count: Count, out: Path, *, as_json: bool) -> None:
    to_pipe = str(out) == PIPE
    if as_json:
        summary = {"out": str(out), **asdict(count)}
        typer.echo(orjson.dumps(summary).decode(), err=to_pipe)
        return
    unread = f", {count.unread} not read (see note)" if count.unread else ""
    where = "standard output" if to_pipe else out
    lines = [f"{count.rows} rows, {count.located} with a county{unread}: {where}"]
    lines += [
        f"  {n} {HINTS[note]}" for note, n in count.notes.items() if note in HINTS
    ]
    Console(stderr=True).print("\n".join(lines), markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command()(locate)
