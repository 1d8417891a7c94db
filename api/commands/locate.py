"""`lianfang locate`: whose are these points, for a whole file at once."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console

from api.service import boundary_file
from api.settings import read_settings
from data.bundled import load_boundaries
from data.importers.columns import find_coordinates
from data.importers.parsed import LoadKind, Options, Row
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
    and a note that says so. `border_m` is empty where there is no county.

    Examples: `lianfang locate points.csv --out located.csv`,
    `lianfang locate tm2.csv --out located.csv --lng-col X --lat-col Y --crs EPSG:3826`
    """
    options = Options(crs=crs, encoding=encoding, lng_col=lng_col, lat_col=lat_col)
    table = open_table(file, LoadKind.READS, options)
    columns = find_coordinates(table.names, options, path=str(file))
    boundaries = load_boundaries(boundary_file(read_settings()))
    counted = _written(table.rows, table.names, columns, boundaries, (out, layer, crs))
    Console(stderr=True).print(
        f"{counted.rows} rows, {counted.located} with a county: {out}", markup=False
    )


class _Counted:
    """How many rows went through."""

    rows = 0
    located = 0


def _written(
    rows: Iterator[Row],
    names: tuple[str, ...],
    columns: tuple[str, str],
    boundaries: Boundaries,
    wanted: tuple[Path, Level, str],
) -> _Counted:
    """Write the located rows beside the file and move them into place at the end."""
    out, layer, crs = wanted
    counted = _Counted()
    added = [name for level in LEVELS[layer] for name in ADDED[level]]
    part = out.with_name(f".{out.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, *added, "border_m", "note"])
        for block in _blocks(rows):
            places, metres = _located(block, columns, boundaries, crs)
            for at, row in enumerate(block):
                values = [row.values.get(name, "") for name in names]
                found = [str(getattr(places, name)[at]) for name in added]
                writer.writerow([*values, *found, metres[at], str(places.note[at])])
            counted.rows += len(block)
            counted.located += int((places.county_code != "").sum())
    part.replace(out)
    return counted


def _located(
    block: list[Row], columns: tuple[str, str], boundaries: Boundaries, crs: str
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


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        if not row.values:
            continue
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
