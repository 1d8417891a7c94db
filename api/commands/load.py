"""``load`` and ``quarantine``: files in, and what became of each row."""

import json as jsons
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table
from rich.text import Text

from api.commands.load_output import (
    one_red_line,
    opened,
    red_line,
    sentence,
    settings_of,
    tell,
)
from api.commands.load_reads import load_reads
from api.service import Service
from data.errors import DataError
from data.importers.boundary_files import KeptBoundaries, keep_boundary_file
from data.importers.loading import Outcome, keep_sites
from data.importers.parsed import (
    SITE_KINDS,
    LoadKind,
    Options,
    Parsed,
    Setting,
)
from data.importers.reading import parse_file
from data.importers.redriving import held_rows, redrive_sites
from data.records import QuarantinedRow
from data.store import Store
from geo.boundaries import Level
from routing.errors import RoutingError
from routing.loading import keep_records, redrive_records

FOLDER_KINDS = {
    LoadKind.ATMS: ("atm", "提款", "自動櫃員"),
    LoadKind.STATIONS: ("station", "police", "派出所", "警察"),
    LoadKind.CAMERAS: (
        "camera",
        "cctv",
        "gantr",
        "speed",
        "攝影",
        "監視",
        "測速",
        "門架",
    ),
}
"""Words in a file's name that say which sites it lists."""

LISTED = ("id", "file", "row", "code", "reason")

READABLE = (".csv", ".json", ".geojson", ".ndjson", ".gpkg")


class What(StrEnum):
    """What can be loaded."""

    CAMERAS = "cameras"
    ATMS = "atms"
    STATIONS = "stations"
    REPORTS = "reports"
    HOTLIST = "hotlist"
    READS = "reads"
    BOUNDARIES = "boundaries"


