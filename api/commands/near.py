"""`lianfang near` and `lianfang locate`: where, from the command line."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from api.service import Service, open_service
from api.settings import read_settings
from data.records import SiteKind
from geo.crs import require_degrees

Lng = Annotated[float, typer.Option(help="WGS 84 degrees east.")]
Lat = Annotated[float, typer.Option(help="WGS 84 degrees north.")]


def near(  # noqa: PLR0913 - these are the options of the command line
    lng: Lng,
    lat: Lat,
    kind: Annotated[list[SiteKind] | None, typer.Option(help="Only these.")] = None,
    k: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    radius_m: Annotated[float | None, typer.Option(help="Within metres.")] = None,
    db: Annotated[Path | None, typer.Option("--db", help="The store's file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:  # fmt: skip
    """List the nearest cameras, ATMs and stations of the store.

    Example: `lianfang near --lng 121.5170 --lat 25.0478 --kind atm --k 5`
    """
    require_degrees(lng=lng, lat=lat)
    settings = read_settings()
    service = open_service(settings.model_copy(update={"db": db} if db else {}))
    found = _near(service, lng, lat, [one.value for one in kind or ()], k)
    rows = [row for row in found if radius_m is None or row["metres"] <= radius_m]
    service.close()
    if as_json:
        typer.echo(orjson.dumps(rows).decode())
        return
    table = Table("metres", "kind", "name", "county", "lng", "lat")
    for row in rows:
        table.add_row(f"{row['metres']:.1f}", *(str(row[name]) for name in _SHOWN))
    Console().print(table if rows else "no site in the store fits: load some first")


_SHOWN = ("kind", "name", "county", "lng", "lat")


def _near(
    service: Service, lng: float, lat: float, kinds: list[str], k: int
) -> list[dict[str, Any]]:
    index = service.sites()
    mask = index.of_kinds(kinds)
    near = index.points.nearest(lng=lng, lat=lat, k=k, mask=mask)
    rows = []
    for at, metres in zip(near.index.tolist(), near.metres.tolist(), strict=True):
        county = service.named(index.rows[at]["county_code"])
        rows.append(
            index.rows[at] | {"metres": metres, "county": county.name if county else ""}
        )
    return rows
