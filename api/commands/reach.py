"""`lianfang reach`: how far somebody may be by now."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.reach_shapes import ReachOut, layers_of, reach_out
from api.service import open_service, wall_clock
from api.settings import read_settings
from data.errors import FileRefused
from geo.boundaries import Level
from geo.reach import (
    LastSeen,
    Means,
    Mode,
    ReachIndex,
    ReachRefused,
    Stations,
    read_tables,
)

Lng = Annotated[float, typer.Option(help="WGS 84 degrees east.")]
Lat = Annotated[float, typer.Option(help="WGS 84 degrees north.")]
COLUMNS = ("id", "network", "lng", "lat")
SHOWN = 20
LEAST = 0.001


def reach(  # noqa: PLR0913 - these are the options of the command line
    lng: Lng,
    lat: Lat,
    minutes: Annotated[float | None, typer.Option(help="Since last seen.")] = None,
    since: Annotated[
        str | None, typer.Option(help="When last seen, such as 2026-03-01T22:10+08:00.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Until when, with --since; now by default.")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="How they move.")] = Mode.FOOT,
    profile: Annotated[str, typer.Option(help="A profile of the tables.")] = "unknown",
    level: Annotated[Level, typer.Option(help="How fine.")] = Level.COUNTY,
    stations: Annotated[
        Path | None,
        typer.Option(help="CSV of rail stations: id, network, lng, lat."),
    ] = None,
    tables: Annotated[
        Path | None, typer.Option(help="Figures to use instead of the bundled ones.")
    ] = None,
    db: Annotated[Path | None, typer.Option("--db", help="The store's file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:  # fmt: skip
    """Say how far somebody may be by now, whose ground that is, and what stands there.

    On foot by the percentiles of a profile, by rail from stations too, or in a
    vehicle. Where to look first, never a reason not to look elsewhere.

    Examples: `lianfang reach --lng 121.4505 --lat 25.0358 --minutes 120 --profile
    dementia`, `lianfang reach --lng 120.9716 --lat 24.8016 --minutes 52 --mode rail
    --stations stations.csv --level town --json`
    """
    last_seen = LastSeen(lng, lat, _minutes(minutes, since, at))
    means = Means(mode, profile, _stations(mode, stations))
    figures = read_tables(tables) if tables else read_tables()
    settings = read_settings()
    service = open_service(settings.model_copy(update={"db": db} if db else {}))
    try:
        index = ReachIndex(*layers_of(service.boundaries), tables=figures)
        near = service.sites().points
        found = index.reach(last_seen, means, level=level, sites=near)
        told = reach_out(service, last_seen, means, found, figures.edition)
    finally:
        service.close()
    if as_json:
        typer.echo(told.model_dump_json())
    else:
        _show(told, Console())


def _minutes(minutes: float | None, since: str | None, at: str | None) -> float:
    if (minutes is None) == (since is None):
        raise typer.BadParameter("give either --minutes or --since")
    if minutes is not None:
        return minutes
    until = wall_clock() if at is None else _moment(at, "--at")
    return (until - _moment(str(since), "--since")).total_seconds() / 60


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option} {text!r} is no ISO 8601 time") from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{option} {text!r} needs an offset, such as +08:00")
    return moment


def _stations(mode: Mode, path: Path | None) -> Stations | None:
    if mode is not Mode.RAIL:
        return None
    if path is None:
        raise ReachRefused(
            "by rail needs --stations, a CSV with the columns id, network, lng, lat",
            field="stations",
        )
    return read_stations(path)


def read_stations(path: Path) -> Stations:
    """Read a CSV of rail stations; UTF-8, other columns are passed over.

    Raises
    ------
    FileRefused
        The file cannot be read, lacks a column, or has a row without numbers.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
        columns = {name: [row[name] for row in rows] for name in COLUMNS}
        lng = [float(value) for value in columns["lng"]]
        lat = [float(value) for value in columns["lat"]]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise FileRefused(
            str(path),
            f"not a file of rail stations ({error!r}): it needs the columns "
            f"{', '.join(COLUMNS)} in UTF-8, with numbers for lng and lat",
        ) from error
    return Stations(lng=lng, lat=lat, ids=columns["id"], networks=columns["network"])


def _show(told: ReachOut, console: Console) -> None:
    shares = Table("share", "code", "place")
    for one in told.shares[:SHOWN]:
        share = f"{one.share:.3f}" if one.share >= LEAST else f"< {LEAST}"
        shares.add_row(share, one.place.code, one.place.name)
    console.print(shares if told.shares else "all of it lies at sea")
    radii = "  ".join(f"{r.share:.0%} {r.metres / 1000:.1f} km" for r in told.radii)
    console.print(f"within {radii}  at most {told.bound_m / 1000:.1f} km")
    console.print(f"at sea, given to the land: {told.at_sea:.3f}")
    _show_arrivals(told, console)
    _show_sites(told, console)
    for assumption in told.assumptions_zh:
        console.print(assumption, style="dim", highlight=False, markup=False)


def _show_arrivals(told: ReachOut, console: Console) -> None:
    if not told.arrivals:
        return
    table = Table("minutes", "network", "station", "km")
    for one in told.arrivals[:SHOWN]:
        table.add_row(
            f"{one.minutes:.0f}", one.network, one.id, f"{one.metres / 1000:.1f}"
        )
    console.print(table)


def _show_sites(told: ReachOut, console: Console) -> None:
    if not told.sites:
        return
    table = Table("km", "kind", "name", "county")
    for one in told.sites[:SHOWN]:
        county = one.county.name if one.county else ""
        table.add_row(f"{one.metres / 1000:.1f}", one.kind, one.name, county)
    console.print(table)
    console.print(f"{told.n_sites} sites within reach")


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command()(reach)
