"""Keeping boundary files that a person brought, beside the store.

They are kept in the layout of the bundled file, so `data.bundled.load_boundaries`
reads them. Editions are not mixed: counties begin anew, towns keep the counties
loaded before, villages keep both.
"""

import hashlib
import json
import os
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pyogrio

from data.bundled import (
    BoundaryReport,
    load_boundaries,
    manifest,
    read_boundary_file,
)
from data.errors import FileRefused
from data.importers.files import first_bytes
from geo.boundaries import Boundaries, Boundary, Layer, Level
from geo.crs import WGS84, require_usable

FOLDER = "boundaries"
POINTER = "MANIFEST.json"
"""Names the file in force; replacing it is the moment a load takes effect."""
LEVELS = (Level.COUNTY, Level.TOWN, Level.VILLAGE)
COLUMNS = ("level", "code", "name", "county_code", "town_code", "name_en")


@dataclass(frozen=True, slots=True)
class KeptBoundaries:
    """Where accepted boundaries are, and what was found while reading the file."""

    path: Path
    level: Level
    report: BoundaryReport


def keep_boundary_file(
    path: Path,
    store_folder: Path,
    *,
    level: Level,
    crs: str | None = None,
    encoding: str | None = None,
) -> KeptBoundaries:
    """Check a boundary file and keep it in the folder ``boundaries``.

    A kill at any moment leaves the boundaries of before in force, or the new ones.

    Raises
    ------
    FileRefused
        As `data.bundled.read_boundary_file`, or towns came before counties.
    CrsMismatch, CoordinateRefused, BoundaryRefused
        As `data.bundled.read_boundary_file`, or towns that lie in no county loaded
        before. Nothing was written then.
    """
    folder = store_folder / FOLDER
    before = kept_boundaries(store_folder)
    if crs is not None:
        require_usable(crs)
    with warnings.catch_warnings():
        # GDAL warns of what it leaves out; what matters of it is refused or reported.
        warnings.simplefilter("ignore", RuntimeWarning)
        _require_shapes(path)
        layer, report = read_boundary_file(
            path, level=level, crs=crs, encoding=encoding
        )
    layers = _coarser(before, level, path) | {level.value: layer}
    Boundaries(layers["county"], layers.get("town"), layers.get("village"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = _write(folder, layers, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileRefused(
            str(folder), f"cannot be written ({reason}): free space, or another --db"
        ) from error
    return KeptBoundaries(kept, level, report)


def kept_boundaries(store_folder: Path) -> Path | None:
    """Return the file of the boundaries kept beside a store, None without any.

    Raises
    ------
    FileRefused
        The manifest there cannot be read.
    """
    pointer = store_folder / FOLDER / POINTER
    return pointer.with_name(manifest(pointer)["file"]) if pointer.exists() else None


def _require_shapes(path: Path) -> None:
    """Refuse a table without shapes, or with two columns of one name."""
    if path.is_dir() or first_bytes(path).startswith(b"PAR1"):
        return  # a Shapefile's folder, or GeoParquet: its reader says what is missing
    try:
        about = pyogrio.read_info(path)
    except Exception as error:  # each driver has errors of its own
        raise FileRefused(
            str(path),
            "is no boundary file: give GeoJSON, GeoPackage, Shapefile or GeoParquet",
        ) from error
    if about["geometry_type"] is None:
        raise FileRefused(str(path), "has no shapes: is it a table of something else?")
    names = Counter(str(name).upper() for name in about["fields"])
    twice = sorted(name for name, n in names.items() if n > 1)[:5]
    if twice:
        raise FileRefused(str(path), f"has two columns {', '.join(twice)}: drop one")


def _coarser(kept: Path | None, level: Level, path: Path) -> dict[str, Layer]:
    """Give the layers loaded before that a finer one builds on."""
    above = LEVELS[: LEVELS.index(level)]
    if not above:
        return {}
    before = load_boundaries(kept) if kept is not None else None
    layers = {each.value: getattr(before, each.value, None) for each in above}
    if None in layers.values():
        names = " and ".join(f"{each.value} boundaries" for each in above)
        raise FileRefused(str(path), f"load the {names} of the same edition first")
    return {name: layer for name, layer in layers.items() if layer is not None}


def _write(folder: Path, layers: Mapping[str, Layer], source: Path) -> Path:
    """Write the file under its own checksum's name, then point to it."""
    started = folder / "started.parquet"
    boundaries = [each for layer in layers.values() for each in layer.boundaries]
    _frame(boundaries).to_parquet(started, index=False)
    checksum = hashlib.sha256(started.read_bytes()).hexdigest()
    kept = started.rename(folder / f"{checksum[:16]}.parquet")
    facts: dict[str, Any] = {
        "file": kept.name,
        "sha256": checksum,
        "crs": WGS84,
        "source": source.name,
        "levels": {name: len(layer) for name, layer in layers.items()},
    }
    pointer = folder / f"{POINTER}.new"
    pointer.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    os.replace(pointer, folder / POINTER)
    for other in folder.glob("*.parquet"):
        if other != kept:
            other.unlink()
    return kept


def _frame(boundaries: list[Boundary]) -> geopandas.GeoDataFrame:
    columns = {name: [getattr(each, name) for each in boundaries] for name in COLUMNS}
    columns["level"] = [level.value for level in columns["level"]]
    shapes = [boundary.shape for boundary in boundaries]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs=WGS84)
