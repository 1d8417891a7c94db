"""What is told of a reach, over HTTP and as JSON on the command line."""

from functools import lru_cache

from pydantic import BaseModel

from api.service import Service
from api.shapes import Named
from geo.boundaries import Boundaries, Layer
from geo.reach import RADII, LastSeen, Means, Mode, Reach, ReachIndex

SITES = 500
"""Sites listed at most; how many there are is told beside."""


class ShareOut(BaseModel):
    """The probability that somebody is in a county or town."""

    place: Named
    share: float


class RadiusOut(BaseModel):
    """The metres from where last seen within which a share of the probability lies."""

    share: float
    metres: float


class ArrivalOut(BaseModel):
    """A station that a train may have reached, with the minutes it takes at least."""

    id: str
    network: str
    minutes: float
    metres: float


class SiteInReach(BaseModel):
    """A site within reach; metres are from where last seen."""

    id: str
    kind: str
    name: str
    metres: float
    county: Named | None


class ReachOut(BaseModel):
    """How far somebody may be by now, and whose ground that is.

    `shares` sum to 1; `at_sea` was taken from the sea and given to them. `sites` are
    the nearest of `n_sites`. A reach is where to look first, never a reason not to
    look elsewhere; `assumptions` say where every figure is from.
    """

    mode: Mode
    profile: str | None
    minutes: float
    shares: list[ShareOut]
    at_sea: float
    radii: list[RadiusOut]
    bound_m: float
    arrivals: list[ArrivalOut]
    sites: list[SiteInReach]
    n_sites: int
    edition: str
    assumptions: list[str]
    assumptions_zh: list[str]


@lru_cache(maxsize=2)
def reach_index(boundaries: Boundaries) -> ReachIndex:
    """Return the index over boundaries, with the bundled figures; built once."""
    return ReachIndex(*layers_of(boundaries))


def layers_of(boundaries: Boundaries) -> tuple[Layer | None, ...]:
    """List the layers that there are, None for those that there are not."""
    return boundaries.county, boundaries.town, boundaries.village


def reach_out(
    service: Service, last_seen: LastSeen, means: Means, found: Reach, edition: str
) -> ReachOut:
    """Show a reach with the names of places and sites."""
    return ReachOut(
        mode=means.mode,
        profile=None if means.mode is Mode.VEHICLE else means.profile,
        minutes=last_seen.minutes,
        shares=[
            ShareOut(place=Named(code=one.code, name=one.name), share=one.share)
            for one in found.shares
        ],
        at_sea=found.at_sea,
        radii=[
            RadiusOut(share=share, metres=metres)
            for share, metres in zip(RADII, found.radii_m, strict=True)
        ],
        bound_m=found.bound_m,
        arrivals=[
            ArrivalOut(
                id=str(one.id),
                network=one.network,
                minutes=one.minutes,
                metres=one.metres,
            )
            for one in found.arrivals
        ],
        sites=_sites_out(service, found) if found.sites else [],
        n_sites=len(found.sites),
        edition=edition,
        assumptions=list(found.assumptions),
        assumptions_zh=list(found.assumptions_zh),
    )


def _sites_out(service: Service, found: Reach) -> list[SiteInReach]:
    rows = service.sites().rows
    return [
        SiteInReach(
            id=rows[one.id]["id"],
            kind=rows[one.id]["kind"],
            name=rows[one.id]["name"],
            metres=one.metres,
            county=service.named(rows[one.id]["county_code"]),
        )
        for one in found.sites[:SITES]
        if one.id in rows
    ]
