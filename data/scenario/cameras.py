"""The cameras: where each stands, how well it reads, how it writes, when it sends."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.records import Provenance, Site, SiteKind, Spot
from data.scenario.network import Edge, Stand
from data.scenario.roads import CAMERA_EVERY_KM, RoadClass
from data.scenario.waypoints import WAYPOINTS
from geo.boundaries import Boundaries

SOURCE = Provenance("scenario")


class Quality(StrEnum):
    """How well a camera reads; `data.scenario.misreads` says what that means."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Writing(StrEnum):
    """How a camera writes the plates that it sends."""

    DASHED = "dashed"
    PLAIN = "plain"
    LOWER = "lower"
    WIDE = "wide"


QUALITIES = {Quality.GOOD: 70, Quality.FAIR: 25, Quality.POOR: 5}
WRITINGS = {Writing.DASHED: 55, Writing.PLAIN: 36, Writing.LOWER: 8, Writing.WIDE: 1}
LATE_SHARE = 0.03
"""Shares of the cameras, in per cent, and of those that upload late."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that reads plates, and its habits."""

    site: Site
    quality: Quality
    writing: Writing
    is_late: bool


def stands(edges: Sequence[Edge]) -> tuple[Stand, ...]:
    """Put a camera at each waypoint in each direction, and more on long stretches."""
    found = []
    for number, edge in enumerate(edges):
        if edge.road.kind is not RoadClass.LINK:
            every_m = 1000 * CAMERA_EVERY_KM[edge.road.kind]
            n = max(1, int(edge.length_m / every_m / 1.35))
            found += [Stand(number, k / n) for k in range(n)]
    return tuple(found)


def build_cameras(
    edges: Sequence[Edge],
    stands: Sequence[Stand],
    *,
    boundaries: Boundaries,
    rng: random.Random,
) -> tuple[Camera, ...]:
    """Give each stand a camera of the county that it is in."""
    spots = [_point(edges[stand.edge], stand.along) for stand in stands]
    places = boundaries.locate(lng=[x for x, _ in spots], lat=[y for _, y in spots])
    cameras = []
    for number, stand in enumerate(stands):
        spot = Spot(
            lng=spots[number][0],
            lat=spots[number][1],
            error_m=30.0,
            county_code=str(places.county_code[number]) or None,
            town_code=str(places.town_code[number]) or None,
            village_code=str(places.village_code[number]) or None,
        )
        site = _site(number, edges[stand.edge], stand.along, spot)
        cameras.append(_camera(site, rng))
    return tuple(cameras)


def _point(edge: Edge, along: float) -> tuple[float, float]:
    start, end = WAYPOINTS[edge.start], WAYPOINTS[edge.end]
    lng = start.lng + along * (end.lng - start.lng)
    lat = start.lat + along * (end.lat - start.lat)
    return round(lng, 5), round(lat, 5)


def _site(number: int, edge: Edge, along: float, spot: Spot) -> Site:
    where = f"{edge.start}–{edge.end}間" if along else edge.start
    return Site(
        id=f"cam-{spot.county_code}-{number:03d}",
        kind=SiteKind.CAMERA,
        name=f"{edge.road.name} {where} {edge.direction}",
        spot=spot,
        agency_id=spot.county_code,
        reads_plates=True,
        attributes={"synthetic": True, "road": edge.road.name},
        provenance=SOURCE,
    )


def _camera(site: Site, rng: random.Random) -> Camera:
    return Camera(
        site=site,
        quality=rng.choices(list(QUALITIES), list(QUALITIES.values()))[0],
        writing=rng.choices(list(WRITINGS), list(WRITINGS.values()))[0],
        is_late=rng.random() < LATE_SHARE,
    )
