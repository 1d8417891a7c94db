"""The bundled boundaries, and boundary files that replace them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow
import pyarrow.parquet
import shapely

from data.errors import FileRefused
from data.table_files import open_tables, save_tables, tables_key, tables_path
from geo.boundaries import (
    Boundaries,
    Boundary,
    Layer,
    Level,
    Repair,
    boundaries_from_frame,
    repair_shape,
)
from geo.topology import area_km2, gaps, overlaps

FOLDER = Path(__file__).parent / "boundaries"
BUNDLED = FOLDER / "taiwan.parquet"
MANIFEST = FOLDER / "MANIFEST.json"

# The Ministry of the Interior's column names, then common others, in any case.
CODE_COLUMNS = {
    Level.COUNTY: ("COUNTYCODE", "COUNTYSN", "CODE"),
    Level.TOWN: ("TOWNCODE", "CODE"),
    Level.VILLAGE: ("VILLCODE", "VILLAGECODE", "CODE"),
}
NAME_COLUMNS = {
    Level.COUNTY: ("COUNTYNAME", "NAME"),
    Level.TOWN: ("TOWNNAME", "NAME"),
    Level.VILLAGE: ("VILLNAME", "VILLAGENAME", "NAME"),
}
PARENT_COLUMNS = {"county_code": "COUNTYCODE", "town_code": "TOWNCODE"}


@dataclass(frozen=True, slots=True)
class BoundaryReport:
    """What was found while reading a boundary file.

    Attributes
    ----------
    columns
        Which column was read as what.
    crs
        The CRS the file was in.
    boundaries, without_code, merged
        How many boundaries were kept, how many rows had no code and were left out, and
        how many rows were joined to another with the same code.
    repaired
        Invalid shapes that were made valid.
    overlap_pairs, overlap_km2
        Pairs of boundaries that share area, and the area.
    gaps, gap_km2
        Holes between boundaries, and their area.
    """

    columns: Mapping[str, str]
    crs: str
    boundaries: int
    without_code: int
    merged: int
    repaired: tuple[Repair, ...]
    overlap_pairs: int
    overlap_km2: float
    gaps: int
    gap_km2: float


def load_boundaries(
    path: Path | None = None, *, build_tables: Callable[[], object] | None = None
) -> Boundaries:
    """Load counties, towns and villages from the bundled file.

    Parameters
    ----------
    path
        Another file of the same layout, with its ``MANIFEST.json`` beside it.
    build_tables
        Build the tables that make locating fast if none are kept, which takes some
        seconds, and keep them; called just before, to say so. By default those that
        are kept are used, and without them polygons are looked at.

    Raises
    ------
    FileRefused
        No such file, or not the one that the manifest describes.
    BoundaryRefused
        Boundaries that would give wrong answers.
    """
    path = path or BUNDLED
    key = tables_key(_require_checksum(path))
    table = pyarrow.parquet.read_table(path)
    by_level: dict[Level, list[Boundary]] = {level: [] for level in Level}
    for boundary in _boundaries_of(table):
        by_level[boundary.level].append(boundary)
    layers = {level: Layer(kept) for level, kept in by_level.items() if kept}
    county, town, village = (layers.get(level) for level in Level)
    if county is None:
        raise FileRefused(str(path), "holds no counties")
    whole = Boundaries(county, town, village)
    tables = open_tables(tables_path(path), key)
    if tables is None and build_tables is not None:
        build_tables()
        tables = whole.with_tables().tables
        # without a folder to write to, every start builds them anew
        with suppress(OSError):
            save_tables(tables_path(path, for_writing=True), tables, key)
    return Boundaries(county, town, village, tables=tables)


def manifest(path: Path = MANIFEST) -> dict[str, Any]:
    """Read what the bundled file is, where it comes from and what was changed.

    Raises
    ------
    FileRefused
        The manifest is missing or is not JSON.
    """
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileRefused(str(path), f"cannot be read as JSON: {error}") from error
    return read


def _require_checksum(path: Path) -> str:
    stated: str = manifest(path.with_name("MANIFEST.json"))["sha256"]
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise FileRefused(str(path), f"cannot be read: {error}") from error
    if found != stated:
        raise FileRefused(
            str(path),
            f"has sha256 {found}, the manifest says {stated}: restore the file, or "
            "load your own with `lianfang load boundaries`",
        )
    return stated


def _boundaries_of(table: pyarrow.Table) -> list[Boundary]:
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    columns = ("level", "code", "name", "county_code", "town_code", "name_en")
    rows = zip(*(table[column].to_pylist() for column in columns), shapes, strict=True)
    return [
        Boundary(Level(level), code, name, county, town, shape, english)
        for level, code, name, county, town, english, shape in rows
    ]


def read_boundary_file(
    path: Path,
    *,
    level: Level,
    code_column: str | None = None,
    name_column: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> tuple[Layer, BoundaryReport]:
    """Read one level of boundaries from GeoJSON, GeoPackage, Shapefile or GeoParquet.

    Parameters
    ----------
    path
        The file.
    level
        What its rows are.
    code_column, name_column
        Where the code and the name are; by default the Ministry of the Interior's
        column names.
    crs
        Of a file that states none; a file that states another is refused.
    encoding
        Of the text of a Shapefile without ``.cpg``, such as ``cp950``.

    Returns
    -------
    (layer, report)
        Rows without a code are left out, rows with the same code are joined, invalid
        shapes are repaired; the report counts all of these.

    Raises
    ------
    FileRefused
        The file cannot be read, or lacks a column.
    CrsMismatch, CoordinateRefused
        No CRS, or one that cannot be used.
    BoundaryRefused
        Nothing that can be a layer.
    """
    frame = _with_crs(_read_frame(path, encoding), path, crs)
    columns = {
        "code": _column(frame, path, code_column, CODE_COLUMNS[level]),
        "name": _column(frame, path, name_column, NAME_COLUMNS[level]),
    }
    parents = {key: c for key, c in PARENT_COLUMNS.items() if c in frame.columns}
    has_code = _texts(frame[columns["code"]]).str.strip() != ""
    read = boundaries_from_frame(
        frame[has_code & frame.geometry.notna()],
        level=level,
        columns=columns | parents,
    )
    joined = _joined(read)
    layer = Layer(joined, repair=True)
    return layer, _report(
        layer,
        columns=columns,
        crs=frame.crs.to_string(),
        without_code=len(frame) - len(read),
        merged=len(read) - len(joined),
    )


def _read_frame(path: Path, encoding: str | None) -> geopandas.GeoDataFrame:
    try:
        if path.suffix == ".parquet":
            return geopandas.read_parquet(path)
        named = {} if encoding is None else {"encoding": encoding}
        return geopandas.read_file(path, **named)
    except Exception as error:  # each reader and driver has errors of its own
        raise FileRefused(str(path), f"cannot be read: {error}") from error


def _with_crs(
    frame: geopandas.GeoDataFrame, path: Path, crs: str | None
) -> geopandas.GeoDataFrame:
    if crs is None:
        return frame
    if frame.crs is None:
        return frame.set_crs(crs)
    if frame.crs != crs:
        raise FileRefused(str(path), f"states the CRS {frame.crs}, you said {crs}")
    return frame


def _column(
    frame: geopandas.GeoDataFrame,
    path: Path,
    wanted: str | None,
    usual: tuple[str, ...],
) -> str:
    by_name = {str(column).upper(): str(column) for column in frame.columns}
    for name in (wanted,) if wanted else usual:
        if name.upper() in by_name:
            return by_name[name.upper()]
    there = ", ".join(str(c) for c in frame.columns if c != frame.geometry.name)
    raise FileRefused(
        str(path), f"no column {wanted or ' or '.join(usual)}; there are: {there}"
    )


def _texts(column: Any) -> Any:  # noqa: ANN401 - pandas ships no types
    return column.astype("string").fillna("")


def _joined(read: list[Boundary]) -> list[Boundary]:
    """Join the shapes of rows with the same code; the first row names them."""
    by_code: dict[str, list[Boundary]] = {}
    for boundary in read:
        by_code.setdefault(boundary.code, []).append(boundary)
    return [rows[0] if len(rows) == 1 else _join(rows) for rows in by_code.values()]


def _join(rows: list[Boundary]) -> Boundary:
    pieces = shapely.GeometryCollection([row.shape for row in rows])
    return replace(rows[0], shape=repair_shape(pieces))


def _report(
    layer: Layer,
    *,
    columns: Mapping[str, str],
    crs: str,
    without_code: int,
    merged: int,
) -> BoundaryReport:
    shared, holes = overlaps(layer), gaps(layer)
    return BoundaryReport(
        columns=columns,
        crs=crs,
        boundaries=len(layer),
        without_code=without_code,
        merged=merged,
        repaired=layer.repaired,
        overlap_pairs=len(shared),
        overlap_km2=sum(overlap.km2 for overlap in shared),
        gaps=len(holes),
        gap_km2=float(np.sum([area_km2(hole) for hole in holes])),
    )
