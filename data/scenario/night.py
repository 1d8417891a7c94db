"""Put the night together: places, vehicles, traffic, reads, reports and the truth."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.agencies import county_bureaus, duty_desks
from data.records import Read, Report, ReportKind, Spot, Vehicle
from data.scenario import script
from data.scenario.cameras import Camera, Quality, Writing, build_cameras, stands
from data.scenario.filing import CaseNumbers, Times, file_report, person_reports
from data.scenario.near_misses import near_misses
from data.scenario.network import Network, edges
from data.scenario.nouns import NIGHT_FROM, Closing, Decoy, Scenario, Size
from data.scenario.places import town_sites
from data.scenario.plates import PlatePress
from data.scenario.readings import as_scripted, batches, read_passes
from data.scenario.thefts import Drives, Theft, build_thefts
from data.scenario.traffic import Passes, Trip, background_trips, drive, style_of
from data.scenario.vehicles import build_vehicle
from geo.boundaries import Boundaries

SEED = 20260301


@dataclass(frozen=True, slots=True)
class _Fleet:
    """Every vehicle of the night, in this order: background, stolen, near misses.

    The scripted theft is the last of ``thefts``, the scripted near miss the last of
    ``near``, which pairs each near miss with the wanted vehicle.
    """

    background: Sequence[Vehicle]
    thefts: Sequence[Theft]
    near: Sequence[tuple[Vehicle, Vehicle]]

    @property
    def vehicles(self) -> list[Vehicle]:
        stolen = [theft.vehicle for theft in self.thefts]
        return [*self.background, *stolen, *(vehicle for vehicle, _ in self.near)]


def generate(
    *,
    boundaries: Boundaries,
    seed: int = SEED,
    size: Size = Size(),  # noqa: B008
) -> Scenario:
    """Make up a night in the eight northern counties.

    The same seed and size give the same night, to the byte.

    Parameters
    ----------
    boundaries
        Counties, towns and villages, to say where everything is.
    seed
        Of everything that is left to chance.
    size
        How much happens. The scripted theft and its near miss come in any case.
    """
    numbers = CaseNumbers()
    fleet = _fleet(boundaries, numbers, seed=seed, size=size)
    ways = edges()
    where = stands(ways)
    cameras = _as_scripted_cameras(
        build_cameras(ways, where, boundaries=boundaries, rng=_chance(seed, "cameras"))
    )
    passes = _passes(fleet, Network(ways, where), cameras, seed)
    vehicles = fleet.vehicles
    reads = read_passes(passes, vehicles, cameras, rng=np.random.default_rng([seed, 2]))
    reads = _with_script(reads, passes, vehicles, cameras)
    rng = _chance(seed, "places")
    return Scenario(
        seed=seed,
        agencies=tuple(county_bureaus()),
        contact_points=tuple(duty_desks()),
        sites=(
            *(camera.site for camera in cameras),
            *town_sites(boundaries=boundaries, rng=rng),
        ),
        reports=_reports(fleet, numbers, boundaries, seed=seed, size=size),
        reads=tuple(reads),
        batches=batches(reads, _chance(seed, "batches")),
        closings=_closings(fleet),
        truth=_truth(fleet, _by_vehicle(passes, reads)),
        true_plates={
            read.id: vehicles[number].plate or ""
            for read, number in zip(reads, passes.vehicle.tolist(), strict=True)
        },
        decoys=_decoys(fleet, _by_vehicle(passes, reads)),
    )


def _chance(seed: int, part: str) -> random.Random:
    """Give each part its own luck, so that one can change without the others."""
    return random.Random(f"{seed} {part}")


def _fleet(
    boundaries: Boundaries, numbers: CaseNumbers, *, seed: int, size: Size
) -> _Fleet:
    rng = _chance(seed, "vehicles")
    press = PlatePress(rng)
    for vehicle in (script.STOLEN, script.NEAR_MISS):
        press.reserve(vehicle.plate or "", script.GENERATION)
    for plate in script.RESERVED:
        press.reserve(plate, script.GENERATION)
    thefts = build_thefts(
        replace(size, wanted=size.wanted - 1),
        press,
        numbers,
        boundaries=boundaries,
        rng=_chance(seed, "thefts"),
    )
    thefts.append(_scripted_theft(boundaries))
    wanted = [theft.vehicle for theft in thefts]
    near = near_misses(wanted, size.near_misses - 1, press, _chance(seed, "near"))
    background = [build_vehicle(press, rng) for _ in range(size.vehicles)]
    return _Fleet(background, thefts, [*near, (script.NEAR_MISS, script.STOLEN)])


def _scripted_person(one: script.ScriptedPerson, boundaries: Boundaries) -> Report:
    times = Times(one.at, one.at, one.reported_at)
    spot = _located(one.spot, boundaries)
    report = file_report(
        one.kind, one.category, one.case_number, times=times, spot=spot
    )
    return replace(report, person=one.person, contact=one.contact, text=one.text)


def _located(spot: Spot, boundaries: Boundaries) -> Spot:
    place = boundaries.locate(lng=spot.lng or 0.0, lat=spot.lat or 0.0)
    return replace(
        spot,
        county_code=place.county.code if place.county else None,
        town_code=place.town.code if place.town else None,
        village_code=place.village.code if place.village else None,
    )


def _scripted_theft(boundaries: Boundaries) -> Theft:
    report = file_report(
        ReportKind.STOLEN_VEHICLE,
        "theft",
        script.CASE_NUMBER,
        times=Times(script.STOLEN_FROM, script.STOLEN_TO, script.REPORTED_AT),
        spot=_located(script.SPOT, boundaries),
    )
    town = script.TOWN
    return Theft(script.STOLEN, replace(report, vehicle=script.STOLEN), town)


def _as_scripted_cameras(cameras: Sequence[Camera]) -> list[Camera]:
    return [
        replace(camera, quality=Quality.FAIR, writing=Writing.DASHED, is_late=False)
        if camera.site.name in script.CAMERAS
        else camera
        for camera in cameras
    ]


def _passes(
    fleet: _Fleet, network: Network, cameras: Sequence[Camera], seed: int
) -> Passes:
    """Drive everybody, then let the scripted vehicles pass."""
    rng = _chance(seed, "trips")
    styles = [style_of(vehicle.type, rng) for vehicle in fleet.background]
    trips = background_trips(styles, network, rng=rng)
    trips += _special_trips(fleet, Drives(network, cameras), _chance(seed, "drives"))
    passes = drive(trips, rng=np.random.default_rng([seed, 1]))
    return passes.joined(_scripted_passes(fleet, cameras))


def _special_trips(fleet: _Fleet, drives: Drives, rng: random.Random) -> list[Trip]:
    trips: list[Trip] = []
    number = len(fleet.background)
    for theft in fleet.thefts[:-1]:
        trips += drives.trips(number, theft, rng)
        number += 1
    number += 1
    for vehicle, _ in fleet.near[:-1]:
        trips += drives.stroll(number, vehicle, rng)
        number += 1
    return trips


def _scripted_passes(fleet: _Fleet, cameras: Sequence[Camera]) -> Passes:
    numbers = {vehicle: k for k, vehicle in enumerate(fleet.vehicles)}
    by_name = {camera.site.name: k for k, camera in enumerate(cameras)}
    at = [read.at - NIGHT_FROM for read in script.READS]
    return Passes(
        np.array([numbers[read.vehicle] for read in script.READS], dtype=np.intp),
        np.array([by_name[read.camera] for read in script.READS], dtype=np.intp),
        np.array([round(past.total_seconds() * 1000) for past in at], dtype=np.int64),
    )


def _with_script(
    reads: Sequence[Read],
    passes: Passes,
    vehicles: Sequence[Vehicle],
    cameras: Sequence[Camera],
) -> list[Read]:
    ids = {camera.site.id: camera.site.name for camera in cameras}
    scripted = {(read.vehicle, read.camera, read.at): read for read in script.READS}
    written = []
    for read, number in zip(reads, passes.vehicle.tolist(), strict=True):
        line = scripted.get((vehicles[number], ids[read.camera_id], read.at))
        written.append(as_scripted(read, line) if line else read)
    return written


def _by_vehicle(passes: Passes, reads: Sequence[Read]) -> dict[int, list[Read]]:
    found: dict[int, list[Read]] = {}
    for number, read in zip(passes.vehicle.tolist(), reads, strict=True):
        found.setdefault(number, []).append(read)
    return found


def _reports(
    fleet: _Fleet,
    numbers: CaseNumbers,
    boundaries: Boundaries,
    *,
    seed: int,
    size: Size,
) -> tuple[Report, ...]:
    persons = person_reports(
        size, numbers, boundaries=boundaries, seed=seed, rng=_chance(seed, "persons")
    )
    persons += [_scripted_person(one, boundaries) for one in script.PERSONS]
    thefts = [theft.report for theft in fleet.thefts]
    return tuple(sorted([*thefts, *persons], key=lambda report: report.reported_at))


def _closings(fleet: _Fleet) -> tuple[Closing, ...]:
    closings = [theft.closing for theft in fleet.thefts if theft.closing is not None]
    return tuple(sorted(closings, key=lambda closing: closing.at))


def _truth(
    fleet: _Fleet, by_vehicle: Mapping[int, Sequence[Read]]
) -> frozenset[tuple[str, str]]:
    first = len(fleet.background)
    return frozenset(
        (read.id, theft.report.id)
        for number, theft in enumerate(fleet.thefts, first)
        for read in by_vehicle.get(number, ())
        if theft.excuse(read) is None
    )


def _decoys(
    fleet: _Fleet, by_vehicle: Mapping[int, Sequence[Read]]
) -> tuple[Decoy, ...]:
    number = len(fleet.background)
    decoys = []
    for theft in fleet.thefts:
        for kind in ("owner", "recovered"):
            ids = [r.id for r in by_vehicle.get(number, ()) if theft.excuse(r) == kind]
            if ids:
                plate = theft.vehicle.plate or ""
                decoys.append(Decoy(kind, theft.report.id, plate, tuple(ids)))
        number += 1
    reports = {theft.vehicle: theft.report.id for theft in fleet.thefts}
    for vehicle, target in fleet.near:
        ids = [read.id for read in by_vehicle.get(number, ())]
        plate = vehicle.plate or ""
        decoys.append(Decoy("near-miss", reports[target], plate, tuple(ids)))
        number += 1
    return tuple(decoys)
