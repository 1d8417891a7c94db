"""`lianfang locate`: whose are these points, for a whole file at once."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console

from api.service import boundary_file
from api.settings import read_settings
from data.bundled import load_boundaries
from data.errors import FileRefused
from data.importers.columns import find_coordinates
from data.importers.files import still_there
from data.importers.parsed import LoadKind, Options, Row, Table
from data.importers.reading import open_table
from geo.boundaries import Boundaries, Level, Places
from geo.crs import WGS84, to_wgs84

BLOCK = 20_000
ADDED = {
    Level.COUNTY: ("county_code", "county"),
    Level.TOWN: ("town_code", "town"),
    Level.VILLAGE: ("village_code", "village"),
}
LEVELS = {
    Level.COUNTY: (Level.COUNTY,),
    Level.TOWN: (Level.COUNTY, Level.TOWN),
    Level.VILLAGE: (Level.COUNTY, Level.TOWN, Level.VILLAGE),
}

Floats = NDArray[np.float64]


def locate(  # noqa: PLR0913 - these are the options of the command line
    file: Annotated[Path, typer.Argument(help="CSV with a longitude and a latitude.")],
    out: Annotated[Path, typer.Option("--out", help="CSV to write.")],
    *,
    layer: Annotated[Level, typer.Option(help="The finest level.")] = Level.VILLAGE,
    lng_col: Annotated[str | None, typer.Option(help="Longitude or easting.")] = None,
    lat_col: Annotated[str | None, typer.Option(help="Latitude or northing.")] = None,
    crs: Annotated[str, typer.Option(help="CRS of the two columns.")] = WGS84,
    encoding: Annotated[str | None, typer.Option(help="Such as cp950.")] = None,
) -> None:
    """Add county, town and village, metres to the next county and a note to rows.

    Nothing is guessed: a pair that looks swapped, or like metres, has no county
    and a note that says so. `border_m` is empty where there is no county. A line
    that cannot be split into cells has nothing but a note with its number.

    Examples: `lianfang locate points.csv --out located.csv`,
    `lianfang locate tm2.csv --out located.csv --lng-col X --lat-col Y --crs EPSG:3826`
    """
    options = Options(crs=crs, encoding=encoding, lng_col=lng_col, lat_col=lat_col)
    _require_other_file(out, file)
    with still_there(file):
        table = open_table(file, LoadKind.READS, options)
    _require_csv(file, table)
    columns = find_coordinates(table.names, options, path=str(file))
    boundaries = load_boundaries(boundary_file(read_settings()))
    counted = _written(table, (file, columns), boundaries, (out, layer, crs))
    unread = f", {counted.unread} not read (see note)" if counted.unread else ""
    Console(stderr=True).print(
        f"{counted.rows} rows, {counted.located} with a county{unread}: {out}",
        markup=False,
        soft_wrap=True,
    )


class _Counted:
    """How many rows went through, and how many of them could not be read."""

    rows = 0
    located = 0
    unread = 0


def _require_other_file(out: Path, file: Path) -> None:
    if out.is_dir():
        raise FileRefused(str(out), "is a folder: name a file in it")
    if out.exists() and file.exists() and out.samefile(file):
        raise FileRefused(str(out), "is the file that is read: name another")


def _require_csv(file: Path, table: Table) -> None:
    if table.shape.format != "csv":
        raise FileRefused(str(file), "is no CSV: locate reads and writes CSV only")
    twice = sorted(name for name, n in Counter(table.names).items() if n > 1)
    if twice:
        named = ", ".join(repr(name) for name in twice[:5])
        raise FileRefused(str(file), f"has two columns {named}: rename one of them")


def _written(
    table: Table,
    source: tuple[Path, tuple[str, str]],
    boundaries: Boundaries,
    wanted: tuple[Path, Level, str],
) -> _Counted:
    """Write the located rows beside the file and move them into place at the end."""
    file, columns = source
    out, layer, crs = wanted
    counted = _Counted()
    added = [name for level in LEVELS[layer] for name in ADDED[level]]
    with (
        _moved_at_the_end(out) as part,
        part.open("w", encoding="utf-8", newline="") as to,
    ):
        writer = csv.writer(to)
        writer.writerow([*table.names, *added, "border_m", "note"])
        for block in _blocks(file, table.rows):
            places, metres = _located(block, columns, boundaries, crs)
            for at, row in enumerate(block):
                values = [row.values.get(name, "") for name in table.names]
                found = [str(getattr(places, name)[at]) for name in added]
                note = _fault(row) or str(places.note[at])
                writer.writerow([*values, *found, metres[at], note])
            counted.rows += len(block)
            counted.unread += sum(row.fault is not None for row in block)
            counted.located += int((places.county_code != "").sum())
    return counted


@contextmanager
def _moved_at_the_end(out: Path) -> Iterator[Path]:
    """Give a file to write that becomes ``out``, or is gone if something went wrong."""
    part = out.with_name(f".{out.name}.part")
    try:
        yield part
        part.replace(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileRefused(str(out), f"cannot be written ({reason})") from error
    finally:
        with suppress(OSError):
            part.unlink()


def _fault(row: Row) -> str:
    """Say why a line of the file could not be read; empty for one that could."""
    if row.fault is None:
        return ""
    return f"line {row.number} not read: {row.fault.reason}"


def _located(
    block: Sequence[Row], columns: tuple[str, str], boundaries: Boundaries, crs: str
) -> tuple[Places, list[str]]:
    pairs = [[_number(row.values.get(name, "")) for name in columns] for row in block]
    x, y = np.array(pairs, dtype=float).reshape(-1, 2).T
    lng, lat = to_wgs84(x, y, crs=crs) if crs != WGS84 else (x, y)
    places = boundaries.locate(lng=lng, lat=lat)
    has_county = places.county_code != ""
    metres = np.full(len(block), "", dtype=object)
    if has_county.any():
        _, far = boundaries.border(lng=lng[has_county], lat=lat[has_county])
        metres[has_county] = [f"{found:.1f}" for found in far]
    return places, metres.tolist()


def _blocks(file: Path, rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    kept = (row for row in rows if row.values or row.fault)
    with still_there(file):
        while block := list(islice(kept, BLOCK)):
            yield block


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
