"""`lianfang near` and `lianfang sites`: what is near, from the command line."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import shapely
import typer
from rich.console import Console
from rich.table import Table
from shapely import LineString, MultiPolygon, Polygon

from api.service import Service, open_service
from api.settings import read_settings
from api.site_index import SiteIndex, where
from data.errors import FileRefused
from data.records import SiteKind
from geo.crs import require_degrees
from geo.sites import Where

Lng = Annotated[float, typer.Option(help="WGS 84 degrees east.")]
Lat = Annotated[float, typer.Option(help="WGS 84 degrees north.")]
Kinds = Annotated[list[SiteKind] | None, typer.Option("--kind", help="Only these.")]
Owners = Annotated[
    list[str] | None,
    typer.Option("--owner", help="Only those kept by this county's police, as a code."),
]
Plates = Annotated[
    bool | None,
    typer.Option(
        "--reads-plates/--no-plates", help="Only sites known to read plates, or not to."
    ),
]
Online = Annotated[
    str | None,
    typer.Option(
        "--online-at", help="Only sites in service then, as 2026-03-01T22:10+08:00."
    ),
]
Db = Annotated[Path | None, typer.Option("--db", help="The store's file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

Area = Polygon | MultiPolygon

SHOWN = ("kind", "name", "county", "owner", "lng", "lat")
WORLD = (-180.0, -90.0, 180.0, 90.0)
NOTHING = "no site in the store fits: load some first, or ask for less"


def near(  # noqa: PLR0913 - these are the options of the command line
    lng: Lng,
    lat: Lat,
    kind: Kinds = None,
    owner: Owners = None,
    reads_plates: Plates = None,
    online_at: Online = None,
    k: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    radius_m: Annotated[float | None, typer.Option(help="Within metres.")] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """List the nearest cameras, ATMs and stations of the store.

    Examples: `lianfang near --lng 121.5170 --lat 25.0478 --kind atm --k 5`,
    `lianfang near --lng 121.5170 --lat 25.0478 --reads-plates --radius-m 2000 --json`
    """
    require_degrees(lng=lng, lat=lat)
    wanted = _wanted(kind, owner, reads_plates, online_at)
    service = _service(db)
    try:
        index = service.sites()
        radius = np.inf if radius_m is None else radius_m
        found = index.points.nearest(
            lng=lng, lat=lat, k=k, radius_m=radius, where=wanted
        )
        rows = _rows(service, index, found.ids, metres=found.metres)
    finally:
        service.close()
    _print(rows, as_json, "metres")


def sites(  # noqa: PLR0913 - these are the options of the command line
    inside: Annotated[
        Path | None,
        typer.Option(help="GeoJSON file of the area they stand in."),
    ] = None,
    along: Annotated[
        Path | None,
        typer.Option(help="GeoJSON file of the way they stand beside."),
    ] = None,
    within_m: Annotated[float, typer.Option(help="How far from the way.")] = 100.0,
    kind: Kinds = None,
    owner: Owners = None,
    reads_plates: Plates = None,
    online_at: Online = None,
    db: Db = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """List the sites of the store in an area, or beside a way in order of travel.

    A file holds a GeoJSON geometry, a feature, or a collection of one feature, as QGIS
    writes it.

    Examples: `lianfang sites --kind camera`, `lianfang sites --inside area.geojson`,
    `lianfang sites --along way.geojson --within-m 50 --reads-plates --json`
    """
    if inside is not None and along is not None:
        raise typer.BadParameter("give --inside or --along, not both")
    wanted = _wanted(kind, owner, reads_plates, online_at)
    way = _shape(along, LineString) if along else None
    area = _shape(inside, Area) if inside else shapely.box(*WORLD)
    service = _service(db)
    try:
        if way is None:
            rows = _inside(service, area, wanted)
        else:
            rows = _along(service, way, within_m, wanted)
    finally:
        service.close()
    _print(rows, as_json, *(() if way is None else ("along_m", "off_m")))


def _inside(service: Service, area: Area, wanted: Where) -> list[dict[str, Any]]:
    index = service.sites()
    ids = index.points.ids
    inside = index.points.inside(area, where=wanted)
    return _rows(service, index, [ids[row] for row in inside])


def _along(
    service: Service, way: LineString, within_m: float, wanted: Where
) -> list[dict[str, Any]]:
    index = service.sites()
    lng, lat = np.array(way.coords)[:, :2].T
    found = index.points.beside(lng=lng, lat=lat, half_width_m=within_m, where=wanted)
    metres = {"along_m": found.along_m, "off_m": found.off_m}
    return _rows(service, index, found.ids, **metres)


def _wanted(
    kind: list[SiteKind] | None,
    owner: list[str] | None,
    reads_plates: bool | None,
    online_at: str | None,
) -> Where:
    at = None
    if online_at is not None:
        try:
            at = datetime.fromisoformat(online_at)
        except ValueError:
            raise typer.BadParameter(
                f"--online-at {online_at!r} is no ISO 8601 time"
            ) from None
    return where(
        kind=[one.value for one in kind or ()],
        owner=owner or (),
        reads_plates=reads_plates,
        online_at=at,
    )


def _service(db: Path | None) -> Service:
    settings = read_settings()
    return open_service(settings.model_copy(update={"db": db} if db else {}))


def _shape(path: Path, wanted: Any) -> Any:  # noqa: ANN401 - a kind of geometry
    """Read the one geometry of a file.

    Raises
    ------
    FileRefused
        It cannot be read, is no GeoJSON, or holds another kind or number of shapes.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = content.get("features", [content])
        shapes = [shapely.from_geojson(json.dumps(one)) for one in features]
    except (OSError, ValueError, AttributeError, shapely.GEOSException) as error:
        raise FileRefused(str(path), f"cannot be read as GeoJSON: {error}") from error
    if len(shapes) != 1 or not isinstance(shapes[0], wanted):
        found = ", ".join(shape.geom_type for shape in shapes[:3]) or "nothing"
        names = getattr(wanted, "__args__", (wanted,))
        kinds = " or ".join(one.__name__ for one in names)
        raise FileRefused(str(path), f"holds {found}: want one {kinds}")
    return shapes[0]


def _rows(
    service: Service,
    index: SiteIndex,
    ids: Any,  # noqa: ANN401 - a sequence of ids
    **metres: Any,  # noqa: ANN401 - columns of metres
) -> list[dict[str, Any]]:
    rows = []
    for at, row in enumerate(index.rows_of(ids)):
        county = service.named(row["county_code"])
        measured = {name: float(column[at]) for name, column in metres.items()}
        rows.append(row | measured | {"county": county.name if county else ""})
    return rows


def _print(rows: list[dict[str, Any]], as_json: bool, *metres: str) -> None:
    if as_json:
        typer.echo(orjson.dumps(rows).decode())
        return
    table = Table(*metres, *SHOWN)
    for row in rows:
        told = (str(row[name] if row[name] is not None else "") for name in SHOWN)
        table.add_row(*(f"{row[name]:.1f}" for name in metres), *told)
    Console().print(table if rows else NOTHING)


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command()(near)
    app.command()(sites)
