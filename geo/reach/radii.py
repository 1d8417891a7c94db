"""How far somebody may be by now, and whose ground that is.

A reach is made of parts: walking as a table of percentiles says, being carried after
all, a walk from each station that a train has reached, roads at typical speed or
faster. Each part is a law around a point; its shares are exact for the law. Nobody is
at sea: each part gives what lies there to the land that it reaches.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite

import numpy as np

from geo.chord import metres_between
from geo.crs import require_degrees
from geo.errors import ReachRefused
from geo.layers import Floats, Layer, Level
from geo.reach.laws import Part, foot_parts, quantiles_m, vehicle_parts
from geo.reach.rail import Arrival, Stations, arrivals, rail_parts
from geo.reach.tables import Sourced, Tables, read_tables
from geo.shares import Share
from geo.shares.lines import Lines, lines_of
from geo.shares.reference import shares_under
from geo.sites import Sites

__all__ = [
    "RADII",
    "Arrival",
    "LastSeen",
    "Means",
    "Mode",
    "Reach",
    "ReachIndex",
    "ReachRefused",
    "SiteWithin",
    "Stations",
    "Tables",
    "read_tables",
]

RADII = (0.25, 0.50, 0.75, 0.95)
"""Shares of the probability whose radii a reach states."""

LONGEST_MIN = 366 * 24 * 60.0
STEPS = 200  # equal shares of a law, when distances to another point are asked for
HALVINGS = 50


class Mode(StrEnum):
    """How somebody moves."""

    FOOT = "foot"
    RAIL = "rail"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class LastSeen:
    """Where and how long ago.

    Attributes
    ----------
    lng, lat
        WGS 84 degrees.
    minutes
        Since then, from 0 to a year.

    Raises
    ------
    CoordinateRefused
        A pair that is no place in Taiwan.
    ReachRefused
        Minutes that are negative, no number, or more than a year.
    """

    lng: float
    lat: float
    minutes: float

    def __post_init__(self) -> None:
        require_degrees(lng=self.lng, lat=self.lat)
        if not (isfinite(self.minutes) and 0 <= self.minutes <= LONGEST_MIN):
            raise ReachRefused(
                f"minutes={self.minutes} must be from 0 to {LONGEST_MIN:.0f} (a year): "
                "last seen lies before now",
                field="minutes",
            )


@dataclass(frozen=True, slots=True)
class Means:
    """How somebody may be on the way.

    Attributes
    ----------
    mode
        On foot, by rail too, or in a vehicle.
    profile
        A profile of the tables; without meaning for a vehicle.
    stations
        For ``Mode.RAIL``; without any, it is the same as on foot.
    """

    mode: Mode = Mode.FOOT
    profile: str = "unknown"
    stations: Stations | None = None


@dataclass(frozen=True, slots=True)
class SiteWithin:
    """A site within reach, and its geodesic metres from where last seen."""

    id: Hashable
    metres: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody may be by now.

    Attributes
    ----------
    shares
        Probability of each boundary, the largest first, of equal ones the lowest
        code; their sum is 1, or there are none when all of it lies at sea.
    at_sea
        Probability that was taken from the sea, or from ground that the file lacks,
        and given to the land.
    radii_m
        For each of ``RADII`` the metres from where last seen within which so much
        lies, before the sea is taken out.
    bound_m
        Metres from where last seen beyond which nothing lies.
    arrivals
        Stations that a train may have reached, the soonest first.
    sites
        Sites within the 95 % radius; with rail, also those within a walk's 95 % radius
        of each station reached. Nearest first; none where no sites were given.
    parts
        What the reach is made of.
    assumptions, assumptions_zh
        Where every figure is from, in one sentence each, in English and in Chinese.
    """

    shares: tuple[Share, ...]
    at_sea: float
    radii_m: tuple[float, ...]
    bound_m: float
    arrivals: tuple[Arrival, ...]
    sites: tuple[SiteWithin, ...]
    parts: tuple[Part, ...]
    assumptions: tuple[str, ...]
    assumptions_zh: tuple[str, ...]

    def beyond(self, metres: float) -> float:
        """Give the probability of being farther from where last seen than this.

        A hint for ranking, never a reason to strike somebody off: no table knows who
        was given a lift.
        """
        return 1 - _Distances(self.parts).within(metres)


