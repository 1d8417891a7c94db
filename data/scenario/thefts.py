"""The stolen vehicles of the night: reported, driven over a border, some recovered."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from data.records import Read, Report, ReportKind, Vehicle
from data.scenario.cameras import Camera
from data.scenario.filing import CaseNumbers, Times, file_report
from data.scenario.network import Network, Style, Way
from data.scenario.nouns import NIGHT_FROM, Closing, Size
from data.scenario.places import scatter
from data.scenario.plates import PlatePress
from data.scenario.traffic import NIGHT_S, Trip, style_of
from data.scenario.vehicles import STOLEN_TYPES, build_vehicle
from data.scenario.waypoints import ABROAD, TOWNS, Waypoint
from geo.boundaries import Boundaries

DRIVEN = 0.7
"""Share of the stolen vehicles that are driven over a county border in the night."""

OWNERS_TRIP = 0.5
"""Share of those stolen in the night that their owner drove before, that evening."""

EARLIER = 0.35
"""Share of the vehicles that were stolen on an earlier day."""

LAST_START = 0.8
"""Part of the night in which they drive off, so that they arrive in it."""

FEWEST, MOST = 3, 10
"""Cameras that a driven stolen vehicle comes past on its way."""


@dataclass(frozen=True, slots=True)
class Theft:
    """A stolen vehicle; times in seconds from 18:00 that night."""

    vehicle: Vehicle
    report: Report
    town: Waypoint
    closing: Closing | None = None
    is_driven: bool = False

    def seconds(self) -> float:
        """End of the time in which it was stolen."""
        return (self.report.event_to - NIGHT_FROM).total_seconds()

    def excuse(self, read: Read) -> str | None:
        """Say why a read of this vehicle is of no concern; None when it is one."""
        if read.at < self.report.event_from:
            return "owner"
        if self.closing is not None and read.received_at >= self.closing.at:
            return "recovered"
        return None

    def is_tonight(self) -> bool:
        """Tell whether it was stolen this night."""
        return self.report.event_from >= NIGHT_FROM


def build_thefts(
    size: Size,
    press: PlatePress,
    numbers: CaseNumbers,
    *,
    boundaries: Boundaries,
    rng: random.Random,
) -> list[Theft]:
    """Let vehicles be stolen; first those that will be recovered, last the far ones."""
    near = size.wanted - size.outside
    towns = rng.choices(TOWNS, [town.weight for town in TOWNS], k=near)
    towns += [ABROAD[k % len(ABROAD)] for k in range(size.outside)]
    spots = scatter(towns, boundaries=boundaries, rng=rng)
    driven = _driven(size, rng)
    thefts = []
    for number, (town, spot) in enumerate(zip(towns, spots, strict=True)):
        is_recovered = number < size.recovered
        is_earlier = is_recovered or number >= near or rng.random() < EARLIER
        times = _earlier(rng) if is_earlier else _tonight(rng)
        report = file_report(
            ReportKind.STOLEN_VEHICLE,
            "theft",
            numbers.next(town.county_code, times.reported_at),
            times=times,
            spot=spot,
        )
        vehicle = build_vehicle(press, rng, STOLEN_TYPES)
        closing = _closing(report, rng) if is_recovered else None
        report = replace(report, vehicle=vehicle)
        thefts.append(Theft(vehicle, report, town, closing, number in driven))
    return thefts


def _driven(size: Size, rng: random.Random) -> frozenset[int]:
    """Choose who is driven over a border; the recovered have trips of their own."""
    rest = range(size.recovered, size.wanted)
    n = round(DRIVEN * size.wanted) - size.recovered
    return frozenset(rng.sample(rest, max(0, min(n, len(rest)))))


def _earlier(rng: random.Random) -> Times:
    event_to = NIGHT_FROM - timedelta(minutes=rng.randint(1440, 20 * 1440))
    reported_at = event_to + timedelta(minutes=rng.randint(15, 600))
    event_from = event_to - timedelta(minutes=rng.randint(20, 600))
    return Times(event_from, event_to, reported_at)


def _tonight(rng: random.Random) -> Times:
    event_from = NIGHT_FROM + timedelta(minutes=rng.randint(60, 9 * 60))
    event_to = event_from + timedelta(minutes=rng.randint(10, 60))
    reported_at = event_to + timedelta(minutes=rng.randint(12, 300))
    return Times(event_from, event_to, reported_at)


def _closing(report: Report, rng: random.Random) -> Closing:
    at = NIGHT_FROM + timedelta(minutes=rng.randint(210, 540))
    return Closing(report.id, at, "recovered")


class Drives:
    """Finds ways for stolen vehicles: over a border, past a few cameras."""

    def __init__(self, network: Network, cameras: Sequence[Camera]) -> None:
        self._network = network
        self._county = [camera.site.spot.county_code for camera in cameras]

    def way(self, town: str, style: Style, rng: random.Random) -> Way:
        """Choose a way out of a town that has as many cameras and counties as asked."""
        ways = [
            self._network.way(town, end.name, style)
            for end in TOWNS
            if end.name != town
        ]
        return rng.choice([way for way in ways if self._is_telling(way)] or ways)

    def _is_telling(self, way: Way) -> bool:
        counties = {self._county[camera] for camera in way.cameras}
        return FEWEST <= way.cameras.size <= MOST and len(counties) > 1

    def trips(self, vehicle: int, theft: Theft, rng: random.Random) -> Iterator[Trip]:
        """Drive a stolen vehicle: its owner, the thief, and its owner again."""
        style = style_of(theft.vehicle.type, rng)
        town = theft.town.name
        if theft.town in ABROAD:
            town = rng.choice(("苑裡市區", "三義市區"))
        if theft.is_tonight() and rng.random() < OWNERS_TRIP:
            yield from self._owners_trip(vehicle, theft, style, rng)
        if theft.is_driven:
            start_s = theft.seconds() + rng.uniform(300, 1500)
            if not theft.is_tonight():
                start_s = rng.uniform(0.0, LAST_START) * NIGHT_S
            yield Trip(vehicle, start_s, self.way(town, style, rng))
        if theft.closing is not None:
            closed_s = (theft.closing.at - NIGHT_FROM).total_seconds()
            for wait_s in (-rng.uniform(9000, 12000), rng.uniform(300, 5400)):
                way = self.way(town, style, rng)
                yield Trip(vehicle, max(closed_s + wait_s, 0.0), way)

    def stroll(self, number: int, vehicle: Vehicle, rng: random.Random) -> list[Trip]:
        """Drive any vehicle from somewhere past a few cameras."""
        style = style_of(vehicle.type, rng)
        town = rng.choices(TOWNS, [town.weight for town in TOWNS])[0]
        way = self.way(town.name, style, rng)
        return [Trip(number, rng.uniform(0.0, LAST_START) * NIGHT_S, way)]

    def _owners_trip(
        self, vehicle: int, theft: Theft, style: Style, rng: random.Random
    ) -> Iterator[Trip]:
        """Let the owner come home before the theft, if there is time."""
        way = self._network.way(rng.choice(TOWNS).name, theft.town.name, style)
        taken_s = (way.seconds[-1] if way.seconds.size else 0.0) * 2.0 + 600
        parked = (theft.report.event_from - NIGHT_FROM).total_seconds()
        if parked > taken_s:
            yield Trip(vehicle, float(parked - taken_s), way)
