"""From a path to what the file holds: opening, columns, rows, records."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from data.errors import FileRefused
from data.importers.columns import Columns, find_columns, knower
from data.importers.documents import open_json, open_layer
from data.importers.files import ANY_SIZE, MAX_FILE, still_there
from data.importers.hotlist import make_hotlist
from data.importers.parsed import (
    LoadKind,
    Made,
    Options,
    Parsed,
    Row,
    Setting,
    Table,
    settle,
    usable_rows,
)
from data.importers.reads import make_reads
from data.importers.reports import make_reports
from data.importers.sites import make_sites
from data.importers.table import open_csv
from geo.boundaries import Boundaries
from geo.crs import require_usable
from geo.errors import GeoError

Maker = Callable[[list[Row], Table, Columns, LoadKind, Setting], Made]
Progress = Callable[[int, int], None]
"""Told how many rows of how many are done."""

BATCH = 5000

MAKERS: Mapping[LoadKind, Maker] = {
    LoadKind.CAMERAS: make_sites,
    LoadKind.ATMS: make_sites,
    LoadKind.STATIONS: make_sites,
    LoadKind.REPORTS: make_reports,
    LoadKind.HOTLIST: make_hotlist,
    LoadKind.READS: make_reads,
}

JSON = (".json", ".geojson", ".ndjson", ".jsonl", ".geojsonl")


def parse_file(
    path: Path,
    kind: LoadKind,
    *,
    options: Options,
    boundaries: Boundaries,
    at: datetime,
    on_progress: Progress | None = None,
) -> Parsed:
    """Read a file into records and refused rows; nothing is kept yet.

    Parameters
    ----------
    at
        The time of loading; what happened after it is refused.
    on_progress
        Called after each batch with the number of rows done and that of all rows.

    Raises
    ------
    FileRefused
        The file cannot be read as a whole; the message is one line with a remedy.
    """
    setting = Setting(boundaries, at, options)
    early = Made()
    with still_there(path):
        table = open_table(path, kind, options)
        require_crs(path, table, options)
        rows, count, blank = usable_rows(table, early)
    names = _names(table, rows)
    if not names:
        refuse_nameless(path, early)
    columns = find_columns(names, kind, options, path=str(path))
    made = make_all(rows, table, columns, kind, setting, on_progress)
    kept, duplicate, conflicts = settle(made.records)
    refused = [*early.refused, *made.refused, *conflicts]
    return Parsed(
        kind=kind,
        file=table.file,
        sha256=table.sha256,
        shape=table.shape,
        header=table.header,
        options=options,
        records=tuple(kept),
        row_of={record.id: row for row, record in reversed(made.records)},
        duplicate=duplicate,
        refused=tuple(sorted(refused, key=lambda each: each.row.number)),
        repairs={
            name: n for name, n in made.repairs.items() if not name.startswith("note: ")
        },
        notes=(*table.notes, *columns.notes, *made.notes, *counted_notes(made.repairs)),
        rows=count,
        blank=blank,
    )


def open_table(path: Path, kind: LoadKind, options: Options) -> Table:
    """Open a file by its ending; what is not JSON or a GeoPackage is read as CSV."""
    ending = path.suffix.lower()
    most = ANY_SIZE if kind is LoadKind.READS else MAX_FILE
    if ending == ".gpkg":
        return open_layer(path)
    if ending in JSON:
        return open_json(path, options.encoding, most=most)
    return open_csv(path, knower(kind, options), options.encoding, most=most)


def require_crs(path: Path, table: Table, options: Options) -> None:
    """Refuse a file whose stated CRS cannot be used.

    Raises
    ------
    FileRefused
        An unknown CRS, TWD67, or one too coarse.
    """
    crs = options.crs or table.shape.frame
    if crs is None:
        return
    try:
        require_usable(crs)
    except GeoError as error:
        raise FileRefused(str(path), str(error)) from error


def _names(table: Table, rows: Sequence[Row]) -> tuple[str, ...]:
    if table.names:
        return table.names
    return tuple(dict.fromkeys(name for row in rows for name in row.values))


def refuse_nameless(path: Path, early: Made) -> NoReturn:
    """Refuse a file without a single row that could be read.

    Raises
    ------
    FileRefused
    """
    if not early.refused:
        raise FileRefused(str(path), "holds no rows: was it exported completely?")
    first = early.refused[0]
    raise FileRefused(
        str(path),
        f"{first.reason}, and no other row can be read: is it the right file?",
        row=first.row.number,
    )


def make_all(
    rows: list[Row],
    table: Table,
    columns: Columns,
    kind: LoadKind,
    setting: Setting,
    on_progress: Progress | None = None,
) -> Made:
    """Make records of the rows of one file, some thousands at a time."""
    whole = Made()
    for start in range(0, len(rows), BATCH):
        made = MAKERS[kind](rows[start : start + BATCH], table, columns, kind, setting)
        whole.records.extend(made.records)
        whole.refused.extend(made.refused)
        whole.repairs.update(made.repairs)
        whole.notes.extend(note for note in made.notes if note not in whole.notes)
        if on_progress is not None:
            on_progress(min(start + BATCH, len(rows)), len(rows))
    return whole


def counted_notes(repairs: Mapping[str, int]) -> tuple[str, ...]:
    """Give those repairs that are only notes, with how often each was made."""
    prefix = "note: "
    return tuple(
        f"{count} rows: {name.removeprefix(prefix)}"
        for name, count in sorted(repairs.items())
        if name.startswith(prefix)
    )