class ReachIndex:
    """Says how far somebody may be, over counties and where there are any towns.

    Parameters
    ----------
    layers
        Each level at most once; None is passed over.
    tables
        The figures; by default the bundled ones.
    """

    def __init__(self, *layers: Layer | None, tables: Tables | None = None) -> None:
        self._layers = {layer.level: layer for layer in layers if layer}
        self._lines: dict[Level, Lines] = {}
        self.tables = read_tables() if tables is None else tables

    def reach(
        self,
        last_seen: LastSeen,
        means: Means | None = None,
        *,
        level: Level = Level.COUNTY,
        sites: Sites | None = None,
    ) -> Reach:
        """Say how far somebody may be by now.

        Parameters
        ----------
        last_seen
            Where and how long ago.
        means
            How; on foot, of an unknown profile, by default.
        level
            Counties or towns.
        sites
            Searched for those within reach.

        Raises
        ------
        ReachRefused
            No such profile, or no such level.
        """
        if level not in self._layers:
            raise ReachRefused(
                f"no boundaries of level {level}: there are {', '.join(self._layers)}",
                field="level",
            )
        how = means or Means()
        reached = self._arrivals(last_seen, how)
        parts = self._parts(last_seen, how, reached)
        shares, at_sea = self._shares(parts, level)
        distances, used = _Distances(parts), _sources(self.tables, how)
        radii = tuple(distances.radius_m(share) for share in RADII)
        return Reach(
            shares=shares,
            at_sea=at_sea,
            radii_m=radii,
            bound_m=distances.bound_m,
            arrivals=reached,
            sites=() if sites is None else _sites_within(sites, parts, distances),
            parts=parts,
            assumptions=tuple(f"{key}: {one.source}" for key, one in used.items()),
            assumptions_zh=tuple(one.source_zh for one in used.values()),
        )

    def _arrivals(self, last_seen: LastSeen, means: Means) -> tuple[Arrival, ...]:
        if means.mode is not Mode.RAIL or means.stations is None:
            return ()
        at = {"lng": last_seen.lng, "lat": last_seen.lat, "minutes": last_seen.minutes}
        return tuple(arrivals(means.stations, self.tables, **at))

    def _parts(
        self, last_seen: LastSeen, means: Means, reached: Sequence[Arrival]
    ) -> tuple[Part, ...]:
        at = {"lng": last_seen.lng, "lat": last_seen.lat, "minutes": last_seen.minutes}
        if means.mode is Mode.VEHICLE:
            return tuple(vehicle_parts(self.tables.vehicle, **at))
        profile = self.tables.profile(means.profile)
        on_foot = foot_parts(profile, self.tables, **at)
        if not reached or means.stations is None:
            return tuple(on_foot)
        by_rail = rail_parts(
            reached, means.stations, profile, self.tables, last_seen.minutes
        )
        stays = 1 - self.tables.rail.share
        return (
            *(replace(part, weight=part.weight * stays) for part in on_foot),
            *by_rail,
        )

    def _shares(
        self, parts: Sequence[Part], level: Level
    ) -> tuple[tuple[Share, ...], float]:
        """Mix the shares of all parts, each without what it has at sea."""
        layer = self._layers[level]
        if level not in self._lines:
            self._lines[level] = lines_of(layer)
        total, at_sea = np.zeros(len(layer)), 0.0
        for part in parts:
            found = shares_under(
                part.law,
                lng=part.lng,
                lat=part.lat,
                layer=layer,
                lines=self._lines[level],
            )
            at_sea += part.weight * float(found[-1])
            if found[-1] < 1:
                total += part.weight * found[:-1] / (1 - found[-1])
        return _listed(layer, total), at_sea


def _listed(layer: Layer, total: Floats) -> tuple[Share, ...]:
    whole = total.sum()
    chosen = np.flatnonzero(total)
    chosen = chosen[np.argsort(-total[chosen], kind="stable")]
    return tuple(
        Share(str(layer.codes[i]), str(layer.names[i]), float(total[i] / whole))
        for i in chosen
    )


class _Distances:
    """How far from where last seen the parts reach; the first is around that place."""

    def __init__(self, parts: Sequence[Part]) -> None:
        here = parts[0]
        is_here = [(one.lng, one.lat) == (here.lng, here.lat) for one in parts]
        self._here = [one for one, is_at in zip(parts, is_here, strict=True) if is_at]
        others = [one for one, is_at in zip(parts, is_here, strict=True) if not is_at]
        self._offset_m = np.array(
            [metres_between(here.lng, here.lat, one.lng, one.lat) for one in others]
        )
        self._law_m = np.array([quantiles_m(one.law, STEPS) for one in others])
        self._weight = np.array([one.weight for one in others])
        ends = [one.law.reach_m for one in self._here if one.weight > 0]
        if others:
            ends.append(float((self._offset_m + [o.law.reach_m for o in others]).max()))
        self.bound_m = max(ends)

    def within(self, metres: float) -> float:
        """Give the probability within a distance.

        A circle of radius r whose centre is d away lies within R by the part
        ``acos((d² + r² - R²) / 2dr) / π`` of its rim.
        """
        here = sum(
            part.weight * (1 - float(part.law.beyond(np.array(metres))))
            for part in self._here
        )
        if not self._weight.size:
            return here
        d, r = self._offset_m[:, None], self._law_m
        cosine = (d * d + r * r - metres * metres) / (2 * d * r)
        rim = np.arccos(np.clip(cosine, -1, 1)) / np.pi
        return here + float(self._weight @ rim.mean(axis=1))

    def radius_m(self, share: float) -> float:
        """Give the distance that holds a share, by halving."""
        low, high = 0.0, self.bound_m
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            is_short = self.within(middle) < share
            low, high = (middle, high) if is_short else (low, middle)
        return high


def _sites_within(
    sites: Sites, parts: Sequence[Part], distances: _Distances
) -> tuple[SiteWithin, ...]:
    """Find the sites around where last seen and around each station."""
    here = parts[0]
    around: set[Hashable] = set()
    for part in parts:
        if part.key == "station":
            walk_m = part.law.radius_m(RADII[-1])
            near = sites.within(lng=part.lng, lat=part.lat, radius_m=walk_m)
            around.update(near.ids)
    radius_m = distances.radius_m(RADII[-1])
    farthest_m = distances.bound_m if around else radius_m
    near = sites.within(lng=here.lng, lat=here.lat, radius_m=farthest_m)
    found = zip(near.ids, near.metres.tolist(), strict=True)
    return tuple(
        SiteWithin(id, metres)
        for id, metres in found
        if metres <= radius_m or id in around
    )


def _sources(tables: Tables, means: Means) -> dict[str, Sourced]:
    """Name every group of figures that is used."""
    if means.mode is Mode.VEHICLE:
        return {"vehicle": tables.vehicle}
    profile = tables.profile(means.profile)
    used: dict[str, Sourced] = {
        f"profile {profile.key}": profile,
        "walking": tables.walking,
        "carried": tables.carried,
    }
    return used | {"rail": tables.rail} if means.mode is Mode.RAIL else used
