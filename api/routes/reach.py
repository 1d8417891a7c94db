"""How far by now: where somebody may be who was last seen some time ago."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.reach_shapes import ReachOut, reach_index, reach_out
from api.routes.deps import Lat, Lng, ServiceDep, bad_parameter
from api.service import Service
from geo.boundaries import Level
from geo.reach import LastSeen, Means, Mode, ReachRefused

router = APIRouter(tags=["where"])

Since = Annotated[
    datetime | None, Query(description="when last seen, with an offset; or `minutes`")
]
Minutes = Annotated[
    float | None, Query(ge=0, description="since last seen; or `since`")
]
Profile = Annotated[
    str, Query(max_length=40, description="of the tables, such as `dementia`")
]


@router.get("/reach")
def reach(  # noqa: PLR0913 - these are the parameters of the address
    request: Request,
    service: ServiceDep,
    lng: Lng,
    lat: Lat,
    since: Since = None,
    minutes: Minutes = None,
    mode: Mode = Mode.FOOT,
    profile: Profile = "unknown",
    level: Annotated[
        Level, Query(description="how fine the shares are")
    ] = Level.COUNTY,
    sites: Annotated[bool, Query(description="list the sites within reach")] = True,
) -> ReachOut:
    """Say how far somebody may be by now, and whose ground that is.

    On foot by percentiles of a profile, by rail from stations too, or in a vehicle.
    Shares of counties or towns sum to 1; what lies at sea is taken out and told.
    """
    last_seen = LastSeen(lng, lat, _minutes(service, since, minutes))
    stations = getattr(request.app.state, "rail_stations", None)
    if mode is Mode.RAIL and stations is None:
        raise ReachRefused(
            "no rail stations are loaded here: ask for mode=foot, or use the command "
            "line with --stations",
            field="stations",
        )
    means = Means(mode, profile, stations)
    index = reach_index(service.boundaries)
    near = service.sites().points if sites else None
    found = index.reach(last_seen, means, level=level, sites=near)
    return reach_out(service, last_seen, means, found, index.tables.edition)


def _minutes(service: Service, since: datetime | None, minutes: float | None) -> float:
    if (since is None) == (minutes is None):
        raise bad_parameter("minutes", "give either minutes or since")
    if since is None:
        return float(minutes or 0.0)
    if since.tzinfo is None:
        raise bad_parameter("since", "needs an offset, such as +08:00")
    return (service.now() - since).total_seconds() / 60
