"""Who drives where and when, and which camera sees them pass."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.scenario.network import Network, Style, Way
from data.scenario.waypoints import TOWNS
from geo.distance import distance_m

DEPARTURES = (15, 15, 12, 10, 9, 8, 5.5, 3, 1.8, 1, 0.8, 1.3, 4, 10, 17)
"""Departures by hour from 17:00 to 08:00 local time, relative."""

CONGESTION = (
    1.35,
    1.35,
    1.2,
    1.1,
    1.05,
    1,
    1,
    0.95,
    0.95,
    0.95,
    0.95,
    0.95,
    1,
    1.2,
    1.45,
)
"""Travelling time for a trip begun in each of these hours, 1 in light traffic."""

NEAR_KM = 14.0
"""Trips to a town are rarer by 1/e with every so many kilometres."""

FAR_SHARE = 0.04
"""Share of the trips whose end does not depend on the distance."""

MISSED = 0.1
"""Share of the passes that a camera does not see."""

HOUR_S = 3600.0
NIGHT_S = HOUR_S * (len(DEPARTURES) - 1)


@dataclass(frozen=True, slots=True)
class Trip:
    """A vehicle, by its index, drives off; ``start_s`` counts from 18:00."""

    vehicle: int
    start_s: float
    way: Way


@dataclass(frozen=True, slots=True)
class Passes:
    """Vehicles that were seen by cameras; three columns of shape (n,), in time order.

    ``at_ms`` counts milliseconds from the beginning of the night.
    """

    vehicle: NDArray[np.intp]
    camera: NDArray[np.intp]
    at_ms: NDArray[np.int64]

    def joined(self, others: "Passes") -> "Passes":
        """Put two lots of passes together."""
        vehicle = np.concatenate([self.vehicle, others.vehicle])
        camera = np.concatenate([self.camera, others.camera])
        at_ms = np.concatenate([self.at_ms, others.at_ms])
        order = np.lexsort((vehicle, camera, at_ms))
        return Passes(vehicle[order], camera[order], at_ms[order])


def background_trips(
    styles: Sequence[Style], network: Network, *, rng: random.Random
) -> list[Trip]:
    """Send every vehicle from its town to another, and some of them back."""
    ends = _trip_ends()
    names = [town.name for town in TOWNS]
    weights = [town.weight for town in TOWNS]
    trips = []
    for vehicle, style in enumerate(styles):
        home = rng.choices(range(len(names)), weights)[0]
        away = rng.choices(range(len(names)), cum_weights=ends[home])[0]
        start_s = departure_s(rng)
        way = network.way(names[home], names[away], style)
        trips.append(Trip(vehicle, start_s, way))
        stay_s = rng.uniform(0.5, 5.0) * HOUR_S
        back_s = start_s + 2 * (way.seconds[-1] if way.seconds.size else 0.0) + stay_s
        if rng.random() < 0.35 and back_s < NIGHT_S:
            back = network.way(names[away], names[home], style)
            trips.append(Trip(vehicle, float(back_s), back))
    return trips


def departure_s(rng: random.Random) -> float:
    """Draw a time to drive off, seconds from 18:00; negative in the hour before."""
    hour = rng.choices(range(len(DEPARTURES)), DEPARTURES)[0]
    return (hour - 1 + rng.random()) * HOUR_S


def style_of(vehicle_type: str | None, rng: random.Random) -> Style:
    """Say how the driver of such a vehicle chooses a way."""
    if vehicle_type in ("scooter", "heavy-motorcycle"):
        return Style.SCOOTER
    return Style.FAST if rng.random() < 0.65 else Style.LOCAL


def _trip_ends() -> list[list[float]]:
    """Cumulative weight of every town as the end of a trip, by where it began."""
    lng = np.array([town.lng for town in TOWNS])
    lat = np.array([town.lat for town in TOWNS])
    weight = np.array([town.weight for town in TOWNS])
    rows = []
    for town in TOWNS:
        km = distance_m(lng=town.lng, lat=town.lat, to_lng=lng, to_lat=lat) / 1000
        near = weight * np.exp(-km / NEAR_KM)
        near[km == 0] = 0
        mixed = near / near.sum() * (1 - FAR_SHARE) + weight / weight.sum() * FAR_SHARE
        mixed[km == 0] = 0
        rows.append(np.cumsum(mixed).tolist())
    return rows


def drive(
    trips: Iterable[Trip], *, rng: np.random.Generator, missed: float = MISSED
) -> Passes:
    """Let every trip happen: traffic, haste, missed vehicles; 08:00 ends the night."""
    whole = [trip for trip in trips if trip.way.cameras.size]
    counts = np.array([trip.way.cameras.size for trip in whole], dtype=np.intp)
    vehicle = np.repeat([trip.vehicle for trip in whole], counts)
    start_s = np.repeat([trip.start_s for trip in whole], counts)
    camera = np.concatenate([trip.way.cameras for trip in whole])
    light_s = np.concatenate([trip.way.seconds for trip in whole])
    at_s = start_s + _travelled_s(light_s, start_s, counts, rng)
    is_seen = (rng.random(camera.size) >= missed) & (at_s >= 0) & (at_s < NIGHT_S)
    at_ms = np.round(at_s[is_seen] * 10).astype(np.int64) * 100
    vehicle, camera = vehicle[is_seen], camera[is_seen]
    order = np.lexsort((vehicle, camera, at_ms))
    return Passes(vehicle[order], camera[order], at_ms[order])


def _travelled_s(
    light_s: NDArray[np.float64],
    start_s: NDArray[np.float64],
    counts: NDArray[np.intp],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Time since the start of each trip, with traffic and the driver's haste."""
    hour = (start_s // HOUR_S).astype(np.intp) + 1
    haste = np.repeat(rng.lognormal(0.03, 0.08, counts.size), counts)
    first = np.zeros(light_s.size, dtype=bool)
    first[np.cumsum(counts) - counts] = True
    legs = np.where(first, light_s, np.diff(light_s, prepend=0.0))
    spent = legs * rng.lognormal(0.0, 0.06, legs.size)
    total = np.cumsum(spent)
    before = np.repeat((total - spent)[first], counts)
    delay_s = np.repeat(rng.uniform(20.0, 180.0, counts.size), counts)
    travelled: NDArray[np.float64] = (total - before) * haste * np.array(CONGESTION)[
        hour
    ] + delay_s
    return travelled