Db = Annotated[
    Path | None,
    typer.Option("--db", help="The store's file (default var/lianfang.db)."),
]
Crs = Annotated[
    str | None,
    typer.Option("--crs", help="CRS of every pair, such as EPSG:3826."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Such as cp950; found by itself.")
]
LngCol = Annotated[
    str | None, typer.Option("--lng-col", help="Column of the longitude or easting.")
]
LatCol = Annotated[
    str | None, typer.Option("--lat-col", help="Column of the latitude or northing.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def register(app: typer.Typer) -> None:
    """Add ``load`` and ``quarantine`` to a command line."""
    app.command("load")(load)
    quarantine = typer.Typer(help="Rows that could not become records.")
    quarantine.command("list")(list_quarantine)
    quarantine.command("redrive")(redrive)
    app.add_typer(quarantine, name="quarantine")


def load(  # noqa: PLR0913 - these are the options of the command line
    what: Annotated[What, typer.Argument(help="What the files are lists of.")],
    files: Annotated[
        list[Path], typer.Argument(help="CSV, JSON, GeoPackage; - for a pipe.")
    ],
    *,
    crs: Crs = None,
    encoding: Encoding = None,
    lng_col: LngCol = None,
    lat_col: LatCol = None,
    level: Annotated[
        Level, typer.Option("--level", help="Of a boundary file.")
    ] = Level.COUNTY,
    progress: Annotated[
        bool | None,
        typer.Option(
            "--progress/--no-progress", help="Show a bar; by default on a terminal."
        ),
    ] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Load files; rows that cannot be read are held with their reason.

    Files of reads may be of any size, and Arrow or Parquet as well; `-` reads lines of
    JSON from a pipe. They are stored piece by piece: what was cut off is loaded by
    loading the same file again.
    """
    options = Options(crs, encoding, lng_col, lat_col)
    if what is What.BOUNDARIES:
        _load_boundaries(files, settings_of(db).db.parent, level, options)
        return
    kind = LoadKind(what.value)
    with opened(db) as service:
        loader = _Loader(service, progress)
        outcomes = [loader.load(path, kind, options) for path in files]
    tell([each for each in outcomes if each is not None], as_json=as_json)
    if None in outcomes:
        raise typer.Exit(1)


def load_site_folder(service: Service, folder: Path, console: Console) -> None:
    """Load every file of a folder whose name says which sites it lists.

    A file that is refused is told on the console and left out.
    """
    loader = _Loader(service)
    for path in sorted(folder.rglob("*")):
        kind = _kind_by_name(path)
        outcome = kind and loader.load(path, kind, Options())
        if outcome:
            console.print(Text(sentence(outcome)))


def _kind_by_name(path: Path) -> LoadKind | None:
    if not path.is_file() or path.suffix.lower() not in READABLE:
        return None
    words = path.stem.lower().replace("_", " ").replace("-", " ")
    for kind, marks in FOLDER_KINDS.items():
        if any(mark in words for mark in marks):
            return kind
    return None


class _Loader:
    """Loads one file after the other."""

    def __init__(self, service: Service, progress: bool | None = None) -> None:
        self._service = service
        self._shown = progress

    def load(self, path: Path, kind: LoadKind, options: Options) -> Outcome | None:
        """Load a file; None, and a red line, when it was refused."""
        at = datetime.now(UTC)
        try:
            if kind is LoadKind.READS:
                return load_reads(self._service, path, options, shown=self._shown)
            parsed = self._parsed(path, kind, options, at)
            if kind in SITE_KINDS:
                return keep_sites(self._service.store, parsed, at=at)
            return keep_records(self._service.desk, parsed, at=at)
        except (DataError, RoutingError) as error:
            red_line(error)
            return None

    def _parsed(
        self, path: Path, kind: LoadKind, options: Options, at: datetime
    ) -> Parsed:
        console = Console(stderr=True)
        wanted = console.is_terminal if self._shown is None else self._shown
        with Progress(console=console, transient=True, disable=not wanted) as progress:
            task = progress.add_task(path.name)
            return parse_file(
                path,
                kind,
                options=options,
                boundaries=self._service.boundaries,
                at=at,
                on_progress=lambda done, total: progress.update(
                    task, completed=done, total=total
                ),
            )


def _load_boundaries(
    files: list[Path], folder: Path, level: Level, options: Options
) -> None:
    for path in files:
        with one_red_line():
            kept = keep_boundary_file(
                path, folder, level=level, crs=options.crs, encoding=options.encoding
            )
        Console().print(_boundary_table(path, kept))


def _boundary_table(path: Path, kept: KeptBoundaries) -> Table:
    """Show what was found in a boundary file, its faults above all."""
    report = kept.report
    table = Table(title=Text(f"boundaries: {path.name}"), show_header=False)
    table.add_row(f"{kept.level} boundaries", str(report.boundaries))
    table.add_row("CRS", Text(report.crs))
    for field, column in report.columns.items():
        table.add_row("column", Text(f"{column} read as {field}"))
    table.add_row("rows without a code, left out", str(report.without_code))
    table.add_row("rows joined to one of the same code", str(report.merged))
    for repair in report.repaired:
        table.add_row("repaired", Text(f"{repair.code} {repair.name}: {repair.reason}"))
    overlaps = f"{report.overlap_pairs} pairs, {report.overlap_km2:.3f} km²"
    table.add_row("overlaps: a point there is in several", overlaps)
    holes = f"{report.gaps}, {report.gap_km2:.3f} km²"
    table.add_row("gaps: a point there is in none", holes)
    table.add_row("in force from the next start", Text(str(kept.path)))
    return table


def list_quarantine(
    *,
    code: Annotated[
        str | None, typer.Option("--code", help="Only this reason.")
    ] = None,
    load: Annotated[str | None, typer.Option("--load", help="Only this load.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 100,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List the rows that are held."""
    with opened(db) as service:
        rows = _held(service.store, code=code, load_id=load, limit=limit)
    if as_json:
        typer.echo(jsons.dumps([_row_facts(row) for row in rows], ensure_ascii=False))
        return
    table = Table(Column("id", no_wrap=True, min_width=24), *LISTED[1:])
    for row in rows:
        facts = _row_facts(row)
        table.add_row(*(Text(str(facts[name])) for name in LISTED))
    Console().print(table)


def redrive(  # noqa: PLR0913 - these are the options of the command line
    ids: Annotated[list[str] | None, typer.Argument(help="Ids; none for all.")] = None,
    *,
    code: Annotated[
        str | None, typer.Option("--code", help="Only this reason.")
    ] = None,
    load: Annotated[str | None, typer.Option("--load", help="Only this load.")] = None,
    crs: Crs = None,
    lng_col: LngCol = None,
    lat_col: LatCol = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Try held rows again, if need be with other options."""
    options = Options(crs=crs, lng_col=lng_col, lat_col=lat_col)
    with opened(db) as service:
        rows = _held(service.store, code=code, load_id=load)
        chosen = [row for row in rows if not ids or row.id in ids]
        setting = Setting(service.boundaries, datetime.now(UTC), options)
        done = redrive_sites(service.store, chosen, setting)
        done += redrive_records(service.desk, chosen, setting)
    if as_json:
        typer.echo(jsons.dumps(asdict(done)))
        return
    typer.echo(
        f"{done.tried} tried = {done.loaded} loaded + {done.duplicate} duplicate "
        f"+ {done.held} still held"
    )


def _held(
    store: Store, *, limit: int | None = None, **equals: str | None
) -> list[QuarantinedRow]:
    given = {name: value for name, value in equals.items() if value is not None}
    with store.read() as transaction:
        return held_rows(transaction, limit=limit, **given)


def _row_facts(row: QuarantinedRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "file": row.file,
        "row": row.row,
        "code": row.code,
        "reason": row.reason,
        "load_id": row.load_id,
    }
