"""Where a train may have taken somebody by now: stations and when one can be there."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.distance import distance_m
from geo.errors import ReachRefused
from geo.layers import Floats
from geo.reach.laws import Part, foot_law
from geo.reach.tables import Profile, Tables

MINUTES_M = 1000 / 60  # metres a minute at 1 km/h


class Stations:
    """Stations of rail and metro networks, immutable.

    Parameters
    ----------
    lng, lat
        WGS 84 degrees, shape (n,), finite.
    ids
        One for each.
    networks
        One for each, as the tables of reach name them. A station of two networks
        stands twice.

    Raises
    ------
    ReachRefused
        Lengths differ, or a coordinate is not finite.
    """

    def __init__(
        self,
        *,
        lng: ArrayLike,
        lat: ArrayLike,
        ids: Sequence[Hashable],
        networks: Sequence[str],
    ) -> None:
        self.lng = np.array(lng, dtype=np.float64).ravel()
        self.lat = np.array(lat, dtype=np.float64).ravel()
        self.ids = tuple(ids)
        self.networks = np.array(networks, dtype=np.str_)
        sizes = {self.lng.size, self.lat.size, len(self.ids), self.networks.size}
        if len(sizes) > 1:
            raise ReachRefused(
                f"stations have {sorted(sizes)} coordinates, ids and networks: give "
                "one of each for every station",
                field="stations",
            )
        if not np.isfinite(self.lng + self.lat).all():
            raise ReachRefused(
                "a station has a coordinate that is no number: leave it out",
                field="stations",
            )
        self.lng.flags.writeable = self.lat.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A station and when at the earliest one can be there.

    Attributes
    ----------
    id, network
        Of the station.
    index
        Where it stands in the stations.
    minutes
        From when last seen until the train stops there.
    metres
        Geodesic metres from where last seen.
    """

    id: Hashable
    network: str
    index: int
    minutes: float
    metres: float


def arrivals(
    stations: Stations, tables: Tables, *, lng: float, lat: float, minutes: float
) -> list[Arrival]:
    """List the stations that can be reached by train by now, the soonest first.

    On foot to a station within ``walk_to_m`` at the typical speed, a wait, then a ride
    to any other station of the same network along the straight line. Of several
    ways the quickest counts. Ties in the order of the stations.
    """
    if not len(stations):
        return []
    metres = distance_m(lng=lng, lat=lat, to_lng=stations.lng, to_lat=stations.lat)
    speed = tables.walking.typical_kmh * MINUTES_M
    boards = np.flatnonzero(metres <= tables.rail.walk_to_m)
    soonest = np.full(len(stations), np.inf)
    for board in boards:
        on_foot = metres[board] / speed
        there = _ride_min(stations, tables, int(board)) + on_foot
        soonest = np.minimum(soonest, there)
    reached = np.flatnonzero(soonest < minutes)
    order = reached[np.argsort(soonest[reached], kind="stable")]
    return [
        Arrival(
            stations.ids[i],
            str(stations.networks[i]),
            int(i),
            float(soonest[i]),
            float(metres[i]),
        )
        for i in order
    ]


def _ride_min(stations: Stations, tables: Tables, board: int) -> Floats:
    """Give minutes from standing at a station to every other; infinite for its own."""
    network = str(stations.networks[board])
    ride = tables.rail.ride(network)
    metres = distance_m(
        lng=float(stations.lng[board]),
        lat=float(stations.lat[board]),
        to_lng=stations.lng,
        to_lat=stations.lat,
    )
    is_served = stations.networks == network
    is_served[board] = False
    return np.where(is_served, ride.wait_min + metres / (ride.kmh * MINUTES_M), np.inf)


def rail_parts(
    reached: Sequence[Arrival],
    stations: Stations,
    profile: Profile,
    tables: Tables,
    minutes: float,
) -> list[Part]:
    """Give a part for every station reached: a walk from there in the time left.

    Who goes on farther than the profile's table says is among those carried. Weights
    are equal and sum to the share that rides.
    """
    share = tables.rail.share / max(len(reached), 1)
    parts = []
    for arrival in reached:
        i = arrival.index
        law = foot_law(profile, tables, minutes - arrival.minutes)
        lng, lat = float(stations.lng[i]), float(stations.lat[i])
        parts.append(Part("station", lng, lat, law, share))
    return parts
