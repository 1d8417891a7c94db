"""What is near: cameras, cash machines, stations."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import numpy as np
import shapely
from fastapi import APIRouter, Depends, Query

from api.routes.deps import Lat, Lng, ServiceDep, bad_parameter
from api.service import Service
from api.shapes import SiteBeside, SiteColumns, SiteNear, SitesBeside, SitesNear
from api.site_index import Row, where
from data.records import SiteKind
from geo.crs import require_degrees
from geo.sites import Where

router = APIRouter(tags=["where"])

WORLD = (-180.0, -90.0, 180.0, 90.0)
VERTICES = 2_000


async def _where(
    kind: Annotated[
        list[SiteKind], Query(default_factory=list, description="any of these")
    ],
    owner: Annotated[
        list[str],
        Query(
            default_factory=list,
            description="kept by the police of any of these counties, as their codes",
        ),
    ],
    reads_plates: Annotated[
        bool | None, Query(description="only sites known to read plates, or not to")
    ] = None,
    online_at: Annotated[
        datetime | None,
        Query(description="only sites in service then; with an offset"),
    ] = None,
) -> Where:
    if online_at is not None and online_at.tzinfo is None:
        raise bad_parameter("online_at", "needs an offset, such as +08:00")
    return where(
        kind=[one.value for one in kind],
        owner=owner,
        reads_plates=reads_plates,
        online_at=online_at,
    )


Wanted: TypeAlias = Annotated[Where, Depends(_where)]


@router.get("/sites/nearest")
def nearest(
    service: ServiceDep,
    wanted: Wanted,
    lng: Lng,
    lat: Lat,
    k: Annotated[int, Query(ge=1, le=500)] = 10,
    radius_m: Annotated[float | None, Query(gt=0, le=500_000)] = None,
) -> SitesNear:
    """List the nearest sites of those wanted, with geodesic metres.

    `k` are as many as are listed, of the sites that are wanted: filters are part of
    the search.
    """
    require_degrees(lng=lng, lat=lat)
    index = service.sites()
    radius = np.inf if radius_m is None else radius_m
    near = index.points.nearest(lng=lng, lat=lat, k=k, radius_m=radius, where=wanted)
    rows = zip(index.rows_of(near.ids), near.metres.tolist(), strict=True)
    return SitesNear(
        sites=[SiteNear(**_site(service, row), metres=metres) for row, metres in rows]
    )


@router.get("/sites/along")
def along(
    service: ServiceDep,
    wanted: Wanted,
    path: Annotated[
        str,
        Query(
            max_length=100_000,
            description="vertices of a way in order, as `lng,lat;lng,lat`",
        ),
    ],
    within_m: Annotated[float, Query(ge=0, le=10_000)] = 100.0,
) -> SitesBeside:
    """List the sites beside a way, in order of travel.

    `along_m` is how far along the way it comes closest to a site, `off_m` how far the
    site is from there. Between two vertices the way is straight in degrees.
    """
    lng, lat = _vertices(path)
    index = service.sites()
    found = index.points.beside(lng=lng, lat=lat, half_width_m=within_m, where=wanted)
    rows = index.rows_of(found.ids)
    metres = zip(rows, found.along_m.tolist(), found.off_m.tolist(), strict=True)
    return SitesBeside(
        sites=[
            SiteBeside(**_site(service, row), along_m=along_m, off_m=off_m)
            for row, along_m, off_m in metres
        ]
    )


@router.get("/sites")
def sites(
    service: ServiceDep,
    wanted: Wanted,
    bbox: Annotated[
        str | None, Query(description="west,south,east,north in degrees")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200_000)] = 50_000,
) -> SiteColumns:
    """List sites as columns, for a map, in order of id."""
    index = service.sites()
    corners = _corners(bbox) if bbox else WORLD
    inside = index.points.inside(shapely.box(*corners), where=wanted)
    ids = index.points.ids
    rows = index.rows_of([ids[row] for row in inside[:limit]])
    return SiteColumns(
        **{name: [row[name] for row in rows] for name in SiteColumns.model_fields}
    )


def _site(service: Service, row: Row) -> dict[str, Any]:
    county = service.named(row["county_code"])
    return {name: row[name] for name in _SHOWN} | {"county": county}


_SHOWN = ("id", "kind", "name", "lng", "lat", "owner", "reads_plates")


def _corners(bbox: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError:
        raise bad_parameter("bbox", "must be west,south,east,north") from None
    require_degrees(lng=west, lat=south)
    require_degrees(lng=east, lat=north)
    return west, south, east, north


def _vertices(path: str) -> tuple[list[float], list[float]]:
    try:
        pairs = [[float(part) for part in one.split(",")] for one in path.split(";")]
        lng, lat = ([pair[axis] for pair in pairs] for axis in (0, 1))
    except (ValueError, IndexError):
        raise bad_parameter("path", "must be lng,lat;lng,lat;…") from None
    if len(pairs) < 2 or len(pairs) > VERTICES or any(len(one) > 2 for one in pairs):
        raise bad_parameter("path", f"wants 2 to {VERTICES} pairs of lng,lat")
    for x, y in zip(lng, lat, strict=True):
        require_degrees(lng=x, lat=y)
    return lng, lat
